// Ending something, from the button to what came of it; and the queue of what is ending.
import { describe, expect, it } from "vitest";
// Loaded late by the window; here before the clock of the first test runs.
import "../src/features/endings/EndingDialog.svelte";
import "../src/features/endings/EndingsScreen.svelte";
import { left } from "../src/format";
import { difference } from "../src/features/endings/phrase";
import { queue } from "../src/features/endings/queue";
import { FakeCore } from "./fakeBackend";
import { effect, fillEndings, linkOf, makeAudit, phraseOf } from "./fakeEndings";
import { NOW } from "./fakeRows";
import { found, marked, openWindow, page, part, rows, rowsShown, waitFor } from "./window";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const stage = (dialog: string) => part(dialog)?.dataset["stage"];
const button = async (name: string) => (await found(name)) as HTMLButtonElement;
const row = (core: FakeCore, at: number) => {
  const known = core.rows[at];
  if (known === undefined) throw new Error(`no row ${at}`);
  return known;
};

/** Opens the dialog to cancel an agreement, as its address does, chooses a reason and looks at the plan. */
async function planned(core: FakeCore, at = 0) {
  const user = await openWindow(core);
  core.openAddress(`#/cancel?open=${row(core, at).id}`);
  await found("cancel-agreement");
  await waitFor(() => expect(document.querySelectorAll("[data-test=reason]")).toHaveLength(8));
  await user.click(document.querySelectorAll("[data-test=reason]")[0] as HTMLElement);
  await user.click(await button("plan-it"));
  await waitFor(() => expect(stage("cancel-agreement")).toBe("plan"));
  return user;
}

async function confirmed(core: FakeCore, at = 0) {
  const user = await planned(core, at);
  await user.type(await found("phrase"), phraseOf(row(core, at)));
  return user;
}

describe("cancelling an agreement", () => {
  it("shows everything that would happen, and asks the buyer once the words were typed", async () => {
    const core = new FakeCore(30);
    const user = await planned(core);
    expect(core.called("planCancel")).toEqual([{ agreement: row(core, 0).id, reason: "INCORRECT_TERMS_ACCEPTED", description: null }]);
    expect([...document.querySelectorAll("[data-test=step]")].map((step) => (step as HTMLElement).dataset["kind"])).toEqual(["request", "await", "keep", "stop", "keep", "delete", "set"]);
    expect(part("steps")?.textContent).toContain("3 d after it has ended");
    expect((await button("ask-buyer")).disabled).toBe(true);
    expect(document.activeElement?.textContent).toContain("Nothing is sent yet");
    await user.type(await found("phrase"), phraseOf(row(core, 0)));
    await user.click(await button("ask-buyer"));
    await found("done");
    expect(core.called("executeCancel")).toEqual([{ plan: "plan-1", confirmed: phraseOf(row(core, 0)) }]);
    expect(page()).toContain("Silence is consent in");
  });

  it("does nothing for words that are almost right, and says what is wrong with them", async () => {
    const core = new FakeCore(30);
    const at = core.rows.findIndex((known) => known.productId === "emqx-payg" && known.status === "ACTIVE");
    const user = await planned(core, at);
    const field = await found("phrase");
    for (const [typed, says] of [["emqx Cloud", "Capital"], ["EMQX Cloud (Pay as you go) ", "space"], ["EMQX Clown", "character 9"]] as const) {
      await user.clear(field);
      await user.type(field, typed);
      expect(part("cancel-agreement")?.textContent, typed).toContain(says);
      expect((await button("ask-buyer")).disabled, typed).toBe(true);
      await user.keyboard("{Enter}");
    }
    expect(core.called("executeCancel")).toEqual([]);
  });

  it("tells a lost answer from a failure, and offers to look instead of to send again", async () => {
    const core = new FakeCore(30);
    const user = await confirmed(core);
    core.endings.refusals.set(row(core, 0).id, { code: "unsettled", message: "AWS did not say whether it took the request" });
    await user.click(await button("ask-buyer"));
    await found("unknown");
    expect(document.querySelector("[role=alert]")).toBeNull();
    expect(part("ask-buyer")).toBeNull();
    await user.click(await button("look"));
    expect(core.called("startSync")).toHaveLength(1);
    await waitFor(() => expect(location.hash).toBe("#/endings"));
    expect(core.called("executeCancel")).toHaveLength(1);
  });

  it("shows what changed when the plan is stale, and plans again, to be confirmed again", async () => {
    const core = new FakeCore(30);
    const user = await confirmed(core);
    core.endings.refusals.set(row(core, 0).id, { code: "stale", message: "changed", changes: [{ what: "deployment edge-broker-2", before: null, now: "running" }] });
    await user.click(await button("ask-buyer"));
    expect((await found("changes")).textContent).toContain("edge-broker-2");
    await user.click(await button("plan-again"));
    await waitFor(() => expect(stage("cancel-agreement")).toBe("plan"));
    expect(core.called("planCancel")).toHaveLength(2);
    expect(((await found("phrase")) as HTMLInputElement).value).toBe("");
    expect((await button("ask-buyer")).disabled).toBe(true);
  });

  it("says which rule refuses it, and asks for no words", async () => {
    const core = new FakeCore(30);
    core.endings.refused.set(row(core, 0).id, "CANCEL-2");
    await planned(core);
    expect(part("verdicts")?.textContent).toContain("waits for the buyer's answer already");
    expect(part("phrase")).toBeNull();
    expect(part("ask-buyer")).toBeNull();
  });

  it("waits in the outbox where there is no network, and says so before and after", async () => {
    const core = new FakeCore(30);
    core.endings.offline = true;
    const user = await confirmed(core);
    const ask = await button("ask-buyer");
    expect(part("plan-offline")).not.toBeNull();
    expect(part("offline")?.textContent).toContain("sent only if nothing has changed");
    expect(ask.textContent).toContain("when online");
    await user.click(ask);
    await found("queued");
    await user.click(await button("to-endings"));
    expect((await found("waiting-plan")).textContent).toContain(row(core, 0).id);
  });

  it("is greyed on the agreement itself where AWS denies it", async () => {
    const core = new FakeCore(30);
    core.status.actions = [{ key: "request-cancellation", what: "ask", refusal: "AWS denies SendAgreementCancellationRequest" }];
    const user = await openWindow(core, `#/agreements?open=${row(core, 0).id}`);
    const offer = await button("cancel-this");
    await waitFor(() => expect(offer.getAttribute("aria-disabled")).toBe("true"));
    await user.click(offer);
    expect(part("cancel-agreement")).toBeNull();
  });
});

