import { untrack } from "svelte";
import { getBackend } from "../../ipc/backend";
import type { TargetPartsInfo } from "../../ipc/bindings";
import { Live } from "../../ipc/live.svelte";
import type { Draft } from "./draft.svelte";

/** The people and workspaces of the chosen target, as the directory has them now. */
export type Parts = { readonly live: Live<TargetPartsInfo> | undefined };

export function partsOf(draft: () => Draft | undefined): Parts {
  const backend = getBackend();
  const id = $derived.by(() => {
    const target = draft()?.target;
    return target?.what === "existing" ? target.id : undefined;
  });
  const live = $derived.by(() => {
    const wanted = id;
    const kind = untrack(() => draft()?.policy?.target ?? "organization");
    return wanted === undefined ? undefined : untrack(() => new Live(backend, ["directory", "links"], () => backend.showTarget(kind, wanted)));
  });
  // Who is in the organization decides whether somebody is new there.
  $effect(() => {
    const known = draft();
    const members = live?.data?.members.map(({ email }) => email);
    if (known !== undefined) untrack(() => (known.members = members));
  });
  return {
    get live() {
      return live;
    },
  };
}
