// Starts the client: language, who is signed in, then the screens.
import "./design/theme.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { preferredLanguage, showLanguage } from "./i18n/language";
import { followLogin } from "./wire/connection";
import { start } from "./wire/login";

const RELOADED = "emergence.reloaded-for-upgrade";

/** After an upgrade, an old page may ask for files that are gone: load the new page, once. */
addEventListener("vite:preloadError", () => {
  if (sessionStorage.getItem(RELOADED) !== null) return;
  sessionStorage.setItem(RELOADED, "yes");
  location.reload();
});

if (import.meta.env.PROD && "serviceWorker" in navigator) {
  addEventListener("load", () => void navigator.serviceWorker.register("/service_worker.js"));
}

/** Not awaited at the top: what is imported later imports this file, and would wait for its end. */
async function begin(root: HTMLElement): Promise<void> {
  followLogin();
  const whoIsHere = start();
  await showLanguage(preferredLanguage());
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
  await whoIsHere;
  sessionStorage.removeItem(RELOADED);
}

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
void begin(root);
