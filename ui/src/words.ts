// A word for every value the core may send. A new variant there does not compile here until it has words.
import { m } from "./i18n";
import type { AgreementRow, BuyerAction, Code, EntryKind, FaultEffect, Outcome, RowState, SyncPhase, Theme } from "./ipc/bindings";
import type { IconName } from "./parts/icons";

export type Tone = "good" | "wait" | "bad" | "off";
/** How a state looks: what a pill is made of. */
export type Look = { tone: Tone; icon: IconName; text: string };
type Word = () => string;

/** What went wrong, and what that means for the person. The failure's own message says the rest. */
export const codeWords: Record<Code, { title: Word; meaning: Word }> = {
  invalid: { title: m.code_invalid, meaning: m.code_invalid_means },
  notFound: { title: m.code_not_found, meaning: m.code_not_found_means },
  denied: { title: m.code_denied, meaning: m.code_denied_means },
  credentials: { title: m.code_credentials, meaning: m.code_credentials_means },
  codeNeeded: { title: m.code_code_needed, meaning: m.code_code_needed_means },
  offline: { title: m.code_offline, meaning: m.code_offline_means },
  busy: { title: m.code_busy, meaning: m.code_busy_means },
  notSent: { title: m.code_not_sent, meaning: m.code_not_sent_means },
  maybeSent: { title: m.code_maybe_sent, meaning: m.code_maybe_sent_means },
  garbage: { title: m.code_garbage, meaning: m.code_garbage_means },
  databaseNewer: { title: m.code_database_newer, meaning: m.code_database_newer_means },
  databaseDamaged: { title: m.code_database_damaged, meaning: m.code_database_damaged_means },
  databaseKey: { title: m.code_database_key, meaning: m.code_database_key_means },
  databaseLocked: { title: m.code_database_locked, meaning: m.code_database_locked_means },
  databaseReadOnly: { title: m.code_database_read_only, meaning: m.code_database_read_only_means },
  diskFull: { title: m.code_disk_full, meaning: m.code_disk_full_means },
  keyring: { title: m.code_keyring, meaning: m.code_keyring_means },
  refused: { title: m.code_refused, meaning: m.code_refused_means },
  stale: { title: m.code_stale, meaning: m.code_stale_means },
  unsettled: { title: m.code_unsettled, meaning: m.code_unsettled_means },
  locked: { title: m.code_locked, meaning: m.code_locked_means },
  stopped: { title: m.code_stopped, meaning: m.code_stopped_means },
  internal: { title: m.code_internal, meaning: m.code_internal_means },
};

/** A state is a shape and a word; color only repeats them. */
const stateWords: Record<RowState, { word: Word; tone: Tone; icon: IconName }> = {
  active: { word: m.state_active, tone: "good", icon: "check" },
  needsSetup: { word: m.state_needs_setup, tone: "wait", icon: "clock" },
  awaitingVerification: { word: m.state_awaiting_verification, tone: "wait", icon: "clock" },
  awaitingAws: { word: m.state_awaiting_aws, tone: "wait", icon: "clock" },
  linkRefused: { word: m.state_link_refused, tone: "bad", icon: "cross" },
  linkEnding: { word: m.state_link_ending, tone: "wait", icon: "minus" },
  cancelPending: { word: m.state_cancel_pending, tone: "wait", icon: "clock" },
  startsLater: { word: m.state_starts_later, tone: "off", icon: "calendar" },
  paymentFailed: { word: m.state_payment_failed, tone: "bad", icon: "alert" },
  suspended: { word: m.state_suspended, tone: "bad", icon: "pause" },
  renewed: { word: m.state_renewed, tone: "off", icon: "renew" },
  ended: { word: m.state_ended, tone: "off", icon: "minus" },
  unknown: { word: m.state_unknown, tone: "off", icon: "question" },
};

/** Whether an operation may be called. */
export const outcomeWords: Record<Outcome, { word: Word; tone: Tone; icon: IconName }> = {
  allowed: { word: m.outcome_allowed, tone: "good", icon: "check" },
  denied: { word: m.outcome_denied, tone: "bad", icon: "cross" },
  unknown: { word: m.outcome_unknown, tone: "wait", icon: "question" },
  notWanted: { word: m.outcome_not_wanted, tone: "off", icon: "minus" },
};

