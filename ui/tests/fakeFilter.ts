// A crude filter language, orders and counts for the fake core.
import type { AgreementRow, AgreementsQuery, Completions, Count, Failure, FilterReading } from "../src/ipc/bindings";
import { NOW } from "./fakeRows";

export const failureOf = (change: Partial<Failure> = {}): Failure => ({
  code: "internal", message: "It broke.", hint: null, requestId: null, at: null, suggestion: null, fields: [], changes: [], ...change,
});

export const DAY = 86_400_000;
const keys = ["status", "product", "link", "ends", "value", "account", "is"];
const statuses = ["active", "cancelled", "expired", "renewed", "terminated"];
export const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();

export function matcher(filter: string): (row: AgreementRow) => boolean {
  const terms = filter.toLowerCase().split(/\s+/).filter((term) => term !== "");
  return (row) => terms.every((term) => (term.startsWith("-") ? !holds(row, term.slice(1)) : holds(row, term)));
}

function holds(row: AgreementRow, term: string): boolean {
  const [key = "", value = ""] = term.split(":", 2);
  const days = Number(/<(\d+)d/.exec(value)?.[1] ?? 0);
  switch (key) {
    case "status": return value.split(",").includes(row.status.toLowerCase());
    case "link": return value.split(",").includes(row.link);
    case "product": return value.split(",").some((one) => row.productId?.includes(one));
    case "account": return row.account.startsWith(value);
    case "is": return row.state === "needsSetup";
    case "ends": return row.endsAt !== null && row.endsAt > NOW && row.endsAt < NOW + days * DAY;
    case "value": return Number(row.value?.amount ?? 0) > Number(value.slice(1));
    default: return [row.company, row.email, row.id, row.account, row.listing].some((text) => text?.toLowerCase().includes(term));
  }
}

export function comparing({ sort, descending }: AgreementsQuery) {
  const value = (row: AgreementRow): string | number => ({
    buyer: row.company ?? "", listing: row.listing, status: row.state, link: row.linkedTo ?? "", ends: row.endsAt ?? Infinity, starts: row.startsAt ?? 0,
    updated: row.updatedAt, value: Number(row.value?.amount ?? 0), account: row.account, setup: row.acceptedAt ?? 0,
  })[sort];
  return (one: AgreementRow, other: AgreementRow) => {
    const [first, second] = [value(one), value(other)];
    return (first < second ? -1 : first > second ? 1 : 0) * (descending ? -1 : 1);
  };
}

export function tally(rows: AgreementRow[], valueOf: (row: AgreementRow) => string, labelOf: (row: AgreementRow) => string): Count[] {
  const counts = new Map<string, Count>();
  for (const row of rows) {
    const value = valueOf(row);
    const known = counts.get(value);
    if (known) known.count += 1;
    else counts.set(value, { value, label: labelOf(row), count: 1 });
  }
  return [...counts.values()].sort((one, other) => other.count - one.count);
}

export function sums(rows: AgreementRow[]) {
  return ["USD", "EUR", "KRW"].flatMap((currency) => {
    const worth = rows.filter((row) => row.value?.currency === currency);
    const amount = worth.reduce((sum, row) => sum + Number(row.value?.amount ?? 0), 0);
    return worth.length === 0 ? [] : [{ currency, amount: currency === "KRW" ? String(Math.round(amount)) : amount.toFixed(2), agreements: worth.length }];
  });
}

export function readFilter(filter: string): FilterReading {
  const chips = [...filter.matchAll(/-?(?:[a-z]+:)?(?:"[^"]*"?|\S)+/g)].map((found) => {
    const negated = found[0].startsWith("-");
    const [key, value] = /^-?([a-z]+):(.*)$/.exec(found[0])?.slice(1) ?? [null, found[0]];
    return { span: { from: found.index, to: found.index + found[0].length }, key: key ?? null, value: value ?? "", negated };
  });
  for (const chip of chips) {
    const from = chip.span.from + (chip.negated ? 1 : 0);
    if (chip.key !== null && !keys.includes(chip.key)) {
      return { chips, error: failureOf({ code: "invalid", message: `There is no filter “${chip.key}:”.`, at: { from, to: from + chip.key.length }, suggestion: chip.key.startsWith("st") ? "status" : null }) };
    }
    const wrong = chip.key === "status" ? chip.value.split(",").find((value) => !statuses.includes(value)) : undefined;
    if (wrong !== undefined) {
      const at = from + filter.slice(from).indexOf(wrong);
      return { chips, error: failureOf({ code: "invalid", message: `There is no status “${wrong}”.`, at: { from: at, to: at + wrong.length }, suggestion: statuses.find((status) => status[0] === wrong[0]) ?? null }) };
    }
  }
  return { chips, error: null };
}

export function completeFilter(filter: string, caret: number): Completions {
  const from = filter.slice(0, caret).search(/\S*$/);
  const word = filter.slice(from, caret);
  const [key, typed] = word.includes(":") ? word.split(":", 2) : [undefined, word];
  const replace = { from: key === undefined ? from : from + key.length + 1, to: caret };
  const items = key === "status" ? statuses.filter((status) => status.startsWith(typed ?? "")).map((status) => ({ insert: `${status} `, label: status, detail: "status at AWS" }))
    : key === undefined ? keys.filter((known) => known.startsWith(typed ?? "")).map((known) => ({ insert: `${known}:`, label: `${known}:`, detail: `filter by ${known}` })) : [];
  return { replace, items };
}
