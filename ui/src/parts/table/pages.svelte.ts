import { untrack } from "svelte";

/** One answer of the source: some rows of the result, and how large the whole result is. */
export type Slice<T> = { rows: T[]; matched: number };
export type Answer<T, E> = { ok: true; slice: Slice<T> } | { ok: false; error: E };
/** Asks for `limit` rows from `offset` on. */
export type Ask<T, E> = (offset: number, limit: number) => Promise<Answer<T, E>>;

export const PAGE_ROWS = 100;
/** Enough for a large screen and what was just scrolled past. */
export const PAGES_KEPT_MAX = 12;

/**
 * A window over a result of any length. Pages are asked for as they come into view, a few are kept,
 * and the last good rows stay until newer ones are there.
 */
export class RowPages<T, E> {
  matched = $state<number>();
  failure = $state.raw<E>();
  #version = $state(0);
  #asking = $state(0);
  #ask: Ask<T, E> | undefined;
  #key: (row: T) => string;
  #pages = new Map<number, T[]>(); // In order of use, oldest first.
  #stale = new Set<number>();
  #underway = new Map<number, number>();
  /** Not asked for again by scrolling alone: that would knock on a closed door without end. */
  #failed = new Set<number>();
  #generation = 0;
  /** The first answer to a new question replaces everything the old one left. */
  #fresh = true;
  #view = { first: 0, last: 0 };
  /** Called when the row at the top of the view moved by so many rows. */
  onshift: ((rows: number) => void) | undefined;
  /** Called when a new question's first answer is shown. */
  onfresh: (() => void) | undefined;

  constructor(key: (row: T) => string) {
    this.#key = key;
  }

  get asking(): boolean {
    return this.#asking > 0;
  }

  /** Grows with every change of the rows. */
  get version(): number {
    return this.#version;
  }

  row(index: number): T | undefined {
    void this.#version;
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
  }

  /** Every row held now, in order. */
  loaded(): T[] {
    void this.#version;
    return [...this.#pages].sort(([one], [other]) => one - other).flatMap(([, rows]) => rows);
  }

  indexOf(key: string): number | undefined {
    void this.#version;
    for (const [page, rows] of this.#pages) {
      const at = rows.findIndex((row) => this.#key(row) === key);
      if (at >= 0) return page * PAGE_ROWS + at;
    }
    return undefined;
  }

  /** Another question: rows of the old one stay in sight until its first answer. */
  question(ask: Ask<T, E>): void {
    this.#ask = ask;
    this.#generation += 1;
    this.#underway.clear();
    this.#failed.clear();
    this.#fresh = true;
    this.#view = { first: 0, last: this.#view.last - this.#view.first };
    void this.#load([0], this.#generation);
  }

  /** These rows are in view. */
  show(first: number, last: number): void {
    this.#view = { first, last };
    if (this.#fresh) return;
    const wanted = (page: number) => !this.#underway.has(page) && !this.#failed.has(page) && (!this.#pages.has(page) || this.#stale.has(page));
    const missing = this.#inView().filter(wanted);
    for (const page of missing) void this.#load([page], this.#generation);
  }

  /** The data changed: asks again for what is in view; the rest is asked for when it comes into view. */
  refresh(): void {
    if (this.#ask === undefined) return;
    this.#generation += 1;
    this.#underway.clear();
    this.#failed.clear();
    for (const page of this.#pages.keys()) this.#stale.add(page);
    void this.#load(this.#fresh ? [0] : this.#inView(), this.#generation);
  }

  #inView(): number[] {
    const from = Math.floor(Math.max(0, this.#view.first) / PAGE_ROWS);
    const end = Math.max(0, Math.min(this.#view.last, (this.matched ?? 1) - 1));
    const to = Math.max(from, Math.floor(end / PAGE_ROWS));
    return Array.from({ length: to - from + 1 }, (_, at) => from + at);
  }

  async #load(pages: number[], generation: number): Promise<void> {
    const ask = this.#ask;
    if (ask === undefined) return;
    for (const page of pages) this.#underway.set(page, generation);
    // Asking is an act, not a reading: an effect that asks must not run again because of it.
    untrack(() => (this.#asking += 1));
    const answers = await Promise.all(pages.map((page) => ask(page * PAGE_ROWS, PAGE_ROWS)));
    this.#asking -= 1;
    // An answer to an older question, or to this one before the data changed, is nobody's any more.
    if (generation !== this.#generation) return;
    for (const page of pages) this.#underway.delete(page);
    this.#take(pages, answers);
  }

  #take(pages: number[], answers: Answer<T, E>[]): void {
    const top = this.row(this.#view.first);
    const anchor = this.#fresh || top === undefined ? undefined : this.#key(top);
    const fresh = this.#fresh;
    for (const [at, answer] of answers.entries()) {
      const page = pages[at];
      if (page === undefined) continue;
      if (!answer.ok) {
        this.failure = answer.error;
        this.#failed.add(page);
        continue;
      }
      if (this.#fresh) this.#pages.clear();
      this.#fresh = false;
      this.failure = undefined;
      this.matched = answer.slice.matched;
      this.#pages.delete(page);
      this.#pages.set(page, answer.slice.rows);
      this.#stale.delete(page);
    }
    this.#drop();
    this.#version += 1;
    if (fresh && !this.#fresh) {
      this.#stale.clear();
      this.onfresh?.();
    } else if (anchor !== undefined) this.#follow(anchor);
  }

  /** Rows that came in above must not push the ones being read. */
  #follow(anchor: string): void {
    const now = this.indexOf(anchor);
    if (now !== undefined && now !== this.#view.first && this.#view.first > 0) this.onshift?.(now - this.#view.first);
  }

  #drop(): void {
    const inView = new Set(this.#inView());
    for (const page of this.#pages.keys()) {
      // The first page stays, also when it is empty: it is the answer.
      const beyond = page > 0 && this.matched !== undefined && page * PAGE_ROWS >= this.matched;
      const tooMany = this.#pages.size > PAGES_KEPT_MAX && !inView.has(page);
      if (beyond || tooMany) {
        this.#pages.delete(page);
        this.#stale.delete(page);
      }
    }
  }
}
