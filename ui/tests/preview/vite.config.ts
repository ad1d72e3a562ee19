// The window over a fake core, to look at in a browser. Never part of dist.
import { fileURLToPath } from "node:url";
import { paraglideVitePlugin } from "@inlang/paraglide-js";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const ui = fileURLToPath(new URL("../..", import.meta.url));

const config = defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  plugins: [
    paraglideVitePlugin({ project: `${ui}/project.inlang`, outdir: `${ui}/src/i18n/generated`, strategy: ["globalVariable", "baseLocale"] }),
    svelte({ configFile: `${ui}/svelte.config.js` }),
  ],
  build: { outDir: process.env["PREVIEW_OUT"] ?? `${ui}/dist-preview`, emptyOutDir: true, target: "safari17.5", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});

export { config as default };
