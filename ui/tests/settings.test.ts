import { describe, expect, it, vi } from "vitest";
import { FakeCore, failureOf } from "./fakeBackend";
import { checkOf, lackingCheck, sellerCard } from "./fakeConnections";
import { makeRows } from "./fakeRows";
import { found, openWindow, part, screen, text, waitFor } from "./window";

type User = Awaited<ReturnType<typeof openWindow>>;
const cards = () => [...document.querySelectorAll<HTMLElement>("[data-test=connection-card]")];
const card = (id: string) => cards().find((one) => one.dataset["id"] === id);
const within = (id: string, name: string) => card(id)?.querySelector<HTMLElement>(`[data-test="${name}"]`) as HTMLElement;

function withAcme(): FakeCore {
  const core = new FakeCore(3);
  core.connect(sellerCard(), makeRows(4));
  return core;
}

async function ask(user: User, id: string, what: string) {
  await waitFor(() => expect(card(id)).toBeTruthy());
  await user.click(within(id, "connection-more"));
  await user.click(await found(`connection-${what}`));
  await found("dialog-submit");
}

describe("the list of connections", () => {
  it("tells each by name, account, credentials, region and what is special about it", async () => {
    const core = withAcme();
    core.connect(sellerCard({
      id: "role", name: "성수로보틱스 青岛海测", account: "555566667777", region: "eu-central-1", readOnly: true, memoryOnly: true, endpoint: "http://127.0.0.1:5001",
      credentials: { profile: "seller", roleArn: "arn:aws:iam::555566667777:role/team/Bindery", externalId: null, mfaSerial: "arn:aws:iam::555566667777:mfa/kim" },
    }));
    await openWindow(core, "#/settings");
    await waitFor(() => expect(cards()).toHaveLength(3));
    expect(text(card("sandbox"))).toContain("Sandbox shown now");
    expect(text(card("acme"))).toMatch(/222233334444.*access keys in the keyring us-east-1/);
    expect(text(card("role"))).toContain("role team/Bindery by profile “seller”, with MFA");
    for (const badge of ["Read-only", "test endpoint", "ends with this window", "eu-central-1"]) expect(text(card("role"))).toContain(badge);
    expect(within("sandbox", "connection-more")).toBeNull();
  });

  it("shows one when asked to", async () => {
    const core = withAcme();
    const user = await openWindow(core, "#/settings");
    await waitFor(() => expect(card("acme")).toBeTruthy());
    await user.click(within("acme", "connection-show"));
    await waitFor(() => expect(text(card("acme"))).toContain("shown now"));
    // The settings are about all connections: the screen stays where it is.
    expect(location.hash).toBe("#/settings");
  });

  it("is reached by Ctrl+, and leads to the first account where there is only the sandbox", async () => {
    const core = new FakeCore(3);
    const user = await openWindow(core, "#/agreements");
    await waitFor(() => expect(part("nav-settings")).not.toBeNull());
    await user.keyboard("{Control>},{/Control}");
    expect(text(await found("settings"))).toContain("Connect your seller account");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await found("palette-input"), "seller acc");
    await user.click(await screen.findByRole("option", { name: /Add a seller account/ }));
    expect(await found("connection-submit")).toBeTruthy();
  });

  it("says that its file is broken and what to do, with the sandbox still there", async () => {
    const core = new FakeCore(3);
    core.list.failure = failureOf({ code: "invalid", message: "connections.toml, line 7: expected an equals sign", hint: "Mend the file, or move it away; the secrets stay in the keyring." });
    const user = await openWindow(core, "#/settings");
    const notice = await screen.findByRole("alert");
    expect(text(notice)).toContain("The file of connections cannot be used connections.toml, line 7: expected an equals sign.".replace("connections.toml, line", "Connections.toml, line"));
    expect(text(notice)).toContain("Mend the file, or move it away");
    expect(text(card("sandbox"))).toContain("shown now");
    expect(text(part("settings"))).not.toContain("Connect your seller account");
    core.list = { ...core.list, failure: null, connections: [...core.list.connections, sellerCard()] };
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(card("acme")).toBeTruthy());
  });
});

