/** Scrolls an element to where it was left, and notes where it is. */
export const keepsScroll = (place: { top: number }) => (element: HTMLElement): (() => void) => {
  element.scrollTop = place.top;
  const note = () => (place.top = element.scrollTop);
  element.addEventListener("scroll", note, { passive: true });
  return () => element.removeEventListener("scroll", note);
};
