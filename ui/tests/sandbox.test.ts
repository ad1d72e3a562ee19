import { describe, expect, it } from "vitest";
import { draftErrors, newAccount, subscriptionOf, type Draft } from "../src/features/sandbox/subscription";
import { FakeCore } from "./fakeBackend";
import { found, openWindow, part, screen, waitFor } from "./window";

const draft = (change: Partial<Draft> = {}): Draft => ({ listing: "emqx-payg", account: "123456789012", company: "", email: "", privateOffer: false, value: "", currency: "USD", ...change });

describe("subscribing as a buyer", () => {
  it.each<[string, Partial<Draft>, string[]]>([
    ["what is needed only", {}, []],
    ["dashes in the account", { account: "1234-5678-9012" }, []],
    ["no listing", { listing: "" }, ["listing"]],
    ["a short account", { account: "12345" }, ["account"]],
    ["letters in the account", { account: "12345678901x" }, ["account"]],
    ["an address without a host", { email: "me@" }, ["email"]],
    ["a value with a comma", { value: "48,000" }, ["value"]],
    ["a value and no currency", { value: "48000.00", currency: "dollar" }, ["currency"]],
    ["a private offer without a value", { privateOffer: true }, ["value"]],
  ])("accepts or names: %s", (_, change, wrong) => {
    expect(Object.keys(draftErrors(draft(change)))).toEqual(wrong);
  });

  it("sends decimals as text, and nothing for what was left empty", () => {
    expect(subscriptionOf(draft({ account: "1234-5678-9012", value: " 48000.10 ", currency: "eur", company: " Fjord " }))).toEqual({
      listing: "emqx-payg", account: "123456789012", privateOffer: false, value: "48000.10", currency: "EUR", company: "Fjord", email: null,
    });
    expect(newAccount(0)).toMatch(/^\d{12}$/);
    expect(newAccount(0.999999999)).toMatch(/^\d{12}$/);
  });

  it("says what is missing, then what came of it, with the token masked until it is asked for", async () => {
    const core = new FakeCore(30);
    const user = await openWindow(core, "#/sandbox");
    await user.click(await found("sandbox-submit"));
    expect(screen.getByText("Choose what is bought.")).toBeTruthy();
    expect(core.called("sandboxSubscribe")).toEqual([]);
    await user.selectOptions(await found("sandbox-listing"), "emqx-payg");
    await user.type(await found("sandbox-account"), "123456789012");
    await user.type(await found("sandbox-company"), "Fjord Data AS");
    await user.click(await found("sandbox-submit"));
    expect((await found("sandbox-result-agreement")).textContent).toBe("agmt-new0000000000000000000001");
    const page = () => document.body.textContent ?? "";
    expect(page()).not.toContain("c2VjcmV0LXRva2VuLXZhbHVl");
    await user.click(screen.getByRole("button", { name: "Show" }));
    expect(page()).toContain("c2VjcmV0LXRva2VuLXZhbHVl");
    await user.click(screen.getAllByRole("button", { name: "Sync now" }).at(-1) as HTMLElement);
    expect(core.called("startSync")).toEqual([false]);
  });

  it("tells a refusal in place and keeps what was typed", async () => {
    const core = new FakeCore(30);
    core.fail("sandboxSubscribe", { code: "invalid", message: "This account already subscribes." });
    const user = await openWindow(core, "#/sandbox");
    await user.selectOptions(await found("sandbox-listing"), "vector");
    await user.type(await found("sandbox-account"), "123456789012");
    await user.click(await found("sandbox-submit"));
    expect(await screen.findByText("This account already subscribes.")).toBeTruthy();
    expect((part("sandbox-account") as HTMLInputElement).value).toBe("123456789012");
  });
});

describe("the sandbox's levers", () => {
  it("acts as the chosen buyer and says what changed", async () => {
    const core = new FakeCore(30);
    const user = await openWindow(core, "#/sandbox");
    await user.click(await screen.findByRole("radio", { name: /Norrland Energi/ }));
    await user.click(await found("sandbox-act-cancel"));
    expect(await screen.findByText("Norrland Energi: the agreement was cancelled")).toBeTruthy();
    expect(core.called("sandboxAct")).toEqual([{ action: "cancel", id: core.rows[1]?.id }]);
  });

  it("moves the clock by what it understands only", async () => {
    const core = new FakeCore(30);
    const user = await openWindow(core, "#/sandbox");
    await user.type(await screen.findByRole("textbox", { name: "Advance by" }), "soon");
    await user.click(screen.getByRole("button", { name: "Advance" }));
    expect(screen.getByText("Write a number and m, h or d: 30m, 5h, 3d.")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "+ 7d" }));
    expect(core.called("sandboxAdvance")).toEqual(["7d"]);
  });

  it("sets and clears faults, and takes the network away", async () => {
    const core = new FakeCore(30);
    const user = await openWindow(core, "#/sandbox");
    await user.click(await screen.findByRole("button", { name: "Set this fault" }));
    expect(core.called("sandboxAddFault")).toEqual([{ operation: "SearchAgreements", effect: "throttle", delay: null, times: 3 }]);
    await user.click(await screen.findByRole("button", { name: "Clear all faults" }));
    await screen.findByText(/No faults set/);
    await user.click(await found("sandbox-network"));
    await waitFor(() => expect(part("sandbox-network")?.getAttribute("aria-checked")).toBe("false"));
    expect(core.called("sandboxSetNetwork")).toEqual([false]);
  });
});
