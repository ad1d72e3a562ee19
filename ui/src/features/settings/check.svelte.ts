import { settle, type Backend, type Outcome } from "../../ipc/backend";
import type { CheckView, Failure } from "../../ipc/bindings";

/** What a connection's credentials may do: as it was found last, and anew on demand. */
export class CheckState {
  found = $state.raw<CheckView>();
  failure = $state.raw<Failure>();
  /** Whether the last check was looked for; before, nobody knows whether there is one. */
  looked = $state(false);
  busy = $state(false);
  #turn = 0;

  constructor(
    private readonly backend: Backend,
    readonly id: string,
  ) {}

  async look(): Promise<void> {
    await this.#take(() => this.backend.lastCheck(this.id), false);
  }

  async run(): Promise<void> {
    await this.#take(() => this.backend.checkConnection(this.id), true);
  }

  async #take(ask: () => Promise<Outcome<CheckView | null>>, asksAws: boolean): Promise<void> {
    const turn = ++this.#turn;
    this.busy = asksAws;
    this.failure = undefined;
    const outcome = await settle(ask());
    if (turn !== this.#turn) return;
    this.busy = false;
    this.looked = true;
    if (outcome.status === "error") this.failure = outcome.error;
    else this.found = outcome.data ?? this.found;
  }
}