describe("removing a connection", () => {
  it("needs its exact name, and says what went", async () => {
    const core = withAcme();
    core.removed = { links: 3, files: ["/data/acme.db"], secrets: ["acme/access-keys"] };
    const user = await openWindow(core, "#/settings");
    await ask(user, "acme", "remove");
    const submit = part("dialog-submit") as HTMLButtonElement;
    const before = text(part("remove-connection"));
    expect(before).toContain("The access keys, from the keyring");
    expect(before).toContain("The database with all links and the audit trail.");
    for (const wrong of ["", "acme software", "Acme", "Acme  Software"]) {
      await user.clear(await found("field-confirm"));
      if (wrong !== "") await user.type(await found("field-confirm"), wrong);
      expect(submit.disabled, wrong).toBe(true);
      await user.keyboard("{Enter}");
    }
    expect(core.called("removeConnection")).toEqual([]);
    await user.clear(await found("field-confirm"));
    await user.type(await found("field-confirm"), "Acme Software{Enter}");
    const dialog = await screen.findByRole("dialog", { name: "“Acme Software” was removed" });
    expect(core.called("removeConnection")).toEqual([{ id: "acme", typed: "Acme Software" }]);
    for (const gone of ["3 links were recorded", "/data/acme.db", "acme/access-keys"]) expect(text(dialog)).toContain(gone);
    await waitFor(() => expect(card("acme")).toBeUndefined());
  });

  it("of the one that is shown ends on the sandbox, also at the next start", async () => {
    const core = withAcme();
    core.preferences.connection = "acme";
    core.show("acme");
    const user = await openWindow(core, "#/settings");
    await ask(user, "acme", "remove");
    await user.type(await found("field-confirm"), "Acme Software{Enter}");
    await screen.findByRole("dialog", { name: "“Acme Software” was removed" });
    await waitFor(() => expect(core.preferences.connection).toBeNull());
    expect(part("switcher")?.textContent).toContain("Sandbox");
  });

  it("says so when something is in its way, and keeps the dialog", async () => {
    const core = withAcme();
    core.fail("removeConnection", { code: "keyring", message: "the keyring is locked", hint: "Unlock it." });
    const user = await openWindow(core, "#/settings");
    await ask(user, "acme", "remove");
    await user.type(await found("field-confirm"), "Acme Software{Enter}");
    await waitFor(() => expect(text(part("remove-connection"))).toContain("The keyring is locked."));
    expect(card("acme")).toBeTruthy();
  });
});

describe("changing a connection", () => {
  it("renames it and makes it read-only; the card takes the focus back", async () => {
    const core = withAcme();
    core.show("acme");
    const user = await openWindow(core, "#/settings");
    await ask(user, "acme", "change");
    await user.clear(await found("field-name"));
    await user.type(await found("field-name"), "Acme EU");
    await user.click(await found("field-readOnly"));
    await user.click(await found("dialog-submit"));
    await waitFor(() => expect(part("change-connection")).toBeNull());
    expect(core.called("changeConnection")).toEqual([{ id: "acme", name: "Acme EU", readOnly: true }]);
    await waitFor(() => expect(document.activeElement).toBe(within("acme", "connection-more")));
  });

  it("encrypts it anew once that was explained", async () => {
    const core = withAcme();
    const user = await openWindow(core, "#/settings");
    await ask(user, "acme", "rekey");
    expect(text(part("rekey-connection"))).toContain("makes a new random key");
    expect(core.called("rekeyConnection")).toEqual([]);
    await user.click(await found("dialog-submit"));
    expect(await screen.findByRole("dialog", { name: "“Acme Software” is encrypted anew" })).toBeTruthy();
    expect(core.called("rekeyConnection")).toEqual(["acme"]);
  });
});

