import { describe, expect, it } from "vitest";
import { fitting } from "../src/parts/table/columns";

const columns = [
  { key: "buyer", drops: 0, width: 160 },
  { key: "listing", drops: 2, width: 160, roomy: 260 },
  { key: "ends", drops: 1, width: 90 },
  { key: "updated", drops: 6, width: 90 },
];
const fit = (space: number, of = columns) => fitting(of, (column) => column.width, space).map((column) => column.key);

describe("columns in a narrow window", () => {
  it.each([
    [1_000, ["buyer", "listing", "ends", "updated"]],
    [640, ["buyer", "listing", "ends"]],
    [460, ["buyer", "listing", "ends"]],
    [440, ["buyer", "ends"]],
    [200, ["buyer"]],
  ])("of %d px are %j: the least important one goes before a listing’s title is cut", (space, shown) => {
    expect(fit(space)).toEqual(shown);
  });

  it("stay when the person asked for more of them, as long as each says something", () => {
    expect(fit(560, columns.map((column) => ({ ...column, roomy: 0 })))).toEqual(["buyer", "listing", "ends", "updated"]);
  });
});
