/** How what was typed differs from the phrase: nothing while it is right so far, else what is wrong with it, or where. */
export function difference(phrase: string, typed: string): "spaces" | "case" | number | undefined {
  if (phrase.startsWith(typed)) return undefined;
  if (phrase === typed.trim()) return "spaces";
  if (phrase.toLowerCase().startsWith(typed.toLowerCase())) return "case";
  const wanted = [...phrase];
  const at = [...typed].findIndex((letter, nth) => letter !== wanted[nth]);
  return at + 1;
}
