import { createContext } from "svelte";
import type { OrganizationSort, SortKey } from "./ipc/bindings";

const screens = ["overview", "agreements", "needs-setup", "link", "plans", "organizations", "billing-accounts", "endings", "activity", "sandbox", "settings"] as const;
export type Screen = (typeof screens)[number];
export type DetailTab = "overview" | "link" | "entitlements" | "terms" | "chain" | "timeline" | "members" | "workspaces" | "links" | "json";
export type Sort = SortKey | OrganizationSort;

/** Where the person is: everything that back, forward and an address bring back. */
export type Route = {
  screen: Screen;
  filter: string;
  sort: Sort;
  descending: boolean;
  open: string | null;
  tab: DetailTab;
};

const sortKeys: readonly SortKey[] = ["buyer", "listing", "status", "link", "ends", "starts", "updated", "value", "account", "setup"];
const organizationSorts: readonly OrganizationSort[] = ["name", "plan", "paymentMethod", "openInvoices", "told"];
const detailTabs: readonly DetailTab[] = ["overview", "link", "entitlements", "terms", "chain", "timeline", "members", "workspaces", "links", "json"];
const LAST_SCREEN = "bindery.screen";
const FILTER_LENGTH_MAX = 2_000;
/** How often small steps are written to the address at most: WebKit refuses more than 100 changes in ten seconds, which a held key makes. */
const WRITING_EVERY_MS = 250;

export const start: Route = {
  screen: "agreements", filter: "", sort: "updated", descending: true, open: null, tab: "overview",
};

const ofDirectory = (screen: Screen): boolean => screen === "organizations" || screen === "billing-accounts";
/** Where a place that agreements are linked to is shown. */
export const screenOfTarget = (kind: string): Screen => (kind === "billing-account" ? "billing-accounts" : "organizations");

/** A screen that nothing was asked of yet, in its own order. */
const startOn = (screen: Screen): Route => ({ ...start, screen, ...(ofDirectory(screen) ? { sort: "name", descending: false } : {}) });

/** The order among the orders of agreements, or of organizations: an address may name one of the other's. */
export const agreementSort = (route: Route): SortKey => sortKeys.find((known) => known === route.sort) ?? "updated";
export const organizationSort = (route: Route): OrganizationSort => organizationSorts.find((known) => known === route.sort) ?? "name";
/** Pages of their own, where what is open is what the page is about: an agreement to link, a plan to go on with. */
const pages: readonly Screen[] = ["link", "plans"];

export const isPage = (screen: Screen): boolean => pages.includes(screen);
/** Whether something is open beside the screen. */
export const hasPane = (route: Route): boolean => route.open !== null && !isPage(route.screen);

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const values = new URLSearchParams(query);
  const screen = screens.find((known) => known === path) ?? start.screen;
  const sorts: readonly Sort[] = ofDirectory(screen) ? organizationSorts : sortKeys;
  const sort = sorts.find((known) => known === values.get("sort"));
  const begun = startOn(screen);
  return {
    screen,
    filter: (values.get("filter") ?? "").slice(0, FILTER_LENGTH_MAX),
    sort: sort ?? begun.sort,
    descending: sort ? values.get("order") === "desc" : begun.descending,
    open: values.get("open"),
    tab: detailTabs.find((known) => known === values.get("tab")) ?? "overview",
  };
}

export function printRoute(route: Route): string {
  const values = new URLSearchParams();
  if (route.filter !== "") values.set("filter", route.filter);
  const begun = startOn(route.screen);
  if (route.sort !== begun.sort || route.descending !== begun.descending) {
    values.set("sort", route.sort);
    if (route.descending) values.set("order", "desc");
  }
  if (route.open !== null) values.set("open", route.open);
  if (route.open !== null && route.tab !== "overview") values.set("tab", route.tab);
  const query = values.toString();
  return `#/${route.screen}${query === "" ? "" : `?${query}`}`;
}

