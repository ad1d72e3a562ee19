// CONTRACT DRAFT: to be replaced by the file tauri-specta generates from src-tauri/src/ipc.
import { invoke } from "@tauri-apps/api/core";
import { listen, type UnlistenFn } from "@tauri-apps/api/event";

type Outcome<T> = { status: "ok"; data: T } | { status: "error"; error: Failure };

async function call<T>(command: string, args?: Record<string, unknown>): Promise<Outcome<T>> {
  try {
    return { status: "ok", data: await invoke<T>(command, args) };
  } catch (error) {
    if (error instanceof Error) throw error;
    return { status: "error", error: error as Failure };
  }
}

export const commands = {
  /** A window over the agreements that match, in the chosen order. */
  listAgreements: (query: AgreementsQuery) => call<AgreementsWindow>("list_agreements", { query }),
  /** Exact counts beside the grid; each facet ignores the filter's own terms on that facet. */
  countAgreements: (filter: string) => call<AgreementCounts>("count_agreements", { filter }),
  /** The filter's parts for chips; never fails, a broken filter has `error` set. */
  readFilter: (filter: string) => call<FilterReading>("read_filter", { filter }),
  /** What may be typed at the caret (UTF-16 offset). */
  completeFilter: (filter: string, caret: number) => call<Completions>("complete_filter", { filter, caret }),
  /** Everything known about one agreement. */
  showAgreement: (id: string) => call<AgreementDetail>("show_agreement", { id }),
  /** Anything that a pasted or typed text may mean: account, agreement, license, e-mail, company. */
  jump: (text: string) => call<JumpTarget[]>("jump", { text }),
  overview: () => call<Overview>("overview"),
  status: () => call<Status>("status"),
  /** Starts a sync, or does nothing when one runs. */
  startSync: (full: boolean) => call<null>("start_sync", { full }),
  stopSync: () => call<null>("stop_sync"),
  /** Opens the database again after a failure at start. */
  retryOpen: () => call<null>("retry_open"),
  preferences: () => call<Preferences>("preferences"),
  savePreferences: (preferences: Preferences) => call<null>("save_preferences", { preferences }),
  sandboxStatus: () => call<SandboxStatus>("sandbox_status"),
  sandboxBuyers: (query: string) => call<SandboxBuyer[]>("sandbox_buyers", { query }),
  sandboxSubscribe: (subscription: Subscription) => call<Subscribed>("sandbox_subscribe", { subscription }),
  /** A new registration URL for "Set up your account"; the older token is superseded. */
  sandboxSetUp: (agreementId: string) => call<Registration>("sandbox_set_up", { agreementId }),
  sandboxAct: (action: BuyerAction, agreementId: string) => call<null>("sandbox_act", { action, agreementId }),
  /** Moves the clock: "3d", "5h", "30m". */
  sandboxAdvance: (by: string) => call<null>("sandbox_advance", { by }),
  sandboxAddFault: (fault: NewFault) => call<null>("sandbox_add_fault", { fault }),
  sandboxClearFaults: () => call<null>("sandbox_clear_faults"),
  sandboxSetNetwork: (up: boolean) => call<null>("sandbox_set_network", { up }),
};

function event<T>(name: string) {
  return { listen: (heard: (event: { payload: T }) => void): Promise<UnlistenFn> => listen<T>(name, heard) };
}

export const events = {
  dataChanged: event<DataChanged>("data-changed"),
  syncProgressed: event<SyncProgressed>("sync-progressed"),
};

/** What changed; a view re-asks when one of its topics is named. Coalesced, sent after the commit. */
export type DataChanged = { topics: Topic[] };
export type Topic = "agreements" | "details" | "entitlements" | "listings" | "links" | "status" | "sandbox" | "preferences";
export type SyncProgressed = { progress: SyncProgress | null };

/** One variant per way the window behaves differently. */
export type Code =
  | "invalid" | "notFound" | "denied" | "credentials" | "offline" | "busy" | "garbage"
  | "databaseNewer" | "databaseDamaged" | "databaseLocked" | "databaseReadOnly" | "diskFull" | "internal";
export type Failure = {
  code: Code;
  /** What happened, in a sentence (English; the window may have better words per code). */
  message: string;
  /** What to do next. */
  hint: string | null;
  /** AWS's request id. */
  requestId: string | null;
  /** For a filter: the place, as UTF-16 offsets, and a text to put there. */
  at: Span | null;
  suggestion: string | null;
};
export type Span = { from: number; to: number };

export type SortKey = "buyer" | "listing" | "status" | "link" | "ends" | "starts" | "updated" | "value" | "account" | "setup";
export type AgreementsQuery = { filter: string; sort: SortKey; descending: boolean; offset: number; limit: number };
export type AgreementsWindow = {
  rows: AgreementRow[]; offset: number;
  /** Exact. */
  matched: number; total: number;
  /** Time spent in the core. */
  micros: number;
};
/** amount is a decimal text with a point and no grouping. */
export type Money = { amount: string; currency: string };
/** What the one pill of a row says, decided in Rust from status, link, provisioning and requests. */
export type RowState =
  | "active" | "needsSetup" | "awaitingVerification" | "awaitingAws" | "linkRefused" | "linkEnding"
  | "cancelPending" | "startsLater" | "paymentFailed" | "suspended" | "renewed" | "ended" | "unknown";
