import { describe, expect, it, vi } from "vitest";
import type { ConnectionForm } from "../src/ipc/bindings";
import { reportOf } from "../src/report";
import { FakeCore, failureOf } from "./fakeBackend";
import { lackingCheck } from "./fakeConnections";
import { found, openWindow, part, screen, waitFor } from "./window";

const SECRET = "wJalrXUtnFEMIexampleexampleexampleexamp1";
const TOKEN = "FwoGZXIvYXdzEXAMPLETOKEN";
type User = Awaited<ReturnType<typeof openWindow>>;
const field = (name: string) => part(`field-${name}`) as HTMLInputElement;
/** Whatever could keep a secret beyond its use. */
const everywhere = () => [
  document.documentElement.outerHTML, [...document.querySelectorAll("input")].map((input) => input.value).join(), JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }),
  location.href, JSON.stringify(history.state),
].join("\n");

async function openForm(core: FakeCore): Promise<User> {
  const user = await openWindow(core, "#/settings");
  await user.click(await found("add-account"));
  await found("connection-submit");
  return user;
}

async function fillKeys(user: User) {
  await user.type(field("name"), "Acme Software");
  await user.type(field("account"), "222233334444");
  await user.type(field("accessKeyId"), "AKIAEXAMPLEEXAMPLE77");
  await user.click(field("secretAccessKey"));
  await user.paste(SECRET);
}

const sent = (core: FakeCore) => core.called("addConnection").at(-1) as ConnectionForm;

describe("adding a seller account", () => {
  it("sends what was typed, checks at once, and leads to the connection", async () => {
    const core = new FakeCore(3);
    core.checks.set("added", lackingCheck());
    const user = await openForm(core);
    expect(document.activeElement).toBe(field("name"));
    await fillKeys(user);
    await user.click(field("readOnly"));
    await user.click(await found("connection-submit"));
    await found("check-result");
    expect(sent(core)).toEqual({
      name: "Acme Software", account: "222233334444", region: "", endpoint: "", stsEndpoint: "", readOnly: true, memoryOnly: false,
      credentials: { profile: "", accessKeyId: "AKIAEXAMPLEEXAMPLE77", secretAccessKey: SECRET, sessionToken: "", roleArn: "", externalId: "", mfaSerial: "", mfaCode: "" },
    });
    expect(core.called("checkConnection")).toEqual(["added"]);
    expect(screen.getByRole("dialog", { name: "Acme Software is connected" }).textContent).toContain("AWS denies 2 operations");
    await user.click(await found("show-connection"));
    expect(core.called("selectConnection")).toEqual(["added"]);
    await waitFor(() => expect(part("switcher")?.textContent).toContain("Acme Software"));
  });

  it("shows what is wrong at the fields, keeps what was typed, and goes to the first one", async () => {
    const core = new FakeCore(3);
    core.fail("addConnection", { code: "invalid", message: "some of what was entered is not right", fields: [
      { field: "secretAccessKey", message: "this looks like the access key id" }, { field: "account", message: "an AWS account is 12 digits" }, { field: "region", message: "AWS Marketplace has no metering there" },
    ] });
    const user = await openForm(core);
    await fillKeys(user);
    await user.click(await found("connection-submit"));
    await waitFor(() => expect(document.activeElement).toBe(field("account")));
    for (const [name, says] of [["account", "An AWS account is 12 digits."], ["secretAccessKey", "This looks like the access key id."], ["region", "AWS Marketplace has no metering there."]] as const) {
      const input = field(name);
      expect(input.getAttribute("aria-invalid")).toBe("true");
      expect(document.getElementById(input.getAttribute("aria-describedby") ?? "")?.textContent).toBe(says);
    }
    expect(field("name").getAttribute("aria-invalid")).toBe("false");
    expect(document.querySelector("details")?.open).toBe(true);
    expect(field("secretAccessKey").value).toBe(SECRET);
    // Said at the fields, it is not said once more.
    expect(document.querySelector("[data-problem]")).toBeNull();
  });

  it("tells what is wrong with no field in the dialog, with the request id", async () => {
    const core = new FakeCore(3);
    core.fail("addConnection", { code: "offline", message: "AWS did not answer", requestId: "5f0c-77" });
    const user = await openForm(core);
    await fillKeys(user);
    await user.click(await found("connection-submit"));
    const notice = await waitFor(() => document.querySelector<HTMLElement>("[data-problem]") ?? Promise.reject(new Error("no notice")));
    expect(notice.textContent).toContain("AWS did not answer. Nothing was kept. AWS request id 5f0c-77");
    expect(document.activeElement).toBe(notice);
  });

  it("keeps the next step and the request id of what is wrong with a field", async () => {
    const core = new FakeCore(3);
    core.profiles = [{ name: "seller", kind: "sso" }];
    core.fail("addConnection", { code: "credentials", message: "the sign-in has expired", hint: "Run `aws sso login --profile seller`.", requestId: "7d0c-11", fields: [{ field: "profile", message: "the sign-in has expired" }] });
    const user = await openForm(core);
    await user.click(await found("way-profile"));
    await user.selectOptions(await waitFor(() => screen.getByRole("combobox", { name: "Profile" })), "seller");
    await user.click(await found("connection-submit"));
    await waitFor(() => expect(document.activeElement).toBe(part("field-profile")));
    const notice = document.querySelector("[data-problem]");
    expect(notice?.textContent).toContain("Run aws sso login --profile seller.");
    expect(notice?.textContent).toContain("7d0c-11");
  });

  it("asks for the MFA code when AWS does, and sends it with the rest", async () => {
    const core = new FakeCore(3);
    core.fail("addConnection", { code: "codeNeeded", message: "the role wants a code", fields: [{ field: "mfaCode", message: "the role wants a code" }] });
    const user = await openForm(core);
    await fillKeys(user);
    await user.click(await found("use-role"));
    await user.type(field("roleArn"), "arn:aws:iam::222233334444:role/Bindery");
    await user.type(field("mfaSerial"), "arn:aws:iam::222233334444:mfa/kim");
    expect(field("mfaCode")).toBeNull();
    await user.click(await found("connection-submit"));
    await waitFor(() => expect(document.activeElement).toBe(field("mfaCode")));
    core.heal("addConnection");
    await user.type(field("mfaCode"), "123456{Enter}");
    await found("check-result");
    expect(sent(core).credentials).toMatchObject({ roleArn: "arn:aws:iam::222233334444:role/Bindery", mfaSerial: "arn:aws:iam::222233334444:mfa/kim", mfaCode: "123456", secretAccessKey: SECRET });
  });

  it("sends nothing of the way that was not chosen, and says how to sign in to a profile", async () => {
    const core = new FakeCore(3);
    core.profiles = [{ name: "default", kind: "keys" }, { name: "seller", kind: "sso" }];
    const user = await openForm(core);
    await fillKeys(user);
    await user.click(await found("way-profile"));
    await user.selectOptions(await waitFor(() => screen.getByRole("combobox", { name: "Profile" })), "seller");
    expect(document.body.textContent).toContain("aws sso login --profile seller");
    await user.click(await found("connection-submit"));
    await found("check-result");
    expect(sent(core).credentials).toMatchObject({ profile: "seller", accessKeyId: "", secretAccessKey: "" });
  });

  it("can be told a profile's name where none are found, and looks again on demand", async () => {
    const core = new FakeCore(3);
    core.fail("awsProfiles", { code: "invalid", message: "the file has a broken line" });
    const user = await openForm(core);
    await user.click(await found("way-profile"));
    await screen.findByText(/the file has a broken line/);
    core.heal("awsProfiles");
    core.profiles = [{ name: "vault", kind: "process" }];
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("option", { name: "vault · a program on this computer" })).toBeTruthy();
  });

  it("does not let go of what is pasted into it by the megabyte, nor take it", async () => {
    const core = new FakeCore(3);
    const user = await openForm(core);
    await user.click(field("accessKeyId"));
    await user.paste("A".repeat(1_000_000));
    expect(field("accessKeyId").value.length).toBeLessThanOrEqual(8_192);
  });
});

