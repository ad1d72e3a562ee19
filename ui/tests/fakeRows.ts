import type { AgreementRow, RowState } from "../src/ipc/bindings";

/** The fake core's time. */
export const NOW = Date.UTC(2026, 10, 20, 9, 14, 2);
const DAY = 86_400_000;

const names = [
  "Halden Freight AS", "Norrland Energi", "Seongsu Robotics 성수로보틱스", "Cartagena Telecom", "青岛海测科技有限公司", "Bluefin Aquaculture Ltd",
  "Ostwald & Brandt GmbH", "Kestrel Avionics", "Pilbara Minerals Data", "Ateliers Montreuil", "Vantaa Health Registry", "Sable Point Capital",
  "Gesellschaft für angewandte Verkehrstelematik und Infrastrukturbeobachtung Mecklenburg-Vorpommern mbH & Co. KG", "Minato Logistics", "Arroyo Seco Labs",
  "Tessellate Studios", "Ridgeway Water Trust", "Copper Basin Rail", "Lumen Orchard", "株式会社みなと物流システムズ",
];
const listings = [
  ["analytics-committed", "Cloud Analytics · Committed"], ["analytics-payg", "Cloud Analytics · PAYG"], ["emqx-payg", "Message Broker"],
  ["vector", "Vector Search"], ["observability", "Observability · Commercial"],
] as const;
const states: RowState[] = [
  "active", "active", "needsSetup", "active", "awaitingAws", "active", "linkRefused", "active", "cancelPending", "ended", "active", "active",
  "active", "suspended", "active", "paymentFailed", "renewed", "needsSetup", "active", "startsLater", "active", "unknown",
];
const linkOf: Partial<Record<RowState, string>> = { active: "active", awaitingAws: "awaiting-aws", linkRefused: "refused", cancelPending: "active", ended: "ended", renewed: "ended" };
const statusOf: Partial<Record<RowState, string>> = { ended: "EXPIRED", renewed: "RENEWED", suspended: "TERMINATED", unknown: "SOMETHING_NEW" };

export function makeRows(count: number): AgreementRow[] {
  return Array.from({ length: count }, (_, at) => makeRow(at));
}

export function makeRow(at: number): AgreementRow {
  const company = names[at % names.length] ?? "";
  const state = states[(at * 7) % states.length] ?? "active";
  const [productId, listing] = listings[(at * 3) % listings.length] ?? listings[0];
  const committed = productId === "analytics-committed" || productId === "observability";
  const link = linkOf[state] ?? "none";
  const starts = NOW - ((at * 37) % 360) * DAY;
  const named = at % 23 !== 22;
  return {
    id: `agmt-${(at + 1).toString(36).padStart(6, "0")}exampleq9k2x0zr4t7w1`,
    company: named ? company : null, email: named ? `ops${at}@${["halden", "norrland", "seongsu", "kestrel"][at % 4]}.example` : null,
    account: String(111_100_000_000 + at * 7_919), listing, productId, status: statusOf[state] ?? "ACTIVE", state, link,
    linkedTo: link === "active" || link === "awaiting-aws" ? (company.toLowerCase().split(" ").slice(0, 2).join("-") || "org") : null,
    acceptedAt: starts, startsAt: starts, endsAt: committed ? (state === "ended" ? NOW - (at % 90) * DAY : starts + 365 * DAY) : null, updatedAt: NOW - at * 3_600_000,
    value: committed ? { amount: at % 11 === 5 ? `${(at % 40) + 1}000000` : `${((at * 1375) % 240) * 500 + 12_000}.00`, currency: at % 11 === 5 ? "KRW" : at % 7 === 3 ? "EUR" : "USD" } : null,
    endBehavior: committed ? (at % 3 === 0 ? "EXPIRE" : "RENEW") : null, syncedAt: NOW - 130_000, detailsAt: at % 9 === 8 ? null : NOW - 130_000,
  };
}
