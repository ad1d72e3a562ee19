import { describe, expect, it } from "vitest";
import { PAGE_ROWS, PAGES_KEPT_MAX, RowPages, type Answer } from "../src/parts/table/pages.svelte";

/** A source whose answers are told one by one, in any order. */
function source(size: number) {
  const asked: { offset: number; tell: (rename?: string) => Promise<void>; refuse: () => Promise<void> }[] = [];
  let length = size;
  const ask = (offset: number, limit: number) => new Promise<Answer<string, string>>((resolve) => {
    const told = async (answer: Answer<string, string>) => {
      resolve(answer);
      await settled();
    };
    asked.push({
      offset,
      tell: (name = "row") => told({ ok: true, slice: { matched: length, rows: Array.from({ length: Math.max(0, Math.min(limit, length - offset)) }, (_, at) => `${name} ${offset + at}`) } }),
      refuse: () => told({ ok: false, error: "no" }),
    });
  });
  return { ask, asked, resize: (next: number) => (length = next) };
}
const settled = () => new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(() => queueMicrotask(resolve))));
const last = <T>(list: T[]): T => {
  const found = list.at(-1);
  if (found === undefined) throw new Error("nothing was asked");
  return found;
};

describe("a window over a long result", () => {
  it("asks for a page when it comes into view, and once only", async () => {
    const { ask, asked } = source(1_000_000);
    const pages = new RowPages<string, string>((row) => row);
    pages.question(ask);
    await last(asked).tell();
    pages.show(499_990, 500_010);
    pages.show(499_991, 500_011);
    expect(asked.map(({ offset }) => offset)).toEqual([0, 499_900, 500_000]);
    expect(pages.row(500_000)).toBeUndefined();
    await asked[2]?.tell();
    expect(pages.row(500_000)).toBe("row 500000");
    expect(pages.matched).toBe(1_000_000);
  });

  it("keeps only a few pages, never dropping what is in view", async () => {
    const { ask, asked } = source(100_000);
    const pages = new RowPages<string, string>((row) => row);
    pages.question(ask);
    await last(asked).tell();
    for (let page = 1; page <= PAGES_KEPT_MAX + 6; page++) {
      pages.show(page * PAGE_ROWS, page * PAGE_ROWS + 20);
      await last(asked).tell();
    }
    expect(pages.loaded()).toHaveLength(PAGES_KEPT_MAX * PAGE_ROWS);
    expect(pages.row((PAGES_KEPT_MAX + 6) * PAGE_ROWS)).toBe(`row ${(PAGES_KEPT_MAX + 6) * PAGE_ROWS}`);
    expect(pages.row(0)).toBeUndefined();
  });

  it("shows the old rows until the new question is answered, and drops the old one's late answer", async () => {
    const first = source(500);
    const second = source(3);
    const pages = new RowPages<string, string>((row) => row);
    pages.question(first.ask);
    await last(first.asked).tell("old");
    pages.show(200, 220);
    pages.question(second.ask);
    expect(pages.row(5)).toBe("old 5");
    await last(second.asked).tell("new");
    expect([pages.matched, pages.row(0)]).toEqual([3, "new 0"]);
    await last(first.asked).tell("late");
    expect([pages.matched, pages.row(200), pages.row(0)]).toEqual([3, undefined, "new 0"]);
  });

  it("takes the newest of two refreshes, in whichever order they are answered", async () => {
    const { ask, asked } = source(50);
    const pages = new RowPages<string, string>((row) => row);
    pages.question(ask);
    await last(asked).tell("first");
    pages.refresh();
    pages.refresh();
    await asked[2]?.tell("newest");
    await asked[1]?.tell("older");
    expect(pages.row(0)).toBe("newest 0");
  });

  it("says by how far the row at the top moved, so that the view can follow it", async () => {
    const pages = new RowPages<string, string>((row) => row);
    let rows = Array.from({ length: 90 }, (_, at) => `row ${at}`);
    pages.question(async () => ({ ok: true, slice: { rows, matched: rows.length } }));
    await settled();
    pages.show(10, 30);
    const moved: number[] = [];
    pages.onshift = (by) => moved.push(by);
    rows = ["new a", "new b", ...rows];
    pages.refresh();
    await settled();
    expect(moved).toEqual([2]);
  });

  it("does not ask again and again for what failed; a refresh does", async () => {
    const { ask, asked } = source(500);
    const pages = new RowPages<string, string>((row) => row);
    pages.question(ask);
    await last(asked).tell();
    pages.show(100, 120);
    await last(asked).refuse();
    pages.show(101, 121);
    pages.show(102, 122);
    expect([asked.length, pages.failure, pages.row(0)]).toEqual([2, "no", "row 0"]);
    pages.refresh();
    await last(asked).tell();
    expect([pages.failure, pages.row(101)]).toEqual([undefined, "row 101"]);
  });

  it("rests when nothing matches", async () => {
    const { ask, asked } = source(0);
    const pages = new RowPages<string, string>((row) => row);
    pages.question(ask);
    await last(asked).tell();
    pages.show(0, 20);
    pages.show(0, 20);
    expect([asked.length, pages.matched]).toEqual([1, 0]);
  });
});
