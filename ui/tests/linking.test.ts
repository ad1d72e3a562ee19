import { describe, expect, it } from "vitest";
import type { LinkWish } from "../src/ipc/bindings";
import { FakeCore, failureOf } from "./fakeBackend";
import { emqxRefusals, RIGHT_CODE, TOKEN, TOKEN_URL, verdict } from "./fakeLinking";
import { makeRows } from "./fakeRows";
import { found, openWindow, page, part, screen, text, waitFor } from "./window";

type User = Awaited<ReturnType<typeof openWindow>>;
/** The same, piece by piece: what stands in one cell or word of markup is a piece. */
const pieces = (element: Element | null | undefined) => {
  const found: string[] = [];
  const walk = document.createTreeWalker(element ?? document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (walk.currentNode.textContent?.trim()) found.push(walk.currentNode.textContent.trim());
  return found.join(" ");
};
const parts = (name: string) => [...document.querySelectorAll<HTMLElement>(`[data-test="${name}"]`)];
const step = (name: string) => waitFor(() => expect(part("linking")?.dataset["step"]).toBe(name));
const next = () => part("next") as HTMLButtonElement;
const target = (id: string) => waitFor(() => {
  const row = parts("target").find((one) => one.dataset["id"] === id);
  if (row === undefined) throw new Error(`no target ${id}`);
  return row;
});

/** A core with one agreement of a product. */
function selling(product: string): FakeCore {
  const core = new FakeCore(0);
  core.rows = makeRows(1).map((row) => ({ ...row, id: "agmt-1example", company: "Halden Freight AS", productId: product, listing: product, state: "needsSetup", link: "none", linkedTo: null, status: "ACTIVE" }));
  return core;
}

/** The wizard at its second step, from the agreement's address. */
async function choosing(core: FakeCore): Promise<User> {
  const user = await openWindow(core, "#/link?open=agmt-1example");
  await found("who");
  await user.click(next());
  await step("target");
  return user;
}

async function checked(core: FakeCore, id = "org-clean"): Promise<User> {
  const user = await choosing(core);
  await user.click(await target(id));
  await user.click(next());
  await step("checks");
  return user;
}

describe("a link that begins at its target", () => {
  it("is offered by an organization, which is chosen once the buyer is known", async () => {
    const core = new FakeCore(40);
    core.rows = selling("emqx-payg").rows;
    const user = await openWindow(core, "#/organizations?open=halden-freight&tab=links");
    await user.click(await found("link-here"));
    expect(text(await found("meant"))).toContain("The buyer will be linked to the organization Halden");
    await user.click(await found("brought"));
    await user.paste(TOKEN_URL);
    await found("who");
    await user.click(next());
    await step("target");
    expect(document.querySelector<HTMLInputElement>("input[type=radio]:checked")?.value).toBe("halden-freight");
  });
});

describe("identifying", () => {
  it("masks a pasted token at once, sends it to one command alone, and keeps what stands for it", async () => {
    const core = selling("emqx-payg");
    const user = await openWindow(core, "#/link");
    const field = (await found("brought")) as HTMLTextAreaElement;
    await waitFor(() => expect(document.activeElement).toBe(field));
    await user.paste(TOKEN_URL);
    expect(text(await found("who"))).toContain("AWS resolved a registration token");
    expect(text(part("who"))).toContain("…x7Qz");
    expect(page()).not.toContain(TOKEN);
    expect(field.value).toBe("");
    expect(location.href).not.toContain(TOKEN);
    const told = core.calls.filter(({ argument }) => JSON.stringify(argument)?.includes(TOKEN)).map(({ command }) => command);
    expect(told).toEqual(["identifyBuyer"]);
    await user.click(next());
    await user.click(await target("org-clean"));
    await user.click(next());
    await step("checks");
    expect((core.called("planLink")[0] as LinkWish).registration).toBe("ab".repeat(32));
  });

  it("leaves a link that is typed letter by letter alone until it is whole", async () => {
    const core = selling("emqx-payg");
    const user = await openWindow(core, "#/link");
    const field = (await found("brought")) as HTMLTextAreaElement;
    await user.type(field, TOKEN_URL);
    expect(field.value).toBe(TOKEN_URL);
    await user.tab();
    expect(field.value).not.toContain(TOKEN);
    await user.click(await found("identify"));
    expect(text(await found("who"))).toContain("AWS resolved a registration token");
  });

  it("says why a token does not work, with a message that brings a new one", async () => {
    const core = selling("emqx-payg");
    core.linking.tokensWork = false;
    const user = await openWindow(core, "#/link");
    await user.click(await found("brought"));
    await user.paste(TOKEN_URL);
    const failure = text(await found("identify-failure"));
    expect(failure).toContain("AWS says that the registration token has expired.");
    expect(failure).toContain("Ask the buyer to choose “Set up your account” again");
    expect(failure).toContain("8f1c2d3e-aa01");
    expect(failure).toContain("click “Set up your account” again");
    expect(part("next")).toBeNull();
  });

  it("offers the agreements of an account, and does not take the account for evidence", async () => {
    const core = selling("emqx-payg");
    core.rows = [...core.rows, { ...core.rows[0]!, id: "agmt-2example", listing: "Other" }].map((row) => ({ ...row, account: "111122223333" }));
    const user = await openWindow(core, "#/link");
    await user.type(await found("brought"), "111122223333{Enter}");
    await waitFor(() => expect(parts("candidate")).toHaveLength(2));
    expect(part("next")).toBeNull();
    await user.click(parts("candidate")[1]!);
    await user.click(await found("take-candidate"));
    expect(text(await found("who"))).toContain("agmt-2example");
  });

  it("names the permissions to grant where AWS lists nothing", async () => {
    const user = await openWindow(selling("emqx-payg"), "#/link");
    await user.type(await found("brought"), "999988887777{Enter}");
    expect(text(await found("advice"))).toContain("aws-marketplace:ListPrivateListings");
    expect(screen.getByRole("button", { name: "Copy: Copy all names" })).toBeTruthy();
  });

  it("waits for a slow answer, can be called back, and drops what comes late", async () => {
    const core = selling("emqx-payg");
    const gate = core.hold("identifyBuyer");
    const user = await openWindow(core, "#/link?open=agmt-1example");
    await user.click(await found("cancel-wait"));
    gate.open();
    await waitFor(() => expect(part("linking")?.getAttribute("aria-busy")).toBe("false"));
    expect(part("who")).toBeNull();
  });
});

describe("choosing the target", () => {
  it("suggests with reasons, and chooses nothing by itself", async () => {
    await choosing(selling("emqx-payg"));
    expect(text(await target("org-halden"))).toContain("has the buyer’s e-mail domain.");
    expect(document.querySelectorAll("input[type=radio]:checked")).toHaveLength(0);
    expect(next().disabled).toBe(true);
    expect(page()).toContain("Choose a target first.");
  });

  it("goes by keys alone: search, down to a row, on with Enter", async () => {
    const core = selling("emqx-payg");
    const user = await choosing(core);
    await waitFor(() => expect(document.activeElement).toBe(part("target-search")));
    await user.keyboard("verkehr");
    await target("org-long");
    await user.keyboard("{ArrowDown}");
    await user.keyboard(" ");
    await waitFor(() => expect(next().disabled).toBe(false));
    await user.keyboard("{Enter}");
    await step("checks");
    expect((core.called("planLink")[0] as LinkWish).target).toBe("organization:org-long");
    await waitFor(() => expect(document.activeElement?.tagName).toBe("H2"));
    await user.keyboard("{Enter}");
    await step("review");
    // Nobody is linked by one press too many.
    await user.keyboard("{Enter}");
    expect(core.called("executeLink")).toEqual([]);
    await user.keyboard("{Escape}");
    await step("checks");
  });

  it("takes a member from the organization, and asks for a newcomer's details", async () => {
    const core = selling("analytics-payg");
    const user = await choosing(core);
    await user.click(await target("org-halden"));
    await waitFor(() => expect(parts("member-row")).toHaveLength(2));
    await user.click(parts("member-row")[0]!);
    expect((part("member") as HTMLInputElement).value).toBe("ingrid@halden.example");
    expect(part("field-member.country")).toBeNull();
    await user.clear(part("member")!);
    await user.type(part("member")!, "new@halden.example");
    expect(await found("field-member.country")).toBeTruthy();
  });

  it("shows what is wrong at its field, keeps what was typed, and goes there", async () => {
    const core = selling("analytics-payg");
    const user = await choosing(core);
    await user.click(await target("new:"));
    await user.type(await found("member"), "new@halden.example");
    await user.type(await found("field-member.name"), "Kim Lee");
    await user.click(next());
    await waitFor(() => expect(document.activeElement).toBe(part("field-member.country")));
    expect(page()).toContain("Country is missing.");
    await user.selectOptions(part("field-member.country")!, "KR");
    await user.click(next());
    await step("checks");
    expect(core.called("planLink").at(-1)).toMatchObject({
      target: "new-organization:Halden Freight AS", member: "new@halden.example", answers: { "member.name": "Kim Lee", "member.country": "KR", "member.company": "Halden Freight AS" },
    });
  });

  it("binds workspaces that are there, and describes new ones", async () => {
    const core = selling("observability");
    const user = await choosing(core);
    await user.click(await target("qd-haice"));
    await waitFor(() => expect(parts("workspace")).toHaveLength(3));
    await user.click(parts("workspace")[0]!);
    await user.click(await found("add-workspace"));
    await user.type(await found("field-workspace.name"), "Seoul");
    await user.selectOptions(part("field-workspace.language")!, "ko");
    await user.selectOptions(part("field-workspace.site")!, "ap-singapore");
    expect(text(part("new-workspace"))).toContain("It cannot be changed later.");
    await user.type(await found("field-member.email"), "kim@haice.example");
    await user.click(await found("terms"));
    await user.click(next());
    await step("checks");
    expect(core.called("planLink").at(-1)).toMatchObject({
      target: "billing-account:qd-haice", workspaces: ["wksp_1"], newWorkspaces: [{ name: "Seoul", language: "ko", site: "ap-singapore" }], member: "kim@haice.example", termsAccepted: true,
    });
  });

  it("takes workspaces from a link that there is, and no others", async () => {
    const core = selling("observability");
    core.linking.plan({ registration: null, agreement: "agmt-1example", target: "billing-account:qd-haice", workspaces: ["wksp_1", "wksp_2"], withoutWorkspaces: [], newWorkspaces: [], member: null, answers: {}, termsAccepted: false, overrides: {} });
    core.linking.execute("plan-1", { entered: [], again: false, language: null, checkOnly: true });
    core.linking.execute("plan-1", { entered: [RIGHT_CODE], again: false, language: null, checkOnly: true });
    core.linking.execute("plan-1", { entered: [], again: false, language: null, checkOnly: false });
    const user = await choosing(core);
    await user.click(await target("qd-haice"));
    await waitFor(() => expect(parts("workspace").map(text)[0]).toContain("Bound"));
    await user.click(parts("workspace")[1]!);
    await user.click(next());
    await step("checks");
    expect(core.called("planLink").at(-1)).toMatchObject({ workspaces: [], withoutWorkspaces: ["wksp_2"] });
  });
});

describe("the checks", () => {
  it("show what refuses first, with evidence, remedy and words for the buyer; what passed is folded", async () => {
    const core = selling("emqx-payg");
    const user = await checked(core, "org-halden");
    expect(page()).toContain("3 rules refuse this link");
    expect(parts("verdict").map((one) => one.dataset["rule"])).toEqual(["EM-1", "EM-2", "EM-3"]);
    expect(pieces(parts("verdict")[0])).toMatch(/A credit card is set up for halden-freight\..*organization\.payment_method card.*Directory · .*The owner removes the card under Billing/);
    expect(part("to-buyer-ko")?.getAttribute("aria-label")).toBe("Copy: Message to the buyer – 한국어");
    expect(next().disabled).toBe(true);
    expect(page()).toContain("Not while a rule refuses it.");
    await user.click(await found("passed"));
    expect(parts("verdict")).toHaveLength(6);
    // The card is gone.
    core.linking.verdicts = emqxRefusals("halden-freight").map((one) => ({ ...one, outcome: "pass" }));
    await user.click(await found("check-again"));
    await waitFor(() => expect(page()).toContain("All 3 rules allow this link"));
    expect(next().disabled).toBe(false);
  });

  it("never let what is not known pass", async () => {
    const core = selling("emqx-payg");
    core.linking.verdicts = [verdict("EM-2", "unknown", "No credits.", { message: "It is not known what credits there are.", missing: ["organization.credit_balance"] })];
    await checked(core);
    expect(page()).toContain("1 rule cannot be decided yet");
    expect(pieces(parts("verdict")[0])).toContain("organization.credit_balance not known");
    expect(next().disabled).toBe(true);
  });

  it("go on in spite of a rule with a typed reason alone, and heed it again", async () => {
    const core = selling("analytics-committed");
    core.linking.verdicts = [verdict("CC-9", "refuse", "Something.", { overridable: true }), verdict("CC-1", "pass", "By private offer.")];
    const user = await checked(core);
    await user.click(await found("override"));
    expect((part("override-use") as HTMLButtonElement).disabled).toBe(true);
    await user.type(await found("override-reason"), "Legal has confirmed it.");
    await user.click(await found("override-use"));
    await waitFor(() => expect(next().disabled).toBe(false));
    expect((core.called("planLink").at(-1) as LinkWish).overrides).toEqual({ "CC-9": "Legal has confirmed it." });
    expect(text(parts("verdict")[0])).toContain("Legal has confirmed it.");
    await user.click(await found("override-undo"));
    await waitFor(() => expect(next().disabled).toBe(true));
  });
});

describe("the code", () => {
  async function verifying(core: FakeCore): Promise<User> {
    const user = await checked(core, "qd-haice");
    await user.click(next());
    await step("verify");
    return user;
  }

  it("is sent in the chosen language, pasted, checked before anything is linked, and then done with", async () => {
    const core = selling("observability");
    const user = await verifying(core);
    expect(next().disabled).toBe(true);
    await user.selectOptions(screen.getByLabelText("Language of the mail"), "ko");
    await user.click(await found("send-code"));
    const field = await found("code");
    await waitFor(() => expect(document.activeElement).toBe(field));
    expect(core.called("executeLink")).toEqual([{ id: "plan-1", codes: { entered: [], again: false, language: "ko", checkOnly: true } }]);
    await user.paste(`Your code: ${RIGHT_CODE.slice(0, 3)} ${RIGHT_CODE.slice(3)}.`);
    expect((field as HTMLInputElement).value).toBe(RIGHT_CODE);
    await user.keyboard("{Enter}");
    await waitFor(() => expect(text(part("code-part"))).toContain("verified"));
    expect(core.linking.links.size).toBe(0);
    await user.click(next());
    await step("review");
    await user.click(next());
    await waitFor(() => expect(part("done")?.dataset["state"]).toBe("active"));
    expect(text(part("confirmation"))).toContain("The Guance Commercial Plan is on.");
  });

  it("says at the field that it is wrong, and how many attempts and mails are left", async () => {
    const core = selling("observability");
    const user = await verifying(core);
    await user.click(await found("send-code"));
    await user.type(await found("code"), "111111{Enter}");
    await waitFor(() => expect(text(part("code-part"))).toContain("This is not the code that was sent; 4 attempts are left."));
    expect(part("code")?.getAttribute("aria-invalid")).toBe("true");
    await waitFor(() => expect(text(part("code-part"))).toContain("4 attempts left"));
    expect(text(part("code-part"))).toContain("3 more mails can be sent");
    await user.click(await found("send-code"));
    await waitFor(() => expect(text(part("code-part"))).toContain("2 more mails can be sent"));
    expect(core.called("executeLink").at(-1)).toMatchObject({ codes: { again: true } });
  });

  it("runs out", async () => {
    const core = selling("observability");
    const user = await verifying(core);
    await user.click(await found("send-code"));
    await found("code");
    core.status.clockOffset += 11 * 60_000;
    core.tell("status");
    await waitFor(() => expect(text(part("code-part"))).toContain("The code has run out. Send another one."));
    expect((part("code") as HTMLInputElement).disabled).toBe(true);
  });
});

describe("carrying it out", () => {
  async function reviewing(core: FakeCore): Promise<User> {
    const user = await checked(core);
    await user.click(next());
    await step("review");
    return user;
  }

  it("is greyed with the reason on a connection that may not link, and only there", async () => {
    const core = selling("emqx-payg");
    const why = "this connection is read-only";
    core.status.actions = (["link-by-token", "link-by-agreement"] as const).map((key) => ({ key, what: "link a buyer", refusal: why }));
    const user = await reviewing(core);
    await waitFor(() => expect(next().getAttribute("aria-disabled")).toBe("true"));
    expect(next().dataset["tip"]).toBe("This connection is read-only.");
    await user.click(next());
    expect(core.called("executeLink")).toEqual([]);
  });

  it("shows every step with what changes, when, and the exact request; the button says what it does", async () => {
    const user = await reviewing(selling("emqx-payg"));
    expect(text(next())).toBe("Link agmt-1example to halden-logistics");
    expect(pieces(parts("step")[3])).toContain("Set payment method of halden-logistics EM-5 when AWS has granted the license none → aws-marketplace");
    await user.click(screen.getByText("Request DescribeAgreement"));
    expect(document.querySelector("pre")?.textContent).toContain('"agreementId": "agmt-1example"');
  });

  it("does it once, however often it is pressed, and says what is waited for", async () => {
    const core = selling("emqx-payg");
    const user = await reviewing(core);
    const gate = core.hold("executeLink");
    await user.click(next());
    await user.click(next());
    await user.keyboard("{Escape}");
    expect(part("cancel-wait")).toBeNull();
    gate.open();
    await waitFor(() => expect(part("done")?.dataset["state"]).toBe("awaiting-aws"));
    expect(core.called("executeLink")).toHaveLength(1);
    expect(text(part("done"))).toContain("Waiting for AWS to finish syncing.");
    await user.click(await found("go-agreement"));
    expect(text(await found("link"))).toContain("halden-logistics");
    expect(location.hash).toContain("tab=link");
  });

  it("does nothing when something changed: says what, and plans again", async () => {
    const core = selling("emqx-payg");
    const user = await reviewing(core);
    core.linking.changes = [{ what: "organization.payment_method", before: "none", now: "card" }];
    await user.click(next());
    expect(pieces(await found("stale"))).toContain("organization.payment_method none card");
    expect(core.linking.links.size).toBe(0);
    await user.click(next());
    await step("checks");
    expect(part("stale")).toBeNull();
    expect(core.called("planLink")).toHaveLength(2);
  });

  it("shows the words of a refusal, and stays", async () => {
    const core = selling("emqx-payg");
    const user = await reviewing(core);
    core.fail("executeLink", failureOf({ code: "refused", message: "another link took it in the meantime: EM-3", hint: "Look at that link, and plan again." }));
    await user.click(next());
    await waitFor(() => expect(page()).toContain("Another link took it in the meantime: EM-3. "));
    expect(page()).toContain("Look at that link, and plan again.");
    expect(part("linking")?.dataset["step"]).toBe("review");
  });

  it("waits without a network, and can be taken back until then", async () => {
    const core = selling("emqx-payg");
    core.linking.offline = true;
    const user = await reviewing(core);
    await user.click(next());
    await waitFor(() => expect(part("done")?.dataset["state"]).toBe("queued"));
    expect(text(part("done"))).toContain("AWS did not answer. The plan is kept");
    await user.click(await found("withdraw"));
    await waitFor(() => expect(part("done")?.dataset["state"]).toBe("withdrawn"));
    expect(core.linking.plans.get("plan-1")?.state).toBe("withdrawn");
  });
});

describe("leaving and coming back", () => {
  it("finds the wizard as it was left", async () => {
    const core = selling("emqx-payg");
    const user = await checked(core, "org-halden");
    await user.click(await found("nav-overview"));
    await waitFor(() => expect(part("linking")).toBeNull());
    await user.keyboard("{Control>}{Shift>}l{/Shift}{/Control}");
    await step("checks");
    expect(page()).toContain("3 rules refuse this link");
    expect(core.called("identifyBuyer")).toHaveLength(1);
  });

  it("lists open plans, goes on with one by its address, and withdraws another", async () => {
    const core = selling("observability");
    const wish = { registration: null, agreement: "agmt-1example", target: "billing-account:qd-haice", workspaces: [], withoutWorkspaces: [], newWorkspaces: [], member: null, answers: {}, termsAccepted: false, overrides: {} };
    core.linking.plan(wish);
    core.linking.plan(wish);
    core.linking.execute("plan-1", { entered: [], again: false, language: null, checkOnly: true });
    const user = await openWindow(core, "#/link");
    await waitFor(() => expect(parts("plan-open").map((one) => one.dataset["id"])).toEqual(["plan-2", "plan-1"]));
    await user.click(screen.getAllByRole("button", { name: "Withdraw the plan for qd-haice" })[0]!);
    await waitFor(() => expect(parts("plan-open")).toHaveLength(1));
    await user.click(screen.getByRole("button", { name: "Resume" }));
    expect(location.hash).toBe("#/plans?open=plan-1");
    await step("verify");
    expect(await found("code")).toBeTruthy();
  });

  it("goes on with everything that was entered, also after the window was closed in between", async () => {
    const core = selling("observability");
    const wish = {
      registration: null, agreement: "agmt-1example", target: "new-billing-account:fresh-user", workspaces: [], withoutWorkspaces: [], newWorkspaces: [{ name: "Ops", language: "en", site: "eu" }], member: null,
      answers: { "billing_account.company": "Fresh GmbH" }, termsAccepted: true, overrides: {},
    };
    core.linking.plan(wish);
    const user = await openWindow(core, "#/plans?open=plan-1");
    await step("checks");
    await user.click(await found("check-again"));
    await waitFor(() => expect(core.called("planLink")).toHaveLength(1));
    expect(core.called("planLink")[0]).toMatchObject({ target: "new-billing-account:fresh-user", newWorkspaces: wish.newWorkspaces, answers: wish.answers, termsAccepted: true });
  });

  it("shows a plan that is over as what became of it", async () => {
    const core = selling("emqx-payg");
    core.linking.plan({ registration: null, agreement: "agmt-1example", target: "organization:org-clean", workspaces: [], withoutWorkspaces: [], newWorkspaces: [], member: null, answers: {}, termsAccepted: false, overrides: {} });
    core.linking.withdraw("plan-1");
    await openWindow(core, "#/plans?open=plan-1");
    await step("checks");
    expect(text(part("checks"))).toContain("This plan was withdrawn.");
    expect(next().disabled).toBe(true);
    expect(part("check-again")).toBeNull();
  });

  it("says so when there is no such plan", async () => {
    await openWindow(selling("emqx-payg"), "#/plans?open=plan-77");
    await waitFor(() => expect(page()).toContain("There is no plan plan-77 on this connection."));
  });
});

describe("the ways there", () => {
  it("lead from the queue and from an agreement", async () => {
    const core = selling("emqx-payg");
    const user = await openWindow(core, "#/needs-setup");
    await user.click(await found("link-this"));
    expect(location.hash).toBe("#/link?open=agmt-1example");
    expect(text(await found("who"))).toContain("Halden Freight AS");
    await user.click(await found("nav-agreements"));
    location.hash = "#/agreements?open=agmt-1example&tab=link";
    await waitFor(() => expect(text(part("detail"))).toContain("Not linked to anything."));
    expect(part("link-this")).not.toBeNull();
  });

  it("lead from a token pasted into the palette, which shows and tells nobody what it is", async () => {
    const core = selling("emqx-payg");
    const user = await openWindow(core, "#/overview");
    await user.keyboard("{Control>}k{/Control}");
    const field = (await found("palette-input")) as HTMLInputElement;
    await waitFor(() => expect(document.activeElement).toBe(field));
    await user.paste(TOKEN);
    await waitFor(() => expect(field.value).toBe("…x7Qz"));
    await screen.findByRole("option", { name: /Link this buyer/ });
    await user.keyboard("{Enter}");
    expect(text(await found("who"))).toContain("AWS resolved a registration token");
    expect(core.calls.filter(({ argument }) => JSON.stringify(argument)?.includes(TOKEN)).map(({ command }) => command)).toEqual(["identifyBuyer"]);
  });

  it("show why a link was refused, on its agreement", async () => {
    const core = selling("emqx-payg");
    core.linking.links.set("agmt-1example", {
      link: { agreement: "agmt-1example", chain: "agmt-1example", license: null, account: "111122223333", state: "refused", targetKind: "organization", targetId: "org-halden", targetName: "halden-freight", since: 0, source: "Bindery", workspaces: [], policy: "emqx", plan: "plan-9", member: null, reason: "Refused by EM-1." },
      confirmation: null, waiting: null, refusals: emqxRefusals("halden-freight").slice(0, 1), history: [],
    });
    await openWindow(core, "#/agreements?open=agmt-1example&tab=link");
    expect(text(await found("link"))).toContain("Refused by EM-1.");
    expect(text(part("verdict"))).toContain("The owner removes the card under Billing; then link again.");
    expect(text(part("link-this"))).toBe("Link again…");
  });
});
