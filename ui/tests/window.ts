import { cleanup, render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import App from "../src/app/App.svelte";
import { FakeCore } from "./fakeBackend";
import { sellerCard } from "./fakeConnections";
import { makeRows } from "./fakeRows";

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
/** What an element says, however its markup is broken into lines. */
export const text = (element: Element | null | undefined) => element?.textContent?.replace(/\s+/g, " ").trim() ?? "";
export const rowTexts = () => rows().map(text);
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
export const page = () => document.body.textContent ?? "";

/** Agreements that are told apart at a glance. */
export const rowsOf = (company: string, count = 3) => makeRows(count).map((row, at) => ({ ...row, id: `agmt-${company}-${at}`, company: `${company} ${at}` }));

/** The sandbox, whose buyers are called Sandy, and the seller account Acme Software, whose are called Acmebuyer. */
export function twoConnections(): FakeCore {
  const core = new FakeCore(0);
  core.rows = rowsOf("Sandy");
  core.connect(sellerCard({ id: "acme", name: "Acme Software" }), rowsOf("Acmebuyer"));
  return core;
}

export { screen, waitFor };
