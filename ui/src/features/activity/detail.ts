import { inWords } from "../../format";
import type { AuditActionInfo } from "../../ipc/bindings";

export type Fact = { name: string; value: string };

/** What an entry's JSON says, as facts with their names in words; what is empty is left out. */
export function facts(detail: string): Fact[] {
  const read = parsed(detail);
  if (typeof read !== "object" || read === null || Array.isArray(read)) return detail === "" ? [] : [{ name: "", value: detail }];
  return Object.entries(read).flatMap(([name, value]) => {
    const text = said(value);
    return text === "" ? [] : [{ name: inWords(name), value: text }];
  });
}

/** Both entries, their details unfolded. */
export function pretty({ entry, closing, state }: AuditActionInfo): string {
  const unfolded = (of: typeof entry) => ({ ...of, detail: parsed(of.detail) ?? of.detail });
  return JSON.stringify({ state, entry: unfolded(entry), closing: closing === null ? null : unfolded(closing) }, null, 2);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // As it is kept is better than nothing.
  }
}

function said(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(said).filter((text) => text !== "").join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
