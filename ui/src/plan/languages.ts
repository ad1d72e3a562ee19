import { m } from "../i18n";
import type { InLanguages } from "../ipc/bindings";

/** The languages in which policies speak to buyers, each by its own name. */
export const languages: readonly { code: keyof InLanguages; name: () => string }[] = [
  { code: "en", name: m.language_en }, { code: "ko", name: m.language_ko }, { code: "zh", name: m.language_zh },
];
