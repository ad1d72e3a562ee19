import { describe, expect, it } from "vitest";
import { commands } from "../src/commands";
import { codeWords } from "../src/words";
import { FakeCore } from "./fakeBackend";
import { found, openWindow, part, rowsShown, screen, waitFor } from "./window";

describe("the one list of commands", () => {
  it("has words for each, and no key twice", () => {
    const keys = commands.flatMap((command) => command.keys);
    expect(new Set(keys).size).toBe(keys.length);
    const titles = commands.map((command) => command.title());
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.every((title) => title.trim().length > 2)).toBe(true);
  });

  it("is in the palette as a whole, but for what makes no sense now", async () => {
    const core = new FakeCore(30);
    core.status.sync = { phase: "details", full: false, done: 1, total: 2, failed: 0, startedAt: 0 };
    const user = await openWindow(core, `#/agreements?open=${core.rows[0]?.id}`);
    await rowsShown();
    await user.keyboard("{Control>}k{/Control}");
    await found("palette-input");
    const shown = screen.getAllByRole("option").map((option) => option.textContent ?? "");
    for (const command of commands.filter(({ id }) => id !== "palette")) {
      expect(shown.some((text) => text.includes(command.title())), command.id).toBe(true);
    }
  });

  it("is in the help with every key", async () => {
    const user = await openWindow(new FakeCore(30));
    await rowsShown();
    await user.keyboard("?");
    const help = await screen.findByRole("dialog", { name: "Keys and filter language" });
    for (const command of commands) expect(help.textContent).toContain(command.title());
  });
});

describe("the palette", () => {
  it("jumps to a pasted id, and remembers it", async () => {
    const core = new FakeCore(300);
    const user = await openWindow(core);
    await rowsShown();
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await found("palette-input"), core.rows[42]?.id ?? "");
    await screen.findByRole("option", { name: new RegExp(core.rows[42]?.account ?? "?") });
    await user.keyboard("{Enter}");
    await waitFor(() => expect(location.hash).toContain(`open=${core.rows[42]?.id}`));
    await waitFor(() => expect(part("palette-input")).toBeNull());
    await user.keyboard("{Control>}k{/Control}");
    await found("palette-input");
    expect(screen.getByRole("group", { name: "Recent" }).textContent).toContain(core.rows[42]?.account);
  });

  it("runs a command by a few letters of its words", async () => {
    const core = new FakeCore(30);
    const user = await openWindow(core);
    await rowsShown();
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await found("palette-input"), "everything again");
    await waitFor(() => expect(screen.getByRole("option", { name: /Sync everything again/ })).toBeTruthy());
    await user.click(screen.getByRole("option", { name: /Sync everything again/ }));
    expect(core.called("startSync")).toEqual([true]);
  });
});

it("has words of its own for every code", () => {
  const said = Object.values(codeWords).flatMap(({ title, meaning }) => [title(), meaning()]);
  expect(said.every((words) => words.length > 5)).toBe(true);
  const titles = Object.values(codeWords).map(({ title }) => title());
  expect(new Set(titles).size).toBe(titles.length);
});
