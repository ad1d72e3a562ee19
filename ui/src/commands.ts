// The one list of commands: palette, buttons, shortcuts and help all come from here.
import { m } from "./i18n";
import type { ActionKey } from "./ipc/bindings";
import type { IconName } from "./parts/icons";
import type { Connections } from "./connections.svelte";
import { hasPane, type Router, type Screen } from "./router.svelte";
import type { Session } from "./session.svelte";
import { themeWords } from "./words";

export type Desk = {
  router: Router;
  session: Session;
  connections: Connections;
  /** Opens the palette or the help. */
  show: (panel: "palette" | "help") => void;
};

export type CommandGroup = "go" | "data" | "window";
export type CommandId =
  | "palette" | "help" | "goOverview" | "goAgreements" | "goNeedsSetup" | "goOrganizations" | "goEndings" | "goActivity" | "goSandbox" | "goSettings" | "link" | "back" | "forward" | "closeDetail"
  | "focusFilter" | "sync" | "syncFull" | "stopSync" | "importOrganizations" | "cancelAgreement" | "unlinkAgreement" | "sendUsage" | "addAccount" | "lock" | "themeSystem" | "themeLight" | "themeDark";

export type Command = {
  id: CommandId;
  group: CommandGroup;
  icon: IconName;
  title: () => string;
  /** As written in the help: "Ctrl+K". The first one is shown on buttons. */
  keys: readonly string[];
  run: (desk: Desk) => void;
  /** What it changes, if anything: greyed with the reason where the shown connection does not permit that. */
  action?: ActionKey;
  /** Whether it makes sense now; left out of the palette and deaf when not. */
  when?: (desk: Desk) => boolean;
};

export const commands: readonly Command[] = [
  { id: "palette", group: "window", icon: "search", title: m.command_palette, keys: ["Ctrl+K"], run: ({ show }) => show("palette") },
  { id: "goOverview", group: "go", icon: "home", title: m.command_go_overview, keys: ["Ctrl+1"], run: ({ router }) => router.go({ screen: "overview" }) },
  { id: "goAgreements", group: "go", icon: "list", title: m.command_go_agreements, keys: ["Ctrl+2"], run: ({ router }) => router.go({ screen: "agreements" }) },
  { id: "goNeedsSetup", group: "go", icon: "inbox", title: m.command_go_needs_setup, keys: ["Ctrl+3"], run: ({ router }) => router.go({ screen: "needs-setup" }) },
  { id: "goOrganizations", group: "go", icon: "building", title: m.command_go_organizations, keys: ["Ctrl+4"], run: ({ router }) => router.go({ screen: "organizations" }) },
  { id: "goEndings", group: "go", icon: "clock", title: m.command_go_endings, keys: ["Ctrl+5"], run: ({ router }) => router.go({ screen: "endings" }) },
  { id: "goActivity", group: "go", icon: "shield", title: m.command_go_activity, keys: ["Ctrl+6"], run: ({ router }) => router.go({ screen: "activity" }) },
  { id: "goSandbox", group: "go", icon: "flask", title: m.command_go_sandbox, keys: ["Ctrl+9"], run: ({ router }) => router.go({ screen: "sandbox" }), when: hasSandbox },
  { id: "goSettings", group: "go", icon: "gear", title: m.command_go_settings, keys: ["Ctrl+,"], run: ({ router }) => router.go({ screen: "settings" }) },
  { id: "back", group: "go", icon: "left", title: m.command_back, keys: ["Alt+ArrowLeft"], run: () => history.back() },
  { id: "forward", group: "go", icon: "right", title: m.command_forward, keys: ["Alt+ArrowRight"], run: () => history.forward() },
  { id: "closeDetail", group: "go", icon: "cross", title: m.command_close_detail, keys: ["Escape"], run: ({ router }) => router.go({ open: null }), when: ({ router }) => hasPane(router.route) },
  { id: "focusFilter", group: "go", icon: "filter", title: m.command_focus_filter, keys: ["/", "Ctrl+F"], run: focusFilter },
  { id: "link", group: "data", icon: "link", title: m.command_link, keys: ["Ctrl+Shift+L"], run: ({ router }) => router.go({ screen: "link" }) },
  { id: "sync", group: "data", icon: "renew", title: m.command_sync, keys: ["F5", "Ctrl+R"], run: ({ session }) => void session.startSync() },
  { id: "syncFull", group: "data", icon: "renew", title: m.command_sync_full, keys: ["Ctrl+Shift+R"], run: ({ session }) => void session.startSync(true) },
  { id: "stopSync", group: "data", icon: "stop", title: m.command_stop_sync, keys: [], run: ({ session }) => void session.stopSync(), when: ({ session }) => session.sync !== null },
  { id: "importOrganizations", group: "data", icon: "upload", title: m.command_import_organizations, keys: [], run: ({ session }) => (session.importing = true), when: ({ session }) => session.status?.connection.readOnly === false },
  { id: "cancelAgreement", group: "data", icon: "minus", title: m.command_cancel_agreement, keys: [], action: "request-cancellation", run: ({ router, session }) => { const id = openAgreement(router); if (id !== null) session.ending = { what: "cancel", agreements: [{ id, name: null }] }; }, when: ({ router }) => openAgreement(router) !== null },
  { id: "unlinkAgreement", group: "data", icon: "swap", title: m.command_unlink_agreement, keys: [], action: "unlink", run: ({ router, session }) => { const agreement = openAgreement(router); if (agreement !== null) session.ending = { what: "unlink", agreement }; }, when: ({ router }) => openAgreement(router) !== null },
  { id: "sendUsage", group: "data", icon: "upload", title: m.usage_open, keys: [], action: "send-usage", run: ({ session }) => (session.ending = { what: "usage", of: null }) },
  { id: "addAccount", group: "window", icon: "plus", title: m.command_add_account, keys: [], run: ({ connections }) => connections.ask({ what: "add" }) },
  { id: "lock", group: "window", icon: "lock", title: m.command_lock, keys: ["Ctrl+L"], run: ({ connections }) => void connections.lock() },
  { id: "themeSystem", group: "window", icon: "sun", title: () => m.command_theme({ theme: themeWords.system() }), keys: [], run: ({ session }) => session.prefer({ theme: "system" }) },
  { id: "themeLight", group: "window", icon: "sun", title: () => m.command_theme({ theme: themeWords.light() }), keys: [], run: ({ session }) => session.prefer({ theme: "light" }) },
  { id: "themeDark", group: "window", icon: "sun", title: () => m.command_theme({ theme: themeWords.dark() }), keys: [], run: ({ session }) => session.prefer({ theme: "dark" }) },
  { id: "help", group: "window", icon: "question", title: m.command_help, keys: ["?", "F1"], run: ({ show }) => show("help") },
];

