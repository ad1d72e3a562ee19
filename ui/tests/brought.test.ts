import { describe, expect, it } from "vitest";
import { looksLike } from "../src/brought.svelte";
import { TOKEN, TOKEN_URL } from "./fakeLinking";

describe("what a buyer brings is recognized by its looks", () => {
  it.each([
    [TOKEN, "…x7Qz"], [TOKEN_URL, "https://vendor.example/register?x-amzn-marketplace-token=…x7Qz"],
    [`x-amzn-marketplace-token=${TOKEN}&x-amzn-marketplace-agreement-id=agmt-1abc`, "x-amzn-marketplace-token=…x7Qz&x-amzn-marketplace-agreement-id=agmt-1abc"],
    [`"x-amzn-marketplace-token": "${TOKEN}"`, `"x-amzn-marketplace-token": "…x7Qz"`], [`x-amzn-marketplace-token: ${TOKEN}\nname: x`, "x-amzn-marketplace-token: …x7Qz\nname: x"],
  ])("a token in %#, with nothing of it shown but its end", (text, shown) => {
    expect(looksLike(text)).toEqual({ what: "token", shown });
    // What is masked is not taken for a token again, or the real one would be lost.
    expect(looksLike(shown)?.what).not.toBe("token");
  });

  it.each([
    ["agmt-000001exampleq9k2x0zr4t7w1", "agreement"], ["https://us-east-1.console.aws.amazon.com/marketplace/agreements/agmt-1example", "agreement"],
    ["arn:aws:license-manager::294406891311:license:l-0123456789abcdef0123456789abcdef", "license"], ["111122223333", "account"], ["1111-2222-3333", "account"],
  ])("%s is an %s", (text, what) => {
    expect(looksLike(text)).toEqual({ what, shown: text });
  });

  it.each(["", "halden freight", "Verkehrstelematikgesellschaft", "gesellschaft-fuer-angewandte-telematik", "ops@halden.example", "offer-4kx2EXAMPLE9q77abcdef", "status:active ends:<30d", "l-0123456789ABCDEFabcdef0123456789ab", "12345"])(
    "“%s” is a search like any other", (text) => {
      expect(looksLike(text)).toBeUndefined();
    });
});