describe("the check", () => {
  const outcome = (name: string) => document.querySelector<HTMLElement>(`[data-operation="${name}"]`);

  it("says what is denied, what that costs, and which policy is missing", async () => {
    const core = withAcme();
    core.checks.set("acme", lackingCheck());
    const user = await openWindow(core, "#/settings");
    await waitFor(() => expect(card("acme")).toBeTruthy());
    await user.click(within("acme", "connection-check"));
    const result = await found("check-result");
    expect(location.hash).toBe("#/settings?open=acme");
    expect(text(result)).toContain("AWS denies 2 operations");
    expect(text(outcome("ResolveCustomer"))).toContain("Denied");
    expect(text(outcome("ResolveCustomer"))).toContain("Without it, no buyer can be linked by a registration token.");
    expect(text(outcome("ResolveCustomer"))).toMatch(/AWS request id 9a3c1f02/);
    expect(text(outcome("SearchAgreements"))).toMatch(/^SearchAgreements ?Allowed$/);
    expect(text(outcome("ListEntities")?.closest("section"))).toContain("Catalog API not reachable");
    expect(text(outcome("SearchAgreements")?.closest("section"))).not.toContain("not reachable");
    expect(text(result)).toContain("Cannot link a buyer by registration token. AWS denies ResolveCustomer.");
    expect(text(result)).toContain("Can ask a buyer for a cancellation");
    const policy = JSON.parse(part("missing-policy")?.querySelector("pre")?.textContent ?? "") as { Statement: { Action: string[] }[] };
    expect(policy.Statement[0]?.Action).toEqual(["aws-marketplace:GetAgreementTerms", "aws-marketplace:ResolveCustomer"]);
    expect(text(result)).not.toContain("ListEntities\"");
    await user.click(screen.getByRole("button", { name: "Show the whole policy such a connection needs" }));
    expect(text(result)).toContain('"aws-marketplace:ListEntities"');
  });

  it("is copied as text", async () => {
    const core = withAcme();
    core.checks.set("acme", lackingCheck());
    const user = await openWindow(core, "#/settings?open=acme");
    await found("check-result");
    const write = vi.spyOn(navigator.clipboard, "writeText");
    await user.click(screen.getByRole("button", { name: "Copy: What the credentials may do" }));
    const copied = write.mock.calls[0]?.[0] ?? "";
    for (const part of ["Acme Software", "arn:aws:iam::222233334444:user/bindery", "ResolveCustomer: Denied", "Catalog API — not reachable", "aws-marketplace:GetAgreementTerms"]) expect(copied).toContain(part);
  });

  it("is loud about another account and a wrong clock", async () => {
    const core = withAcme();
    core.checks.set("acme", checkOf({ account: "999900001111", otherAccount: true, clockBehind: 412_000, clockIsOff: true }));
    await openWindow(core, "#/settings?open=acme");
    const result = await found("check-result");
    expect(text(result.querySelector("[role=alert]"))).toContain("AWS says 999900001111, and this connection is for 222233334444.");
    expect(text(result)).toContain("This computer is 6 min behind AWS. AWS refuses what is signed with such a clock.");
    expect(text(result)).not.toContain("AWS allows everything");
  });

  it("is made when there is none yet, and made again on demand", async () => {
    const core = withAcme();
    const user = await openWindow(core, "#/settings?open=acme");
    expect(text(await found("check-result"))).toContain("AWS allows everything that is needed");
    expect(core.called("checkConnection")).toEqual(["acme"]);
    core.checks.set("acme", lackingCheck());
    await user.click(await found("check-again"));
    await waitFor(() => expect(text(part("check-result"))).toContain("AWS denies 2 operations"));
  });

  it("says why it could not be made", async () => {
    const core = withAcme();
    core.fail("checkConnection", { code: "offline", message: "AWS did not answer" });
    await openWindow(core, "#/settings?open=acme");
    expect(text(await screen.findByRole("alert"))).toContain("AWS did not answer.");
  });
});

describe("keyring and window", () => {
  it("says which keyring there is, why it does not answer, and looks again", async () => {
    const core = withAcme();
    core.list.keyringFailure = failureOf({ code: "keyring", message: "no keyring service answers", hint: "Install gnome-keyring." });
    const user = await openWindow(core, "#/settings");
    const keyring = await found("keyring");
    expect(text(keyring)).toContain("Secret Service does not answer");
    expect(text(keyring)).toContain("No keyring service answers.");
    expect(text(keyring)).toContain("Install gnome-keyring.");
    core.list = { ...core.list, keyringFailure: null };
    await user.click(await found("keyring-retry"));
    await waitFor(() => expect(text(part("keyring"))).toContain("Secret Service answers"));
  });

  it("locks after as many minutes as is chosen, where there is something to protect", async () => {
    const core = new FakeCore(3);
    const user = await openWindow(core, "#/settings");
    await waitFor(() => expect((part("lock-now") as HTMLButtonElement | null)?.disabled).toBe(true));
    expect(text(part("settings"))).toContain("Protects seller accounts. There is none yet");
    core.connect(sellerCard());
    await user.click(await found("keyring-retry"));
    await waitFor(() => expect((part("lock-now") as HTMLButtonElement).disabled).toBe(false));
    await user.selectOptions(await found("lock-after"), "30");
    await waitFor(() => expect(core.preferences.lockAfterMinutes).toBe(30));
    await user.click(await found("lock-now"));
    expect(await found("lock-page")).toBeTruthy();
  });
});
