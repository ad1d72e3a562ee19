// Endings in memory: what the core would say about requests, links, what is due and what was done.
import type { AgreementRow, AuditActionInfo, AuditCheckInfo, AuditEntryInfo, AuditQuery, AuditWindow, CancellationInfo, CancellationRequestInfo, DueEffectInfo, EndingPlanInfo, EndingsInfo, Failure, LastUsageInfo, LinkRecordInfo, MomentInfo, OutboxEntryInfo, StepInfo, UnansweredInfo, UsageCheckInfo, UsageInput, UsageLineInfo, UsageSentInfo, VerdictInfo } from "../src/ipc/bindings";
import { DAY } from "./fakeFilter";
import { refuse } from "./fakeLinking";
import { NOW } from "./fakeRows";

const HOUR = 3_600_000;
export const reasonCodes = ["INCORRECT_TERMS_ACCEPTED", "REPLACING_AGREEMENT", "TEST_AGREEMENT", "ALTERNATIVE_PROCUREMENT_CHANNEL", "PRODUCT_DISCONTINUED", "UNINTENDED_RENEWAL", "BUYER_DISSATISFACTION", "OTHER"];

const step = (number: number, kind: StepInfo["kind"], what: string, change: Partial<StepInfo> = {}): StepInfo => ({
  number, kind, what, id: null, name: null, attribute: null, before: null, after: null, when: "now", at: null, delay: null, says: null, covers: [], unknown: [], operation: null, request: null, ...change,
});
const verdict = (rule: string, holds: boolean, title: string, change: Partial<VerdictInfo> = {}): VerdictInfo => ({
  rule, outcome: holds ? "pass" : "refuse", title, message: title, evidence: [], remedy: null, toBuyer: null, overridable: false, overridden: null, missing: [], awaitsCode: false, ...change,
});
export const effect = (agreement: string, name: string, dueAt: number, change: Partial<DueEffectInfo> = {}): DueEffectInfo => ({
  agreement, targetKind: "organization", targetId: "org-halden", kind: "delete", what: "deployment", thing: `dep-${name}`, name, says: "Deployments that were stopped are deleted after three days.", covers: ["EM-8"],
  relinkingCallsOff: true, dueAt, stateAt: NOW - HOUR, state: "due", reason: null, ...change,
});
export const entry = (seq: number, action: string, change: Partial<AuditEntryInfo> = {}): AuditEntryInfo => ({
  seq, at: NOW - (400 - seq) * 17 * 60_000, user: "kim", identity: "arn:aws:sts::111122223333:assumed-role/BinderyOperator/kim", action, phase: "noted", opened: null, outcome: "done", plan: null, agreement: null, target: null,
  requestId: null, detail: "{}", ...change,
});

export const waits = (change: Partial<OutboxEntryInfo> = {}): OutboxEntryInfo => ({
  planId: "plan-9", kind: "link", buyer: "Halden Freight AS", agreement: "agmt-1first0000000000000000001", targetName: null, reason: null, request: null, madeAt: NOW - HOUR, madeBy: "kim", since: NOW - HOUR, returned: null, ...change,
});

const keyOf = ({ holder, dimension, hour }: UsageLineInfo) => `${holder} ${dimension} ${hour}`;
function csvRows(text: string): Partial<Record<string, string>>[] {
  const [head = "", ...lines] = text.trim().split("\n");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, at) => [head.split(",")[at] ?? "", cell])));
}

export class FakeEndings {
  lastUsage: LastUsageInfo[] = [];
  requests: CancellationRequestInfo[] = [];
  unanswered: UnansweredInfo[] = [];
  links: LinkRecordInfo[] = [];
  due: DueEffectInfo[] = [];
  settled: DueEffectInfo[] = [];
  audit: AuditActionInfo[] = [];
  check: AuditCheckInfo = { whole: true, entries: 214, open: 0, brokenAt: null, why: null };
  outbox: OutboxEntryInfo[] = [];
  /** What carrying out the plan of an agreement comes to, instead of success. */
  refusals = new Map<string, Partial<Failure>>();
  /** The rule that refuses the plan of an agreement. */
  refused = new Map<string, string>();
  offline = false;
  /** What was billed, by line. */
  billed = new Set<string>();
  /** What AWS says the next time, by dimension, instead of taking it. */
  unbillable = new Map<string, { state: string; status: string }>();
  #plans = new Map<string, EndingPlanInfo>();

