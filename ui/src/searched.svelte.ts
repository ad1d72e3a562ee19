import { settle, type Outcome } from "./ipc/backend";
import type { Failure } from "./ipc/bindings";
import type { Column, ColumnChoice } from "./parts/table/columns";
import { RowPages } from "./parts/table/pages.svelte";

type Found<T> = { rows: T[]; matched: number; total: number };

/** A list that is searched, as the person left it: its rows and their place in it. Outlives the screen. */
export class SearchedList<T> {
  readonly pages: RowPages<T, Failure>;
  readonly place = { top: 0, active: 0 };
  /** How many there are without a search. */
  total = $state<number>();
  /** Widths that were dragged. */
  dragged = $state.raw<ColumnChoice[]>([]);
  #answering: string | undefined;

  constructor(readonly key: (row: T) => string) {
    this.pages = new RowPages(key);
  }

  choices(columns: readonly Column<T>[]): ColumnChoice[] {
    return columns.map(({ key }) => this.dragged.find((chosen) => chosen.key === key) ?? { key, width: null, shown: true });
  }

  /** Asks; the question that is answered already is only asked for what changed since. */
  ask(question: string, list: (offset: number, limit: number) => Promise<Outcome<Found<T>>>): void {
    if (question === this.#answering) return this.pages.refresh();
    this.#answering = question;
    this.pages.question(async (offset, limit) => {
      const outcome = await settle(list(offset, limit));
      if (outcome.status === "error") return { ok: false, error: outcome.error };
      this.total = outcome.data.total;
      return { ok: true, slice: outcome.data };
    });
  }
}
