// The other language, one press away, on screens where nobody is signed in yet.
import { useLingui } from "@lingui/react/macro";
import { Button, LanguageIcon, Menu, MenuItem, MenuTrigger } from "@/design";
import { chooseLanguage, LANGUAGES, useLanguage } from "@/i18n/language";

export function LanguageSwitch() {
  const { t } = useLingui();
  const language = useLanguage();
  const current = LANGUAGES.find(({ id }) => id === language);
  return (
    <MenuTrigger>
      <Button variant="quiet" size="sm" aria-label={t`Language: ${current?.label ?? ""}`}>
        <LanguageIcon />
        {current?.label}
      </Button>
      <Menu
        aria-label={t`Language`}
        placement="bottom end"
        selectionMode="single"
        selectedKeys={[language]}
        onAction={(key) => void chooseLanguage(key === "fr" ? "fr" : "en")}
      >
        {LANGUAGES.map(({ id, label }) => (
          <MenuItem key={id} id={id} textValue={label}>
            <span lang={id}>{label}</span>
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
