// The providers around every screen.
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { useLingui } from "@lingui/react/macro";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { I18nProvider as AriaI18nProvider } from "react-aria-components";
import { Notices } from "@/design";
import { queries } from "@/wire/questions";
import { router } from "./routes";

export function App() {
  return (
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queries}>
        <Localised />
      </QueryClientProvider>
    </I18nProvider>
  );
}

function Localised() {
  const { t, i18n: current } = useLingui();
  return (
    <AriaI18nProvider locale={current.locale}>
      <RouterProvider router={router} />
      <Notices closeLabel={t`Close notice`} />
    </AriaI18nProvider>
  );
}
