import { SvelteMap } from "svelte/reactivity";

/** Rows marked to act on together; they stay marked when they scroll out of sight. */
export class Marks<T> {
  #rows = new SvelteMap<string, T>();
  #key: (row: T) => string;

  constructor(key: (row: T) => string) {
    this.#key = key;
  }

  get size(): number {
    return this.#rows.size;
  }

  get rows(): T[] {
    return [...this.#rows.values()];
  }

  has(row: T): boolean {
    return this.#rows.has(this.#key(row));
  }

  set(row: T, marked: boolean): void {
    if (marked) this.#rows.set(this.#key(row), row);
    else this.#rows.delete(this.#key(row));
  }

  toggle(row: T): void {
    this.set(row, !this.has(row));
  }

  clear(): void {
    this.#rows.clear();
  }
}
