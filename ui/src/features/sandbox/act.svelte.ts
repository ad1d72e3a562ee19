import { settle, type Outcome } from "../../ipc/backend";
import type { Failure } from "../../ipc/bindings";

/** One act at a time, and how the last one ended. */
export class Act {
  busy = $state(false);
  said = $state<string>();
  failure = $state.raw<Failure>();

  /** Does it; says `said` when it was done. */
  async try<T>(asked: () => Promise<Outcome<T>>, said: string): Promise<T | undefined> {
    if (this.busy) return undefined;
    this.busy = true;
    this.said = this.failure = undefined;
    const outcome = await settle(asked());
    this.busy = false;
    if (outcome.status === "error") {
      this.failure = outcome.error;
      return undefined;
    }
    this.said = said;
    return outcome.data;
  }
}
