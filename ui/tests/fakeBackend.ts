// A core of the tests' own: deterministic rows in memory, a crude filter, and failures and delays on demand.
import type { Backend, Outcome } from "../src/ipc/backend";
import type {
  AddressOpened, AgreementDetail, AgreementRow, AgreementsQuery, CheckView, ConnectionCard, ConnectionList, DataChanged, Failure,
  ImportFile, ImportProgressed, ImportReport, Overview, Preferences, ProfileView, RemovedView, SandboxFault, SandboxMail, SandboxStatus, SessionChanged, Status, Subscription, SyncProgressed, Topic, MomentInfo } from "../src/ipc/bindings";
import { checkOf, policyText, sandboxCard } from "./fakeConnections";
import { FakeDirectory } from "./fakeDirectory";
import { capital, comparing, completeFilter, DAY, failureOf, matcher, readFilter, sums, tally } from "./fakeFilter";
import { FakeEndings, reasonCodes } from "./fakeEndings";
import { FakeLinking, Refused } from "./fakeLinking";
import { makeRows, NOW } from "./fakeRows";

export type Command = Exclude<keyof Backend, "events">;

export { failureOf };

const ok = <T>(data: T): Outcome<T> => ({ status: "ok", data });

/** What the answer is, or why there is none. */
function refusable<T>(answer: () => T): Outcome<T> {
  try {
    return ok(answer());
  } catch (thrown) {
    if (thrown instanceof Refused) return { status: "error", error: thrown.failure };
    throw thrown;
  }
}

/** Holds an answer back until it is let go. */
export type Gate = { open: () => void };

export class FakeCore {
  rows: AgreementRow[];
  calls: { command: Command; argument: unknown }[] = [];
  status: Status;
  preferences: Preferences = { theme: "system", views: [], columns: [] };
  faults: SandboxFault[] = [];
  /** The newest first. */
  mails: SandboxMail[] = [];
  directory: FakeDirectory;
  list: ConnectionList = { connections: [sandboxCard()], failure: null, keyring: "Secret Service", keyringFailure: null };
  profiles: ProfileView[] = [];
  checks = new Map<string, CheckView>();
  removed: RemovedView = { links: 0, files: [], secrets: [] };
  address: string | null = null;
  /** Linking, by policies as the built-in ones are. */
  readonly linking = new FakeLinking(() => this.rows);
  /** What is ending, and what was done. */
  readonly endings = new FakeEndings(() => this.rows);
  /** The agreements of the connections that are not shown. */
  worlds = new Map<string, AgreementRow[]>();
  #failing = new Map<Command, Failure>();
  #gates = new Map<Command, Promise<void>[]>();
  #changed = new Set<(event: { payload: DataChanged }) => void>();
  #sessions = new Set<(event: { payload: SessionChanged }) => void>();
  #addresses = new Set<(event: { payload: AddressOpened }) => void>();
  #progressed = new Set<(event: { payload: SyncProgressed }) => void>();
  #imported = new Set<(event: { payload: ImportProgressed }) => void>();
  readonly backend: Backend;

  constructor(count = 300) {
    this.rows = makeRows(count);
    this.directory = new FakeDirectory(count);
    this.status = {
      connection: { id: "sandbox", name: "Sandbox", sandbox: true, region: "us-east-1", account: null, readOnly: false, memoryOnly: false },
      agreements: count, organizations: count, entitlements: Math.round(count * 2.6), needsSetup: this.rows.filter((row) => row.state === "needsSetup").length,
      listing: "complete", listingFailure: null, syncedAt: NOW - 130_000, detailsMissing: 0, detailsFailed: 0, sync: null,
      offlineSince: null, clockOffset: NOW - Date.now(), failure: null, attention: null, denied: [], actions: [], opening: false, locked: false,
    };
    this.backend = this.#make();
  }

  /** From now on the command fails, until `heal`. */
  fail(command: Command, failure: Partial<Failure> = {}): void {
    this.#failing.set(command, failureOf(failure));
  }

  heal(command: Command): void {
    this.#failing.delete(command);
  }

  /** The command's next answer waits for the gate. */
  hold(command: Command): Gate {
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    this.#gates.set(command, [...(this.#gates.get(command) ?? []), gate]);
    return { open };
  }

