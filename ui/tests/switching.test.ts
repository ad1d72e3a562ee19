import { describe, expect, it } from "vitest";
import { failureOf } from "./fakeBackend";
import { sellerCard } from "./fakeConnections";
import { found, openWindow, page, part, rows, rowsOf, rowsShown, screen, twoConnections, waitFor } from "./window";

async function switchTo(user: Awaited<ReturnType<typeof openWindow>>, id: string) {
  await user.click(await found("switcher"));
  await user.click(await found(`switch-${id}`));
}

describe("showing another connection", () => {
  it("draws everything anew, and remembers it for the next start", async () => {
    const core = twoConnections();
    const user = await openWindow(core, "#/agreements?filter=sandy&open=agmt-Sandy-1");
    await rowsShown();
    await found("detail");
    await switchTo(user, "acme");
    await waitFor(() => expect(rows()[0]?.textContent).toContain("Acmebuyer 0"));
    expect(part("switcher")?.textContent).toContain("Acme Software");
    expect(page()).not.toContain("Sandy");
    // The screen stays; the filter and what was open were the other one's.
    await waitFor(() => expect(location.hash).toBe("#/agreements"));
    expect(part("nav-sandbox")).toBeNull();
    await waitFor(() => expect(core.preferences.connection).toBe("acme"));
    expect(core.called("preferences")).toHaveLength(1);
  });

  it("drops an answer that comes late, from the one before", async () => {
    const core = twoConnections();
    await openWindow(core);
    await rowsShown();
    await found("switcher");
    const [asked, told] = [core.called("listAgreements").length, core.called("status").length];
    const list = core.hold("listAgreements");
    const status = core.hold("status");
    core.tell("agreements");
    await waitFor(() => expect([core.called("listAgreements").length, core.called("status").length]).toEqual([asked + 1, told + 1]));
    core.show("acme");
    await waitFor(() => expect(rows()[0]?.textContent).toContain("Acmebuyer 0"));
    list.open();
    status.open();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(rows()[0]?.textContent).toContain("Acmebuyer 0");
    expect(part("switcher")?.textContent).toContain("Acme Software");
    expect(page()).not.toContain("Sandy");
  });

  it("shows nothing of either while the next one is not known", async () => {
    const core = twoConnections();
    await openWindow(core);
    await rowsShown();
    await found("switcher");
    const status = core.hold("status");
    core.show("acme");
    await found("opening");
    expect(page()).not.toContain("Sandy");
    expect(page()).not.toContain("Acmebuyer");
    const list = core.hold("listAgreements");
    status.open();
    await found("switcher");
    // Its frame is there, its rows are still to come: those of the other one do not stand in for them.
    expect(page()).not.toContain("Sandy");
    list.open();
    await rowsShown();
  });

  it("forgets what was jumped to on the other one", async () => {
    const core = twoConnections();
    const user = await openWindow(core);
    await rowsShown();
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await found("palette-input"), "Sandy 1");
    await screen.findByRole("option", { name: /^Sandy 1/ });
    await user.keyboard("{Enter}");
    await waitFor(() => expect(part("palette-input")).toBeNull());
    core.show("acme");
    await waitFor(() => expect(rows()[0]?.textContent).toContain("Acmebuyer 0"));
    await user.keyboard("{Control>}k{/Control}");
    await found("palette-input");
    expect(screen.queryByRole("group", { name: "Recent" })).toBeNull();
    expect(page()).not.toContain("Sandy");
  });

  it("leaves the sandbox's screen when there is no sandbox any more", async () => {
    const core = twoConnections();
    await openWindow(core, "#/sandbox");
    await found("sandbox-submit");
    core.show("acme");
    await rowsShown();
    await waitFor(() => expect(location.hash).toBe("#/agreements"));
  });

  it("keeps what was filtered and opened when the same one is opened anew", async () => {
    const core = twoConnections();
    await openWindow(core, "#/agreements?filter=sandy&open=agmt-Sandy-1");
    await rowsShown();
    await found("switcher");
    core.changeSession();
    await found("opening");
    await rowsShown();
    await waitFor(() => expect(location.hash).toBe("#/agreements?filter=sandy&open=agmt-Sandy-1"));
  });

  it("does not remember one that ends with the window", async () => {
    const core = twoConnections();
    core.preferences.connection = "acme";
    core.connect(sellerCard({ id: "passing", name: "Passing", memoryOnly: true }), rowsOf("Passingbuyer"));
    const user = await openWindow(core);
    await rowsShown();
    await switchTo(user, "passing");
    await waitFor(() => expect(core.preferences.connection).toBeNull());
  });
});

