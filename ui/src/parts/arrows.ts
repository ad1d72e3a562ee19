/** Lets the arrow keys lead from one element of a list to the next. */
export function stepThrough(event: KeyboardEvent, elements: Iterable<HTMLElement>): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const all = [...elements];
  const at = all.findIndex((element) => element === document.activeElement);
  all[Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), 0), all.length - 1)]?.focus();
  event.preventDefault();
}
