import { describe, expect, it } from "vitest";
import type { Status } from "../src/ipc/bindings";
import { failureOf } from "./fakeBackend";
import { sellerCard } from "./fakeConnections";
import { found, openWindow, page, part, rows, rowsOf, rowsShown, screen, twoConnections, waitFor } from "./window";

describe("the lock", () => {
  it("takes the data out of the page at once, and gives it back", async () => {
    const core = twoConnections();
    core.show("acme");
    const user = await openWindow(core, "#/agreements?open=agmt-Acmebuyer-1");
    await rowsShown();
    await found("detail");
    const gate = core.hold("lock");
    await user.keyboard("{Control>}l{/Control}");
    await found("lock-page");
    expect(page()).not.toContain("Acmebuyer");
    expect(document.documentElement.outerHTML).not.toMatch(/Acmebuyer|agmt-|222233334444/);
    gate.open();
    await waitFor(() => expect(document.activeElement).toBe(part("unlock")));
    expect(part("lock-page")?.textContent).toContain("asks the system’s keyring");
    await user.keyboard("{Enter}");
    await rowsShown();
    expect(core.called("unlock")).toHaveLength(1);
    expect(location.hash).toBe("#/agreements?open=agmt-Acmebuyer-1");
  });

  it("comes also from the core, over an open dialog", async () => {
    const core = twoConnections();
    core.show("acme");
    const user = await openWindow(core, "#/settings");
    await user.click(await found("add-account"));
    await user.type(await found("field-name"), "Half-typed");
    core.status.locked = true;
    core.changeSession();
    await found("lock-page");
    await waitFor(() => expect(part("add-connection")).toBeNull());
    expect(document.documentElement.outerHTML).not.toMatch(/Half-typed|Acme/);
    await user.click(await found("unlock"));
    await found("settings");
    expect(part("add-connection")).toBeNull();
  });

  it("says why it does not open, and stays", async () => {
    const core = twoConnections();
    core.status.locked = true;
    core.fail("unlock", { code: "keyring", message: "access to the keyring was refused" });
    const user = await openWindow(core);
    await user.click(await found("unlock"));
    expect((await screen.findByRole("alert")).textContent).toContain("Access to the keyring was refused.");
    expect(part("lock-page")).not.toBeNull();
    expect(rows()).toEqual([]);
  });
});

describe("a sync that waits for the person", () => {
  const waiting = (failure: Partial<NonNullable<Status["attention"]>>) => {
    const core = twoConnections();
    core.show("acme");
    core.status.attention = failureOf(failure);
    return core;
  };

  it("takes the code in place, keeps the focus there when it was wrong, and goes away", async () => {
    const core = waiting({ code: "codeNeeded", message: "The role wants the code of kim's device." });
    core.fail("provideCode", { code: "invalid", message: "a code is six digits", fields: [{ field: "mfaCode", message: "a code is six digits" }] });
    const user = await openWindow(core);
    expect((await found("attention")).textContent).toContain("The sync waits, and goes on where it stood.");
    await user.type(await found("attention-code"), "12{Enter}");
    await screen.findByText("A code is six digits.");
    expect(document.activeElement).toBe(part("attention-code"));
    expect((part("attention-code") as HTMLInputElement).value).toBe("");
    core.heal("provideCode");
    await user.type(await found("attention-code"), "123456{Enter}");
    await waitFor(() => expect(part("attention")).toBeNull());
    expect(core.called("provideCode").at(-1)).toEqual({ id: "acme", code: "123456" });
  });

  it("is tried again after a sign-in elsewhere, which is named", async () => {
    const core = waiting({ code: "credentials", message: "The sign-in has expired.", hint: "Run `aws sso login --profile seller`, then try again." });
    const user = await openWindow(core);
    expect((await found("attention")).textContent).toContain("aws sso login --profile seller");
    await user.click(await found("attention-retry"));
    await waitFor(() => expect(part("attention")).toBeNull());
    expect(core.called("resumeSync")).toEqual(["acme"]);
  });

  it("leads to other credentials, which are not mixed up with what was kept", async () => {
    const core = waiting({ code: "credentials", message: "The keys are not valid." });
    const user = await openWindow(core);
    await user.click(await found("attention-replace"));
    await user.type(await found("field-accessKeyId"), "AKIAEXAMPLEEXAMPLE88");
    await user.type(await found("field-secretAccessKey"), "another-secret-of-forty-characters-12345");
    await user.click(await found("dialog-submit"));
    await waitFor(() => expect(part("attention")).toBeNull());
    expect(core.called("replaceCredentials")).toMatchObject([{ id: "acme", credentials: { accessKeyId: "AKIAEXAMPLEEXAMPLE88", profile: "" } }]);
    await waitFor(() => expect(part("replace-credentials")).toBeNull());
    expect(document.documentElement.outerHTML).not.toContain("another-secret");
  });

  it("is tried again when the keyring answers", async () => {
    const core = waiting({ code: "keyring", message: "the keyring is locked" });
    const user = await openWindow(core);
    expect((await found("attention")).textContent).toContain("The keyring does not answer");
    expect(part("attention-replace")).toBeNull();
    await user.click(await found("attention-retry"));
    await waitFor(() => expect(core.called("resumeSync")).toEqual(["acme"]));
  });
});

describe("what AWS denies", () => {
  it("is said calmly, can be put away, and comes back with news", async () => {
    const core = twoConnections();
    core.show("acme");
    core.status.denied = [{ operation: "GetAgreementTerms", withoutIt: "values stay unknown" }];
    const user = await openWindow(core);
    const notice = await found("denied");
    expect(notice.textContent).toContain("AWS denies 1 operation. Without it: values stay unknown.");
    expect(notice.querySelector("a")?.getAttribute("href")).toBe("#/settings?open=acme");
    await user.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(part("denied")).toBeNull();
    core.tell("status");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(part("denied")).toBeNull();
    core.status.denied = [...core.status.denied, { operation: "ResolveCustomer", withoutIt: "no buyer can be linked" }];
    core.tell("permissions");
    expect((await found("denied")).textContent).toContain("Without them: values stay unknown; no buyer can be linked.");
  });

  it("has a badge where nothing can act at all", async () => {
    const core = twoConnections();
    core.connect(sellerCard({ id: "look", name: "Look only", readOnly: true }), rowsOf("Looked"));
    core.show("look");
    await openWindow(core);
    await rowsShown();
    await waitFor(() => expect(part("foot")?.textContent).toContain("Read-only"));
  });
});
