import { settle, type Backend } from "../ipc/backend";

const REPORTED_EVERY_MS = 15_000;
const signs = ["pointerdown", "pointermove", "wheel", "keydown"] as const;

/** Tells the core that somebody is at the window, so that it does not lock; not of a window that nobody sees. */
export function reportsActivity(backend: Backend): () => void {
  let reportedAt = -Infinity;
  const noticed = () => {
    const now = performance.now();
    if (document.visibilityState !== "visible" || now - reportedAt < REPORTED_EVERY_MS) return;
    reportedAt = now;
    // Lost, it only locks the window a little early.
    void settle(backend.reportActivity());
  };
  for (const sign of signs) addEventListener(sign, noticed, { capture: true, passive: true });
  return () => {
    for (const sign of signs) removeEventListener(sign, noticed, { capture: true });
  };
}
