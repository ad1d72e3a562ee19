import { settle, type Backend } from "../../ipc/backend";
import type { AgreementRow, Failure, SortKey } from "../../ipc/bindings";
import { Marks } from "../../parts/table/marks.svelte";
import { RowPages } from "../../parts/table/pages.svelte";
import { FilterState } from "./filter.svelte";

export type Question = { filter: string; sort: SortKey; descending: boolean };

/** The grid as the person left it: its rows, its marks, its filter and their place in it. Outlives the screen. */
export class AgreementsGrid {
  readonly pages: RowPages<AgreementRow, Failure>;
  readonly marks: Marks<AgreementRow>;
  readonly filter: FilterState;
  readonly place = { top: 0, active: 0 };
  /** How long the core took for the last answer, and how many agreements there are without a filter. */
  micros = $state<number>();
  total = $state<number>();
  /** The last filter that could be read: while the person types, the grid keeps showing it. */
  asked = $state<string>();
  /** The last one that was not in the middle of a word: what is shown while there is an error. Of an address with an error, everything. */
  settled = "";
  #backend: Backend;
  #unhurried: Promise<void>;
  #answering: string | undefined;

  /** `unhurried` is done when the first rows are on the screen: only then is counted. */
  constructor(backend: Backend, unhurried: Promise<void>) {
    this.#backend = backend;
    this.#unhurried = unhurried;
    this.pages = new RowPages(rowKey);
    this.marks = new Marks(rowKey);
    this.filter = new FilterState(backend);
  }

  /** Asks; the question that is answered already is only asked for what changed since. */
  ask(question: Question): void {
    const key = JSON.stringify(question);
    if (key === this.#answering) this.pages.refresh();
    else {
      this.#answering = key;
      this.pages.question(async (offset, limit) => {
        const outcome = await settle(this.#backend.listAgreements({ ...question, offset, limit }));
        if (outcome.status === "error") return { ok: false, error: outcome.error };
        ({ micros: this.micros, total: this.total } = outcome.data);
        return { ok: true, slice: outcome.data };
      });
    }
    void this.#count(question.filter);
  }

  async #count(filter: string): Promise<void> {
    await this.#unhurried;
    if (this.asked === filter) await this.filter.count(filter);
  }
}

export const rowKey = (row: AgreementRow): string => row.id;
