import { m } from "../../i18n";
import type { AgreementRow } from "../../ipc/bindings";
import { linkState, stateLook } from "../../words";

/** Marked rows as tab-separated text: ISO dates and plain decimals, for a spreadsheet to read. */
export function tableText(rows: readonly AgreementRow[]): string {
  const head = [
    m.column_id(), m.column_buyer(), m.column_email(), m.column_account(), m.column_listing(), m.column_state(),
    m.column_linked_to(), m.column_starts(), m.column_ends(), m.column_value(), m.column_currency(),
  ];
  const day = (at: number | null) => (at === null ? "" : new Date(at).toISOString().slice(0, 10));
  const lines = rows.map((row) => [
    row.id, row.company ?? "", row.email ?? "", row.account, row.listing, stateLook(row).text,
    row.linkedTo ?? linkState(row.link), day(row.startsAt), day(row.endsAt), row.value?.amount ?? "", row.value?.currency ?? "",
  ]);
  return [head, ...lines].map((cells) => cells.map(oneCell).join("\t")).join("\n");
}

// A buyer's name is foreign text: it must not break the table, nor be run as a formula where it is pasted.
function oneCell(text: string): string {
  const flat = text.replace(/[\t\r\n]+/g, " ");
  return /^[=+\-@]/.test(flat) ? `'${flat}` : flat;
}
