import { fireEvent } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import { FakeCore, failureOf } from "./fakeBackend";
import { NOW } from "./fakeRows";
import { found, openWindow, part, rowsShown, screen, waitFor } from "./window";

describe("the foot", () => {
  it("tells connection, age and completeness", async () => {
    await openWindow(new FakeCore(10));
    await waitFor(() => expect(part("data-age")?.textContent).toBe("Data 2 min old · complete"));
    expect(part("foot")?.textContent).toContain("us-east-1");
    expect(part("offline-badge")).toBeNull();
  });

  it("gives no number to an age under a minute", async () => {
    const core = new FakeCore(10);
    core.status.syncedAt = NOW - 40_000;
    core.status.offlineSince = NOW - 5_000;
    await openWindow(core);
    await waitFor(() => expect(part("data-age")?.textContent).toBe("Just fetched · complete"));
    expect(part("offline-badge")?.textContent).toBe("Just went offline");
  });

  it("shows the offline badge as soon as AWS stops answering, and takes it away again", async () => {
    const core = new FakeCore(10);
    await openWindow(core);
    await found("data-age");
    core.status.offlineSince = NOW - 25 * 60_000;
    core.tell("status");
    expect((await found("offline-badge")).textContent).toContain("Offline for 25 min");
    core.status.offlineSince = null;
    core.tell("status");
    await waitFor(() => expect(part("offline-badge")).toBeNull());
  });

  it("never claims completeness after a listing that broke off", async () => {
    const core = new FakeCore(10);
    core.status.listing = "incomplete";
    core.status.listingFailure = failureOf({ code: "offline", message: "It broke off after page 7." });
    const user = await openWindow(core);
    expect((await found("incomplete")).textContent).toContain("It broke off after page 7.");
    expect(part("data-age")?.textContent).toContain("incomplete");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(core.called("startSync")).toEqual([false]);
  });

  it("says that it waits for AWS when a sync stands still, and what it does when it moves on", async () => {
    const core = new FakeCore(10);
    await openWindow(core);
    await found("data-age");
    core.progress({ progress: { phase: "products", full: false, done: 0, total: null, failed: 0, startedAt: NOW } });
    await screen.findAllByText("Fetching listings");
    await waitFor(() => expect(part("foot")?.textContent).toContain("Waiting for AWS…"), { timeout: 5_000 });
    core.progress({ progress: { phase: "agreements", full: false, done: 50, total: null, failed: 0, startedAt: NOW } });
    await waitFor(() => expect(part("foot")?.textContent).toContain("Fetching agreements"));
    expect(part("foot")?.textContent).not.toContain("Waiting for AWS…");
  });

  it("shows what a sync has done, has left and has failed, and stops it", async () => {
    const core = new FakeCore(10);
    const user = await openWindow(core);
    await found("data-age");
    core.progress({ progress: { phase: "details", full: false, done: 812, total: 1284, failed: 3, startedAt: NOW } });
    await waitFor(() => expect(part("foot")?.textContent?.replace(/\s+/g, " ")).toContain("812 done · 472 left · 3 failed"));
    expect(screen.getByRole("progressbar").getAttribute("value")).toBe("812");
    await user.click(await found("sync-stop"));
    expect(core.called("stopSync")).toHaveLength(1);
    core.progress({ progress: null });
    await waitFor(() => expect(screen.queryByRole("progressbar")).toBeNull());
  });
});