describe("cancelling many agreements", () => {
  /** Marks the first rows and looks at their plans. */
  async function many(core: FakeCore, count: number) {
    const user = await openWindow(core);
    await rowsShown();
    await user.click(rows()[0] as HTMLElement);
    for (let marked = 0; marked < count; marked++) await user.keyboard("x{ArrowDown}");
    await user.click(await button("cancel-marked"));
    await found("cancel-many");
    await waitFor(() => expect(document.querySelectorAll("[data-test=reason]")).toHaveLength(8));
    await user.click(document.querySelectorAll("[data-test=reason]")[2] as HTMLElement);
    await user.click(await button("plan-it"));
    await found("ask-buyers");
    return user;
  }
  const stands = () => [...document.querySelectorAll<HTMLElement>("[data-test=bulk-row]")].map((item) => item.dataset["stands"]);
  async function typeAll(user: Awaited<ReturnType<typeof many>>) {
    for (const field of document.querySelectorAll<HTMLInputElement>("[data-test=phrase]")) {
      await user.type(field, field.closest(".phrase")?.querySelector("[data-test=phrase-wanted]")?.textContent ?? "");
    }
  }
  /** A core whose first agreements are all in force, under one policy. */
  function alike(): FakeCore {
    const core = new FakeCore(30);
    for (const known of core.rows) Object.assign(known, { status: "ACTIVE", state: "active", productId: "emqx-payg" });
    return core;
  }

  it("lists what each plan comes to, can be narrowed, and wants one phrase per policy", async () => {
    const core = alike();
    Object.assign(row(core, 1), { productId: "vector" });
    Object.assign(row(core, 3), { productId: "unknown" });
    core.endings.refused.set(row(core, 2).id, "CANCEL-2");
    const user = await many(core, 5);
    expect(stands()).toEqual(["ready", "ready", "refused", "ready", "ready"]);
    await user.click(document.querySelectorAll("[data-test=bulk-remove]")[4] as HTMLElement);
    await user.click(await button("keep-ready"));
    expect(stands()).toEqual(["ready", "ready", "ready"]);
    expect([...document.querySelectorAll("[data-test=phrase-wanted]")].map((phrase) => phrase.textContent)).toEqual(["EMQX Cloud (Pay as you go)", "Vector Search", "cancel 1 agreement"]);
    expect((await button("ask-buyers")).disabled).toBe(true);
    await typeAll(user);
    await user.click(await button("ask-buyers"));
    await waitFor(() => expect(stands()).toEqual(["sent", "sent", "sent"]));
    expect(core.called("executeCancel").map((sent) => (sent as { confirmed: string }).confirmed)).toEqual(["EMQX Cloud (Pay as you go)", "Vector Search", row(core, 3).id]);
  });

  it("asks one by one, stops after the one that is under way, and goes on from there", async () => {
    const core = alike();
    const user = await many(core, 4);
    await typeAll(user);
    const gate = core.hold("executeCancel");
    await user.click(await button("ask-buyers"));
    await waitFor(() => expect(stands()).toEqual(["current", "ready", "ready", "ready"]));
    await user.click(await button("stop"));
    gate.open();
    await waitFor(() => expect(stands()).toEqual(["sent", "ready", "ready", "ready"]));
    expect(core.called("executeCancel")).toHaveLength(1);
    core.endings.refusals.set(row(core, 1).id, { code: "refused", message: "AWS refused" });
    await user.click(await button("ask-buyers"));
    await waitFor(() => expect(stands()).toEqual(["sent", "failed", "sent", "sent"]));
    expect(core.called("executeCancel")).toHaveLength(4);
    // Whoever was asked is done with; who was not stays marked.
    await user.click(await button("close"));
    await waitFor(() => expect(marked()).toEqual([1]));
  });

  it("stops by itself when an answer is lost, and never sends that one again", async () => {
    const core = alike();
    core.endings.refusals.set(row(core, 1).id, { code: "unsettled", message: "AWS did not say" });
    const user = await many(core, 3);
    await typeAll(user);
    await user.click(await button("ask-buyers"));
    await waitFor(() => expect(stands()).toEqual(["sent", "unknown", "ready"]));
    await user.click(await button("ask-buyers"));
    await waitFor(() => expect(stands()).toEqual(["sent", "unknown", "sent"]));
    expect(core.called("executeCancel").map((sent) => (sent as { plan: string }).plan)).toEqual(["plan-1", "plan-2", "plan-3"]);
  });
});

