import { describe, expect, it } from "vitest";
import type { MailView, SandboxMail } from "../src/ipc/bindings";
import { FakeCore, failureOf } from "./fakeBackend";
import { sellerCard } from "./fakeConnections";
import { NOW } from "./fakeRows";
import { found, openWindow, part, screen, text, waitFor } from "./window";

const known: MailView = { host: "mail.example.com", port: 465, security: "tls", user: "sales", from: "sales@example.com", fromName: "관측 센터" };
const input = async (name: string) => (await found(`field-${name}`)) as HTMLInputElement;

function withAcme(mail: MailView | null): FakeCore {
  const core = new FakeCore(3);
  core.connect(sellerCard({ mail }));
  return core;
}

describe("the mail of a connection", () => {
  it("is set up with errors at their fields, and leads to a trial", async () => {
    const core = withAcme(null);
    const user = await openWindow(core, "#/settings");
    expect(text(await found("mail-of"))).toContain("No mail server");
    await user.click(await found("mail-change"));
    await user.type(await input("host"), "mail.example.com");
    await user.selectOptions(await found("field-security"), "starttls");
    await user.type(await input("user"), "sales");
    await user.type(await input("password"), "hunter2");
    expect((await input("port")).placeholder).toBe("587");
    core.fail("setMail", failureOf({ code: "invalid", message: "is missing", fields: [{ field: "from", message: "is missing" }] }));
    await user.click(await found("dialog-submit"));
    await waitFor(() => expect(document.activeElement).toBe(part("field-from")));
    expect((await input("from")).getAttribute("aria-invalid")).toBe("true");
    // What was typed stays.
    expect((await input("password")).value).toBe("hunter2");

    core.heal("setMail");
    await user.type(await input("from"), "sales@example.com");
    await user.click(await found("dialog-submit"));
    await user.click(await found("mail-try-next"));
    expect(core.called("setMail").at(-1)).toEqual({
      id: "acme", form: { host: "mail.example.com", port: "", security: "starttls", user: "sales", password: "hunter2", from: "sales@example.com", fromName: "" },
    });
    await user.type(await input("to"), "you@example.com{Enter}");
    await screen.findByRole("dialog", { name: "The trial mail is on its way" });
    expect(core.called("tryMail")).toEqual([{ id: "acme", to: "you@example.com" }]);
  });

  it("is changed without its password, which is never shown", async () => {
    const core = withAcme(known);
    const user = await openWindow(core, "#/settings");
    expect(text(await found("mail-of"))).toContain("관측 센터 <sales@example.com> mail.example.com:465");
    await user.click(await found("mail-change"));
    expect((await input("password")).value).toBe("");
    expect(text(part("mail-dialog"))).toContain("Empty: the one that is kept");
    await user.type(await input("host"), ".au");
    // Another server is not given it.
    expect(text(part("mail-dialog"))).not.toContain("Empty: the one that is kept");
  });

  it("says why a trial mail was not sent, and what to do", async () => {
    const core = withAcme(known);
    core.fail("tryMail", { code: "notSent", message: "the mail server mail.example.com:465 does not accept user and password: 535", hint: "Enter user and password again, in the connection's mail settings." });
    const user = await openWindow(core, "#/settings");
    await user.click(await found("mail-try"));
    await user.type(await input("to"), "you@example.com{Enter}");
    const notice = text(await screen.findByRole("alert"));
    expect(notice).toContain("The mail was not sent The mail server mail.example.com:465 does not accept");
    expect(notice).toContain("Enter user and password again");
  });

  it("is removed once that was explained", async () => {
    const core = withAcme(known);
    const user = await openWindow(core, "#/settings");
    await user.click(await found("mail-remove"));
    expect(text(await found("mail-remove-dialog"))).toContain("no verification codes can be sent");
    await user.click(await found("dialog-submit"));
    await waitFor(() => expect(text(part("mail-of"))).toContain("No mail server"));
    expect(core.called("removeMail")).toEqual(["acme"]);
  });
});

describe("the sandbox's mailbox", () => {
  const mail = (number: number, to: string): SandboxMail => ({ number, at: NOW, to, subject: `인증 코드 ${number}`, body: `Your code:\n${number}${number}${number}` });
  const mails = () => [...document.querySelectorAll<HTMLElement>("[data-test=mailbox-mail]")];

  it("teaches what it is for, then shows what comes, the newest open", async () => {
    const core = new FakeCore(3);
    const user = await openWindow(core, "#/sandbox");
    expect(text(await found("mailbox-empty"))).toContain("the code comes here");
    core.mails = [mail(2, "bob@example.com"), mail(1, "ann@example.com")];
    core.tell("sandbox");
    await waitFor(() => expect(mails()).toHaveLength(2));
    expect(part("mailbox-open")?.textContent).toContain("Your code:\n222");
    await user.click(mails()[1] as HTMLElement);
    expect(part("mailbox-open")?.textContent).toContain("Your code:\n111");
    // One that comes meanwhile does not take the place of the one that is read.
    core.mails = [mail(3, "bob@example.com"), ...core.mails];
    core.tell("sandbox");
    await waitFor(() => expect(mails()).toHaveLength(3));
    expect(part("mailbox-open")?.textContent).toContain("Your code:\n111");

    await user.type(await found("mailbox-address"), "bob@");
    await waitFor(() => expect(mails()).toHaveLength(2));
    expect(text(part("mailbox-open"))).toContain("인증 코드 3");
    await user.type(await found("mailbox-address"), "x");
    expect(text(await found("mailbox-empty"))).toBe("No mail to such an address.");
  });
});