describe("the window", () => {
  it("syncs on F5 and Ctrl+R instead of reloading the page", async () => {
    const core = new FakeCore(10);
    await openWindow(core);
    await rowsShown();
    expect(await fireEvent.keyDown(document.body, { key: "F5" })).toBe(false);
    expect(await fireEvent.keyDown(document.body, { key: "r", ctrlKey: true })).toBe(false);
    expect(core.called("startSync")).toEqual([false, false]);
  });

  it("says in words why it cannot open the database, and opens when it can", async () => {
    const core = new FakeCore(10);
    core.status.failure = failureOf({ code: "databaseLocked", message: "The keyring is locked.", hint: "Unlock the keyring." });
    const user = await openWindow(core);
    const page = await found("startup-failure");
    expect(page.textContent).toContain("The database cannot be unlocked");
    expect(page.textContent).toContain("The keyring is locked.");
    expect(page.textContent).toContain("Unlock the keyring.");
    core.status.failure = null;
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await rowsShown();
    expect(core.called("retryOpen")).toHaveLength(1);
  });

  it("is not blank when the core does not answer at all", async () => {
    const core = new FakeCore(10);
    core.fail("status", { code: "internal", message: "No such command." });
    await openWindow(core);
    expect((await found("startup-failure")).textContent).toContain("No such command.");
  });

  it("comes back from an error while drawing", async () => {
    const silent = vi.spyOn(console, "error").mockImplementation(() => {});
    const core = new FakeCore(3);
    const [first] = core.rows;
    if (first) first.state = "notAState" as typeof first.state;
    const user = await openWindow(core);
    await screen.findByText("Something went wrong in this window");
    if (first) first.state = "active";
    await user.click(screen.getByRole("button", { name: "Start again" }));
    await rowsShown();
    expect(screen.queryByText("Something went wrong in this window")).toBeNull();
    silent.mockRestore();
  });

  it("hides the sandbox on a real connection", async () => {
    const core = new FakeCore(3);
    core.status.connection.sandbox = false;
    await openWindow(core);
    await rowsShown();
    await waitFor(() => expect(part("nav-needs-setup")).not.toBeNull());
    expect(part("nav-sandbox")).toBeNull();
  });

  it.each([["overview", "Ending in the next 13 weeks"], ["needs-setup", "Show in the grid"], ["sandbox", "Subscribe as a buyer"]])("goes to %s", async (place, says) => {
    const user = await openWindow(new FakeCore(300));
    await waitFor(() => expect(part(`nav-${place}`)).not.toBeNull());
    await user.click(await found(`nav-${place}`));
    expect((await screen.findAllByText(says)).length).toBeGreaterThan(0);
    expect(location.hash).toBe(`#/${place}`);
  });

  it("teaches when there is nothing: nobody needs set-up, nothing was fetched", async () => {
    const core = new FakeCore(0);
    const user = await openWindow(core);
    await screen.findByText("No agreements yet");
    await user.click(await found("nav-needs-setup"));
    expect(await screen.findByText("Everyone who paid is set up")).toBeTruthy();
  });

  it("turns the theme, and remembers it", async () => {
    const core = new FakeCore(3);
    const user = await openWindow(core);
    await rowsShown();
    await user.click(screen.getByRole("button", { name: "Switch between light and dark" }));
    expect(document.documentElement.dataset["theme"]).toBe("dark");
    await waitFor(() => expect(core.preferences.theme).toBe("dark"));
  });
});

describe("the detail pane", () => {
  it("shows what failed in words, with the request id, beside what is known", async () => {
    const core = new FakeCore(30);
    await openWindow(core, `#/agreements?open=${core.rows[8]?.id}`);
    const pane = await found("detail");
    await waitFor(() => expect(pane.textContent).toContain("AccessDeniedException on GetAgreementTerms."));
    expect(pane.textContent).toContain("5f0c2b1e-7a3d");
    // Ages are told by the connection's clock, which the status brings.
    await waitFor(() => expect(pane.textContent).toContain("SearchAgreements, 2 min ago"));
  });

  it("has an address per tab, and says provisioning in words", async () => {
    const core = new FakeCore(30);
    const user = await openWindow(core, `#/agreements?open=${core.rows[0]?.id}`);
    await user.click(await found("detail-tab-entitlements"));
    expect(location.hash).toContain("tab=entitlements");
    expect(part("detail")?.textContent).toContain("The buyer’s default payment method was declined.");
    await user.click(await found("detail-tab-json"));
    await waitFor(() => expect(part("detail")?.querySelector("pre")?.textContent).toContain('"syncedAt"'));
  });

  it("leads to the account's other agreements", async () => {
    const core = new FakeCore(30);
    const user = await openWindow(core, `#/agreements?open=${core.rows[0]?.id}`);
    await user.click(await screen.findByRole("button", { name: "2 other agreements" }));
    await waitFor(() => expect((part("filter-input") as HTMLInputElement).value).toBe(`account:${core.rows[0]?.account}`));
  });

  it("says so when there is no such agreement", async () => {
    await openWindow(new FakeCore(3), "#/agreements?open=agmt-gone");
    expect(await screen.findByText("This agreement is not known here")).toBeTruthy();
  });
});