/** What the directory holds, one and many. */
export const kindWords: Record<EntryKind, { one: Word; many: Word }> = {
  "billing-account": { one: m.kind_billing_account, many: m.kind_billing_accounts },
  "organization": { one: m.kind_organization, many: m.kind_organizations },
  "member": { one: m.kind_member, many: m.kind_members },
  "workspace": { one: m.kind_workspace, many: m.kind_workspaces },
  "deployment": { one: m.kind_deployment, many: m.kind_deployments },
};

export const phaseWords: Record<SyncPhase, Word> = {
  products: m.phase_products,
  agreements: m.phase_agreements,
  entitlements: m.phase_entitlements,
  directory: m.phase_directory,
  cancellations: m.phase_cancellations,
  details: m.phase_details,
};

export const themeWords: Record<Theme, Word> = {
  system: m.theme_system, light: m.theme_light, dark: m.theme_dark,
};

export const buyerActionWords: Record<BuyerAction, { word: Word; done: Word }> = {
  cancel: { word: m.buyer_cancel, done: m.buyer_cancel_done },
  renew: { word: m.buyer_renew, done: m.buyer_renew_done },
  expire: { word: m.buyer_expire, done: m.buyer_expire_done },
  optOutOfRenewal: { word: m.buyer_opt_out, done: m.buyer_opt_out_done },
};

export const faultWords: Record<FaultEffect, Word> = {
  throttle: m.fault_throttle,
  serverError: m.fault_server_error,
  deny: m.fault_deny,
  disableRegion: m.fault_disable_region,
  expireCredentials: m.fault_expire_credentials,
  delay: m.fault_delay,
  drop: m.fault_drop,
  dropAfterAccepting: m.fault_drop_after_accepting,
  html: m.fault_html,
  garbage: m.fault_garbage,
};

/** AWS's own words in plain ones. A word AWS invents tomorrow is shown as it came. */
const agreementStatusWords: Record<string, Word> = {
  ACTIVE: m.status_active, ARCHIVED: m.status_archived, CANCELLED: m.status_cancelled, EXPIRED: m.status_expired,
  RENEWED: m.status_renewed, REPLACED: m.status_replaced, ROLLED_BACK: m.status_rolled_back,
  SUPERSEDED: m.status_superseded, TERMINATED: m.status_terminated,
};
const linkStateWords: Record<string, Word> = {
  "none": m.link_none, "awaiting-verification": m.link_awaiting_verification, "awaiting-aws": m.link_awaiting_aws,
  "active": m.link_active, "ending": m.link_ending, "ended": m.link_ended, "refused": m.link_refused,
};
const linkStateLooks: Record<string, { tone: Tone; icon: IconName }> = {
  "awaiting-verification": { tone: "wait", icon: "clock" }, "awaiting-aws": { tone: "wait", icon: "clock" },
  "active": { tone: "good", icon: "check" }, "ending": { tone: "wait", icon: "minus" }, "ended": { tone: "off", icon: "minus" }, "refused": { tone: "bad", icon: "cross" },
};
const profileKindWords: Record<string, Word> = {
  keys: m.profile_keys, sso: m.profile_kind_sso, process: m.profile_process, role: m.profile_role,
};
const endBehaviorWords: Record<string, Word> = {
  RENEW: m.end_renew, REPLACE: m.end_replace, EXPIRE: m.end_expire,
};

export const agreementStatus = (word: string): string => (agreementStatusWords[word.toUpperCase()] ?? (() => word))();
export const linkState = (word: string): string => (linkStateWords[word] ?? (() => word))();
export const targetKind = (word: string): string => (kindWords[word as EntryKind]?.one ?? (() => word))();
/** The same in the middle of a sentence. */
export const targetKindWithin = (word: string): string => targetKind(word).toLocaleLowerCase("en");
export const linkLook = (word: string): Look => ({ ...(linkStateLooks[word] ?? { tone: "off", icon: "question" }), text: linkState(word) });
export const profileKind = (word: string): string => (profileKindWords[word] ?? (() => word))();
export const endBehavior = (word: string): string => (endBehaviorWords[word.toUpperCase()] ?? (() => word))();

/** A state that this program does not know is shown as AWS wrote it. */
export function stateLook({ state, status }: Pick<AgreementRow, "state" | "status">): Look {
  const { word, tone, icon } = stateWords[state];
  return { tone, icon, text: state === "unknown" ? status : word() };
}

/** Who the buyer is, as far as AWS told. */
export const buyerName = ({ company, email, account }: Pick<AgreementRow, "company" | "email" | "account">): string => company ?? email ?? m.buyer_unnamed({ account });