  constructor(readonly rows: () => AgreementRow[]) {}

  planCancel(agreement: string, reason: string, description: string | null): EndingPlanInfo {
    const row = this.#row(agreement);
    if ((description ?? "").length > 2_000) refuse({ code: "invalid", message: "at most 2000 characters", fields: [{ field: "description", message: "at most 2000 characters" }] });
    const open = this.requests.find((request) => request.agreement === agreement);
    const rule = this.refused.get(agreement);
    const verdicts = [
      verdict("CANCEL-1", row.status === "ACTIVE" && rule !== "CANCEL-1", "The agreement is in force.", { evidence: [{ fact: "agreement.status", value: row.status, source: "AWS SearchAgreements", asOf: NOW - 4_000 }],
        ...(row.status === "ACTIVE" ? {} : { message: `Agreement ${agreement} is not in force: AWS reports ${row.status}.`, remedy: "There is nothing to cancel. Look at the newest agreement of the chain." }) }),
      verdict("CANCEL-2", open === undefined && rule !== "CANCEL-2", "No request to cancel it waits for the buyer.", open === undefined && rule !== "CANCEL-2" ? {} : {
        message: `The request ${open?.id ?? "acr-other"} waits for the buyer's answer already.`, remedy: "Wait for the answer, or withdraw that request first.",
        evidence: [{ fact: "agreement.cancellation_request", value: open?.id ?? "acr-other", source: "AWS ListAgreementCancellationRequests", asOf: NOW - 4_000 }] }),
    ];
    const steps = [
      step(1, "request", "cancellation", { id: agreement, says: "AWS asks the buyer to agree to the cancellation.", operation: "SendAgreementCancellationRequest", request: JSON.stringify({ agreementId: agreement, reasonCode: reason, description }) }),
      step(2, "await", "buyer", { when: "at", at: NOW + 7 * DAY, says: "The buyer agrees, or refuses, or says nothing for 7 days, which AWS takes for consent. Until then the request can be withdrawn." }),
      step(3, "keep", "invoices", { when: "ended", says: "Invoices that were issued stay. A refund is a request of its own, and none is made here." }),
      ...this.#effects(row, 4, "ended"),
    ];
    return this.#keep({ kind: "cancel", agreement, reason, description, verdicts, steps, outcome: verdicts.every(({ outcome }) => outcome === "pass") ? "ready" : "refused" });
  }

  executeCancel(plan: string, confirmed: string): CancellationRequestInfo | null {
    const kept = this.#confirmed(plan, confirmed);
    if (kept.offline !== null) {
      this.outbox = [...this.outbox, waits({ planId: plan, kind: "cancel", agreement: kept.agreement, reason: kept.reason })];
      return null;
    }
    const request = { id: `acr-${kept.agreement.slice(5, 11)}exampleq9`, agreement: kept.agreement, status: "PENDING_APPROVAL", reason: kept.reason, createdAt: NOW, consentAt: NOW + 7 * DAY };
    this.requests = [...this.requests, request];
    this.#mark(kept.agreement, { state: "cancelPending" });
    return request;
  }

  withdraw(id: string): CancellationRequestInfo | null {
    const request = this.requests.find((known) => known.id === id) ?? refuse({ code: "notFound", message: `there is no cancellation request “${id}”` });
    if (this.offline) {
      this.outbox = [...this.outbox, waits({ planId: `plan-${id}`, kind: "withdraw-cancellation", agreement: request.agreement, request: id })];
      return null;
    }
    const failure = this.refusals.get(request.agreement);
    if (failure) refuse(failure);
    this.requests = this.requests.filter((known) => known !== request);
    this.#mark(request.agreement, { state: "active" });
    return { ...request, status: "CANCELLED" };
  }

