import { describe, expect, it } from "vitest";
import { tidy, toggleTerm, valuesOf, withoutKey } from "../src/features/agreements/filterText";
import { FakeCore } from "./fakeBackend";

const chipsOf = async (text: string) => {
  const outcome = await new FakeCore(1).backend.readFilter(text);
  return outcome.status === "ok" ? outcome.data.chips : [];
};

describe("a facet's choice", () => {
  it.each([
    ["", "status", "active", "status:active"],
    ["acme", "status", "active", "acme status:active"],
    ["status:active acme", "status", "expired", "status:active,expired acme"],
    ["status:active,expired acme", "status", "active", "status:expired acme"],
    ["acme status:active halden", "status", "active", "acme halden"],
    ["-status:active", "status", "active", "-status:active status:active"],
    ["", "product", "Cloud Analytics", 'product:"Cloud Analytics"'],
    ['product:"Cloud Analytics"', "product", "Cloud Analytics", ""],
  ])("in “%s”, toggling %s %s gives “%s”", async (text, key, value, expected) => {
    expect(toggleTerm(text, await chipsOf(text), key, value)).toBe(expected);
  });

  it("is taken out whole, and exact words keep their spaces", async () => {
    const text = 'status:active "two  spaces" status:expired link:none';
    expect(withoutKey(text, await chipsOf(text), "status")).toBe('"two  spaces" link:none');
    expect(valuesOf(await chipsOf(text), "status")).toEqual(["active", "expired"]);
    expect(tidy('  a   "b   c"  d ')).toBe('a "b   c" d');
  });
});
