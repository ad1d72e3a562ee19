// Sending the last usage: entered or from a file, checked, billed, and told record by record.
import { waitFor } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import { FakeCore } from "./fakeBackend";
import { fillEndings } from "./fakeEndings";
import { found, openWindow, part, screen } from "./window";

const button = (name: string) => found(name) as Promise<HTMLButtonElement>;

const records = () => [...document.querySelectorAll<HTMLElement>("[data-test=usage-record]")];
const CSV = "license,account,dimension,quantity,timestamp\narn:aws:license-manager::111122223333:license:l-1,444455556666,sessions,12,2026-11-20T13:00:00Z\narn:aws:license-manager::111122223333:license:l-1,444455556666,traffic,3.5,2026-11-20T13:00:00Z\n";

async function lastUsage() {
  const core = new FakeCore(30);
  fillEndings(core.endings, core.rows);
  const user = await openWindow(core, "#/endings");
  await user.click(await button("send-last-usage"));
  await found("usage-form");
  return { core, user };
}

describe("sending usage", () => {
  it("is entered for the license that was taken back, which need not be typed again", async () => {
    const { core, user } = await lastUsage();
    expect(part("usage-until")?.textContent).toContain("AWS takes the last usage for another");
    expect(((await found("usage-license")) as HTMLInputElement).value).toBe(core.endings.lastUsage[0]?.licenses[0]);
    expect((await button("usage-send")).disabled).toBe(true);
    await user.type(await found("usage-dimension"), "sessions");
    // Enter adds the record, and bills nothing.
    await user.type(await found("usage-quantity"), "12{Enter}");
    await waitFor(() => expect(records()).toHaveLength(1));
    expect(core.called("sendUsage")).toEqual([]);
    await user.click(await button("usage-send"));
    expect((await found("usage-done")).textContent).toContain("AWS took 1 record of 1");
    expect(records()[0]?.textContent).toContain("rec-1");
  });

  it("says at the field what is wrong with a record, and keeps what was typed", async () => {
    const { user } = await lastUsage();
    await user.type(await found("usage-dimension"), "sessions");
    await user.type(await found("usage-quantity"), "twelve");
    await user.click(await button("usage-add"));
    await waitFor(() => expect(part("usage-form")?.textContent).toContain("“twelve” is no quantity"));
    expect(((await found("usage-quantity")) as HTMLInputElement).value).toBe("twelve");
    expect(records()).toHaveLength(0);
  });

  it("takes a file as a whole, names every bad line, and sends nothing of it until it is mended", async () => {
    const { core, user } = await lastUsage();
    await user.upload(await found("usage-file"), new File([CSV.replace("3.5", "much")], "usage.csv"));
    expect((await found("bad-rows")).textContent).toContain("“much” is no quantity");
    expect((await button("usage-send")).disabled).toBe(true);
    await user.upload(await found("usage-file"), new File([CSV], "usage.csv"));
    await waitFor(() => expect(records()).toHaveLength(2));
    await user.click(await button("usage-send"));
    await found("usage-done");
    expect(core.called("sendUsage")).toHaveLength(1);
  });

  it("tells what AWS did not take, and bills nothing twice when the rest is sent again", async () => {
    const { core, user } = await lastUsage();
    core.endings.unbillable.set("traffic", { state: "refused", status: "Unprocessed" });
    await user.upload(await found("usage-file"), new File([CSV], "usage.csv"));
    await waitFor(() => expect(records()).toHaveLength(2));
    await user.click(await button("usage-send"));
    expect((await found("usage-done")).textContent).toContain("AWS took 1 record of 2");
    expect(part("usage-reason")?.textContent).toBe("Line 3: Unprocessed.");
    await user.click(await button("usage-again"));
    await waitFor(() => expect(records()[0]?.textContent).toContain("sent before"));
    await user.click(await button("usage-send"));
    expect((await found("usage-done")).textContent).toContain("AWS took 1 record of 1");
  });

  it("is found in the palette, for any license", async () => {
    const core = new FakeCore(30);
    const user = await openWindow(core, "#/endings");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await found("palette-input"), "send usage");
    await user.click(await screen.findByRole("option", { name: /Send usage/ }));
    expect(((await found("usage-license")) as HTMLInputElement).value).toBe("");
    expect(part("usage-until")).toBeNull();
  });
});