  planUnlink(agreement: string, reason: string): EndingPlanInfo {
    const row = this.#row(agreement);
    if (row.linkedTo === null) refuse({ code: "notFound", message: `the agreement ${agreement} is not linked`, hint: "Look at the agreement: there is nothing to take away." });
    const name = row.linkedTo ?? "";
    const steps = [step(1, "unbind", "license", { id: name, name, before: name, after: "" }), ...this.#effects(row, 2, "now")];
    return this.#keep({ kind: "unlink", agreement, reason, description: null, verdicts: [], steps, outcome: "ready" });
  }

  executeUnlink(plan: string, confirmed: string): LinkRecordInfo {
    const kept = this.#confirmed(plan, confirmed);
    const row = this.#row(kept.agreement);
    const link = linkOf(row, { reason: kept.reason });
    this.links = [...this.links, link];
    this.#mark(kept.agreement, { state: "linkEnding", link: "ending" });
    return link;
  }

  list(): EndingsInfo {
    const { requests, unanswered, links, due, settled } = this;
    const named = new Set([...requests, ...unanswered, ...links, ...due, ...settled, ...this.lastUsage].map(({ agreement }) => agreement));
    return { requests, unanswered, links, due, settled, lastUsage: this.lastUsage, agreements: this.rows().filter(({ id }) => named.has(id)) };
  }

  actions({ search, entry: wanted, offset, limit }: AuditQuery): AuditWindow {
    const matching = this.audit.filter((action) => {
      const belongs = wanted === null || action.entry.seq === wanted || action.closing?.seq === wanted;
      return belongs && JSON.stringify(action).toLowerCase().includes(search.toLowerCase());
    });
    return { rows: matching.slice(offset, offset + limit), matched: matching.length, total: this.audit.length };
  }

  timeline(agreement: string): MomentInfo[] {
    const row = this.#row(agreement);
    const first = "agmt-1first0000000000000000001";
    const moments: MomentInfo[] = [
      { at: row.acceptedAt ?? NOW, agreement, event: { kind: "accepted" } },
      { at: row.acceptedAt ?? NOW, agreement: first, event: { kind: "status", status: "RENEWED" } },
      ...(row.endsAt === null ? [] : [{ at: row.endsAt, agreement, event: { kind: "ends" as const } }]),
      ...(row.linkedTo === null ? [] : [{ at: (row.acceptedAt ?? NOW) + HOUR, agreement, event: { kind: "link" as const, state: "active", target: row.linkedTo, reason: null } }]),
      ...this.pendingOf(agreement).map((request): MomentInfo => ({ at: request.createdAt, agreement, event: { kind: "cancellation", request: request.id, status: request.status } })),
      ...this.due.filter((it) => it.agreement === agreement).map((it): MomentInfo => ({ at: it.dueAt, agreement, event: { kind: "effect", effect: it } })),
      ...this.audit.filter(({ entry: it }) => it.agreement === agreement).map(({ entry: it, state }): MomentInfo => ({ at: it.at, agreement, event: { kind: "action", action: it.action, outcome: state, entry: it.seq, user: it.user } })),
    ];
    return moments.sort((one, other) => other.at - one.at);
  }

  pendingOf(agreement: string): CancellationInfo[] {
    return this.requests.filter((request) => request.agreement === agreement).map((request) => ({ ...request, updatedAt: request.createdAt }));
  }

  checkUsage({ name, content }: UsageInput): UsageCheckInfo {
    const text = decodeURIComponent(escape(atob(content)));
    const rows = name.endsWith(".json") ? (JSON.parse(text) as Partial<Record<string, string>>[]) : csvRows(text);
    const numbered = rows.map((row, at) => ({ row, line: name.endsWith(".json") ? at + 1 : at + 2 }));
    const problems = numbered.flatMap(({ row, line }) => (/^\d+(\.\d{1,6})?$/.test(row.quantity ?? "") ? [] : [{ line, field: "quantity", reason: `“${row.quantity ?? ""}” is no quantity` }]));
    const lines = numbered.filter(({ line }) => problems.every((it) => it.line !== line)).map(({ row, line }) => ({
      line, holder: (row.license ?? row.productCode ?? "").replace(/^.*:/, ""), account: row.account ?? "", dimension: row.dimension ?? "", quantity: row.quantity ?? "", hour: Date.parse(row.timestamp ?? "") || NOW, allocations: 0,
    }));
    const sentBefore = lines.filter((line) => this.billed.has(keyOf(line))).map(({ line }) => line);
    return { ready: problems.length === 0 && lines.length > sentBefore.length, good: lines.length - sentBefore.length, sentBefore, lines, problems };
  }

  sendUsage(input: UsageInput): UsageSentInfo {
    const { lines, sentBefore } = this.checkUsage(input);
    const records = lines.filter(({ line }) => !sentBefore.includes(line)).map((line) => {
      const said = this.unbillable.get(line.dimension);
      if (said === undefined) this.billed.add(keyOf(line));
      return { line: line.line, state: said?.state ?? "sent", status: said?.status ?? "Success", recordId: said === undefined ? `rec-${line.line}` : null };
    });
    this.unbillable.clear();
    return { records, sentBefore };
  }

  withdrawPlan(plan: string): null {
    this.outbox = this.outbox.filter(({ planId }) => planId !== plan);
    return null;
  }

  #confirmed(plan: string, confirmed: string): EndingPlanInfo {
    const kept = this.#plans.get(plan) ?? refuse({ code: "notFound", message: `there is no plan ${plan}` });
    if (confirmed !== kept.phrase) refuse({ code: "invalid", message: `to go on, type exactly: ${kept.phrase}`, fields: [{ field: "confirm", message: "type it" }] });
    const failure = this.refusals.get(kept.agreement);
    if (failure) {
      // What made it stale is known from then on.
      if (failure.code === "stale") this.refusals.delete(kept.agreement);
      refuse(failure);
    }
    return kept;
  }