export class Router {
  #route = $state.raw<Route>(start);
  /** Where the person was on each screen: going there again goes back to it. */
  #places = new Map<Screen, Route>();
  #writtenAt = -Infinity;
  /** Set while the address is behind the route. */
  #behind: ReturnType<typeof setTimeout> | undefined;

  get route(): Route {
    return this.#route;
  }

  /** Reads the address, or the screen used last, and follows back and forward until the returned function is called. */
  follow(): () => void {
    if (location.hash === "") history.replaceState(null, "", printRoute(firstRoute()));
    const read = () => {
      // Back or forward was faster than what was to be written: that belonged to the place just left.
      this.#forgetBehind();
      this.#enter(parseRoute(location.hash));
    };
    read();
    addEventListener("popstate", read);
    addEventListener("hashchange", read);
    return () => {
      this.#forgetBehind();
      removeEventListener("popstate", read);
      removeEventListener("hashchange", read);
    };
  }

  /** A step that "back" undoes. */
  go(change: Partial<Route>): void {
    const next = this.#next(change);
    if (printRoute(next) === printRoute(this.route)) return;
    this.#catchUp();
    history.pushState(null, "", printRoute(next));
    this.#enter(next);
  }

  /** A step too small for "back", such as one typed letter. */
  adjust(change: Partial<Route>): void {
    this.#enter(this.#next(change));
    const wait = this.#writtenAt + WRITING_EVERY_MS - performance.now();
    if (wait <= 0) this.#write();
    else this.#behind ??= setTimeout(() => this.#write(), wait);
  }

  /** Goes to an address that came from outside the window. */
  visit(address: string): void {
    const route = parseRoute(address);
    this.#catchUp();
    history.pushState(null, "", printRoute(route));
    this.#enter(route);
  }

  /** Another connection is shown: what was filtered and opened was the other one's. The screen stays. */
  forget(): void {
    this.#places.clear();
    const { screen } = this.route;
    // The settings are about all connections, whichever is shown.
    if (screen !== "settings") this.adjust(startOn(screen));
  }

  /** The address of a step, for links. */
  to(change: Partial<Route>): string {
    return printRoute(this.#next(change));
  }

  #write(): void {
    this.#forgetBehind();
    this.#writtenAt = performance.now();
    history.replaceState(null, "", printRoute(this.route));
  }

  /** Before a step that "back" undoes: it goes back to where the person really was. */
  #catchUp(): void {
    if (this.#behind !== undefined) this.#write();
  }

  #forgetBehind(): void {
    clearTimeout(this.#behind);
    this.#behind = undefined;
  }

  #enter(route: Route): void {
    this.#route = route;
    this.#places.set(route.screen, route);
    remember(route.screen);
  }

  #next(change: Partial<Route>): Route {
    const { screen = this.route.screen } = change;
    const next = { ...this.#base(screen, Object.keys(change).length === 1), ...change, screen };
    if (change.open === null && change.tab === undefined) next.tab = "overview";
    return next;
  }

  /** Another screen is as it was left; asked for with something else in mind, it starts afresh: its own order, nothing open. */
  #base(screen: Screen, asLeft: boolean): Route {
    if (screen === this.route.screen) return this.route;
    return (asLeft ? this.#places.get(screen) : undefined) ?? startOn(screen);
  }
}

export const [getRouter, setRouter] = createContext<Router>();

/** Where the window begins: at the address, or at the screen used last. */
export function firstRoute(): Route {
  return location.hash === "" ? startOn(lastScreen()) : parseRoute(location.hash);
}

function lastScreen(): Screen {
  const stored = localStorage.getItem(LAST_SCREEN);
  return screens.find((known) => known === stored) ?? start.screen;
}

function remember(screen: Screen): void {
  // Nobody who starts the program wants to be in the middle of what was done with it last.
  if (isPage(screen)) return;
  localStorage.setItem(LAST_SCREEN, screen);
}
