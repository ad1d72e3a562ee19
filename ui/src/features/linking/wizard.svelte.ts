import type { Place } from "../../brought.svelte";
import { settle, type Backend, type Outcome } from "../../ipc/backend";
import type { ActionKey, ExecutedInfo, Failure, IdentifiedInfo, LinkPlanInfo } from "../../ipc/bindings";
import { Draft } from "./draft.svelte";

export type Step = "identify" | "target" | "checks" | "verify" | "review" | "done";
/** What is being waited for. What acts cannot be called back. */
export type Waiting = "identify" | "plan" | "resume" | "send" | "code" | "execute" | "withdraw";
const acts: readonly Waiting[] = ["send", "code", "execute", "withdraw"];

/** A buyer being linked: where that stands. Lives as long as its session, so that one can leave and come back. Holds no token. */
export class Wizard {
  step = $state<Step>("identify");
  identified = $state.raw<IdentifiedInfo>();
  draft = $state.raw<Draft>();
  plan = $state.raw<LinkPlanInfo>();
  executed = $state.raw<ExecutedInfo>();
  failure = $state.raw<Failure>();
  /** Why a plan could not be carried out: what changed since it was made. */
  stale = $state.raw<Failure>();
  waiting = $state<Waiting>();
  /** The place that the person came from: chosen as soon as a buyer is known who may be linked to one like it. */
  meant = $state.raw<Place>();
  /** The agreement or plan that the address named last: the same one is not begun anew. */
  #subject: string | undefined;
  #turn = 0;

  constructor(readonly backend: Backend) {}

  get mayStop(): boolean {
    return this.waiting !== undefined && !acts.includes(this.waiting);
  }

  /** The steps of this case, in order. */
  get steps(): Step[] {
    return ["identify", "target", "checks", ...(this.needsCode ? ["verify" as const] : []), "review", "done"];
  }

  /** Whether a code sent by e-mail belongs to this plan. */
  get needsCode(): boolean {
    const { plan, draft } = this;
    if (plan !== undefined) return plan.steps.some(({ kind }) => kind === "verify") || plan.codes.length > 0;
    return draft?.forms.some(({ verify }) => verify) ?? false;
  }

  /** Addresses that a code has to be entered from. */
  get addresses(): string[] {
    const { plan } = this;
    if (plan === undefined) return [];
    const wanted = plan.steps.flatMap((step) => (step.kind === "verify" && step.id !== null ? [step.id] : []));
    return [...new Set([...wanted, ...plan.codes.map(({ address }) => address)])];
  }

  get verified(): boolean {
    return this.addresses.every((address) => this.codeOf(address)?.verifiedAt != null);
  }

  codeOf(address: string) {
    return this.plan?.codes.find((code) => code.address.toLowerCase() === address.toLowerCase());
  }

  /** The word by which the right to do this is known. */
  get action(): ActionKey {
    return (this.plan?.evidence ?? this.identified?.evidence) === "token" ? "link-by-token" : "link-by-agreement";
  }

  /** Somebody came here: with an agreement or a plan in the address, or with a text pasted elsewhere. */
  visit(screen: "link" | "plans", open: string | null, brought: string | undefined): void {
    if (brought !== undefined) {
      this.reset();
      void this.identify(brought);
    } else if (open !== null && open !== this.#subject && !(screen === "plans" && open === this.plan?.planId)) {
      if (screen === "link" && open === this.identified?.agreement?.id) return;
      this.reset();
      this.#subject = open;
      void (screen === "plans" ? this.resume(open) : this.identify(open));
    }
  }

  /** Somebody wants a buyer linked to this place, whoever it is. */
  begin(place: Place): void {
    if (this.waiting !== undefined && !this.mayStop) return;
    this.reset();
    this.meant = place;
  }

  reset(): void {
    this.stop();
    this.meant = undefined;
    this.step = "identify";
    this.identified = this.draft = this.plan = this.executed = this.failure = this.stale = undefined;
    this.#subject = undefined;
  }

  /** Waits no longer; an answer that comes all the same is dropped. */
  stop(): void {
    this.#turn++;
    this.waiting = undefined;
  }

