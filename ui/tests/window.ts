import { cleanup, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import App from "../src/app/App.svelte";
import type { FakeCore } from "./fakeBackend";

/** Opens the whole window over a fake core, at an address. */
export async function openWindow(core: FakeCore, hash = "#/agreements") {
  cleanup();
  localStorage.clear();
  history.replaceState(null, "", hash);
  const user = userEvent.setup();
  render(App, { backend: core.backend });
  return user;
}

export const rows = () => [...document.querySelectorAll<HTMLElement>("[data-test=row]")];
export const rowTexts = () => rows().map((row) => row.textContent?.replace(/\s+/g, " ").trim() ?? "");
export const marked = () => rows().filter((row) => row.getAttribute("aria-selected") === "true").map((row) => Number(row.dataset["index"]));
export const part = (name: string) => document.querySelector<HTMLElement>(`[data-test="${name}"]`);
export const found = async (name: string): Promise<HTMLElement> => waitFor(() => {
  const element = part(name);
  if (element === null) throw new Error(`nothing is called ${name}`);
  return element;
});
export const rowsShown = () => waitFor(() => {
  if (rows().filter((row) => row.dataset["id"]).length === 0) throw new Error("no rows yet");
});
export { screen, waitFor };
