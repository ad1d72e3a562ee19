// What was jumped to lately, for the palette. Ids and titles only, on this machine, for this window.
import type { JumpTarget } from "../ipc/bindings";

const KEY = "bindery.recent";
const RECENT_MAX = 8;

export function recent(): JumpTarget[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isTarget).slice(0, RECENT_MAX) : [];
  } catch {
    return [];
  }
}

export function remember(target: JumpTarget): void {
  const others = recent().filter((known) => known.id !== target.id || known.kind !== target.kind);
  localStorage.setItem(KEY, JSON.stringify([target, ...others].slice(0, RECENT_MAX)));
}

function isTarget(value: unknown): value is JumpTarget {
  if (typeof value !== "object" || value === null) return false;
  const { kind, id, title, detail } = value as Partial<Record<keyof JumpTarget, unknown>>;
  return (kind === "agreement" || kind === "filter") && [id, title, detail].every((text) => typeof text === "string");
}
