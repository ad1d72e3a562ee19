import { settle, type Backend } from "../ipc/backend";
import type { Failure, LinkPlanInfo } from "../ipc/bindings";
import { Live } from "../ipc/live.svelte";

/** Plans that were made and not carried out, the oldest first; each can be taken back. */
export class PendingPlans {
  withdrawing = $state(false);
  #backend: Backend;
  #live: Live<LinkPlanInfo[]>;
  #refused = $state.raw<Failure>();

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#live = new Live(backend, ["plans", "links"], () => backend.pendingPlans());
  }

  get all(): LinkPlanInfo[] {
    return this.#live.data ?? [];
  }

  get failure(): Failure | undefined {
    return this.#live.failure ?? this.#refused;
  }

  async withdraw(plan: LinkPlanInfo): Promise<void> {
    this.withdrawing = true;
    const outcome = await settle(this.#backend.withdrawPlan(plan.planId));
    this.#refused = outcome.status === "error" ? outcome.error : undefined;
    await this.refresh();
    this.withdrawing = false;
  }

  async refresh(): Promise<void> {
    await this.#live.refresh();
  }
}
