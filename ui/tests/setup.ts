// What jsdom lacks: a size for elements, observers, and a clipboard-free, animation-free page.
import { configure } from "@testing-library/svelte";
import { vi } from "vitest";

Object.defineProperties(HTMLElement.prototype, {
  offsetHeight: { configurable: true, get: () => 640 },
  offsetWidth: { configurable: true, get: () => 1400 },
  clientWidth: { configurable: true, get: () => 1400 },
  scrollHeight: { configurable: true, get: () => 40_000_000 },
  clientHeight: { configurable: true, get: () => 640 },
});
class QuietObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
vi.stubGlobal("ResizeObserver", QuietObserver);
vi.stubGlobal("matchMedia", (query: string) => ({ matches: false, media: query, addEventListener() {}, removeEventListener() {} }));
Element.prototype.scrollIntoView = () => {};
Element.prototype.scrollTo = function scrollTo(this: Element, to?: ScrollToOptions | number) {
  if (typeof to === "object" && to.top !== undefined) this.scrollTop = to.top;
  this.dispatchEvent(new Event("scroll"));
} as Element["scrollTo"];
Element.prototype.hasPointerCapture = () => false;
Element.prototype.animate = () => ({ cancel() {}, finished: Promise.resolve() }) as unknown as Animation;

// The whole document in every failure would hide the failure; and a lazy chunk is compiled when it is first asked for.
configure({ getElementError: (message) => new Error(message ?? "not found"), asyncUtilTimeout: 15_000 });
