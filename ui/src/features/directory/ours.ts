import type { EntryKind, OursInfo } from "../../ipc/bindings";

/** Since when an attribute of a thing is ours; of any attribute, where none is named. */
export const oursSince = (all: readonly OursInfo[], kind: EntryKind, key: string, attribute?: string): number | undefined =>
  all.find((it) => it.kind === kind && it.key === key && (attribute === undefined || it.attribute === attribute))?.at;
