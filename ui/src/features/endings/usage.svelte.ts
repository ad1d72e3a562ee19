import { sentence } from "../../format";
import { settle, unexpected, type Backend, type Outcome } from "../../ipc/backend";
import { usageBytesMax, type Failure, type UsageCheckInfo, type UsageInput, type UsageProblemInfo, type UsageSentInfo } from "../../ipc/bindings";
import { inBase64 } from "../../parts/files";

/** A record that a person enters, as a JSON file of usage would have it. */
export type Entered = { license?: string; productCode?: string; account: string; dimension: string; quantity: string; timestamp: string };

/** Usage to be billed: entered record by record or taken from a file, checked, and sent. */
export class Usage {
  entered = $state.raw<readonly Entered[]>([]);
  file = $state.raw<File>();
  checked = $state.raw<UsageCheckInfo>();
  sent = $state.raw<UsageSentInfo>();
  busy = $state<"checking" | "sending">();
  failure = $state.raw<Failure>();
  /** What is wrong with the record that was to be added. */
  wrong = $state.raw<readonly UsageProblemInfo[]>([]);
  #backend: Backend;
  #input: UsageInput | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** What AWS has not been sent yet, and would take. */
  get toSend(): number {
    return this.checked?.ready === true ? this.checked.good : 0;
  }

  /** Whether another record of a person's may be added: what stands there is not a file's. */
  get byHand(): boolean {
    return this.file === undefined && this.sent === undefined;
  }

  /** Adds a record, unless something is wrong with it. */
  async add(record: Entered): Promise<boolean> {
    const all = [...this.entered, record];
    const input = await inputOf("entered.json", new Blob([JSON.stringify(all)]));
    const checked = await this.#check(input);
    if (checked === undefined) return false;
    this.wrong = checked.problems;
    if (checked.problems.length > 0) return false;
    [this.entered, this.checked, this.#input] = [all, checked, input];
    return true;
  }

  /** What is wrong with a field of the record that was to be added. */
  problem(field: string): string | undefined {
    const found = this.wrong.find((problem) => problem.field === field);
    return found && sentence(found.reason);
  }

  async remove(line: number): Promise<void> {
    const rest = this.entered.filter((_, at) => at + 1 !== line);
    this.entered = rest;
    this.checked = undefined;
    if (rest.length > 0) await this.#take("entered.json", new Blob([JSON.stringify(rest)]));
  }

  async choose(file: File, tooLong: string): Promise<void> {
    [this.file, this.entered, this.checked, this.wrong] = [file, [], undefined, []];
    // Not even read: it may be as long as the disk.
    if (file.size > usageBytesMax) this.failure = { ...unexpected(tooLong), code: "invalid" };
    else await this.#take(file.name, file);
  }

  /** Back to entering by hand. */
  forget(): void {
    [this.file, this.checked, this.failure] = [undefined, undefined, undefined];
  }

  async send(): Promise<void> {
    const input = this.#input;
    if (input === undefined || this.toSend === 0 || this.busy !== undefined) return;
    [this.busy, this.failure] = ["sending", undefined];
    const outcome = await settle(this.#backend.sendUsage(input));
    this.busy = undefined;
    if (outcome.status === "ok") this.sent = outcome.data;
    else this.failure = outcome.error;
  }

  /** The same again: what AWS took is left out. */
  async again(): Promise<void> {
    const input = this.#input;
    if (input === undefined) return;
    this.sent = undefined;
    this.checked = await this.#check(input);
  }

  async #take(name: string, content: Blob): Promise<void> {
    try {
      this.#input = await inputOf(name, content);
    } catch (error) {
      this.failure = unexpected(error);
      return;
    }
    this.checked = await this.#check(this.#input);
  }

  async #check(input: UsageInput): Promise<UsageCheckInfo | undefined> {
    [this.busy, this.failure] = ["checking", undefined];
    const outcome: Outcome<UsageCheckInfo> = await settle(this.#backend.checkUsage(input));
    this.busy = undefined;
    if (outcome.status === "ok") return outcome.data;
    this.failure = outcome.error;
    return undefined;
  }
}

const inputOf = async (name: string, content: Blob): Promise<UsageInput> => ({ name, content: await inBase64(content) });
