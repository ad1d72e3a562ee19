import { fireEvent } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
// Made ready before anybody waits for them.
import "../src/app/CommandPalette.svelte";
import "../src/features/directory/ImportDialog.svelte";
import "../src/features/directory/OrganizationPane.svelte";
import { importBytesMax } from "../src/ipc/bindings";
import { FakeCore } from "./fakeBackend";
import { sellerCard } from "./fakeConnections";
import { found, openWindow, page, part, rows, rowsShown, rowTexts, screen, waitFor } from "./window";

const CSV = "kind,id,name\norganization,acme,Acme Ltd\norganization,nameless,\norganization,bolt,볼트 주식회사\n";
const fileOf = (name: string, text: string) => new File([text], name);
const dialogGone = () => waitFor(() => expect(part("import")).toBeNull());

async function choose(file: File) {
  const input = (await found("import-file")) as HTMLInputElement;
  Object.defineProperty(input, "files", { configurable: true, value: [file] });
  await fireEvent.change(input);
}

async function openImport(core: FakeCore) {
  const user = await openWindow(core, "#/organizations");
  await rowsShown();
  await user.click(await found("import-open"));
  await found("import");
  return user;
}

describe("the organizations", () => {
  it("are listed with how they pay and what is linked, and say what was not told", async () => {
    await openWindow(new FakeCore(40), "#/organizations");
    await rowsShown();
    const halden = rowTexts().find((text) => text.includes("halden-freight")) ?? "";
    expect(halden).toContain("startercard");
    expect(halden).toContain("linkedCloud Analytics · Committed");
    expect(rowTexts().some((text) => text.includes("not told"))).toBe(true);
    expect(part("way-organizations")?.textContent).toContain("40");
  });

  it("are searched as one types, with both numbers, and the other list is offered when there is none", async () => {
    const core = new FakeCore(40);
    const user = await openWindow(core, "#/organizations");
    await rowsShown();
    await user.type(await found("directory-search"), "kim@norrland.example");
    await waitFor(() => expect(rows().map((row) => row.dataset["id"])).toEqual(["norrland"]));
    expect(part("matched")?.textContent).toContain("1 of 40");
    await user.clear(await found("directory-search"));
    await user.type(await found("directory-search"), "billing@norrland.example");
    await user.click(await screen.findByText("Search billing accounts"));
    await waitFor(() => expect(rows().map((row) => row.dataset["id"])).toContain("pay-norrland"));
    await waitFor(() => expect(location.hash).toBe("#/billing-accounts?filter=billing%40norrland.example"));
  });

  it("are asked for page by page, in the order of the header, which the address remembers", async () => {
    const core = new FakeCore(2_000);
    const user = await openWindow(core, "#/organizations");
    await rowsShown();
    await user.click(screen.getByRole("button", { name: "Invoices" }));
    await waitFor(() => expect(core.called("listOrganizations").at(-1)).toMatchObject({ sort: "openInvoices", descending: true, offset: 0, limit: 100 }));
    await waitFor(() => expect(location.hash).toBe("#/organizations?sort=openInvoices&order=desc"));
    expect(core.called("listOrganizations").length).toBeLessThan(6);
  });

  it("follow what changes, and tell of a failure without taking the rows away", async () => {
    const core = new FakeCore(10);
    await openWindow(core, "#/organizations");
    await rowsShown();
    core.directory.organizations = core.directory.organizations.slice(0, 3);
    core.tell("directory");
    await waitFor(() => expect(rows()).toHaveLength(3));
    await waitFor(() => expect(part("nav-organizations")?.textContent).toContain("3"));
    core.fail("listOrganizations", { code: "internal", message: "The disk is gone." });
    core.tell("directory");
    await screen.findByText("The disk is gone.", { exact: false });
    expect(rows()).toHaveLength(3);
  });

  it("teach how to begin when there are none", async () => {
    const user = await openWindow(new FakeCore(0), "#/organizations");
    await screen.findByText("No organizations yet");
    expect(page()).toContain("binderyctl organizations import");
    const imports = screen.getAllByRole("button", { name: "Import…" });
    await user.click(imports.at(-1) as HTMLElement);
    await found("import");
  });
});

