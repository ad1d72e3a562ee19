import { count } from "../../format";
import { m } from "../../i18n";
import { listen, settle, unexpected, type Backend } from "../../ipc/backend";
import { importBytesMax, type EntryKind, type Failure, type ImportFile, type ImportReport } from "../../ipc/bindings";
import { inBase64 } from "../../parts/files";

export const MIB = 1024 * 1024;

export type Step = "choose" | "reading" | "planned" | "importing" | "done";

/** One import, from the choice of a file to its end. */
export class Import {
  step = $state<Step>("choose");
  file = $state.raw<File>();
  kind = $state<EntryKind | null>(null);
  /** What the import would do, and then what it did. */
  report = $state.raw<ImportReport>();
  failure = $state.raw<Failure>();
  skip = $state(false);
  progress = $state.raw({ done: 0, total: 0 });
  #backend: Backend;
  #content = "";
  #turn = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Hears how far the import is, until the returned function is called. */
  follow(): () => void {
    return listen(this.#backend.events.importProgressed, (progress) => (this.progress = progress));
  }

  /** Whether there is a file to ask about. */
  get isRead(): boolean {
    return this.file !== undefined && this.file.size <= importBytesMax;
  }

  get good(): number {
    return this.report?.kinds.reduce((sum, kind) => sum + kind.added + kind.changed + kind.unchanged, 0) ?? 0;
  }

  get bad(): number {
    return this.report?.leftOut ?? 0;
  }

  async choose(file: File): Promise<void> {
    const turn = this.#begin();
    this.file = file;
    if (file.size > importBytesMax) {
      // Not even read: it may be as long as the disk.
      this.failure = { ...unexpected(m.import_too_long({ size: count(importBytesMax / MIB) })), code: "invalid" };
      return void (this.step = "choose");
    }
    try {
      this.#content = await inBase64(file);
    } catch (error) {
      if (turn === this.#turn) [this.failure, this.step] = [unexpected(error), "choose"];
      return;
    }
    if (turn === this.#turn) await this.#plan(turn);
  }

  /** What the rows are of, where the file does not say; `null` where it does. */
  async tellKind(kind: EntryKind | null): Promise<void> {
    this.kind = kind;
    const turn = this.#begin();
    await this.#plan(turn);
  }

  async run(): Promise<void> {
    [this.step, this.failure, this.progress] = ["importing", undefined, { done: 0, total: this.good }];
    const outcome = await settle(this.#backend.runImport(this.#request(), this.skip));
    if (outcome.status === "ok") [this.report, this.step] = [outcome.data, "done"];
    else [this.failure, this.step] = [outcome.error, "planned"];
  }

  stop(): void {
    void settle(this.#backend.stopImport());
  }

  #begin(): number {
    [this.step, this.report, this.failure, this.skip] = ["reading", undefined, undefined, false];
    return ++this.#turn;
  }

  async #plan(turn: number): Promise<void> {
    const outcome = await settle(this.#backend.planImport(this.#request()));
    // Another file, or another kind, was chosen meanwhile.
    if (turn !== this.#turn) return;
    if (outcome.status === "ok") [this.report, this.step] = [outcome.data, "planned"];
    else [this.failure, this.step] = [outcome.error, "choose"];
  }

  #request(): ImportFile {
    return { name: this.file?.name ?? "", kind: this.kind, content: this.#content };
  }
}