export const command = (id: CommandId): Command => {
  const found = commands.find((known) => known.id === id);
  if (found === undefined) throw new Error(`no command ${id}`);
  return found;
};

export const available = (desk: Desk): Command[] => commands.filter((known) => known.when?.(desk) ?? true);

/** Why a command cannot be run with the shown connection. */
export const refusalOf = (known: Command, { session }: Desk): string | undefined => (known.action === undefined ? undefined : session.refusal(known.action));

/** Runs a command, or says why not. */
export function run(known: Command, desk: Desk): void {
  const refusal = refusalOf(known, desk);
  if (refusal === undefined) known.run(desk);
  else desk.session.refuse(refusal);
}

/** The command meant by a key, if any: plain letters belong to the field that has the focus. */
export function commandFor(event: KeyboardEvent, desk: Desk): Command | undefined {
  const pressed = keyOf(event);
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1;
  if (plain && typing(event.target)) return undefined;
  return available(desk).find((known) => known.keys.includes(pressed));
}

/** How a key is written for the person: arrows as arrows. */
export const keyLabel = (keys: string): string =>
  keys.replace("ArrowLeft", "←").replace("ArrowRight", "→").replace("Escape", "Esc").replaceAll("+", " ");

function keyOf(event: KeyboardEvent): string {
  // "?" already says that Shift was held.
  const shift = event.shiftKey && event.key.length > 1 ? "Shift+" : event.shiftKey && (event.ctrlKey || event.metaKey) ? "Shift+" : "";
  const key = event.key.length === 1 && (event.ctrlKey || event.metaKey) ? event.key.toUpperCase() : event.key;
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${shift}${key}`;
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

/** The agreement that is open beside the screen, if one is. */
function openAgreement({ route }: Router): string | null {
  const shows: readonly Screen[] = ["overview", "agreements", "needs-setup", "endings"];
  return shows.includes(route.screen) ? route.open : null;
}

function hasSandbox({ session }: Desk): boolean {
  return session.status?.connection.sandbox ?? false;
}

function focusFilter({ router }: Desk): void {
  const focus = () => document.querySelector<HTMLInputElement>("[data-focus=filter]")?.select();
  if (document.querySelector("[data-focus=filter]") !== null) return focus();
  router.go({ screen: "agreements" });
  requestAnimationFrame(focus);
}
