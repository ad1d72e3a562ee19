import { createContext } from "svelte";
import { createSubscriber } from "svelte/reactivity";
import type { Ending } from "./ending";
import { sentence } from "./format";
import { listen, settle, unexpected, type Backend } from "./ipc/backend";
import type { ActionKey, Failure, Preferences, Status, SyncProgress, Theme } from "./ipc/bindings";
import { Live } from "./ipc/live.svelte";

const CLOCK_TICK_MS = 10_000;
const SAVE_DELAY_MS = 300;
/** An index of a million agreements is loaded by then; a keyring that asks for its password is not. */
const HURRY_MAX_MS = 1_000;
const THEME_KEY = "bindery.theme";
const fallback: Preferences = { theme: "system", views: [], columns: [] };

/** What every screen shares: the connection's status, its clock, the sync under way and the person's preferences. */
export class Session {
  readonly backend: Backend;
  #status: Live<Status>;
  #progress = $state.raw<SyncProgress>();
  #preferences = $state.raw<Preferences>();
  #saving: ReturnType<typeof setTimeout> | undefined;
  #tick: () => void;
  #painted = false;
  #stopHurrying = () => {};
  /**
   * Done when the grid's first rows are on the screen, or something else is looked at. What the rows do not need is asked
   * only then: the core loads its whole index for it, and would share the machine with the page that is being made.
   */
  readonly unhurried = new Promise<void>((resolve) => (this.#stopHurrying = resolve));
  #kept = new Map<string, unknown>();
  /** Whether a file of the directory is being imported: its dialog lies over every screen. */
  importing = $state(false);
  /** What is about to be ended or withdrawn: its dialog lies over every screen. */
  ending = $state.raw<Ending>();
  /** Why the last thing asked for in the frame (a sync, a save) did not happen. */
  trouble = $state.raw<Failure>();

  /** `before` is the session this one takes the place of: the person's preferences belong to no connection. */
  constructor(backend: Backend, before?: Session) {
    this.backend = backend;
    this.#preferences = before?.preferencesLoaded ? before.preferences : undefined;
    // Only the first session begins with a page that is being made; and what keeps its rows waiting is to be told.
    if (before === undefined) setTimeout(this.#stopHurrying, HURRY_MAX_MS);
    else this.#stopHurrying();
    this.#status = new Live(backend, ["status", "agreements", "directory", "permissions", "sandbox"], async () => {
      await this.unhurried;
      return backend.status();
    });
    this.#tick = createSubscriber((update) => {
      const timer = setInterval(update, CLOCK_TICK_MS);
      return () => clearInterval(timer);
    });
  }

  /** Listens to progress and loads the preferences, until the returned function is called. */
  begin(): () => void {
    if (!this.preferencesLoaded) void this.#loadPreferences();
    return listen(this.backend.events.syncProgressed, ({ progress }) => {
      this.#progress = progress ?? undefined;
      if (progress === null) void this.#status.refresh();
    });
  }

  get status(): Status | undefined {
    return this.#status.data;
  }

  get statusFailure(): Failure | undefined {
    return this.#status.failure;
  }

  /** The sync under way: an event is newer than the last status. */
  get sync(): SyncProgress | null {
    return this.#progress ?? this.status?.sync ?? null;
  }

  /** Why the shown connection cannot be used for this, as a sentence. None also while nobody knows: the core has the last word. */
  refusal(action: ActionKey): string | undefined {
    const refusal = this.status?.actions.find(({ key }) => key === action)?.refusal;
    return refusal == null ? undefined : sentence(refusal);
  }

  /** Tells why something that was asked for is not done. */
  refuse(why: string): void {
    this.trouble = { ...unexpected(why), code: "refused" };
  }

  /** Now, by the connection's clock: the sandbox's can be moved. Follows time while it is read. */
  get now(): number {
    this.#tick();
    return Date.now() + (this.status?.clockOffset ?? 0);
  }

  get preferences(): Preferences {
    return this.#preferences ?? fallback;
  }

  get preferencesLoaded(): boolean {
    return this.#preferences !== undefined;
  }

  /** Keeps a choice; dragging a column makes many, so they are saved together. */
  prefer(change: Partial<Preferences>): void {
    this.#preferences = { ...this.preferences, ...change };
    if (change.theme !== undefined) showTheme(change.theme);
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => {
      void this.attempt(this.backend.savePreferences(this.preferences));
    }, SAVE_DELAY_MS);
  }

  async startSync(full = false): Promise<void> {
    if (await this.attempt(this.backend.startSync(full))) await this.#status.refresh();
  }

  async stopSync(): Promise<void> {
    if (await this.attempt(this.backend.stopSync())) await this.#status.refresh();
  }

  async refresh(): Promise<void> {
    await this.#status.refresh();
  }

  /** What a screen wants to find again when the person comes back to it, for as long as the window is open. */
  keep<T>(name: string, make: () => T): T {
    if (!this.#kept.has(name)) this.#kept.set(name, make());
    return this.#kept.get(name) as T;
  }

  /** Nobody waits for the grid's rows. */
  stopHurrying(): void {
    this.#stopHurrying();
  }

  /** What the person came for is drawn: tells the core once, after the frame it is drawn in. */
  painted(): void {
    if (this.#painted) return;
    this.#painted = true;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      this.#stopHurrying();
      void settle(this.backend.reportReady());
    }));
  }

  /** True when it was done; else the reason is in `trouble`. */
  async attempt(asked: ReturnType<Backend["startSync"]>): Promise<boolean> {
    const outcome = await settle(asked);
    this.trouble = outcome.status === "error" ? outcome.error : undefined;
    return outcome.status === "ok";
  }

  async #loadPreferences(): Promise<void> {
    const outcome = await settle(this.backend.preferences());
    if (outcome.status === "ok") {
      this.#preferences = outcome.data;
      showTheme(outcome.data.theme);
    } else {
      this.#preferences = fallback;
      this.trouble = outcome.error;
    }
  }
}

export const [getSession, setSession] = createContext<Session>();

/** The theme of the last run, before the core has answered: no flash of the other one. */
export function showLastTheme(): void {
  const theme = localStorage.getItem(THEME_KEY);
  if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
}

function showTheme(theme: Theme): void {
  localStorage.setItem(THEME_KEY, theme);
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

