// What was done: found again, opened, and shown to be whole, or not.
import { describe, expect, it } from "vitest";
import { facts } from "../src/features/activity/detail";
import { FakeCore } from "./fakeBackend";
import { makeAudit, waits } from "./fakeEndings";
import { found, openWindow, page, part, rowTexts, rowsShown, waitFor } from "./window";

function core(actions = 40): FakeCore {
  const made = new FakeCore(30);
  made.endings.audit = makeAudit(actions, made.rows);
  return made;
}
const matched = () => part("matched")?.dataset["matched"];

describe("activity", () => {
  it("shows an action once, from its beginning to what came of it", async () => {
    await openWindow(core(), "#/activity");
    await waitFor(() => expect(matched()).toBe("40"));
    await waitFor(() => expect(rowTexts().some((text) => text.includes("Ask a buyer to cancel"))).toBe(true));
    expect(rowTexts()[3]).toContain("Open");
    expect(rowTexts()[5]).toContain("Unknown");
  });

  it("is searched through by the core, and opens what was found", async () => {
    const made = core();
    const user = await openWindow(made, "#/activity");
    await waitFor(() => expect(matched()).toBe("40"));
    await user.type(await found("activity-search"), "CANCEL-2");
    await waitFor(() => expect(matched()).toBe("2"));
    expect(rowTexts().filter((text) => text !== "").every((text) => text.includes("Refused"))).toBe(true);
    await user.keyboard("{ArrowDown}");
    await waitFor(() => expect((document.activeElement as HTMLElement).dataset["test"]).toBe("row"));
    await user.keyboard("{Enter}");
    await waitFor(() => expect(part("detail")?.textContent).toContain("CANCEL-2"));
    expect(part("detail")?.textContent).toContain("arn:aws:sts::111122223333");
  });

  it("says that the audit is whole", async () => {
    const user = await openWindow(core(), "#/activity");
    await user.click(await found("verify"));
    expect((await found("verified")).textContent).toContain("The audit is whole");
  });

  it("names the entry where it is broken, what to do, and leads to it", async () => {
    const made = core();
    made.endings.check = { whole: false, entries: 80, open: 0, brokenAt: 42, why: "it is not as it was written" };
    const user = await openWindow(made, "#/activity");
    await rowsShown().catch(() => undefined);
    await user.click(await found("verify"));
    const said = await found("verified");
    expect(said.getAttribute("role")).toBe("alert");
    expect(said.textContent).toContain("entry 42");
    expect(said.textContent).toContain("Keep the database file as it is");
    await user.click(await found("show-broken"));
    // The entry closes the action that entry 41 began.
    await waitFor(() => expect(part("detail")?.textContent).toContain("entry 42"));
    expect(part("detail")?.textContent).toContain("entry 41");
  });

  it("is taken elsewhere into a file that it names", async () => {
    const made = core();
    const user = await openWindow(made, "#/activity");
    await user.click(await found("export-csv"));
    expect((await found("exported")).textContent).toContain("/home/kim/Downloads/bindery-audit-sandbox.csv");
    expect(made.called("exportAudit")).toEqual(["csv"]);
  });

  it("lists plans that wait for the network, until they are withdrawn", async () => {
    const made = core();
    made.endings.outbox = [waits({ agreement: made.rows[0]?.id ?? "", targetName: "halden-freight" })];
    const user = await openWindow(made, "#/activity");
    const outbox = await found("outbox");
    expect(outbox.textContent).toContain("halden-freight");
    await user.click(outbox.querySelector(".btn") as HTMLElement);
    await waitFor(() => expect(part("outbox")).toBeNull());
    expect(made.called("withdrawPlan")).toEqual(["plan-9"]);
  });

  it("shows what changed of a plan that came back, and plans it again or puts it away", async () => {
    const made = core();
    const agreement = made.rows[0]?.id ?? "";
    const returned = { why: "what the plan rests on has changed", changes: [{ what: "agreement.status", before: "ACTIVE", now: "CANCELLED" }] };
    made.endings.outbox = [waits({ planId: "plan-7", kind: "cancel", agreement, reason: "TEST_AGREEMENT", returned }), waits({ planId: "plan-8", kind: "withdraw-cancellation", request: "acr-1", agreement, returned: { why: "the request acr-1 is not waiting for the buyer any more", changes: [] } })];
    const user = await openWindow(made, "#/activity");
    const [cancel, withdrawal] = (await found("outbox")).querySelectorAll("li");
    expect(cancel?.textContent).toContain("CANCELLED");
    expect(withdrawal?.textContent).toContain("not waiting for the buyer any more");
    await user.click(await found("outbox-again"));
    await found("cancel-agreement");
    await waitFor(() => expect(made.called("withdrawPlan")).toEqual(["plan-7"]));
  });

  it("teaches while it is empty, and tells of no entry of that number", async () => {
    await openWindow(core(0), "#/activity?open=7");
    await waitFor(() => expect(page()).toContain("Nothing was done yet"));
    await waitFor(() => expect(page()).toContain("There is no such entry"));
  });
});

it("puts an entry's JSON into words, and keeps what is none", () => {
  expect(facts('{"clientToken":"p-1","rules":["A","B"],"description":null}')).toEqual([{ name: "Client token", value: "p-1" }, { name: "Rules", value: "A, B" }]);
  expect(facts("broken")).toEqual([{ name: "", value: "broken" }]);
});