describe("secrets", () => {
  async function entered(core: FakeCore) {
    const user = await openForm(core);
    await fillKeys(user);
    await user.click(field("sessionToken"));
    await user.paste(TOKEN);
    return user;
  }

  it("are hidden until they are asked for", async () => {
    const user = await entered(new FakeCore(3));
    expect([field("secretAccessKey").type, field("secretAccessKey").autocomplete, field("secretAccessKey").getAttribute("spellcheck")]).toEqual(["password", "off", "false"]);
    await user.click(screen.getByRole("button", { name: "Show: Secret access key" }));
    expect(field("secretAccessKey").type).toBe("text");
    expect(field("secretAccessKey").value).toBe(SECRET);
  });

  it("are gone from the page once the connection was added", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const core = new FakeCore(3);
    const user = await entered(core);
    expect(everywhere()).toContain(SECRET);
    await user.click(await found("connection-submit"));
    await found("check-result");
    expect(everywhere()).not.toContain(SECRET);
    expect(everywhere()).not.toContain(TOKEN);
    expect(JSON.stringify(core.calls.filter(({ command }) => command !== "addConnection"))).not.toContain(SECRET);
    expect(JSON.stringify(said.mock.calls)).not.toContain(SECRET);
    said.mockRestore();
  });

  it("are gone when the dialog is closed, also when it is opened again", async () => {
    const user = await entered(new FakeCore(3));
    await user.keyboard("{Escape}");
    await waitFor(() => expect(part("connection-submit")).toBeNull());
    expect(everywhere()).not.toContain(SECRET);
    await user.click(await found("add-account"));
    await found("connection-submit");
    expect(field("secretAccessKey").value).toBe("");
    expect(field("name").value).toBe("");
  });

  it("are in no report", async () => {
    const core = new FakeCore(3);
    const failure = failureOf({ code: "credentials", message: "The keys are not valid.", requestId: "1-2" });
    core.fail("addConnection", failure);
    const copied: string[] = [];
    const user = await entered(core);
    // After userEvent, which brings a clipboard of its own.
    vi.spyOn(navigator.clipboard, "writeText").mockImplementation(async (text) => void copied.push(text));
    await user.click(await found("connection-submit"));
    await user.click(await screen.findByRole("button", { name: "Copy: report" }));
    expect(copied).toHaveLength(1);
    expect(copied[0]).toContain("The keys are not valid.");
    expect(copied[0]).toContain(reportOf(failure).split("\n")[0]);
    expect(copied[0]).not.toContain(SECRET);
    expect(copied[0]).not.toContain("AKIAEXAMPLEEXAMPLE77");
  });

  it("go with the dialog when it is cancelled while AWS is asked, and the core stops asking", async () => {
    const core = new FakeCore(3);
    core.fail("addConnection", { code: "stopped", message: "stopped; nothing of it was kept" });
    const gate = core.hold("addConnection");
    const user = await entered(core);
    await user.click(await found("connection-submit"));
    expect((await screen.findByText(/Asking AWS whose these credentials are/)).textContent).toBeTruthy();
    expect(core.called("cancelIdentification")).toEqual([]);
    await user.click(await found("connection-cancel"));
    expect(core.called("cancelIdentification")).toHaveLength(1);
    // Whether it was in time is not known before the core has said so.
    expect(await screen.findByText("Stopping…")).toBeTruthy();
    gate.open();
    await waitFor(() => expect(part("add-connection")).toBeNull());
    expect(core.called("checkConnection")).toEqual([]);
    expect(everywhere()).not.toContain(SECRET);
  });

  it("are said to be kept when the cancelling came too late", async () => {
    const core = new FakeCore(3);
    const gate = core.hold("addConnection");
    const user = await entered(core);
    await user.click(await found("connection-submit"));
    await user.keyboard("{Escape}");
    await waitFor(() => expect(core.called("cancelIdentification")).toHaveLength(1));
    gate.open();
    expect(await screen.findByRole("dialog", { name: "Acme Software is connected" })).toBeTruthy();
    await found("check-result");
    expect(everywhere()).not.toContain(SECRET);
  });

  it("are not asked about any more behind the lock", async () => {
    const core = new FakeCore(3);
    core.hold("addConnection");
    const user = await entered(core);
    await user.click(await found("connection-submit"));
    core.status.locked = true;
    core.changeSession();
    await found("lock-page");
    await waitFor(() => expect(core.called("cancelIdentification")).toHaveLength(1));
    expect(everywhere()).not.toContain(SECRET);
  });
});

