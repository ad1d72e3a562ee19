import { settle, type Backend } from "../../ipc/backend";
import type { AgreementCounts, Chip, Completions, Failure } from "../../ipc/bindings";

/** What the core says about the filter's text: its parts, its error, what may follow, and how many it leaves. */
export class FilterState {
  chips = $state.raw<Chip[]>([]);
  error = $state.raw<Failure>();
  completions = $state.raw<Completions>();
  counts = $state.raw<AgreementCounts>();
  /** The text the chips belong to. */
  text = $state("");
  /** The last text without an error; undefined until one was read. */
  readable = $state<string>();
  #backend: Backend;
  #reading = 0;
  #completing = 0;
  #counting = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** The last word may be the beginning of a key, such as "stat": not what is looked for, yet. */
  get unfinished(): boolean {
    const last = this.chips.at(-1);
    if (last === undefined || last.key !== null || last.negated || last.span.to !== this.text.length) return false;
    return (this.completions?.items ?? []).some(({ insert }) => insert.endsWith(":") && insert.startsWith(last.value));
  }

  async read(text: string): Promise<void> {
    const turn = ++this.#reading;
    if (text === "") return this.#understood("", []);
    const outcome = await settle(this.#backend.readFilter(text));
    if (turn !== this.#reading) return;
    if (outcome.status === "error") this.error = outcome.error;
    else if (outcome.data.error === null) this.#understood(text, outcome.data.chips);
    else {
      this.text = text;
      this.chips = outcome.data.chips;
      this.error = outcome.data.error;
    }
  }

  async complete(text: string, caret: number): Promise<void> {
    const turn = ++this.#completing;
    const outcome = await settle(this.#backend.completeFilter(text, caret));
    // Completion is a help; when it fails the person just types on.
    if (turn === this.#completing) this.completions = outcome.status === "ok" ? outcome.data : undefined;
  }

  closeCompletions(): void {
    this.#completing += 1;
    this.completions = undefined;
  }

  async count(filter: string): Promise<void> {
    const turn = ++this.#counting;
    const outcome = await settle(this.#backend.countAgreements(filter));
    if (turn === this.#counting && outcome.status === "ok") this.counts = outcome.data;
  }

  #understood(text: string, chips: Chip[]): void {
    this.text = text;
    this.chips = chips;
    this.error = undefined;
    this.readable = text;
  }
}
