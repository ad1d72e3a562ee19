import { fireEvent } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
// Made ready before anybody waits for it.
import "../src/features/detail/DetailPane.svelte";
import { FakeCore } from "./fakeBackend";
import { makeRow } from "./fakeRows";
import { found, marked, openWindow, part, rows, rowsShown, rowTexts, screen, waitFor } from "./window";

const matched = () => part("matched")?.dataset["matched"];

describe("the grid", () => {
  it("shows the first rows of a long result, and only those in view exist", async () => {
    const core = new FakeCore(100_000);
    await openWindow(core);
    await rowsShown();
    expect(rowTexts()[0]).toContain("Halden Freight AS");
    expect(rows().length).toBeLessThan(60);
    expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("100001");
    expect(rows()[0]?.getAttribute("aria-rowindex")).toBe("2");
    expect(matched()).toBe("100000");
    await waitFor(() => expect(core.called("reportReady")).toHaveLength(1));
  });

  it("asks for the page that is scrolled to, shows bones meanwhile, and jumps with End", async () => {
    const core = new FakeCore(100_000);
    const user = await openWindow(core);
    await rowsShown();
    rows()[0]?.focus();
    const gate = core.hold("listAgreements");
    await user.keyboard("{End}");
    await waitFor(() => expect(document.activeElement?.getAttribute("data-index")).toBe("99999"));
    expect(document.activeElement?.getAttribute("aria-busy")).toBe("true");
    gate.open();
    await waitFor(() => expect(document.activeElement?.getAttribute("data-id")).toBe(makeRow(99_999).id));
    expect(core.called("listAgreements")).toContainEqual(expect.objectContaining({ offset: 99_900, limit: 100 }));
  });

  it("marks with X and Shift, says how many, and lets Esc clear them", async () => {
    const user = await openWindow(new FakeCore(300));
    await rowsShown();
    rows()[0]?.focus();
    await user.keyboard("{ArrowDown}x");
    expect(marked()).toEqual([1]);
    await user.keyboard("{Shift>}{ArrowDown}{ArrowDown}{/Shift}");
    expect(marked()).toEqual([1, 2, 3]);
    expect(screen.getByRole("region", { name: "Marked agreements" }).textContent).toContain("3 marked");
    await user.keyboard("{Control>}a{/Control}");
    expect(screen.getByRole("region", { name: "Marked agreements" }).textContent).toContain("100 marked");
    await user.keyboard("{Escape}");
    expect(marked()).toEqual([]);
    expect(screen.queryByRole("region", { name: "Marked agreements" })).toBeNull();
  });

  it("offers what can be done with a row where it is asked for, and gives the focus back", async () => {
    const core = new FakeCore(30);
    const user = await openWindow(core);
    await rowsShown();
    const second = rows()[1] as HTMLElement;
    await fireEvent.contextMenu(second, { clientX: 300, clientY: 120 });
    const menu = await found("row-menu");
    expect(menu.getAttribute("aria-label")).toContain(core.rows[1]?.company ?? "");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(second));
    await fireEvent.contextMenu(second, { clientX: 300, clientY: 120 });
    await user.click(await screen.findByRole("menuitem", { name: "Open" }));
    await waitFor(() => expect(location.hash).toContain(`open=${core.rows[1]?.id ?? ""}`));
  });

  it("copies marked rows as a table that a spreadsheet can neither break on nor run", async () => {
    const core = new FakeCore(3);
    const [first] = core.rows;
    if (first) first.company = "=HYPERLINK(\"x\")\tLtd";
    const user = await openWindow(core);
    await rowsShown();
    rows()[0]?.focus();
    await user.keyboard("x");
    await user.click(screen.getByRole("button", { name: "Copy: marked agreements as a table" }));
    const [head, line] = (await navigator.clipboard.readText()).split("\n");
    expect(head?.split("\t")).toHaveLength(11);
    expect(line?.split("\t").slice(0, 2)).toEqual([first?.id, "'=HYPERLINK(\"x\") Ltd"]);
  });

  it("opens with Enter, has an address, and closes with Esc", async () => {
    const user = await openWindow(new FakeCore(300));
    await rowsShown();
    rows()[0]?.focus();
    await user.keyboard("{ArrowDown}{Enter}");
    await found("detail");
    expect(location.hash).toContain(`open=${makeRow(1).id}`);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(part("detail")).toBeNull());
  });

  it("keeps the person's place when a row is opened: nothing is asked again", async () => {
    const core = new FakeCore(300);
    const user = await openWindow(core);
    await rowsShown();
    const asked = core.called("listAgreements").length;
    await user.click(rows()[7] as HTMLElement);
    await found("detail-tab-terms");
    await waitFor(() => expect(document.activeElement?.getAttribute("data-index")).toBe("7"));
    expect(core.called("listAgreements")).toHaveLength(asked);
    expect(rows()[7]?.getAttribute("tabindex")).toBe("0");
  });

  it("is as it was left when another screen was open in between: scrolled, marked, nothing loading", async () => {
    const core = new FakeCore(3_000);
    const user = await openWindow(core);
    await rowsShown();
    rows()[0]?.focus();
    await user.keyboard("x");
    const grid = () => screen.getByRole("grid");
    grid().scrollTop = 32_000;
    await fireEvent.scroll(grid());
    await waitFor(() => expect(rows().some((row) => row.dataset["id"] === makeRow(1_010).id)).toBe(true));
    await user.click(await found("nav-overview"));
    await waitFor(() => expect(screen.queryByRole("grid")).toBeNull());
    const gate = core.hold("listAgreements");
    await user.click(await found("nav-agreements"));
    await waitFor(() => expect(grid().scrollTop).toBe(32_000));
    expect(rows().some((row) => row.dataset["id"] === makeRow(1_010).id)).toBe(true);
    expect(screen.getByRole("region", { name: "Marked agreements" }).textContent).toContain("1 marked");
    gate.open();
  });

  it("says “by use” instead of a zero, and the target’s name also where it is the buyer’s", async () => {
    const core = new FakeCore(2);
    const [first] = core.rows;
    if (first) Object.assign(first, { value: { amount: "0.00", currency: "USD" }, company: "Halden", linkedTo: "Halden" });
    await openWindow(core);
    await rowsShown();
    expect(rowTexts()[0]).toContain("by use");
    expect(rowTexts()[0]).not.toContain("USD");
    expect(rowTexts()[0]?.match(/Halden/g)).toHaveLength(2);
  });

  it("sorts by a header, which says so", async () => {
    const core = new FakeCore(300);
    const user = await openWindow(core);
    await rowsShown();
    await user.click(screen.getByRole("button", { name: "Value" }));
    const header = () => screen.getByRole("columnheader", { name: /^Value/ }).getAttribute("aria-sort");
    await waitFor(() => expect(header()).toBe("descending"));
    await user.click(screen.getByRole("button", { name: "Value" }));
    await waitFor(() => expect(header()).toBe("ascending"));
    expect(core.called("listAgreements").at(-1)).toMatchObject({ sort: "value", descending: false });
  });

  it("keeps a column's width for the next time, also when the keyboard chose it", async () => {
    const core = new FakeCore(30);
    await openWindow(core);
    await rowsShown();
    const handle = screen.getByRole("separator", { name: "Width of Buyer" });
    await fireEvent.keyDown(handle, { key: "ArrowRight" });
    await waitFor(() => expect(core.preferences.columns.find((column) => column.key === "buyer")?.width).toBeTypeOf("number"));
  });

  it("re-asks when the data changed, and keeps the rows in sight until then", async () => {
    const core = new FakeCore(300);
    await openWindow(core);
    await rowsShown();
    const gate = core.hold("listAgreements");
    core.rows[0] = { ...makeRow(0), company: "Renamed Ltd" };
    core.tell("agreements");
    expect(rows().every((row) => row.dataset["id"])).toBe(true);
    gate.open();
    await waitFor(() => expect(rowTexts()[0]).toContain("Renamed Ltd"));
  });

  it("says why rows could not be read, and tries again when told to", async () => {
    const core = new FakeCore(30);
    core.fail("listAgreements", { code: "busy", message: "The index is being built." });
    const user = await openWindow(core);
    await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("The index is being built."));
    core.heal("listAgreements");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await rowsShown();
    expect(screen.queryByRole("alert")).toBeNull();
  });
});