describe("taking a link away", () => {
  it("shows what that does, does it once confirmed, and leads on to another target", async () => {
    const core = new FakeCore(30);
    const user = await openWindow(core, `#/agreements?open=${row(core, 0).id}`);
    await user.click(await button("unlink-this"));
    await user.type(await found("unlink-reason"), "The wrong organization.");
    await user.click(await button("plan-it"));
    await waitFor(() => expect(part("steps")?.textContent).toContain("Take the license off"));
    await user.type(await found("phrase"), phraseOf(row(core, 0)));
    await user.click(await button("take-away"));
    await found("done");
    expect(core.called("planUnlink")).toEqual([{ agreement: row(core, 0).id, reason: "The wrong organization." }]);
    await user.click(await button("link-again"));
    await waitFor(() => expect(location.hash).toBe(`#/link?open=${row(core, 0).id}`));
  });
});

describe("withdrawing a request", () => {
  async function withdrawing(core: FakeCore) {
    fillEndings(core.endings, core.rows);
    const user = await openWindow(core, "#/endings");
    await user.click(await button("withdraw"));
    await user.type(await found("withdraw-reason"), "A corrected offer was accepted.");
    return user;
  }

  it("takes it back with a reason", async () => {
    const core = new FakeCore(30);
    const user = await withdrawing(core);
    await user.click(await button("withdraw-it"));
    await found("done");
    expect(core.called("withdrawCancellation")).toEqual([{ request: core.endings.requests.length === 3 ? "acr-12k2exampleq9k2x0zr" : "", reason: "A corrected offer was accepted." }]);
  });

  it("waits in the outbox where there is no network", async () => {
    const core = new FakeCore(30);
    const user = await withdrawing(core);
    core.endings.offline = true;
    await user.click(await button("withdraw-it"));
    expect((await found("queued")).textContent).toContain("if the buyer has not answered first");
  });

  it("says so when the buyer was faster, and when AWS does not answer", async () => {
    for (const [failure, said] of [[{ code: "unsettled", message: "AWS did not say" }, "unknown"], [{ code: "refused", message: "the request is not waiting for the buyer any more" }, "faster"]] as const) {
      const core = new FakeCore(30);
      const user = await withdrawing(core);
      const request = core.endings.requests.find(({ id }) => id.startsWith("acr-12"));
      if (request === undefined) throw new Error("no request");
      core.endings.refusals.set(request.agreement, failure);
      if (failure.code === "refused") Object.assign(request, { status: "APPROVED" });
      await user.click(await button("withdraw-it"));
      expect((await found(said)).textContent).toContain(said === "faster" ? "The buyer was faster" : "AWS did not say");
    }
  });
});

