// What somebody wants ended, or billed for the last time, from wherever it was asked: the dialog for it belongs to no screen.
import type { CancellationInfo, LastUsageInfo } from "./ipc/bindings";

/** An agreement, with the name of its buyer where that is known. */
export type Named = { id: string; name: string | null };
export type Ending =
  | { what: "cancel"; agreements: readonly Named[]; onasked?: (ids: readonly string[]) => void }
  | { what: "withdraw"; agreement: string; request: Pick<CancellationInfo, "id" | "reason" | "createdAt"> }
  | { what: "unlink"; agreement: string }
  | { what: "usage"; of: LastUsageInfo | null };

/** Whether a link in this state can be taken away. */
export const mayUnlink = (state: string): boolean => state === "awaiting-aws" || state === "active";

const ADDRESS = /^#\/?(cancel|unlink)\?(?:.*&)?open=([^&]+)/;

/** What the page's address for `bindery://cancel/agmt-…` asks for, and where the window goes behind it. */
export function endingOf(address: string): { ending: Ending; behind: string } | undefined {
  const [, what, id] = ADDRESS.exec(address) ?? [];
  if (what === undefined || id === undefined) return undefined;
  const agreement = decodeURIComponent(id);
  const ending: Ending = what === "cancel" ? { what, agreements: [{ id: agreement, name: null }] } : { what: "unlink", agreement };
  return { ending, behind: `#/agreements?open=${encodeURIComponent(agreement)}` };
}
