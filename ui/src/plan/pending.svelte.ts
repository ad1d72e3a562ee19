import { settle, type Backend, type Outcome } from "../ipc/backend";
import type { Failure, Topic } from "../ipc/bindings";
import { Live } from "../ipc/live.svelte";

const topics: readonly Topic[] = ["plans", "links"];

/** Plans that are still to be carried out: each can be taken back. */
export class PendingPlans<T extends { planId: string }> {
  withdrawing = $state(false);
  #backend: Backend;
  #live: Live<T[]>;
  #refused = $state.raw<Failure>();

  constructor(backend: Backend, ask: () => Promise<Outcome<T[]>>) {
    this.#backend = backend;
    this.#live = new Live(backend, topics, ask);
  }

  get all(): T[] {
    return this.#live.data ?? [];
  }

  get failure(): Failure | undefined {
    return this.#live.failure ?? this.#refused;
  }

  async withdraw({ planId }: T): Promise<void> {
    this.withdrawing = true;
    const outcome = await settle(this.#backend.withdrawPlan(planId));
    this.#refused = outcome.status === "error" ? outcome.error : undefined;
    await this.refresh();
    this.withdrawing = false;
  }

  async refresh(): Promise<void> {
    await this.#live.refresh();
  }
}
