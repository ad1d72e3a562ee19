import type { AgreementRow, CancellationRequestInfo, DueEffectInfo, EndingsInfo, LastUsageInfo, LinkRecordInfo, UnansweredInfo } from "../../ipc/bindings";

/** One thing in the queue: `at` is when the next thing happens to it by itself. */
export type Entry = { key: string; at: number; agreement: string; row: AgreementRow | undefined } & (
  | { kind: "unanswered"; sent: UnansweredInfo }
  | { kind: "request"; request: CancellationRequestInfo }
  | { kind: "grace"; link: LinkRecordInfo | undefined; due: readonly [DueEffectInfo, ...DueEffectInfo[]] }
  | { kind: "usage"; usage: LastUsageInfo }
);

/** Everything that is ending as one queue, the most urgent first. What nobody knows anything about comes before all else. */
export function queue(endings: EndingsInfo): Entry[] {
  const rows = new Map(endings.agreements.map((row) => [row.id, row]));
  const links = new Map(endings.links.map((link) => [link.chain, link]));
  const chains = new Map<string, DueEffectInfo[]>();
  for (const effect of endings.due) chains.set(effect.agreement, [...(chains.get(effect.agreement) ?? []), effect]);
  const unanswered = endings.unanswered.map((sent): Entry => (
    { kind: "unanswered", key: `unanswered:${sent.plan ?? sent.agreement}`, at: sent.sentAt, agreement: sent.agreement, row: rows.get(sent.agreement), sent }));
  const requests = endings.requests.map((request): Entry => (
    { kind: "request", key: request.id, at: request.consentAt, agreement: request.agreement, row: rows.get(request.agreement), request }));
  const grace = [...chains].flatMap(([chain, [first, ...others]]): Entry[] => {
    if (first === undefined) return [];
    const link = links.get(chain);
    const agreement = link?.agreement ?? chain;
    return [{ kind: "grace", key: `grace:${chain}`, at: first.dueAt, agreement, row: rows.get(agreement) ?? rows.get(chain), link, due: [first, ...others] }];
  });
  const usage = endings.lastUsage.map((it): Entry => (
    { kind: "usage", key: `usage:${it.agreement}`, at: it.until, agreement: it.agreement, row: rows.get(it.agreement), usage: it }));
  const counted = [...requests, ...grace, ...usage].sort((one, other) => one.at - other.at || one.key.localeCompare(other.key));
  return [...unanswered, ...counted];
}