describe("the queue of endings", () => {
  it("puts what nobody knows first, then what happens soonest", () => {
    const core = new FakeCore(30);
    fillEndings(core.endings, core.rows);
    const entries = queue(core.endings.list());
    expect(entries.map(({ kind }) => kind)).toEqual(["unanswered", "usage", "grace", "request", "request", "grace", "request", "request"]);
    expect(entries.slice(1).map(({ at }) => at)).toEqual([...entries.slice(1)].map(({ at }) => at).sort((one, other) => one - other));
  });

  it("names the newest agreement of the chain whose grace period runs, and counts every effect once", () => {
    const core = new FakeCore(3);
    core.endings.links = [linkOf(row(core, 1), { chain: row(core, 0).id })];
    core.endings.due = [effect(row(core, 0).id, "one", NOW + DAY), effect(row(core, 0).id, "two", NOW + 2 * DAY)];
    const [only, ...others] = queue(core.endings.list());
    expect(others).toEqual([]);
    expect(only).toMatchObject({ kind: "grace", agreement: row(core, 1).id, at: NOW + DAY });
  });

  it("shows each with what happens next, opens the agreement, and is walked through by keyboard", async () => {
    const core = new FakeCore(30);
    fillEndings(core.endings, core.rows);
    const user = await openWindow(core, "#/endings");
    await found("endings");
    const entries = [...document.querySelectorAll<HTMLElement>("[data-test=ending]")];
    expect(entries).toHaveLength(8);
    expect(entries[1]?.textContent).toMatch(/31 min|30 min/);
    expect(entries[1]?.textContent).toContain("never billed");
    expect(entries[3]?.textContent).toMatch(/19 h 1[12] min/);
    expect(entries[5]?.textContent).toContain("Linking it again before then calls off 4 of these");
    (entries[0]?.querySelector("[data-open]") as HTMLElement).focus();
    await user.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    await waitFor(() => expect(location.hash).toContain(`open=${entries[2]?.dataset["id"]}`));
  });

  it("teaches while it is empty", async () => {
    await openWindow(new FakeCore(3), "#/endings");
    await waitFor(() => expect(page()).toContain("Nothing is ending"));
  });
});

describe("the timeline of an agreement", () => {
  it("holds AWS's facts, links, requests, what is due and our actions in one order, and leads to the audit", async () => {
    const core = new FakeCore(30);
    fillEndings(core.endings, core.rows);
    core.endings.audit = makeAudit(30, core.rows);
    const user = await openWindow(core, `#/agreements?open=${row(core, 0).id}&tab=timeline`);
    await found("timeline");
    const kinds = [...document.querySelectorAll<HTMLElement>("[data-test=moment]")].map((it) => it.dataset["kind"]);
    expect(kinds.slice(0, 2)).toEqual(["ends", "effect"]);
    expect(new Set(kinds)).toEqual(new Set(["ends", "effect", "accepted", "status", "link", "action"]));
    await user.click(document.querySelector("[data-kind=action] button") as HTMLElement);
    await waitFor(() => expect(location.hash).toBe("#/activity?open=59"));
  });
});

describe("words that are counted and compared", () => {
  it("counts down in the two largest units", () => {
    expect([5 * DAY + 3 * HOUR + 59 * 60_000, 3 * HOUR + 12 * 60_000, 3 * HOUR, 12 * 60_000, 10_000].map(left)).toEqual(["5 d 3 h", "3 h 12 min", "3 h", "12 min", "< 1 min"]);
  });

  it("finds where typed words leave the phrase", () => {
    expect([difference("Vector", "Vec"), difference("Vector", "vec"), difference("Vector", " Vector"), difference("Vector", "Vektor"), difference("Vector", "Vectors")]).toEqual([undefined, "case", "spaces", 3, 7]);
  });
});
