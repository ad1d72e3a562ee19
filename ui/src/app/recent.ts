// What was jumped to lately, for the palette. In memory only: buyers' names stay in the database, which is encrypted.
import type { JumpTarget } from "../ipc/bindings";

const RECENT_MAX = 8;
let targets: readonly JumpTarget[] = [];

export const recent = (): readonly JumpTarget[] => targets;

export function remember(target: JumpTarget): void {
  const others = targets.filter((known) => known.id !== target.id || known.kind !== target.kind);
  targets = [target, ...others].slice(0, RECENT_MAX);
}
