import { beforeEach, describe, expect, it, vi } from "vitest";
import { parseRoute, printRoute, Router, start, type Route } from "../src/router.svelte";
import { waitFor } from "./window";

beforeEach(() => {
  localStorage.clear();
  history.replaceState(null, "", "#");
});

describe("addresses", () => {
  it.each<Partial<Route>>([
    {}, { screen: "needs-setup" }, { filter: 'status:active "a & b" 青岛 ends:<30d #1?' }, { sort: "value", descending: true }, { sort: "ends", descending: false },
    { sort: "updated", descending: false }, { open: "agmt-1", tab: "chain" }, { screen: "overview", open: "agmt-2" },
    { screen: "organizations", sort: "name", descending: false }, { screen: "organizations", sort: "openInvoices", descending: true, filter: "@acme.example", open: "acme", tab: "members" },
    { screen: "billing-accounts", sort: "name", descending: false, open: "pay/acme & co" },
    { screen: "link" }, { screen: "link", open: "agmt-3" }, { screen: "plans", open: "plan-4" }, { open: "agmt-1", tab: "link" },
  ])("%j comes back from its address", (change) => {
    const route = { ...start, ...change };
    expect(parseRoute(printRoute(route))).toEqual(route);
  });

  it("makes the best of an address that nobody wrote", () => {
    expect(parseRoute("#/nowhere?sort=color&tab=secrets&open=agmt-1")).toEqual({ ...start, open: "agmt-1" });
  });

  it("takes no order of another screen's", () => {
    expect(parseRoute("#/organizations?sort=value&order=desc")).toEqual({ ...start, screen: "organizations", sort: "name", descending: false });
    expect(parseRoute("#/agreements?sort=openInvoices")).toEqual(start);
  });

  it("opens the screen used last", () => {
    const before = new Router();
    before.follow()();
    before.go({ screen: "needs-setup" });
    history.replaceState(null, "", location.pathname);
    const router = new Router();
    router.follow()();
    expect(router.route.screen).toBe("needs-setup");
  });

  it("never starts in the middle of what was done last", () => {
    const before = new Router();
    before.follow()();
    before.go({ screen: "needs-setup" });
    before.go({ screen: "link", open: "agmt-1" });
    history.replaceState(null, "", location.pathname);
    const router = new Router();
    router.follow()();
    expect(router.route.screen).toBe("needs-setup");
  });

  it("finds a screen as it was left, and starts it afresh for another question", () => {
    const router = new Router();
    const stop = router.follow();
    router.go({ screen: "agreements" });
    router.go({ filter: "status:active", sort: "value", descending: true });
    router.go({ open: "agmt-1", tab: "chain" });
    router.go({ screen: "sandbox" });
    expect(router.route).toEqual({ ...start, screen: "sandbox" });
    expect(router.to({ screen: "agreements" })).toContain("open=agmt-1");
    router.go({ screen: "agreements" });
    expect(router.route).toEqual({ screen: "agreements", filter: "status:active", sort: "value", descending: true, open: "agmt-1", tab: "chain" });
    router.go({ screen: "overview" });
    router.go({ screen: "agreements", filter: "link:none" });
    expect(router.route).toEqual({ ...start, screen: "agreements", filter: "link:none" });
    stop();
  });

  it("does not take a link that was only drawn for the screen used last", () => {
    const router = new Router();
    router.follow()();
    router.go({ screen: "needs-setup" });
    router.to({ screen: "overview" });
    history.replaceState(null, "", location.pathname);
    const next = new Router();
    next.follow()();
    expect(next.route.screen).toBe("needs-setup");
  });

  it("goes back over steps, not over typed letters", async () => {
    const router = new Router();
    const stop = router.follow();
    router.go({ screen: "overview" });
    router.go({ screen: "agreements" });
    router.adjust({ filter: "a" });
    router.adjust({ filter: "ac" });
    router.go({ open: "agmt-1" });
    history.back();
    await waitFor(() => expect(router.route).toMatchObject({ filter: "ac", open: null }));
    history.back();
    await waitFor(() => expect(router.route.screen).toBe("overview"));
    stop();
  });

  it("takes letters as fast as they come, and writes the address seldom enough for WebKit", async () => {
    const router = new Router();
    const stop = router.follow();
    router.go({ screen: "agreements" });
    const written = vi.spyOn(history, "replaceState");
    for (let length = 1; length <= 300; length++) {
      router.adjust({ filter: "x".repeat(length) });
      expect(router.route.filter).toHaveLength(length);
    }
    await waitFor(() => expect(location.hash).toContain("x".repeat(300)));
    expect(written.mock.calls.length).toBeLessThanOrEqual(3);
    written.mockRestore();
    stop();
  });
});