  #effects(row: AgreementRow, first: number, when: string): StepInfo[] {
    if (row.linkedTo === null) return [];
    return [
      step(first, "stop", "deployment", { id: "dep-1", name: "edge-broker-1", before: "running", after: "stopped", when, covers: ["EM-7"], says: "Running deployments are stopped, except trials." }),
      step(first + 1, "keep", "deployment", { id: "dep-2", name: "trial-broker", when, covers: ["EM-7"], says: "Trials run until they end by themselves." }),
      step(first + 2, "delete", "deployment", { id: "dep-1", name: "edge-broker-1", before: "stopped", after: "deleted", when: "ended", delay: 3 * DAY, covers: ["EM-8"], says: "Stopped deployments are deleted after three days; linking again calls that off." }),
      step(first + 3, "set", "organization", { id: row.linkedTo, name: row.linkedTo, attribute: "organization.payment_method", before: "aws-marketplace", after: "", when, covers: ["EM-9"] }),
    ];
  }

  #keep(plan: Pick<EndingPlanInfo, "kind" | "agreement" | "reason" | "description" | "verdicts" | "steps" | "outcome">): EndingPlanInfo {
    const row = this.#row(plan.agreement);
    const kept: EndingPlanInfo = { planId: `plan-${this.#plans.size + 1}`, phrase: phraseOf(row), madeAt: NOW, madeBy: "kim", offline: this.offline ? NOW - 25 * 60_000 : null, state: "open", ...plan };
    this.#plans.set(kept.planId, kept);
    return kept;
  }

  #mark(agreement: string, change: Partial<AgreementRow>): void {
    Object.assign(this.#row(agreement), change);
  }

  #row(agreement: string): AgreementRow {
    return this.rows().find(({ id }) => id === agreement) ?? refuse({ code: "notFound", message: `there is no agreement “${agreement}” in the data of this connection` });
  }
}

/** The policy's words, or the agreement's id where no policy has any. */
export const phraseOf = (row: AgreementRow): string => (row.productId === "emqx-payg" ? "EMQX Cloud (Pay as you go)" : row.productId === "vector" ? "Vector Search" : row.id);

export const linkOf = (row: AgreementRow, change: Partial<LinkRecordInfo> = {}): LinkRecordInfo => ({
  agreement: row.id, chain: row.id, license: "arn:aws:license-manager::294406891311:license:l-0123456789abcdef0123456789abcdef", account: row.account, workspaces: [], policy: "emqx", plan: null, member: null, reason: "The agreement is cancelled.",
  state: "ending", targetKind: "organization", targetId: "org-halden", targetName: row.linkedTo ?? row.company ?? "halden-freight", since: NOW - 20 * HOUR, source: "Bindery", ...change,
});

