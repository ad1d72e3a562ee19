import type { Named } from "../../ending";
import { settle, type Backend } from "../../ipc/backend";
import type { CancellationRequestInfo, Code, EndingPlanInfo, Failure } from "../../ipc/bindings";

export type Standing = "unplanned" | "ready" | "refused" | "unplannable" | "sent" | "queued" | "unknown" | "stale" | "failed";
export type Item = Named & {
  stands: Standing;
  plan?: EndingPlanInfo;
  request?: CancellationRequestInfo;
  failure?: Failure;
};

/** After these the next one would fare the same: the run stops by itself, and what was not sent stays as it is. */
const HALTING: readonly Code[] = ["offline", "busy", "denied", "credentials", "codeNeeded", "unsettled", "locked", "garbage"];

/** Many agreements to end: each planned for itself, and asked about one by one, until all are or somebody stops it. */
export class Bulk {
  items = $state.raw<Item[]>([]);
  busy = $state<"planning" | "sending">();
  /** Which one is at AWS now. */
  current = $state<string>();
  halted = $state.raw<Failure>();
  stopping = $state(false);
  /** What was typed, by phrase. */
  typed = $state<Record<string, string>>({});
  /** Whether anything was sent, or may have been. */
  began = $state(false);
  #backend: Backend;
  #jointly: (count: number) => string;

  /** `jointly` words what is typed for so many agreements whose policy has no words. */
  constructor(backend: Backend, agreements: readonly Named[], jointly: (count: number) => string) {
    this.#backend = backend;
    this.#jointly = jointly;
    this.items = agreements.map((named) => ({ ...named, stands: "unplanned" }));
  }

  count(...wanted: Standing[]): number {
    return this.items.filter(({ stands }) => wanted.includes(stands)).length;
  }

  /**
   * What has to be typed, and for how many agreements each. A policy without words of its own asks for the agreement's id, which
   * nobody types for each of many: their number is typed instead.
   */
  get phrases(): { phrase: string; agreements: number }[] {
    const counts = new Map<string, number>();
    let bare = 0;
    for (const { id, stands, plan } of this.items) {
      if (stands !== "ready" || plan === undefined) continue;
      if (plan.phrase === id) bare += 1;
      else counts.set(plan.phrase, (counts.get(plan.phrase) ?? 0) + 1);
    }
    const worded = [...counts].map(([phrase, agreements]) => ({ phrase, agreements }));
    return bare === 0 ? worded : [...worded, { phrase: this.#jointly(bare), agreements: bare }];
  }

  get confirmed(): boolean {
    const { phrases } = this;
    return phrases.length > 0 && phrases.every(({ phrase }) => this.typed[phrase] === phrase);
  }

  remove(id: string): void {
    if (this.busy === undefined) this.items = this.items.filter((item) => item.id !== id);
  }

  /** Keeps only what can be sent. */
  keepReady(): void {
    if (this.busy === undefined) this.items = this.items.filter(({ stands }) => stands === "ready");
  }

  stop(): void {
    this.stopping = this.busy !== undefined;
  }

  /** Plans every one that has no plan yet, or no good one. */
  async draft(reason: string, description: string | null): Promise<void> {
    await this.#each("planning", ["unplanned", "unplannable", "stale"], async (item) => {
      const outcome = await settle(this.#backend.planCancel(item.id, reason, description));
      if (outcome.status === "error") return this.#set(item.id, { stands: "unplannable", failure: outcome.error });
      const plan = outcome.data;
      return this.#set(item.id, { stands: plan.outcome === "ready" ? "ready" : "refused", plan });
    });
  }

  /** Forgets every plan: the reason was another one. */
  reconsider(): void {
    this.items = this.items.map(({ id, name }) => ({ id, name, stands: "unplanned" }));
    this.typed = {};
    this.halted = undefined;
  }

  /** Sends what is ready, one by one. */
  async run(): Promise<void> {
    if (!this.began && !this.confirmed) return;
    this.began = true;
    await this.#each("sending", ["ready"], async (item) => {
      if (item.plan === undefined) return undefined;
      const outcome = await settle(this.#backend.executeCancel(item.plan.planId, item.plan.phrase));
      if (outcome.status === "ok") return this.#set(item.id, outcome.data === null ? { stands: "queued" } : { stands: "sent", request: outcome.data });
      const { error: failure } = outcome;
      if (failure.code === "unsettled") return this.#set(item.id, { stands: "unknown", failure });
      if (failure.code === "stale") return this.#set(item.id, { stands: "stale", failure });
      // Nothing was sent: it can be gone on with as it is.
      return HALTING.includes(failure.code) ? failure : this.#set(item.id, { stands: "failed", failure });
    });
  }

  /** One after the other, until the end, a stop, or something that the next one would meet, too. */
  async #each(busy: "planning" | "sending", wanted: Standing[], act: (item: Item) => Promise<Failure | undefined>): Promise<void> {
    if (this.busy !== undefined) return;
    this.busy = busy;
    this.halted = undefined;
    for (const item of this.items.filter(({ stands }) => wanted.includes(stands))) {
      if (this.stopping) break;
      this.current = item.id;
      const failure = await act(item);
      if (failure !== undefined && HALTING.includes(failure.code)) {
        this.halted = failure;
        break;
      }
    }
    this.current = undefined;
    this.stopping = false;
    this.busy = undefined;
  }

  #set(id: string, change: Omit<Item, "id" | "name">): Failure | undefined {
    this.items = this.items.map((item) => (item.id === id ? { id, name: item.name, ...(item.plan ? { plan: item.plan } : {}), ...change } : item));
    return change.failure;
  }
}
