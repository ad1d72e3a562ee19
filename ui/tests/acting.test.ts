import { render } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { refusalOf, run, type Command, type Desk } from "../src/commands";
import Palette from "../src/parts/Palette.svelte";
import { Session } from "../src/session.svelte";
import ActButtonHere from "./ActButtonHere.svelte";
import { FakeCore } from "./fakeBackend";
import { rootOf } from "./root.svelte";
import { part, screen, waitFor } from "./window";

const WHY = "AWS denies ResolveCustomer to these credentials, without which they cannot be used to link a buyer by registration token";

/** A session with a connection that permits to link by agreement, but not by token. */
async function session(): Promise<Session> {
  const core = new FakeCore(3);
  core.status.actions = [
    { key: "link-by-token", what: "link a buyer by registration token", refusal: WHY },
    { key: "link-by-agreement", what: "link a buyer by agreement", refusal: null },
  ];
  const made = new Session(core.backend);
  made.stopHurrying();
  rootOf(() => void made.status);
  await waitFor(() => expect(made.status).toBeDefined());
  return made;
}

const linking = (action: Command["action"] & string, act: () => void): Command =>
  ({ id: "sync", group: "data", icon: "swap", title: () => "Link", keys: ["Ctrl+J"], action, run: act });

describe("a button that acts", () => {
  it("is greyed with its reason where the connection refuses, and still reached by keyboard", async () => {
    const done = vi.fn();
    const user = userEvent.setup();
    render(ActButtonHere, { session: await session(), action: "link-by-token", onclick: done });
    const button = part("act") as HTMLButtonElement;
    expect(button.getAttribute("aria-disabled")).toBe("true");
    expect(button.disabled).toBe(false);
    expect(button.dataset["tip"]).toBe(`${WHY}.`);
    expect(document.getElementById(button.getAttribute("aria-describedby") ?? "")?.textContent).toBe(`${WHY}.`);
    await user.tab();
    expect(document.activeElement).toBe(button);
    await user.keyboard("{Enter}");
    await user.click(button);
    expect(done).not.toHaveBeenCalled();
  });

  it("acts where it does not", async () => {
    const done = vi.fn();
    const user = userEvent.setup();
    render(ActButtonHere, { session: await session(), action: "link-by-agreement", onclick: done });
    const button = part("act") as HTMLButtonElement;
    expect(button.hasAttribute("aria-disabled")).toBe(false);
    expect(button.hasAttribute("aria-describedby")).toBe(false);
    await user.click(button);
    expect(done).toHaveBeenCalledTimes(1);
  });
});

describe("a command that acts", () => {
  it("says why it is not done, instead of being done", async () => {
    const desk = { session: await session() } as unknown as Desk;
    const done = vi.fn();
    const refused = linking("link-by-token", done);
    expect(refusalOf(refused, desk)).toBe(`${WHY}.`);
    run(refused, desk);
    expect(done).not.toHaveBeenCalled();
    expect(desk.session.trouble).toMatchObject({ code: "refused", message: `${WHY}.` });
  });

  it("is done where nothing is against it, and where nobody knows yet", async () => {
    const desk = { session: await session() } as unknown as Desk;
    const done = vi.fn();
    for (const action of ["link-by-agreement", "send-usage"] as const) run(linking(action, done), desk);
    expect(done).toHaveBeenCalledTimes(2);
    expect(desk.session.trouble).toBeUndefined();
  });

  it("stands in the palette with its reason, which does not close for it", async () => {
    const done = vi.fn();
    const user = userEvent.setup();
    render(Palette, {
      title: "Commands", placeholder: "", nothing: "", onclose: done,
      groups: [{ title: "Commands", choices: [{ id: "link", title: "Link", icon: "swap", refusal: WHY, pick: done }] }],
    });
    const option = await screen.findByRole("option", { name: new RegExp(WHY) });
    expect(option.getAttribute("aria-disabled")).toBe("true");
    await user.click(option);
    await user.keyboard("{Enter}");
    expect(done).not.toHaveBeenCalled();
  });
});
