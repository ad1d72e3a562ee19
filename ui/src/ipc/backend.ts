// The door between the window and the core. Everything else asks through `Backend`, so tests can bring their own.
import { createContext } from "svelte";
import { commands, events, type AddressOpened, type DataChanged, type Failure, type ImportProgressed, type SessionChanged, type SyncProgressed, type Topic } from "./bindings";

export type Outcome<T> = { status: "ok"; data: T } | { status: "error"; error: Failure };

type Heard<T> = { listen: (heard: (event: { payload: T }) => void) => Promise<() => void> };
export type Backend = typeof commands & {
  readonly events: {
    addressOpened: Heard<AddressOpened>; dataChanged: Heard<DataChanged>; importProgressed: Heard<ImportProgressed>; sessionChanged: Heard<SessionChanged>; syncProgressed: Heard<SyncProgressed>;
  };
};

export const [getBackend, setBackend] = createContext<Backend>();

/** The core of this very window. */
export const core: Backend = { ...commands, events };

/** An answer, also when the core could not be reached at all. */
export async function settle<T>(asked: Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await asked;
  } catch (error) {
    return { status: "error", error: unexpected(error) };
  }
}

export function unexpected(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return { code: "internal", message, hint: null, requestId: null, at: null, suggestion: null, fields: [], changes: [] };
}

/** Calls `heard` for every event until the returned function is called, even when that is before listening began. */
export function listen<T>(source: Heard<T>, heard: (payload: T) => void): () => void {
  let stopped = false;
  let unlisten: (() => void) | undefined;
  source.listen((event) => !stopped && heard(event.payload)).then(
    (stop) => (stopped ? stop() : (unlisten = stop)),
    (error) => console.error("listening failed", error),
  );
  return () => {
    stopped = true;
    unlisten?.();
  };
}

/** Calls `heard` when one of the topics changed. */
export function onTopics(backend: Backend, topics: readonly Topic[], heard: () => void): () => void {
  return listen(backend.events.dataChanged, (changed) => {
    if (changed.topics.some((topic) => topics.includes(topic))) heard();
  });
}
