// The house's rules for this folder, kept by a test instead of by memory.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "src");
const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name) && !entry.parentPath.includes("generated"))
  .map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return { path: relative(root, path), text: readFileSync(path, "utf8") };
  });
const breaking = (rule: (file: { path: string; text: string }) => boolean) => files.filter(rule).map((file) => file.path);
const imports = (text: string) => [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((found) => found[1] ?? "");
const messages = JSON.parse(readFileSync(join(root, "..", "messages", "en.json"), "utf8")) as Record<string, unknown>;

describe("the folders", () => {
  it("reach the core through ipc only", () => {
    expect(breaking(({ path, text }) => !path.startsWith("ipc/") && imports(text).some((from) => from.startsWith("@tauri-apps/")))).toEqual([]);
  });

  it("let no feature import another", () => {
    expect(breaking(({ path, text }) => path.startsWith("features/") && imports(text).some((from) => /^\.\.\/(?!\.\.)/.test(from) || from.includes("/features/")))).toEqual([]);
  });

  it("let parts know nothing of the field", () => {
    expect(breaking(({ path, text }) => path.startsWith("parts/") && imports(text).some((from) => /ipc|features|session|router|words|commands/.test(from)))).toEqual([]);
  });

  it("inject no styles at run time: the page's CSP forbids it", () => {
    expect(breaking(({ text }) => imports(text).some((from) => /^svelte\/(transition|animate)$/.test(from)))).toEqual([]);
  });

  it("keep files short, and free of any and of default exports", () => {
    expect(breaking(({ path, text }) => path !== "ipc/bindings.ts" && text.split("\n").length > 300)).toEqual([]);
    expect(breaking(({ path, text }) => path !== "ipc/bindings.ts" && /:\s*any\b|as any\b|@ts-(ignore|expect-error|nocheck)|^export default/m.test(text))).toEqual([]);
  });
});

describe("the messages", () => {
  const used = new Set(files.flatMap(({ text }) => [...text.matchAll(/\bm\.([a-z0-9_]+)/g)].map((found) => found[1] ?? "")));
  const known = Object.keys(messages).filter((key) => key !== "$schema");

  it("are all there", () => {
    expect([...used].filter((key) => !known.includes(key))).toEqual([]);
  });

  it("are all used", () => {
    expect(known.filter((key) => !used.has(key))).toEqual([]);
  });

  it("hold every word of the markup", () => {
    const worded = ({ text }: { text: string }) => /^[^<{]*>\s*[A-Z][a-z]+ [a-z]+[^<{]*</m.test(text.replace(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>|<!--[\s\S]*?-->/g, ""));
    expect(breaking((file) => file.path.endsWith(".svelte") && worded(file))).toEqual([]);
    expect(breaking(({ text }) => /(?:aria-label|placeholder|data-tip|title)="[A-Z][a-z]/.test(text))).toEqual([]);
  });
});
