// Builds the client into the gateway's folder, from which the Python wheel ships and serves it.
import { fileURLToPath } from "node:url";
import { lingui } from "@lingui/vite-plugin";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";
import { onlyOurLanguages } from "./tools/only_our_languages.ts";

const server = `http://127.0.0.1:${process.env.EMERGENCE_PORT ?? "8080"}`;

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  plugins: [
    onlyOurLanguages(),
    react({ babel: { plugins: ["@lingui/babel-plugin-lingui-macro"] } }),
    lingui(),
    tailwindcss(),
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src",
      filename: "service_worker.ts",
      injectRegister: false,
      injectManifest: { globPatterns: ["**/*.{js,css,html,svg,woff2}"], maximumFileSizeToCacheInBytes: 1_000_000 },
      manifest: false,
    }),
  ],
  build: {
    outDir: "../src/emergence/gateway/client",
    emptyOutDir: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    // What start-up needs comes as one file: in many small ones it is larger, and every new screen would cut it up further.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "start", tags: ["$initial"] }] } } },
    chunkSizeWarningLimit: 1_000, // kB before compression; `npm run size` holds the limit that counts
    assetsInlineLimit: 0, // fonts and images as files: the content security policy allows no data: scripts or styles
  },
  server: { host: "127.0.0.1", proxy: { "/api": server, "/ws": { target: server, ws: true } } },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/prepare_tests.ts"],
    testTimeout: 30_000, // slow shared runners; nothing here waits that long by itself
    maxWorkers: 2,
  },
});
