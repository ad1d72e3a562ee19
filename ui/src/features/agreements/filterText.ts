// Changes of the filter's text. Rust reads it; here only whole terms are put in, taken out or replaced.
import type { Chip, Span } from "../../ipc/bindings";

export const quoted = (value: string): string => (/[\s,"]/.test(value) ? `"${value.replaceAll('"', '\\"')}"` : value);

export function replaceSpan(text: string, span: Span, by: string): string {
  return text.slice(0, span.from) + by + text.slice(span.to);
}

/** The values that a key asks for: `status:active,expired` → ["active", "expired"]. */
export function valuesOf(chips: readonly Chip[], key: string): string[] {
  return chips.filter((chip) => chip.key === key && !chip.negated).flatMap((chip) => splitValues(chip.value));
}

/** Adds a value to the key's term, or takes it out again. */
export function toggleTerm(text: string, chips: readonly Chip[], key: string, value: string): string {
  const term = chips.find((chip) => chip.key === key && !chip.negated);
  if (term === undefined) return tidy(`${text} ${key}:${quoted(value)}`);
  const values = splitValues(term.value);
  const left = values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
  return tidy(replaceSpan(text, term.span, left.length === 0 ? "" : `${key}:${left.map(quoted).join(",")}`));
}

export function withoutKey(text: string, chips: readonly Chip[], key: string): string {
  const later = chips.filter((chip) => chip.key === key).sort((one, other) => other.span.from - one.span.from);
  return tidy(later.reduce((left, chip) => replaceSpan(left, chip.span, ""), text));
}

/** One space between terms; texts in quotes stay as they are. */
export const tidy = (text: string): string =>
  text.split(/("(?:[^"\\]|\\.)*"?)/).map((part, at) => (at % 2 === 0 ? part.replace(/\s+/g, " ") : part)).join("").trim();

function splitValues(value: string): string[] {
  return (value.match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? []).map((part) => part.replace(/^"(.*)"$/, "$1").replaceAll('\\"', '"'));
}
