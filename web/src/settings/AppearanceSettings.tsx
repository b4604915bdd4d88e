// Theme and language of this device.
import { useLingui } from "@lingui/react/macro";
import { MoonIcon, ScreenIcon, Segments, SunIcon } from "@/design";
import { chooseTheme, useTheme } from "@/design/theme";
import { chooseLanguage, LANGUAGES, useLanguage } from "@/i18n/language";
import { Section } from "./Section";

export function AppearanceSettings() {
  const { t } = useLingui();
  const theme = useTheme();
  const language = useLanguage();
  return (
    <Section title={t`Appearance`} description={t`Kept on this device.`}>
      <Segments
        label={t`Theme`}
        value={theme}
        onChange={chooseTheme}
        options={[
          { id: "system", label: t`System`, icon: <ScreenIcon /> },
          { id: "light", label: t`Light`, icon: <SunIcon /> },
          { id: "dark", label: t`Dark`, icon: <MoonIcon /> },
        ]}
      />
      <Segments
        label={t`Language`}
        value={language}
        onChange={(next) => void chooseLanguage(next)}
        options={LANGUAGES.map(({ id, label }) => ({ id, label, lang: id }))}
      />
    </Section>
  );
}