describe("one organization", () => {
  it("has an address, all its facts with their source, and its parts in tabs", async () => {
    const user = await openWindow(new FakeCore(40), "#/organizations?open=seongsu-robotics");
    const detail = await found("detail");
    await waitFor(() => expect(detail.textContent).toContain("성수로보틱스 주식회사"));
    expect(detail.textContent).toMatch(/import crm-2026-11-18.csv, 2 d ago/);
    expect(detail.textContent).toMatch(/Shown as\s*not told/);
    await user.click(await found("detail-tab-members"));
    await waitFor(() => expect(detail.textContent).toContain("kim@seongsu-robotics.example"));
    expect(detail.textContent).toContain("Not verified");
    await user.click(await found("detail-tab-workspaces"));
    await waitFor(() => expect(detail.textContent).toContain("us-oregon"));
    expect(detail.textContent).toContain("ends in 9 days");
    await user.click(await found("detail-tab-json"));
    await waitFor(() => expect(detail.textContent).toContain('"authenticationMethod"'));
    await waitFor(() => expect(location.hash).toBe("#/organizations?open=seongsu-robotics&tab=json"));
  });

  it("leads to its agreement, which leads back; and to its billing account", async () => {
    const core = new FakeCore(40);
    const user = await openWindow(core, "#/organizations?open=halden-freight");
    await user.click(await waitFor(() => screen.getAllByText("agmt-000001exampleq9k2x0zr4t7w1")[0] as HTMLElement));
    await waitFor(() => expect(location.hash).toContain("#/agreements?open=agmt-000001"));
    await user.click(await found("linked-to"));
    await waitFor(() => expect(location.hash).toBe("#/organizations?open=halden-freight"));
    await user.click(await found("billing-account"));
    await waitFor(() => expect(location.hash).toBe("#/billing-accounts?open=pay-halden-freight"));
    await waitFor(() => expect(part("detail")?.textContent).toContain("Pays for"));
    history.back();
    await waitFor(() => expect(location.hash).toBe("#/organizations?open=halden-freight"));
  });

  it("that nobody told of says so", async () => {
    await openWindow(new FakeCore(3), "#/organizations?open=nobody&tab=entitlements");
    await screen.findByText("Not in the directory");
    expect(page()).toContain("nobody");
  });

  it("is corrected by hand, field by field, with a reason, and its timeline tells of it", async () => {
    const core = new FakeCore(10);
    const user = await openWindow(core, "#/organizations?open=halden-freight");
    await user.click(await found("correct"));
    await user.clear(await found("field-openInvoices"));
    await user.type(await found("field-openInvoices"), "few");
    expect(part("correct-dialog")?.textContent).toContain("Changes: Open invoices");
    expect(((await found("correct-submit")) as HTMLButtonElement).disabled).toBe(true);
    await user.type(await found("correct-reason"), "told by telephone");
    await user.click(await found("correct-submit"));
    await waitFor(() => expect(part("correct-dialog")?.textContent).toContain("Must be a whole number"));
    // What was typed is still there to be mended.
    await user.clear(await found("field-openInvoices"));
    await user.type(await found("field-openInvoices"), "2");
    await user.click(await found("none-paymentReference"));
    await user.click(await found("correct-submit"));
    await waitFor(() => expect(part("correct-dialog")).toBeNull());
    expect(core.called("correctDirectory").at(-1)).toEqual({
      kind: "organization", key: "halden-freight", reason: "told by telephone",
      fields: [{ name: "paymentReference", known: true, value: null }, { name: "openInvoices", known: true, value: "2" }],
    });
    core.tell("directory");
    await waitFor(() => expect(screen.getByText("Open invoices").nextElementSibling?.textContent).toContain("changed here"));
    await user.click(screen.getByRole("tab", { name: "Timeline" }));
    expect((await found("timeline")).textContent).toContain("Open invoices: 0 → 2");
  });

  it("is found by the palette, with a member's address", async () => {
    const user = await openWindow(new FakeCore(40), "#/overview");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await found("palette-input"), "kim@norrland.example");
    await user.click(await screen.findByText("Organization · norrland"));
    await waitFor(() => expect(location.hash).toBe("#/organizations?open=norrland"));
  });
});

