import type { JumpTarget } from "../ipc/bindings";

const RECENT_MAX = 8;

/** What was jumped to lately on one connection. In memory only: buyers' names stay in the database, which is encrypted. */
export class Recent {
  #targets: readonly JumpTarget[] = [];

  get targets(): readonly JumpTarget[] {
    return this.#targets;
  }

  remember(target: JumpTarget): void {
    const others = this.#targets.filter((known) => known.id !== target.id || known.kind !== target.kind);
    this.#targets = [target, ...others].slice(0, RECENT_MAX);
  }
}