  tell(...topics: Topic[]): void {
    for (const heard of this.#changed) heard({ payload: { topics } });
  }

  progress(payload: SyncProgressed): void {
    for (const heard of this.#progressed) heard({ payload });
  }

  importProgress(payload: ImportProgressed): void {
    for (const heard of this.#imported) heard({ payload });
  }

  /** Says that another connection is shown, or the same one otherwise. */
  changeSession(): void {
    for (const heard of this.#sessions) heard({ payload: {} });
  }

  /** Somebody opens an address outside the window. */
  openAddress(address: string): void {
    this.address = address;
    for (const heard of this.#addresses) heard({ payload: {} });
  }

  /** A seller account beside the sandbox, with agreements of its own. */
  connect(card: ConnectionCard, rows: AgreementRow[] = []): void {
    this.list = { ...this.list, connections: [...this.list.connections, card] };
    this.worlds.set(card.id, rows);
  }

  show(id: string): void {
    const card = this.list.connections.find((known) => known.id === id);
    if (card === undefined) throw new Error(`no connection ${id}`);
    this.worlds.set(this.status.connection.id, this.rows);
    this.rows = this.worlds.get(id) ?? [];
    this.list = { ...this.list, connections: this.list.connections.map((known) => ({ ...known, current: known.id === id })) };
    const { name, sandbox, region, account, readOnly, memoryOnly } = card;
    this.status = { ...this.status, connection: { id, name, sandbox, region, account, readOnly, memoryOnly }, agreements: this.rows.length, failure: null, locked: false, opening: false };
    this.changeSession();
  }

  #remove(id: string): RemovedView {
    const current = this.status.connection.id === id;
    this.list = { ...this.list, connections: this.list.connections.filter((card) => card.id !== id) };
    if (current) this.show("sandbox");
    else this.changeSession();
    return this.removed;
  }

  #change(id: string, change: Partial<ConnectionCard>): null {
    this.list = { ...this.list, connections: this.list.connections.map((card) => (card.id === id ? { ...card, ...change } : card)) };
    this.changeSession();
    return null;
  }

  called(command: Command): unknown[] {
    return this.calls.filter((call) => call.command === command).map((call) => call.argument);
  }

  async #answer<T>(command: Command, argument: unknown, answer: () => T): Promise<Outcome<T>> {
    this.calls.push({ command, argument });
    // What fails does nothing. As the data is now, also when it is told later.
    const prepared = this.#failing.has(command) ? undefined : refusable(answer);
    const gate = this.#gates.get(command)?.shift();
    if (gate !== undefined) await gate;
    const failure = this.#failing.get(command);
    return failure === undefined && prepared !== undefined ? prepared : { status: "error", error: failure ?? failureOf() };
  }

  #make(): Backend {
    const can = <T>(command: Command, argument: unknown, answer: () => T) => this.#answer(command, argument, answer);
    const listening = <T>(all: Set<(event: { payload: T }) => void>) => ({
      listen: async (heard: (event: { payload: T }) => void) => {
        all.add(heard);
        return () => void all.delete(heard);
      },
    });
    return {
      listAgreements: (query) => can("listAgreements", query, () => this.#list(query)),
      countAgreements: (filter) => can("countAgreements", filter, () => this.#counts(filter)),
      readFilter: (filter) => can("readFilter", filter, () => readFilter(filter)),
      completeFilter: (filter, caret) => can("completeFilter", filter, () => completeFilter(filter, caret)),
      showAgreement: (id) => (this.rows.some((row) => row.id === id) ? can("showAgreement", id, () => this.#show(id))
        : Promise.resolve({ status: "error", error: failureOf({ code: "notFound", message: `There is no agreement ${id}.` }) })),
      listOrganizations: (query) => can("listOrganizations", query, () => this.directory.list(query)),
      listBillingAccounts: (query) => can("listBillingAccounts", query, () => this.directory.listAccounts(query)),
      showOrganization: (id) => this.#found("showOrganization", id, this.directory.show(id)),
      showBillingAccount: (userName) => this.#found("showBillingAccount", userName, this.directory.showAccount(userName)),
      directoryFields: (kind, key) => can("directoryFields", { kind, key }, () => this.directory.fields(key)),
      correctDirectory: (kind, key, fields, reason) => can("correctDirectory", { kind, key, fields, reason }, () => this.directory.correct(key, fields)),
      showTargetTimeline: (kind, id) => can("showTargetTimeline", { kind, id }, () => this.directory.changes.map(({ at, attribute, before, after }): MomentInfo => ({ at, agreement: "", event: { kind: "changed", attribute, before, after } }))),
      planImport: (file) => this.#import("planImport", file, file, false),
      runImport: (file, skipBad) => this.#import("runImport", { file, skipBad }, file, true),
      stopImport: () => can("stopImport", null, () => null),
      jump: (text) => can("jump", text, () => [
        ...this.rows.filter((row) => [row.company, row.id, row.account, row.email].some((value) => value?.toLowerCase().includes(text.toLowerCase()))).slice(0, 6)
          .map((row) => ({ kind: "agreement" as const, id: row.id, title: row.company ?? row.id, detail: `${row.listing} · ${row.account}` })),
        ...(text.length < 3 ? [] : this.directory.list({ search: text, sort: "name", descending: false, offset: 0, limit: 3 }).rows)
          .map(({ organization: it }) => ({ kind: "organization" as const, id: it.id, title: it.name, detail: `Organization · ${it.id}` })),
        { kind: "filter" as const, id: text, title: `Agreements with “${text}”`, detail: `${this.rows.filter(matcher(text)).length}` },
      ]),
      identifyBuyer: (text) => can("identifyBuyer", text, () => this.linking.identify(text)),
      findTargets: (kind, text) => can("findTargets", { kind, text }, () => this.linking.find(kind, text)),
      showTarget: (kind, id) => can("showTarget", { kind, id }, () => this.linking.parts(id)),
      planLink: (wish) => can("planLink", wish, () => this.linking.plan(wish)),
      showPlan: (id) => can("showPlan", id, () => this.linking.show(id)),
      executeLink: (id, codes) => can("executeLink", { id, codes }, () => this.linking.execute(id, codes)),
      showLink: (id) => can("showLink", id, () => this.linking.link(id)),
      supportBundle: (agreement) => can("supportBundle", agreement, () => JSON.stringify({ agreement: { id: agreement } })),
      cancelReasons: () => can("cancelReasons", null, () => ({ codes: reasonCodes, descriptionMax: 2_000 })),
      planCancel: (agreement, reason, description) => can("planCancel", { agreement, reason, description }, () => this.endings.planCancel(agreement, reason, description)),
      executeCancel: (plan, confirmed) => can("executeCancel", { plan, confirmed }, () => this.endings.executeCancel(plan, confirmed)),
      withdrawCancellation: (request, reason) => can("withdrawCancellation", { request, reason }, () => this.endings.withdraw(request)),
      planUnlink: (agreement, reason) => can("planUnlink", { agreement, reason }, () => this.endings.planUnlink(agreement, reason)),
      executeUnlink: (plan, confirmed) => can("executeUnlink", { plan, confirmed }, () => this.endings.executeUnlink(plan, confirmed)),
      listEndings: () => can("listEndings", null, () => this.endings.list()),
      showTimeline: (agreement) => can("showTimeline", agreement, () => this.endings.timeline(agreement)),
      listAudit: (query) => can("listAudit", query, () => this.endings.actions(query)),
      exportAudit: (format) => can("exportAudit", format, () => ({ path: `/home/kim/Downloads/bindery-audit-sandbox.${format}`, entries: this.endings.audit.length })),
      verifyAudit: () => can("verifyAudit", null, () => this.endings.check),
      pendingPlans: () => can("pendingPlans", null, () => this.linking.pending()),
      checkUsage: (input) => can("checkUsage", input, () => this.endings.checkUsage(input)),
      sendUsage: (input) => can("sendUsage", input, () => this.endings.sendUsage(input)),
      listOutbox: () => can("listOutbox", null, () => this.endings.outbox),
      withdrawPlan: (id) => can("withdrawPlan", id, () => (this.linking.plans.has(id) ? this.linking.withdraw(id) : this.endings.withdrawPlan(id))),
      overview: () => can("overview", null, () => this.#overview()),
      status: () => can("status", null, () => ({ ...this.status, organizations: this.directory.organizations.length })),
      startSync: (full) => can("startSync", full, () => null),
      stopSync: () => can("stopSync", null, () => null),
      reportReady: () => can("reportReady", null, () => null),
      retryOpen: () => can("retryOpen", null, () => null),
      preferences: () => can("preferences", null, () => this.preferences),
      savePreferences: (preferences) => can("savePreferences", preferences, () => ((this.preferences = preferences), null)),
      sandboxStatus: () => can("sandboxStatus", null, () => this.#sandbox()),
      sandboxBuyers: (query) => can("sandboxBuyers", query, () => this.rows.filter(matcher(query)).slice(0, 20).map((row) => ({
        account: row.account, company: row.company, email: row.email, agreements: [{ id: row.id, listing: row.productId ?? "", status: row.status }],
      }))),
      sandboxSubscribe: (subscription: Subscription) => can("sandboxSubscribe", subscription, () => ({
        agreementId: "agmt-new0000000000000000000001", licenseArn: "arn:aws:license-manager::294406891311:license:l-0123456789abcdef0123456789abcdef",
        registrationUrl: "https://vendor.example/register?x-amzn-marketplace-token=c2VjcmV0LXRva2VuLXZhbHVl", registrationToken: "c2VjcmV0LXRva2VuLXZhbHVl",
      })),
      sandboxSetUp: (id) => can("sandboxSetUp", id, () => ({ agreementId: id, licenseArn: null, registrationUrl: "https://vendor.example/register?x-amzn-marketplace-token=bmV4dA", registrationToken: "bmV4dA" })),
      sandboxAct: (action, id) => can("sandboxAct", { action, id }, () => null),
      sandboxAdvance: (by) => can("sandboxAdvance", by, () => null),
      sandboxAddFault: (fault) => can("sandboxAddFault", fault, () => {
        this.faults.push({ id: `f${this.faults.length}`, operation: fault.operation, effect: fault.effect, remaining: fault.times, hits: 0 });
        return null;
      }),
      sandboxClearFaults: () => can("sandboxClearFaults", null, () => ((this.faults = []), null)),
      sandboxSetNetwork: (up) => can("sandboxSetNetwork", up, () => ((this.status.offlineSince = up ? null : NOW), null)),
      openedAddress: () => can("openedAddress", null, () => [this.address, (this.address = null)][0] ?? null),
      listConnections: () => can("listConnections", null, () => this.list),
      awsProfiles: () => can("awsProfiles", null, () => this.profiles),
      fullPolicy: (readOnly) => can("fullPolicy", readOnly, () => policyText(readOnly)),
      addConnection: (form) => can("addConnection", form, () => {
        const { name, account, region, endpoint, readOnly, memoryOnly, credentials: { profile, roleArn, externalId, mfaSerial } } = form;
        this.connect({
          ...sandboxCard(), id: "added", name, sandbox: false, current: false, account, region: region || "us-east-1", endpoint: endpoint || null, readOnly, memoryOnly,
          credentials: { profile: profile || null, roleArn: roleArn || null, externalId: externalId || null, mfaSerial: mfaSerial || null },
        });
        return "added";
      }),
      cancelIdentification: () => can("cancelIdentification", null, () => null),
      selectConnection: (id) => can("selectConnection", id, () => (this.show(id), null)),
      changeConnection: (id, name, readOnly) => can("changeConnection", { id, name, readOnly }, () => this.#change(id, { name, readOnly })),
      replaceCredentials: (id, credentials) => can("replaceCredentials", { id, credentials }, () => ((this.status.attention = null), this.#change(id, {}))),
      provideCode: (id, code) => can("provideCode", { id, code }, () => ((this.status.attention = null), null)),
      resumeSync: (id) => can("resumeSync", id, () => ((this.status.attention = null), null)),
      checkConnection: (id) => can("checkConnection", id, () => {
        const check = this.checks.get(id) ?? checkOf({ at: Date.now() });
        this.checks.set(id, check);
        return check;
      }),
      lastCheck: (id) => can("lastCheck", id, () => this.checks.get(id) ?? null),
      rekeyConnection: (id) => can("rekeyConnection", id, () => this.#change(id, {})),
      startOver: (id) => can("startOver", id, () => ((this.status.failure = null), this.#change(id, {}), "/home/kim/.local/share/bindery/acme.db.1763630042.old")),
      removeConnection: (id, typed) => can("removeConnection", { id, typed }, () => this.#remove(id)),
      lock: () => can("lock", null, () => ((this.status.locked = true), this.changeSession(), null)),
      unlock: () => can("unlock", null, () => ((this.status.locked = false), this.changeSession(), null)),
      setMail: (id, form) => can("setMail", { id, form }, () => {
        const { host, port, security, user, from, fromName } = form;
        return this.#change(id, { mail: { host, port: Number(port || "465"), security, user: user || null, from, fromName: fromName || null } });
      }),
      removeMail: (id) => can("removeMail", id, () => this.#change(id, { mail: null })),
      tryMail: (id, to) => can("tryMail", { id, to }, () => null),
      sandboxMailbox: (address) => can("sandboxMailbox", address, () => this.mails.filter((mail) => mail.to.includes(address))),
      reportActivity: () => can("reportActivity", null, () => null),
      events: { addressOpened: listening(this.#addresses), sessionChanged: listening(this.#sessions), dataChanged: listening(this.#changed), importProgressed: listening(this.#imported), syncProgressed: listening(this.#progressed) },
    };
  }

  #found<T>(command: Command, id: string, found: T | undefined): Promise<Outcome<T>> {
    if (found !== undefined) return this.#answer(command, id, () => found);
    return Promise.resolve({ status: "error", error: failureOf({ code: "notFound", message: `there is no “${id}” in the data of this connection` }) });
  }

  #import(command: Command, argument: unknown, file: ImportFile, change: boolean): Promise<Outcome<ImportReport>> {
    const report = this.directory.import(file, change && !this.#failing.has(command));
    if (report !== undefined) return this.#answer(command, argument, () => report);
    this.calls.push({ command, argument });
    return Promise.resolve({ status: "error", error: failureOf({ code: "invalid", message: `the file ${file.name} was not imported: line 1: kind is needed as a column, unless one is chosen for all rows: billing-account, organization, member, workspace, deployment` }) });
  }

  #list(query: AgreementsQuery) {
    const matched = this.rows.filter(matcher(query.filter));
    const sorted = query.sort === "updated" && query.descending ? matched : [...matched].sort(comparing(query));
    return { rows: sorted.slice(query.offset, query.offset + query.limit), offset: query.offset, matched: matched.length, total: this.rows.length, micros: 2_900 };
  }

  #counts(filter: string) {
    const matched = this.rows.filter(matcher(filter));
    return {
      matched: matched.length, total: this.rows.length, micros: 4_000,
      statuses: tally(matched, (row) => row.status.toLowerCase(), (row) => capital(row.status)),
      listings: tally(matched, (row) => row.productId ?? "?", (row) => row.listing),
      links: tally(matched, (row) => row.link, (row) => (row.link === "none" ? "No link" : capital(row.link.replace("-", " ")))),
    };
  }

  #overview(): Overview {
    const active = this.rows.filter((row) => row.status === "ACTIVE");
    const waiting = this.rows.filter((row) => row.state === "needsSetup");
    const within = (days: number) => active.filter((row) => row.endsAt !== null && row.endsAt > NOW && row.endsAt < NOW + days * DAY);
    return {
      total: this.rows.length, statuses: this.#counts("").statuses,
      listings: tally(active, (row) => row.productId ?? "?", (row) => row.listing),
      links: tally(active, (row) => row.link, (row) => (row.link === "none" ? "No link" : capital(row.link.replace("-", " ")))),
      values: sums(active), ending: [30, 60, 90].map((days) => ({ days, count: within(days).length, values: sums(within(days)) })),
      endingWeeks: Array.from({ length: 13 }, (_, week) => ({
        startsAt: NOW + week * 7 * DAY,
        count: active.filter((row) => row.endsAt !== null && row.endsAt >= NOW + week * 7 * DAY && row.endsAt < NOW + (week + 1) * 7 * DAY).length,
      })),
      needsSetup: { count: waiting.length, oldestAt: waiting.length === 0 ? null : Math.min(...waiting.map((row) => row.acceptedAt ?? NOW)), values: sums(waiting) },
      withoutDetails: this.rows.filter((row) => row.detailsAt === null).length,
    };
  }

  #sandbox(): SandboxStatus {
    return {
      endpoint: "http://127.0.0.1:41327", seed: 1, agreements: this.rows.length, now: NOW, networkUp: this.status.offlineSince === null, faults: [...this.faults],
      listings: [
        { id: "analytics-committed", title: "Cloud Analytics · Committed", pricing: "contract", legacy: false },
        { id: "emqx-payg", title: "Message Broker", pricing: "usage", legacy: true },
        { id: "vector", title: "Vector Search", pricing: "usage", legacy: false },
      ],
    };
  }

  #show(id: string): AgreementDetail {
    const row = this.rows.find((known) => known.id === id);
    if (row === undefined) throw new Error(id);
    const listed = { source: "SearchAgreements", at: row.syncedAt };
    const detailed = row.detailsAt === null ? null : { source: "DescribeAgreement", at: row.detailsAt };
    const arn = "arn:aws:license-manager::294406891311:license:l-0123456789abcdef0123456789abcdef";
    const link = row.linkedTo === null ? null
      : { state: row.link, targetKind: "organization", targetId: row.linkedTo, targetName: row.linkedTo, since: row.acceptedAt ?? NOW, source: "ledger" };
    const from = { source: "GetEntitlements", at: row.syncedAt };
    return {
      row, offer: "offer-4kx2example9q", initial: row.id, endReason: null, trialEndsAt: null,
      contact: row.email === null ? null : { firstName: "Ingrid", lastName: "Moe", email: row.email, company: row.company ?? "", country: "NO" },
      licenses: [
        { arn, status: "PROVISIONED", reason: null, link },
        { arn: arn.replace("0123", "ffff"), status: "FAILED", reason: "INVALID_PAYMENT_INSTRUMENT", link: null },
      ],
      entitlements: [
        { dimension: "compute_units", value: "10,000", expiresAt: row.endsAt, license: arn, from },
        { dimension: "storage_tb", value: "50", expiresAt: row.endsAt, license: arn, from },
        { dimension: "support_tier_with_a_rather_long_dimension_name", value: "premium", expiresAt: null, license: arn, from },
      ],
      terms: [
        { kind: "ConfigurableUpfrontPricingTerm", json: JSON.stringify({ type: "ConfigurableUpfrontPricingTerm", currencyCode: "USD", rateCards: [{ selector: { type: "Duration", value: "P12M" }, rateCard: [{ dimensionKey: "compute_units", price: "12.00" }, { dimensionKey: "storage_tb", price: "0.35" }] }], configuration: { selectorValue: "P12M" } }) },
        { kind: "RenewalTerm", json: JSON.stringify({ type: "RenewalTerm", configuration: { enableAutoRenew: false } }) },
        { kind: "SupportTerm", json: JSON.stringify({ type: "SupportTerm", refundPolicy: "Refunds within 30 days of purchase, on request." }) },
      ],
      chain: [
        { id: "agmt-1first0000000000000000001", status: "RENEWED", startsAt: NOW - 700 * DAY, endsAt: NOW - 344 * DAY, value: { amount: "96000.00", currency: "USD" }, current: false },
        { id: row.id, status: row.status, startsAt: row.startsAt, endsAt: row.endsAt, value: row.value, current: true },
      ],
      cancellations: this.endings.pendingOf(row.id).concat(this.endings.requests.length === 0 && row.state === "cancelPending" ? [{ id: "acr-abcdexampleid", status: "PENDING_APPROVAL", reason: "INCORRECT_TERMS_ACCEPTED", createdAt: NOW - DAY, consentAt: NOW + 6 * DAY, updatedAt: NOW - DAY }] : []),
      siblings: 2, listed, detailed,
      detailsFailure: row.detailsAt === null ? failureOf({ code: "denied", message: "AccessDeniedException on GetAgreementTerms.", requestId: "5f0c2b1e-7a3d" }) : null,
      json: JSON.stringify({ row, listed, detailed }, null, 2),
    };
  }
}
