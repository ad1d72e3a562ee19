import { settle, type Outcome } from "../../ipc/backend";
import type { EndingPlanInfo, Failure } from "../../ipc/bindings";
import { problemAt } from "../../report";

export type Stage = "ask" | "plan" | "stale" | "unknown" | "done";

/** One thing that somebody is about to end: asked for, planned, shown, confirmed and carried out, in this order and no other. */
export class Attempt<T> {
  plan = $state.raw<EndingPlanInfo>();
  failure = $state.raw<Failure>();
  busy = $state<"planning" | "sending">();
  /** What was typed to confirm. */
  typed = $state("");
  #stale = $state.raw<Failure>();
  #unknown = $state(false);
  #result = $state.raw<{ of: T }>();

  get stage(): Stage {
    if (this.#result !== undefined) return "done";
    if (this.#unknown) return "unknown";
    if (this.#stale !== undefined) return "stale";
    return this.plan === undefined ? "ask" : "plan";
  }

  get result(): T | undefined {
    return this.#result?.of;
  }

  /** What changed since it was planned. */
  get stale(): Failure | undefined {
    return this.#stale;
  }

  get confirmed(): boolean {
    return this.plan !== undefined && this.plan.outcome === "ready" && this.typed === this.plan.phrase;
  }

  /** What the core has against a field of the form. */
  problem(field: string): string | undefined {
    return problemAt(this.failure, field);
  }

  async draft(ask: () => Promise<Outcome<EndingPlanInfo>>): Promise<void> {
    if (this.busy !== undefined) return;
    this.busy = "planning";
    this.failure = undefined;
    const outcome = await settle(ask());
    this.busy = undefined;
    if (outcome.status === "error") {
      this.failure = outcome.error;
      return;
    }
    this.plan = outcome.data;
    this.#stale = undefined;
    this.typed = "";
  }

  async carryOut(send: (plan: string, confirmed: string) => Promise<Outcome<T>>): Promise<void> {
    const { plan } = this;
    if (plan === undefined || !this.confirmed || this.busy !== undefined) return;
    this.busy = "sending";
    this.failure = undefined;
    const outcome = await settle(send(plan.planId, this.typed));
    this.busy = undefined;
    if (outcome.status === "ok") this.#result = { of: outcome.data };
    // Nobody knows is no failure: nothing may be sent again.
    else if (outcome.error.code === "unsettled") this.#unknown = true;
    else if (outcome.error.code === "stale") this.#stale = outcome.error;
    else this.failure = outcome.error;
  }

  /** Back to what was asked for. */
  reconsider(): void {
    this.plan = undefined;
    this.failure = undefined;
    this.#stale = undefined;
    this.typed = "";
  }
}
