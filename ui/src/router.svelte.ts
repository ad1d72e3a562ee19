import { createContext } from "svelte";
import type { SortKey } from "./ipc/bindings";

export const screens = ["overview", "agreements", "needs-setup", "sandbox"] as const;
export type Screen = (typeof screens)[number];
export type DetailTab = "overview" | "entitlements" | "terms" | "chain" | "json";

/** Where the person is: everything that back, forward and an address bring back. */
export type Route = {
  screen: Screen;
  filter: string;
  sort: SortKey;
  descending: boolean;
  open: string | null;
  tab: DetailTab;
};

const sortKeys: readonly SortKey[] = ["buyer", "listing", "status", "link", "ends", "starts", "updated", "value", "account", "setup"];
const detailTabs: readonly DetailTab[] = ["overview", "entitlements", "terms", "chain", "json"];
const LAST_SCREEN = "bindery.screen";
const FILTER_LENGTH_MAX = 2_000;

export const start: Route = {
  screen: "agreements", filter: "", sort: "updated", descending: true, open: null, tab: "overview",
};

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const values = new URLSearchParams(query);
  const screen = screens.find((known) => known === path) ?? start.screen;
  const sort = sortKeys.find((known) => known === values.get("sort"));
  return {
    screen,
    filter: (values.get("filter") ?? "").slice(0, FILTER_LENGTH_MAX),
    sort: sort ?? start.sort,
    descending: sort ? values.get("order") === "desc" : start.descending,
    open: values.get("open"),
    tab: detailTabs.find((known) => known === values.get("tab")) ?? "overview",
  };
}

export function printRoute(route: Route): string {
  const values = new URLSearchParams();
  if (route.filter !== "") values.set("filter", route.filter);
  if (route.sort !== start.sort || route.descending !== start.descending) {
    values.set("sort", route.sort);
    if (route.descending) values.set("order", "desc");
  }
  if (route.open !== null) values.set("open", route.open);
  if (route.open !== null && route.tab !== "overview") values.set("tab", route.tab);
  const query = values.toString();
  return `#/${route.screen}${query === "" ? "" : `?${query}`}`;
}

export class Router {
  route = $state.raw<Route>(start);

  /** Reads the address, or the screen used last, and follows back and forward until the returned function is called. */
  follow(): () => void {
    if (location.hash === "") history.replaceState(null, "", printRoute({ ...start, screen: lastScreen() }));
    const read = () => (this.route = parseRoute(location.hash));
    read();
    addEventListener("popstate", read);
    addEventListener("hashchange", read);
    return () => {
      removeEventListener("popstate", read);
      removeEventListener("hashchange", read);
    };
  }

  /** A step that "back" undoes. */
  go(change: Partial<Route>): void {
    const next = this.#next(change);
    if (printRoute(next) === printRoute(this.route)) return;
    history.pushState(null, "", printRoute(next));
    this.route = next;
  }

  /** A step too small for "back", such as one typed letter. */
  adjust(change: Partial<Route>): void {
    const next = this.#next(change);
    history.replaceState(null, "", printRoute(next));
    this.route = next;
  }

  /** The address of a step, for links. */
  to(change: Partial<Route>): string {
    return printRoute(this.#next(change));
  }

  #next(change: Partial<Route>): Route {
    const moves = change.screen !== undefined && change.screen !== this.route.screen;
    // Another screen starts afresh: its own order, nothing open.
    const base = moves ? { ...start, screen: this.route.screen } : this.route;
    const next = { ...base, ...change };
    if (change.open !== undefined && change.tab === undefined && change.open === null) next.tab = "overview";
    remember(next.screen);
    return next;
  }
}

export const [getRouter, setRouter] = createContext<Router>();

function lastScreen(): Screen {
  const stored = localStorage.getItem(LAST_SCREEN);
  return screens.find((known) => known === stored) ?? start.screen;
}

function remember(screen: Screen): void {
  localStorage.setItem(LAST_SCREEN, screen);
}
