import { createContext } from "svelte";
import { listen, settle, type Backend } from "./ipc/backend";
import type { ConnectionCard, ConnectionList, Failure } from "./ipc/bindings";
import { Live } from "./ipc/live.svelte";
import { Session } from "./session.svelte";

/** Which connection; a dialog about it finds the rest in the list. */
export type Which = { id: string; name: string };
/** A dialog about connections. */
export type Asked = { what: "add" } | { what: "change" | "replace" | "rekey" | "remove" | "startOver" | "mail" | "tryMail" | "removeMail"; of: Which };

/** What outlives the connection that is shown: the list of all, the session with the shown one, and dialogs about any of them. */
export class Connections {
  readonly backend: Backend;
  #session = $state.raw<Session>() as Session;
  #list: Live<ConnectionList>;
  #asked = $state.raw<Asked>();
  /** How many sessions came before: the first one may draw its frame before its status is known. */
  #before = $state(0);
  #switching = $state<string>();
  #locking = $state(false);
  /** The card whose dialog was closed last, until its card has taken the focus back. */
  returnTo: string | undefined;
  /** Why the window could not be unlocked. */
  unlockFailure = $state.raw<Failure>();
  /** Which notice of denied operations was read already, by connection. */
  readDenials = $state.raw<Record<string, string>>({});
  /** Where the settings were scrolled to. */
  readonly place = { top: 0 };

  constructor(backend: Backend) {
    this.backend = backend;
    this.#session = new Session(backend);
    this.#list = new Live(backend, [], () => backend.listConnections());
  }

  /** Begins a new session whenever the core shows another connection, until the returned function is called. */
  begin(): () => void {
    return listen(this.backend.events.sessionChanged, () => void this.#changed());
  }

  /** With the connection that is shown now. Everything drawn from it goes when another one takes its place. */
  get session(): Session {
    return this.#session;
  }

  get isFirstSession(): boolean {
    return this.#before === 0;
  }

  get list(): ConnectionList | undefined {
    return this.#list.data;
  }

  get listFailure(): Failure | undefined {
    return this.#list.failure;
  }

  get listing(): boolean {
    return this.#list.asking;
  }

  card(id: string): ConnectionCard | undefined {
    return this.list?.connections.find((card) => card.id === id);
  }

  get hasSeller(): boolean {
    return this.list?.connections.some((card) => !card.sandbox) ?? false;
  }

  async refresh(): Promise<void> {
    await this.#list.refresh();
  }

  get asked(): Asked | undefined {
    return this.#asked;
  }

  ask(asked: Asked): void {
    this.#asked = asked;
  }

  /** Closes the dialog. The window under it may have been built anew meanwhile, so the card takes the focus by its id. */
  close(): void {
    this.returnTo = this.#asked !== undefined && "of" in this.#asked ? this.#asked.of.id : undefined;
    this.#asked = undefined;
  }

  /** The name of the connection that the window waits for. */
  get switching(): string | undefined {
    return this.#switching;
  }

  /** Shows a connection, and remembers it for the next start. */
  async show({ id, name }: Which): Promise<void> {
    const done = await this.#waitFor(name, this.backend.selectConnection(id));
    if (done === undefined) this.session.prefer({ connection: this.#lasts(id) ? id : null });
    else this.session.trouble = done;
  }

  async retryOpen(): Promise<void> {
    this.session.trouble = await this.#waitFor(this.session.status?.connection.name ?? "", this.backend.retryOpen());
    await this.session.refresh();
  }

  /** The data goes from the screen at once, whatever the core is busy with. */
  async lock(): Promise<void> {
    this.unlockFailure = undefined;
    this.#asked = undefined;
    this.#locking = true;
    const outcome = await settle(this.backend.lock());
    if (outcome.status === "error") this.session.trouble = outcome.error;
    else await this.session.refresh();
    this.#locking = false;
  }

  get locking(): boolean {
    return this.#locking;
  }

  async unlock(): Promise<void> {
    if (this.#locking) return;
    this.unlockFailure = await this.#waitFor(this.session.status?.connection.name ?? "", this.backend.unlock());
    await this.session.refresh();
  }

  /** What ends with this window cannot be shown by the next one. */
  #lasts(id: string): boolean {
    const card = this.card(id);
    return id !== "sandbox" && card?.sandbox !== true && card?.memoryOnly !== true;
  }

  /** While the core closes one connection and opens another, nothing of either is shown. */
  async #waitFor(name: string, asked: ReturnType<Backend["lock"]>): Promise<Failure | undefined> {
    this.#switching = name;
    const outcome = await settle(asked);
    this.#switching = undefined;
    return outcome.status === "error" ? outcome.error : undefined;
  }

  /** At the start nothing else was shown before: what was asked then waits in the core for the connection that is being opened. */
  async #changed(): Promise<void> {
    const session = this.#session;
    const starting = this.isFirstSession && this.#switching === undefined && !this.#locking;
    if (!starting) return this.#renew();
    const before = session.status;
    // An answer that is under way may be older than the event.
    if (before === undefined && session.statusFailure === undefined) return session.refresh();
    if (before?.opening) await session.refresh();
    const kept = before?.opening === true && session.status?.connection.id === before.connection.id;
    if (!kept && this.#session === session) this.#renew();
  }

  #renew(): void {
    this.#before += 1;
    this.#session = new Session(this.backend, this.#session);
    // Asked again only if somebody wanted it before: the keyring is left alone until then.
    if (this.list !== undefined) void this.refresh();
  }
}

export const [getConnections, setConnections] = createContext<Connections>();
