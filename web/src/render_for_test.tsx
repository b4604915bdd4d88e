// For tests: a part of the page inside the providers that every screen has.
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";

/** Draw `part` with a fresh query cache; returns somebody who types and presses. */
export function renderPart(part: ReactNode) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false }, mutations: { retry: false } } });
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queries}>{part}</QueryClientProvider>
    </I18nProvider>,
  );
  return userEvent.setup();
}
