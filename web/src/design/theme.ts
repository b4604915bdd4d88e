// Light, dark, or as the system says; remembered on this device and shared by its tabs.
import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const REMEMBERED = "emergence.theme"; // also read by public/before_paint.js
const listeners = new Set<() => void>();

function rememberedTheme(): Theme {
  const value = localStorage.getItem(REMEMBERED);
  return value === "light" || value === "dark" ? value : "system";
}

function show(): void {
  const theme = rememberedTheme();
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener();
}

export function chooseTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(REMEMBERED);
  else localStorage.setItem(REMEMBERED, theme);
  show();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("storage", show);
  return () => {
    listeners.delete(listener);
    removeEventListener("storage", show);
  };
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, rememberedTheme);
