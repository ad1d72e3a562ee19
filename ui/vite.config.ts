import { paraglideVitePlugin } from "@inlang/paraglide-js";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  plugins: [
    // "npm test" compiles the messages beforehand: the plugin's watcher would keep the test run from ending.
    ...(process.env["VITEST"] ? [] : [paraglideVitePlugin({ project: "./project.inlang", outdir: "./src/i18n/generated", strategy: ["globalVariable", "baseLocale"] })]),
    svelte(),
    svelteTesting(),
  ],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "safari17.5",
    // Fonts and images stay files: the page's CSP knows no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  test: {
    environment: "jsdom",
    testTimeout: 40_000,
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    expect: { requireAssertions: true },
  },
});