  async identify(text: string): Promise<void> {
    this.identified = this.draft = this.plan = undefined;
    const found = await this.#ask("identify", () => this.backend.identifyBuyer(text));
    if (found !== undefined) this.#take(found);
  }

  /** Goes on with a plan that was made before, also by somebody else. */
  async resume(id: string): Promise<void> {
    const plan = await this.#ask("resume", () => this.backend.showPlan(id));
    if (plan === undefined) return;
    const found = await this.#ask("resume", () => this.backend.identifyBuyer(plan.agreement));
    if (found !== undefined) this.#take(found);
    this.plan = plan;
    this.draft?.restore(plan);
    this.step = plan.codes.length > 0 && plan.outcome === "ready" ? "verify" : "checks";
  }

  async makePlan(): Promise<void> {
    const { draft } = this;
    if (draft === undefined) return;
    const plan = await this.#ask("plan", () => this.backend.planLink(draft.wish()));
    if (plan === undefined) return;
    this.plan = plan;
    this.stale = undefined;
    this.step = "checks";
  }

  /** Goes on in spite of a rule, or no longer. */
  async override(rule: string, reason: string | undefined): Promise<void> {
    const { draft } = this;
    if (draft === undefined) return;
    const { [rule]: _, ...others } = draft.overrides;
    draft.overrides = reason === undefined ? others : { ...others, [rule]: reason };
    await this.makePlan();
  }

  async sendCode(language: string, again: boolean): Promise<void> {
    await this.#execute("send", { entered: [], again, language, checkOnly: true });
  }

  async checkCode(code: string): Promise<boolean> {
    const done = await this.#execute("code", { entered: [code], again: false, language: null, checkOnly: true });
    // A wrong code costs an attempt; how many are left is told by the plan.
    if (!done) await this.#refreshCodes();
    return done;
  }

  async execute(): Promise<void> {
    await this.#execute("execute", { entered: [], again: false, language: null, checkOnly: false });
  }

  async withdraw(): Promise<boolean> {
    const { plan } = this;
    if (plan === undefined) return false;
    const done = await this.#ask("withdraw", () => this.backend.withdrawPlan(plan.planId));
    return done !== undefined;
  }

  /** The step before; false when there is none. */
  back(): boolean {
    const steps = this.steps;
    const before = steps[steps.indexOf(this.step) - 1];
    if (before === undefined || this.step === "done" || this.waiting !== undefined) return false;
    this.failure = undefined;
    this.step = before;
    return true;
  }

  goTo(step: Step): void {
    this.failure = undefined;
    this.step = step;
  }

  #take(found: IdentifiedInfo): void {
    this.identified = found;
    this.draft = found.policy === null ? undefined : new Draft(found);
    const { meant } = this;
    if (meant !== undefined && this.draft?.policy?.target === meant.kind) this.draft.choose({ what: "existing", ...meant });
  }

  async #execute(waiting: Waiting, codes: Parameters<Backend["executeLink"]>[1]): Promise<boolean> {
    const { plan } = this;
    if (plan === undefined) return false;
    const executed = await this.#ask(waiting, () => this.backend.executeLink(plan.planId, codes));
    if (executed === undefined) {
      if (this.failure?.code === "stale") this.stale = this.failure;
      return false;
    }
    if (executed.state === "awaiting-verification") this.plan = { ...plan, codes: executed.codes };
    else {
      this.executed = executed;
      this.step = "done";
    }
    return true;
  }

  async #refreshCodes(): Promise<void> {
    const { plan } = this;
    if (plan === undefined) return;
    const outcome = await settle(this.backend.showPlan(plan.planId));
    if (outcome.status === "ok" && this.plan?.planId === plan.planId) this.plan = outcome.data;
  }

  /** One question at a time; nothing when it was refused or is no longer waited for. */
  async #ask<T>(waiting: Waiting, asked: () => Promise<Outcome<T>>): Promise<T | undefined> {
    if (this.waiting !== undefined) return undefined;
    const turn = ++this.#turn;
    this.waiting = waiting;
    this.failure = undefined;
    const outcome = await settle(asked());
    if (turn !== this.#turn) return undefined;
    this.waiting = undefined;
    if (outcome.status === "error") {
      this.failure = outcome.error;
      return undefined;
    }
    return outcome.data;
  }
}