describe("the filter", () => {
  it("names what is wrong where it is wrong, and mends it with one click; the grid stays", async () => {
    const core = new FakeCore(300);
    const user = await openWindow(core, "#/agreements?filter=status%3Aactve%20halden");
    await waitFor(() => expect(part("filter-error")?.textContent).toContain("There is no status “actve”."));
    expect(document.querySelector(".mirror .wrong")?.textContent).toBe("actve");
    expect(part("filter-input")?.getAttribute("aria-invalid")).toBe("true");
    await waitFor(() => expect(matched()).toBe("300"));
    await user.click(screen.getByRole("button", { name: "Use “active”" }));
    await waitFor(() => expect(part("filter-error")?.textContent?.trim()).toBe(""));
    expect((part("filter-input") as HTMLInputElement).value).toBe("status:active halden");
    await waitFor(() => expect(Number(matched())).toBeLessThan(300));
  });

  it("keeps the last good rows while a broken term is typed, and does not search for the beginning of its key", async () => {
    const core = new FakeCore(300);
    const user = await openWindow(core);
    await rowsShown();
    await user.click(await found("filter-input"));
    await user.keyboard("halden ");
    await waitFor(() => expect(Number(matched())).toBeLessThan(300));
    const good = matched();
    await user.keyboard("status:actve ");
    await waitFor(() => expect(part("filter-error")?.textContent).toContain("actve"));
    expect(matched()).toBe(good);
    expect(core.called("listAgreements").map((query) => (query as { filter: string }).filter)).not.toContain("halden stat");
  });

  it("takes a term out by its cross, by pointer and by keyboard", async () => {
    const user = await openWindow(new FakeCore(300), "#/agreements?filter=status%3Aactive%20halden%20-link%3Anone");
    await user.click(await screen.findByRole("button", { name: "Remove status:active" }));
    const input = () => part("filter-input") as HTMLInputElement;
    await waitFor(() => expect(input().value).toBe("halden -link:none"));
    (await screen.findByRole("button", { name: "Remove -link:none" })).focus();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(input().value).toBe("halden"));
    expect(document.activeElement).toBe(input());
  });

  it("offers to look for a word among the listings when nobody is called so", async () => {
    const user = await openWindow(new FakeCore(300), "#/agreements?filter=nobody-is-called-so");
    await user.click(await screen.findByRole("button", { name: "Look for product:nobody-is-called-so" }));
    await waitFor(() => expect((part("filter-input") as HTMLInputElement).value).toBe("product:nobody-is-called-so"));
  });

  it("completes a key and a value from the keyboard", async () => {
    const user = await openWindow(new FakeCore(300));
    await rowsShown();
    await user.click(await found("filter-input"));
    await user.keyboard("sta");
    await waitFor(() => expect(screen.getAllByRole("option").map((option) => option.textContent)).toEqual(["status:filter by status"]));
    await user.keyboard("{ArrowDown}{Enter}exp");
    await waitFor(() => expect(screen.getByRole("option", { name: /expired/ })).toBeTruthy());
    await user.keyboard("{Tab}");
    expect((part("filter-input") as HTMLInputElement).value).toBe("status:expired ");
    expect(part("filter-error")?.textContent?.trim()).toBe("");
  });

  it("drops the answer to what was typed before", async () => {
    const core = new FakeCore(300);
    const user = await openWindow(core);
    await rowsShown();
    const slow = core.hold("listAgreements");
    await user.click(await found("filter-input"));
    await user.keyboard("h");
    await waitFor(() => expect(core.called("listAgreements").at(-1)).toMatchObject({ filter: "h" }));
    await user.keyboard("aldenfreight-nobody");
    await waitFor(() => expect(matched()).toBe("0"));
    slow.open();
    await waitFor(() => expect(screen.getByText("No agreement matches this filter")).toBeTruthy());
    expect(matched()).toBe("0");
  });

  it("shows views as tabs, saves its own, and refuses a name twice", async () => {
    const core = new FakeCore(300);
    const user = await openWindow(core);
    await rowsShown();
    await user.click(screen.getByRole("link", { name: "Renewals 60 d" }));
    await waitFor(() => expect((part("filter-input") as HTMLInputElement).value).toBe("status:active ends:<60d"));
    await user.click(await found("filter-input"));
    await user.keyboard(" halden");
    await user.click(await screen.findByRole("button", { name: "Save view" }));
    const name = await screen.findByRole("textbox", { name: "Name" });
    await user.type(name, "All");
    const save = () => screen.getAllByRole("button", { name: "Save view" }).at(-1) as HTMLElement;
    await user.click(save());
    expect(screen.getByText("There is a view with this name.")).toBeTruthy();
    await user.clear(name);
    await user.type(name, "Halden renewals");
    await user.click(save());
    await waitFor(() => expect(core.preferences.views).toEqual([{ name: "Halden renewals", filter: "status:active ends:<60d halden", sort: "ends", descending: false }]));
    expect(screen.getByRole("link", { name: "Halden renewals" }).getAttribute("aria-current")).toBe("true");
  });

  it("lets a facet's list put its term into the text", async () => {
    const user = await openWindow(new FakeCore(300));
    await rowsShown();
    await user.click(screen.getByRole("button", { name: "Status" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: /Expired/ }));
    await waitFor(() => expect((part("filter-input") as HTMLInputElement).value).toBe("status:expired"));
  });
});