describe("opening", () => {
  it("says which connection, and that the keyring may ask", async () => {
    const core = twoConnections();
    core.show("acme");
    core.status.opening = true;
    const rowsOfAcme = core.hold("listAgreements");
    await openWindow(core);
    expect((await found("opening")).textContent).toContain("Opening Acme Software…");
    expect(page()).toContain("The system may ask for your keyring’s password.");
    core.status.opening = false;
    rowsOfAcme.open();
    core.changeSession();
    await rowsShown();
  });

  it("does not draw the first screen twice because the sandbox opens while it is made", async () => {
    const core = twoConnections();
    core.status.opening = true;
    await openWindow(core);
    await found("switcher");
    await rowsShown();
    const [row] = rows();
    core.status.opening = false;
    core.changeSession();
    await waitFor(() => expect(core.called("status").length).toBeGreaterThan(1));
    expect(rows()[0]).toBe(row);
    expect(part("opening")).toBeNull();
  });

  it("says so from the click on, before the core has said anything", async () => {
    const core = twoConnections();
    const user = await openWindow(core);
    await rowsShown();
    const gate = core.hold("selectConnection");
    await switchTo(user, "acme");
    expect((await found("opening")).textContent).toContain("Opening Acme Software…");
    expect(rows()).toEqual([]);
    gate.open();
    await rowsShown();
  });

  it("offers the sandbox, and a new database where the key is lost, to who types the name", async () => {
    const core = twoConnections();
    core.show("acme");
    core.status.failure = failureOf({ code: "databaseKey", message: "the key of this connection's database is not in the keyring any more" });
    const user = await openWindow(core);
    await user.click(await found("startup-start-over"));
    const submit = (await found("dialog-submit")) as HTMLButtonElement;
    await user.type(await found("field-confirm"), "acme software");
    expect(submit.disabled).toBe(true);
    await user.clear(await found("field-confirm"));
    await user.type(await found("field-confirm"), "Acme Software{Enter}");
    expect((await screen.findByText(/acme\.db\.1763630042\.old/)).textContent).toBeTruthy();
    expect(core.called("startOver")).toEqual(["acme"]);
  });

  it("leads from a seller account that does not open to the sandbox", async () => {
    const core = twoConnections();
    core.show("acme");
    core.status.failure = failureOf({ code: "keyring", message: "the keyring is locked", hint: "Unlock the login keyring." });
    const user = await openWindow(core);
    expect((await found("startup-failure")).textContent).toContain("Unlock the login keyring.");
    expect(part("startup-start-over")).toBeNull();
    await user.click(await found("startup-sandbox"));
    await waitFor(() => expect(rows()[0]?.textContent).toContain("Sandy 0"));
  });
});

describe("an address opened outside", () => {
  it("is gone to at the start, and whenever one is opened", async () => {
    const core = twoConnections();
    core.address = "#/agreements?open=agmt-Sandy-1";
    await openWindow(core, "#/overview");
    await waitFor(() => expect(location.hash).toBe("#/agreements?open=agmt-Sandy-1"));
    await found("detail");
    core.openAddress("#/needs-setup");
    await waitFor(() => expect(location.hash).toBe("#/needs-setup"));
    core.openAddress("#/nowhere?open=agmt-Sandy-2");
    await waitFor(() => expect(location.hash).toBe("#/agreements?open=agmt-Sandy-2"));
  });

  it("waits behind the lock", async () => {
    const core = twoConnections();
    core.status.locked = true;
    core.address = "#/agreements?open=agmt-Sandy-1";
    const user = await openWindow(core, "#/overview");
    await found("lock-page");
    await user.click(await found("unlock"));
    await found("detail");
    await waitFor(() => expect(location.hash).toBe("#/agreements?open=agmt-Sandy-1"));
  });
});

describe("somebody at the window", () => {
  it("is told to the core now and then, not with every move", async () => {
    const core = twoConnections();
    const user = await openWindow(core);
    await rowsShown();
    const before = core.called("reportActivity").length;
    await user.keyboard("abc");
    await user.click(await found("data-age"));
    expect(core.called("reportActivity")).toHaveLength(Math.max(before, 1));
  });
});