describe("without a keyring", () => {
  it("says why and what to do, and offers memory and nothing else", async () => {
    const core = new FakeCore(3);
    core.list.keyringFailure = failureOf({ code: "keyring", message: "the keyring is locked", hint: "Run `secret-tool`, then try again." });
    const user = await openForm(core);
    const offer = await found("keyring-offer");
    expect(offer.textContent).toContain("The keyring is locked.");
    expect(offer.querySelector("code")?.textContent).toBe("secret-tool");
    expect((part("connection-submit") as HTMLButtonElement).disabled).toBe(true);
    expect(screen.getByText("There is no keyring to keep the secrets in.")).toBeTruthy();
    await fillKeys(user);
    await user.click(await found("memory-only"));
    await user.click(await found("connection-submit"));
    await found("check-result");
    expect(sent(core).memoryOnly).toBe(true);
  });

  it("goes on as usual once the keyring answers again", async () => {
    const core = new FakeCore(3);
    core.list.keyringFailure = failureOf({ code: "keyring", message: "the keyring is locked" });
    const user = await openForm(core);
    const offer = await found("keyring-offer");
    core.list = { ...core.list, keyringFailure: null };
    await user.click(offer.querySelector("button") as HTMLElement);
    await waitFor(() => expect(part("keyring-offer")).toBeNull());
    expect((part("connection-submit") as HTMLButtonElement).disabled).toBe(false);
  });

  it("offers memory also when the keyring fails in the middle of adding", async () => {
    const core = new FakeCore(3);
    const user = await openForm(core);
    await fillKeys(user);
    core.fail("addConnection", { code: "keyring", message: "access to the keyring was refused" });
    await user.click(await found("connection-submit"));
    await found("memory-only");
    expect(field("secretAccessKey").value).toBe(SECRET);
  });
});
