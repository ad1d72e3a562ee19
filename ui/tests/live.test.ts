import { flushSync } from "svelte";
import { describe, expect, it } from "vitest";
import { Live } from "../src/ipc/live.svelte";
import { FakeCore } from "./fakeBackend";
import { rootOf } from "./root.svelte";
import { waitFor } from "./window";

/** Reads a live query the way a screen does, and tells what it saw. */
function watch(core: FakeCore) {
  const live = new Live(core.backend, ["status"], () => core.backend.status());
  const seen: (number | undefined)[] = [];
  const stop = rootOf(() => void seen.push(live.data?.agreements));
  return { live, seen, stop };
}

describe("a live query", () => {
  it("asks again when one of its topics changes, and only then", async () => {
    const core = new FakeCore(10);
    const { seen, stop } = watch(core);
    await waitFor(() => expect(seen).toEqual([undefined, 10]));
    core.status.agreements = 11;
    core.tell("links");
    core.tell("status", "links");
    await waitFor(() => expect(seen).toEqual([undefined, 10, 11]));
    expect(core.called("status")).toHaveLength(2);
    stop();
  });

  it("never lets an older answer overwrite a newer one", async () => {
    const core = new FakeCore(10);
    const { live, seen, stop } = watch(core);
    await waitFor(() => expect(seen.at(-1)).toBe(10));
    const slow = core.hold("status");
    core.status.agreements = 20;
    void live.refresh();
    core.status.agreements = 30;
    await live.refresh();
    slow.open();
    await waitFor(() => expect(live.asking).toBe(false));
    flushSync();
    expect(live.data?.agreements).toBe(30);
    expect(seen).not.toContain(20);
    stop();
  });

  it("keeps the last data when an answer fails, and says why", async () => {
    const core = new FakeCore(10);
    const { live, seen, stop } = watch(core);
    await waitFor(() => expect(seen.at(-1)).toBe(10));
    core.fail("status", { code: "busy" });
    await live.refresh();
    expect([live.data?.agreements, live.failure?.code]).toEqual([10, "busy"]);
    core.heal("status");
    await live.refresh();
    expect(live.failure).toBeUndefined();
    stop();
  });

  it("turns a core that cannot be reached into a failure", async () => {
    const core = new FakeCore(10);
    const live = new Live({ ...core.backend, status: () => Promise.reject(new Error("gone")) }, ["status"], () => Promise.reject(new Error("gone")));
    await live.refresh();
    expect(live.failure).toMatchObject({ code: "internal", message: "gone" });
  });
});