/** Something of everything, with long and foreign names, to look at. */
export function fillEndings(endings: FakeEndings, rows: AgreementRow[]): void {
  const at = (nth: number): AgreementRow => rows[nth] ?? refuse({ message: `too few rows for ${nth}` });
  const request = (nth: number, reason: string, left: number): CancellationRequestInfo => ({ id: `acr-${nth}k2exampleq9k2x0zr`, agreement: at(nth).id, status: "PENDING_APPROVAL", reason, createdAt: NOW + left - 7 * DAY, consentAt: NOW + left });
  endings.requests = [request(8, "INCORRECT_TERMS_ACCEPTED", 5 * DAY + 3 * HOUR), request(12, "UNINTENDED_RENEWAL", 19 * HOUR + 12 * 60_000), request(4, "REPLACING_AGREEMENT", 6 * DAY + 22 * HOUR), request(19, "SOMETHING_AWS_INVENTS", 2 * DAY)];
  for (const { agreement } of endings.requests) Object.assign(rows.find(({ id }) => id === agreement) ?? {}, { state: "cancelPending" });
  endings.unanswered = [{ agreement: at(2).id, plan: "plan-01jdexampleunanswered", sentAt: NOW - 95_000 }];
  endings.links = [linkOf(at(0)), linkOf(at(19), { targetName: "gesellschaft-fuer-angewandte-verkehrstelematik-und-infrastrukturbeobachtung", targetId: "org-long", reason: "The wrong organization was linked: 株式会社みなと物流システムズ is another company." })];
  endings.due = [
    effect(at(0).id, "edge-broker-1", NOW + 2 * DAY + 4 * HOUR), effect(at(0).id, "edge-broker-2", NOW + 2 * DAY + 4 * HOUR), effect(at(0).id, "telemetry", NOW + 2 * DAY + 4 * HOUR), effect(at(0).id, "生产环境", NOW + 2 * DAY + 4 * HOUR),
    effect(at(0).id, "archive", NOW + 29 * DAY, { kind: "delete", relinkingCallsOff: false }),
    effect(at(19).id, "wksp-berlin", NOW + 42 * 60_000, { kind: "lock", what: "workspace", targetId: "org-long", covers: ["GC-6", "GC-7"], relinkingCallsOff: false }),
  ];
  endings.lastUsage = [{ agreement: at(6).id, licenses: ["arn:aws:license-manager::111122223333:license:l-0123456789abcdef0123456789abcdef"], account: at(6).account, until: NOW + 31 * 60_000 }];
  endings.settled = [
    effect(at(4).id, "staging", NOW - DAY, { state: "called-off", reason: "The target was linked again.", stateAt: NOW - 5 * HOUR }),
    effect(at(1).id, "norrland-prod", NOW - 2 * DAY, { state: "done", stateAt: NOW - 2 * DAY }),
    effect(at(1).id, "norrland-test", NOW - 2 * DAY, { state: "void", reason: "It was running again when it came due.", stateAt: NOW - 2 * DAY }),
  ];
}

/** An audit of so many actions in every state. */
export function makeAudit(count: number, rows: AgreementRow[]): AuditActionInfo[] {
  const kinds = ["link", "cancel", "unlink", "withdraw-cancellation", "end-link", "due-effect"];
  return Array.from({ length: count }, (_, nth): AuditActionInfo => {
    const seq = (count - nth) * 2 - 1;
    const row = rows[nth % Math.max(1, rows.length)];
    const action = kinds[nth % kinds.length] ?? "link";
    const state = nth === 3 ? "open" : nth % 11 === 5 ? "unknown" : nth % 13 === 6 ? "failed" : nth % 17 === 8 ? "refused" : "done";
    const target = `organization:${row?.linkedTo ?? "org-halden"}`;
    const agreement = row?.id ?? null;
    const user = ["kim", "김서연", "ingrid.moe"][nth % 3] ?? "kim";
    const plan = `plan-01jd${seq.toString(36).padStart(4, "0")}exampleq9k2x`;
    if (state === "refused") return { entry: entry(seq, action, { at: NOW - nth * 41 * 60_000, user, agreement, plan, outcome: "refused", detail: JSON.stringify({ rules: ["CANCEL-2"] }) }), closing: null, state };
    const opened = entry(seq, action, { at: NOW - nth * 41 * 60_000, user, phase: "opened", outcome: null, agreement, plan, detail: JSON.stringify({ reason: "INCORRECT_TERMS_ACCEPTED", description: "Price was wrong.", clientToken: plan, steps: 6 }) });
    const closing = entry(seq + 1, action, { at: NOW - nth * 41 * 60_000 + 900, user, phase: "closed", opened: seq, outcome: state, agreement, plan, target, requestId: "8f1c2d3e-aa01-4c2e-9d1f-1b2c3d4e5f60", detail: JSON.stringify({ changed: ["state of edge-broker-1"], due: ["delete deployment of edge-broker-1"] }) });
    return { entry: opened, closing: state === "open" ? null : closing, state };
  });
}