describe("an import", () => {
  it("tells everything that is wrong first, and waits until it is to be skipped", async () => {
    const core = new FakeCore(10);
    const user = await openImport(core);
    await choose(fileOf("crm.csv", CSV));
    await waitFor(() => expect(part("bad-rows")?.textContent).toContain("is needed"));
    expect(part("import-counts")?.textContent).toMatch(/Organizations\s*2\s*0\s*0/);
    const run = (await found("import-run")) as HTMLButtonElement;
    expect(run.disabled).toBe(true);
    expect(page()).toContain("Mend the file, or skip what is bad");
    expect(core.called("runImport")).toEqual([]);
    await user.click(await found("import-skip"));
    expect(run.disabled).toBe(false);
    await user.click(run);
    await waitFor(() => expect(part("import-done")?.textContent).toContain("2 rows were imported"));
    expect(page()).toContain("1 bad row was left out");
    const sent = core.called("runImport").at(-1) as { file: { name: string; kind: null; content: string }; skipBad: boolean };
    expect(sent.skipBad).toBe(true);
    expect(new TextDecoder().decode(Uint8Array.from(atob(sent.file.content), (letter) => letter.charCodeAt(0)))).toBe(CSV);
    await user.click(await found("import-look"));
    await dialogGone();
  });

  it("of a file without bad rows needs no more than one click", async () => {
    const user = await openImport(new FakeCore(10));
    await choose(fileOf("crm.csv", CSV.replace("nameless,", "nameless,Nameless no more")));
    await user.click(await waitFor(() => screen.getByRole("button", { name: "Import 3 rows" })));
    await found("import-done");
    expect(part("import-skip")).toBeNull();
  });

  it("of a file that is no directory says why, and asks again when its kind is told", async () => {
    const core = new FakeCore(10);
    const user = await openImport(core);
    await choose(fileOf("plans.csv", "x,id,name\n,acme,Acme\n"));
    await screen.findByText("This file cannot be read as a directory");
    expect(page()).toContain("The file plans.csv was not imported: line 1: kind is needed");
    expect(part("import-run")).toBeNull();
    await user.selectOptions(await found("import-kind"), "organization");
    await found("import-run");
    expect(core.called("planImport").at(-1)).toMatchObject({ name: "plans.csv", kind: "organization" });
  });

  it("of a file that is too long does not even read it", async () => {
    const core = new FakeCore(10);
    await openImport(core);
    const long = fileOf("everything.csv", "x");
    Object.defineProperty(long, "size", { value: importBytesMax + 1 });
    await choose(long);
    await screen.findByText("The file is longer than 16 MiB", { exact: false });
    expect(core.called("planImport")).toEqual([]);
  });

  it("shows how far it is, can be stopped, and says what stayed", async () => {
    const core = new FakeCore(10);
    const user = await openImport(core);
    await choose(fileOf("crm.csv", CSV.replace("nameless,", "nameless,N")));
    const gate = core.hold("runImport");
    await user.click(await found("import-run"));
    core.importProgress({ done: 1, total: 3 });
    await screen.findByText("1 of 3 rows are in");
    await user.click(await found("import-stop"));
    await user.keyboard("{Escape}");
    expect(core.called("stopImport")).toHaveLength(2);
    expect(part("import")).not.toBeNull();
    core.fail("runImport", { code: "stopped", message: "stopped after 1 of 3 rows, which stay", hint: "Import the same file again to take in the rest." });
    gate.open();
    await screen.findByText("The import did not come to its end");
    expect(page()).toContain("Stopped after 1 of 3 rows, which stay.");
    await found("import-run");
  });

  it("is in the palette, but not where nothing may be changed: there the button says why", async () => {
    const core = new FakeCore(10);
    core.connect(sellerCard({ id: "acme", name: "Acme Software", readOnly: true }));
    let user = await openWindow(core, "#/overview");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await found("palette-input"), "import org");
    await user.click(await screen.findByText("Import organizations…"));
    await found("import");
    core.show("acme");
    user = await openWindow(core, "#/organizations");
    const button = (await found("import-open")) as HTMLButtonElement;
    await waitFor(() => expect(button.disabled).toBe(true));
    expect(button.parentElement?.dataset["tip"]).toBe("This connection is read-only, so its directory cannot be changed.");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await found("palette-input"), "import org");
    await waitFor(() => expect(screen.queryByText("Import organizations…")).toBeNull());
  });
});
