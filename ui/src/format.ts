// How values look. Money stays decimal text all the way: it never becomes a float.
import { getLocale, m } from "./i18n";
import type { Money } from "./ipc/bindings";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** The person's own variety of the window's language: "en" may be en-GB with its dates. */
function locale(): string {
  const chosen = getLocale();
  return navigator.language.toLowerCase().startsWith(chosen) ? navigator.language : chosen;
}

function remembered<T>(make: (locale: string, kind: string) => T): (kind: string) => T {
  const made = new Map<string, T>();
  return (kind) => {
    const key = `${locale()} ${kind}`;
    let found = made.get(key);
    if (found === undefined) made.set(key, (found = make(locale(), kind)));
    return found;
  };
}

const numbers = remembered((language) => new Intl.NumberFormat(language));
const decimalPoint = remembered(
  (language) => new Intl.NumberFormat(language).formatToParts(0.5).find((part) => part.type === "decimal")?.value ?? ".",
);
const minorDigits = remembered((language, currency) => {
  try {
    return new Intl.NumberFormat(language, { style: "currency", currency }).resolvedOptions().minimumFractionDigits ?? 2;
  } catch {
    return 2; // A currency this program does not know.
  }
});
const dates = remembered((language, kind) => new Intl.DateTimeFormat(language, dateKinds[kind as keyof typeof dateKinds]));
const dateKinds = {
  date: { year: "numeric", month: "short", day: "2-digit" },
  month: { month: "short", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  moment: { year: "numeric", month: "short", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" },
} satisfies Record<string, Intl.DateTimeFormatOptions>;

export const count = (value: number): string => numbers("").format(value);
/** How many there are, where there are any. */
export const countAny = (list: readonly unknown[]): string | undefined => (list.length === 0 ? undefined : count(list.length));

/** "120000.5" USD → "120,000.50", "700.00" JPY → "700". Groups the digits of the text; shows every digit that says something. */
export function amount({ amount: text, currency }: Money): string {
  const parts = DECIMAL.exec(text);
  if (parts === null) return text; // Better an odd text than a wrong number.
  const [, sign = "", whole = "0", fraction = ""] = parts;
  const digits = fraction.replace(/0+$/, "").padEnd(minorDigits(currency), "0");
  const grouped = numbers("").format(BigInt(whole));
  return `${sign === "-" ? "−" : ""}${grouped}${digits === "" ? "" : decimalPoint("") + digits}`;
}

/** A quantity as AWS wrote it, its digits grouped when it is a whole number: "43000" → "43,000". */
export const quantity = (text: string): string => (/^\d{1,30}$/.test(text) ? numbers("").format(BigInt(text)) : text);

/** Nothing is committed: the buyer pays by use. */
export const isZero = ({ amount: text }: Money): boolean => /^[+-]?0+(\.0*)?$/.test(text);

export const money = (value: Money): string => `${value.currency} ${amount(value)}`;

/** What an agreement commits the buyer to, in words where that is nothing. */
export const valueOrUse = (value: Money | null): string => (value === null || isZero(value) ? m.pays_by_use() : money(value));

export const date = (at: number): string => dates("date").format(at);
export const dayOfMonth = (at: number): string => dates("month").format(at);
export const time = (at: number): string => dates("time").format(at);
/** With the zone, for tooltips and facts. */
export const moment = (at: number): string => dates("moment").format(at);

/** How long ago: "2 min ago". A moment slightly ahead of the clock is now. */
export function ago(at: number, now: number): string {
  return isJustNow(at, now) ? m.ago_now() : m.ago({ span: span(now - at) });
}

/** Too short ago for a number: ages are never rounded up to their first minute. */
export const isJustNow = (at: number, now: number): boolean => now - at < MINUTE_MS;

/** A length of time in its largest unit, rounded down: "2 min", "3 h", "12 d". */
export function span(ms: number): string {
  const size = Math.max(0, ms);
  if (size < MINUTE_MS) return m.span_under_minute();
  if (size < HOUR_MS) return m.span_minutes({ value: count(Math.floor(size / MINUTE_MS)) });
  if (size < 2 * DAY_MS) return m.span_hours({ value: count(Math.floor(size / HOUR_MS)) });
  return m.span_days({ value: count(Math.floor(size / DAY_MS)) });
}

export const daysUntil = (at: number, now: number): number => Math.ceil((at - now) / DAY_MS);

/** "ends in 21 days", "ended 3 days ago". */
export function ending(at: number, now: number): string {
  const days = daysUntil(at, now);
  if (days > 0) return m.ends_in_days({ count: days, shown: count(days) });
  const passed = Math.max(0, Math.floor((now - at) / DAY_MS));
  return passed === 0 ? m.ended_today() : m.ended_days_ago({ count: passed, shown: count(passed) });
}

/** `clientToken` and `client_token` → "client token". */
export const spaced = (name: string): string => name.replace(/([a-z\d])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();

/** The same where it begins a line: "Client token". */
export function inWords(name: string): string {
  const words = spaced(name);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Messages begin and end as the core's log writes them: small, and without a full stop. */
export function sentence(text: string): string {
  const begun = text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1);
  return begun === "" || /[.!?…。]$/.test(begun) ? begun : `${begun}.`;
}

/** What is left of a countdown in its two largest units: "5 d 3 h", "3 h 12 min". */
export function left(ms: number): string {
  if (ms < HOUR_MS) return span(ms);
  const [large, small] = ms < DAY_MS ? [HOUR_MS, MINUTE_MS] : [DAY_MS, HOUR_MS];
  const words = large === DAY_MS ? [m.span_days, m.span_hours] as const : [m.span_hours, m.span_minutes] as const;
  const rest = Math.floor((ms % large) / small);
  const whole = words[0]({ value: count(Math.floor(ms / large)) });
  return rest === 0 ? whole : `${whole} ${words[1]({ value: count(rest) })}`;
}
