import { createSubscriber } from "svelte/reactivity";
import type { Failure, Topic } from "./bindings";
import { onTopics, settle, type Backend, type Outcome } from "./backend";

/**
 * A question's latest answer, asked again whenever a topic it depends on changes.
 * It asks only while somebody reads it, and keeps the last answer while asking again.
 */
export class Live<T> {
  #data = $state.raw<T>();
  #failure = $state.raw<Failure>();
  #asking = $state(false);
  #latest = 0;
  #ask: () => Promise<Outcome<T>>;
  #watch: () => void;

  constructor(backend: Backend, topics: readonly Topic[], ask: () => Promise<Outcome<T>>) {
    this.#ask = ask;
    this.#watch = createSubscriber(() => {
      void this.refresh();
      return onTopics(backend, topics, () => void this.refresh());
    });
  }

  get data(): T | undefined {
    this.#watch();
    return this.#data;
  }

  /** Why the latest question was not answered; the data before it stays. */
  get failure(): Failure | undefined {
    this.#watch();
    return this.#failure;
  }

  get asking(): boolean {
    this.#watch();
    return this.#asking;
  }

  async refresh(): Promise<void> {
    const turn = ++this.#latest;
    this.#asking = true;
    const outcome = await settle(this.#ask());
    // An older question's answer must not overwrite a newer one's.
    if (turn !== this.#latest) return;
    this.#asking = false;
    if (outcome.status === "ok") {
      this.#data = outcome.data;
      this.#failure = undefined;
    } else {
      this.#failure = outcome.error;
    }
  }
}
