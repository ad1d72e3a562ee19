import { describe, expect, it } from "vitest";
import { ago, amount, daysUntil, ending, isJustNow, isZero, money, quantity, span } from "../src/format";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Decimal texts from a fixed seed, far longer than a float can hold. */
function* decimals(): Generator<string> {
  let seed = 20_261_120;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let nth = 0; nth < 400; nth++) {
    const digits = (length: number) => Array.from({ length }, () => random(10)).join("");
    const whole = digits(1 + random(28)).replace(/^0+(?=\d)/, "");
    const fraction = random(3) === 0 ? "" : `.${digits(1 + random(8))}`;
    yield `${random(5) === 0 ? "-" : ""}${whole}${fraction}`;
  }
}

describe("money", () => {
  it("never loses or changes a digit", () => {
    for (const text of decimals()) {
      const shown = amount({ amount: text, currency: "USD" });
      const plain = shown.replace(/[,\s]/g, "").replace("−", "-");
      const [whole = "", fraction = ""] = text.split(".");
      expect(plain).toBe(`${whole}.${fraction.replace(/0+$/, "").padEnd(2, "0")}`);
    }
  });

  it.each([
    [{ amount: "120000", currency: "USD" }, "USD 120,000.00"],
    [{ amount: "120000.5", currency: "USD" }, "USD 120,000.50"],
    [{ amount: "48000000", currency: "KRW" }, "KRW 48,000,000"],
    [{ amount: "2100000.00", currency: "JPY" }, "JPY 2,100,000"],
    [{ amount: "0.000125", currency: "USD" }, "USD 0.000125"],
    [{ amount: "9007199254740993.01", currency: "EUR" }, "EUR 9,007,199,254,740,993.01"],
    [{ amount: "-7.1", currency: "XYZ" }, "XYZ −7.10"],
  ])("%j is shown as %s", (value, shown) => {
    expect(money(value)).toBe(shown);
  });

  it.each([["0", true], ["0.00", true], ["000.", true], ["0.01", false], ["10", false], ["", false]])("takes “%s” for nothing: %s", (text, zero) => {
    expect(isZero({ amount: text, currency: "USD" })).toBe(zero);
  });

  it.each([["43000", "43,000"], ["1", "1"], ["1.50", "1.50"], ["true", "true"], ["", ""]])("groups the digits of the quantity “%s”", (text, shown) => {
    expect(quantity(text)).toBe(shown);
  });

  it("shows a text it does not understand as it came", () => {
    expect(money({ amount: "1e5", currency: "USD" })).toBe("USD 1e5");
  });
});

describe("time", () => {
  it.each([[0, "< 1 min"], [MINUTE, "1 min"], [59 * MINUTE, "59 min"], [HOUR, "1 h"], [47 * HOUR, "47 h"], [2 * DAY, "2 d"], [4000 * DAY, "4,000 d"]])("%d ms is %s", (ms, shown) => {
    expect(span(ms)).toBe(shown);
  });

  it("calls what is slightly ahead of the clock now", () => {
    expect(ago(10_000, 0)).toBe("just now");
    expect(ago(0, 2 * MINUTE)).toBe("2 min ago");
  });

  it.each([[0, "just now"], [MINUTE - 1, "just now"], [MINUTE, "1 min ago"], [2 * MINUTE - 1, "1 min ago"], [HOUR - 1, "59 min ago"], [HOUR, "1 h ago"]])("never rounds an age of %d ms up: %s", (age, shown) => {
    expect(ago(0, age)).toBe(shown);
    expect(isJustNow(0, age)).toBe(shown === "just now");
  });

  it("counts days to an end, with the right plural", () => {
    expect(ending(DAY, 0)).toBe("ends in 1 day");
    expect(ending(21 * DAY, 0)).toBe("ends in 21 days");
    expect(ending(0, HOUR)).toBe("ended today");
    expect(ending(0, 3 * DAY)).toBe("ended 3 days ago");
    expect(daysUntil(DAY / 2, 0)).toBe(1);
  });
});
