import type { Snippet } from "svelte";

/** A column of a table whose rows are `T`. */
export type Column<T> = {
  key: string;
  title: string;
  /** Smallest width in px at which it still says something. */
  width: number;
  /** The width it should have before less important columns are shown at all. */
  roomy?: number;
  /** Its share of the space left over; 0 keeps its width. */
  grow: number;
  /** When space is short, the columns with the highest number go first; 0 never goes. */
  drops: number;
  sortable: boolean;
  end?: boolean;
  cell: Snippet<[T]>;
};

/** Where the person is in a table: how far it is scrolled, and the row the keyboard is on. */
export type TablePlace = { top: number; active: number };

export type ColumnChoice = { key: string; width: number | null; shown: boolean };

export const COLUMN_WIDTH_MIN = 60;
export const COLUMN_WIDTH_MAX = 900;
const GAP_PX = 12;

/** The columns that fit, in order: least important ones go first, before the others get narrow, and come back with the space. */
export function fitting<C extends { key: string; drops: number; roomy?: number }>(columns: C[], widthOf: (column: C) => number, space: number): C[] {
  const kept = [...columns];
  const needed = () => {
    const last = Math.max(...kept.map((column) => column.drops));
    return kept.reduce((sum, column) => sum + Math.max(widthOf(column), column.drops < last ? (column.roomy ?? 0) : 0) + GAP_PX, 0);
  };
  while (space > 0 && needed() > space) {
    const next = kept.reduce<C | undefined>((worst, column) => (column.drops > (worst?.drops ?? 0) ? column : worst), undefined);
    if (next === undefined) break;
    kept.splice(kept.indexOf(next), 1);
  }
  return kept;
}