export type AgreementRow = {
  id: string;
  company: string | null; email: string | null;
  account: string;
  listing: string; // title, or the product id while the title is not known
  productId: string | null;
  /** AWS's own word, e.g. ACTIVE; may be one newer than this program. */
  status: string;
  state: RowState;
  /** "none" or a link state's word: awaiting-verification, awaiting-aws, active, ending, ended, refused. */
  link: string;
  linkedTo: string | null;
  acceptedAt: number | null; startsAt: number | null; endsAt: number | null; updatedAt: number; // Unix ms
  value: Money | null;
  /** RENEW, REPLACE, EXPIRE or newer; null when AWS did not say. */
  endBehavior: string | null;
  /** When this row came from AWS. */
  syncedAt: number;
  /** When company, value, terms came from AWS; null while they were never fetched. */
  detailsAt: number | null;
};

export type Count = { value: string; label: string; count: number };
export type AgreementCounts = { matched: number; total: number; statuses: Count[]; listings: Count[]; links: Count[]; micros: number };
/** `key` is null for free text. from/to are UTF-16 offsets into the filter. */
export type Chip = { span: Span; key: string | null; value: string; negated: boolean };
export type FilterReading = { chips: Chip[]; error: Failure | null };
export type Completion = { insert: string; label: string; detail: string };
export type Completions = { replace: Span; items: Completion[] };

export type Provenance = { source: string; at: number };
export type LinkInfo = { state: string; targetKind: string; targetId: string; targetName: string; since: number; source: string };
export type LicenseInfo = { arn: string | null; status: string | null; reason: string | null; link: LinkInfo | null };
export type EntitlementInfo = { dimension: string; value: string; expiresAt: number | null; license: string | null; from: Provenance };
export type TermInfo = { kind: string; json: string };
export type ChainLink = { id: string; status: string; startsAt: number | null; endsAt: number | null; value: Money | null; current: boolean };
export type CancellationInfo = { id: string; status: string; reason: string; createdAt: number; updatedAt: number };
export type ContactInfo = { firstName: string; lastName: string; email: string; company: string; country: string };
export type AgreementDetail = {
  row: AgreementRow;
  offer: string | null; initial: string | null;
  endReason: string | null; trialEndsAt: number | null;
  contact: ContactInfo | null;
  licenses: LicenseInfo[]; entitlements: EntitlementInfo[]; terms: TermInfo[];
  /** Oldest first; includes this agreement when there is more than one. */
  chain: ChainLink[];
  cancellations: CancellationInfo[];
  /** Other agreements of the same account. */
  siblings: number;
  listed: Provenance; detailed: Provenance | null;
  /** Why the details could not be fetched, when they could not. */
  detailsFailure: Failure | null;
  /** All of the above as pretty JSON. */
  json: string;
};

export type JumpTarget = { kind: "agreement" | "filter"; id: string; title: string; detail: string };

export type ValueByCurrency = { currency: string; amount: string; agreements: number };
export type EndingWithin = { days: number; count: number; values: ValueByCurrency[] };
export type EndingWeek = { startsAt: number; count: number };
export type Overview = {
  total: number;
  statuses: Count[];
  listings: Count[]; // active agreements per listing
  links: Count[]; // active agreements per link state
  values: ValueByCurrency[]; // of active agreements
  ending: EndingWithin[]; // 30, 60, 90 days
  endingWeeks: EndingWeek[]; // 13 weeks from now
  needsSetup: { count: number; oldestAt: number | null; values: ValueByCurrency[] };
  /** Agreements whose value is not known yet. */
  withoutDetails: number;
};

export type SyncPhase = "products" | "agreements" | "entitlements" | "cancellations" | "details";
export type SyncProgress = {
  phase: SyncPhase; full: boolean;
  done: number; total: number | null; failed: number;
  /** Calls made to AWS since the start of this sync. */
  calls: number;
  startedAt: number;
};
export type Status = {
  connection: { id: string; name: string; sandbox: boolean; region: string; account: string | null };
  agreements: number; entitlements: number; needsSetup: number;
  /** "never", "complete", or "incomplete" with the reason in `listingFailure`. */
  listing: "never" | "complete" | "incomplete";
  listingFailure: Failure | null;
  /** When the newest complete listing or update from AWS was. */
  syncedAt: number | null;
  detailsMissing: number; detailsFailed: number;
  sync: SyncProgress | null;
  /** null when AWS answered the last call. */
  offlineSince: number | null;
  /** The connection's clock minus this machine's, in ms: the sandbox's clock can be moved. */
  clockOffset: number;
  /** The database could not be opened: the window shows this instead of data. */
  failure: Failure | null;
};

export type Theme = "system" | "light" | "dark";
export type SavedView = { name: string; filter: string; sort: SortKey; descending: boolean };
export type ColumnPreference = { key: string; width: number | null; shown: boolean };
export type Preferences = { theme: Theme; views: SavedView[]; columns: ColumnPreference[] };

export type SandboxListing = { id: string; title: string; pricing: string; legacy: boolean };
export type SandboxFault = { id: string; operation: string; effect: string; remaining: number | null; hits: number };
export type SandboxStatus = {
  endpoint: string; seed: number; agreements: number; now: number; networkUp: boolean;
  listings: SandboxListing[]; faults: SandboxFault[];
};
export type SandboxBuyer = { account: string; company: string | null; email: string | null; agreements: { id: string; listing: string; status: string }[] };
export type Subscription = {
  listing: string; account: string; privateOffer: boolean;
  value: string | null; currency: string | null; company: string | null; email: string | null;
};
export type Registration = { registrationUrl: string; registrationToken: string };
export type Subscribed = { agreementId: string; licenseArn: string | null; registrationUrl: string; registrationToken: string };
export type BuyerAction = "cancel" | "renew" | "expire" | "optOutOfRenewal";
export type FaultEffect = "throttle" | "serverError" | "deny" | "disableRegion" | "expireCredentials" | "delay" | "drop" | "dropAfterAccepting" | "html" | "garbage";
export type NewFault = { operation: string; effect: FaultEffect; delay: string | null; times: number | null };
