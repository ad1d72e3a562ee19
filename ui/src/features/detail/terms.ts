import { inWords, spaced } from "../../format";

export type TermFact = { name: string; value: string };

const FACTS_MAX = 200;

/** "ConfigurableUpfrontPricingTerm" → "Configurable upfront pricing". AWS's names, made readable; new ones too. */
export const termTitle = (kind: string): string => inWords(kind.replace(/Term$/i, ""));

/** A term's values as name and value, from its JSON as AWS sent it. */
export function termFacts(json: string): TermFact[] {
  try {
    const facts: TermFact[] = [];
    collect(JSON.parse(json), [], facts);
    return facts.slice(0, FACTS_MAX);
  } catch {
    return [{ name: "", value: json }];
  }
}

function collect(value: unknown, path: string[], into: TermFact[]): void {
  if (Array.isArray(value)) value.forEach((entry, at) => collect(entry, value.length > 1 ? [...path, `${at + 1}`] : path, into));
  else if (typeof value === "object" && value !== null) for (const [key, entry] of Object.entries(value)) collect(entry, [...path, spaced(key)], into);
  else if (path.at(-1) !== "type") into.push({ name: path.slice(-3).join(" · "), value: value === null ? "—" : String(value) });
}
