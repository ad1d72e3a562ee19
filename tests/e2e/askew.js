// What no view may do: reach beyond the window, or cut off a word without saying so by an ellipsis.
const wrong = [];
const name = (element) => `${element.tagName.toLowerCase()} “${(element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 60)}”`;
const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.closest(".hide-visually, .skip") === null;
const page = document.documentElement;
if (page.scrollWidth > innerWidth) wrong.push(`the page is ${page.scrollWidth} px wide in a window of ${innerWidth}`);
for (const element of document.querySelectorAll("button, a[href], label, legend, dt, h1, h2, h3, [role=dialog], [role=menuitem], .pill, .note")) {
  if (!seen(element)) continue;
  const box = element.getBoundingClientRect();
  if (box.width === 0) continue;
  if (box.left < -1 || box.right > innerWidth + 1) wrong.push(`${name(element)} reaches out of the window`);
  const { overflowX, textOverflow } = getComputedStyle(element);
  if (element.scrollWidth > element.clientWidth + 1 && overflowX !== "visible" && textOverflow !== "ellipsis") wrong.push(`${name(element)} is cut off`);
}
// Panels scroll with what is around them: one that is lower than what stands in it hides the rest for good.
for (const panel of document.querySelectorAll(".panel")) {
  if (seen(panel) && panel.scrollHeight > panel.clientHeight + 2 && getComputedStyle(panel).overflowY === "hidden") wrong.push(`${name(panel)} is cut off below`);
}
for (const dialog of document.querySelectorAll("[role=dialog]")) {
  const box = dialog.getBoundingClientRect();
  if (box.top < 0 || box.bottom > innerHeight) wrong.push(`${name(dialog)} is taller than the window`);
  const last = dialog.querySelector("footer");
  if (last && last.getBoundingClientRect().bottom > box.bottom + 1) wrong.push(`${name(dialog)} hides its buttons`);
}
return wrong;
