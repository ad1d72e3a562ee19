import { m } from "../i18n";

/** The last resort: the window could not even be built. Plain elements, so that nothing else can fail. */
export function showFatal(target: HTMLElement, error: unknown): void {
  const page = document.createElement("main");
  page.setAttribute("role", "alert");
  page.style.cssText = "max-width: 560px; margin: 15vh auto; padding: 0 24px; display: grid; gap: 12px; justify-items: start";
  const title = document.createElement("h1");
  title.textContent = m.crash_title();
  const text = document.createElement("p");
  text.textContent = m.crash_text();
  const cause = document.createElement("pre");
  cause.textContent = error instanceof Error ? (error.stack ?? error.message) : String(error);
  cause.style.cssText = "white-space: pre-wrap; overflow-wrap: anywhere";
  const again = document.createElement("button");
  again.className = "btn primary";
  again.textContent = m.crash_reload();
  again.onclick = () => location.reload();
  page.append(title, text, cause, again);
  target.replaceChildren(page);
}
