import { moment, span } from "../format";
import { m } from "../i18n";
import type { DueEffectInfo, StepInfo, StepKindInfo } from "../ipc/bindings";

type Said = { what: string; name: string };
const doing: Record<StepKindInfo, (said: Said) => string> = {
  check: m.step_check, verify: m.step_verify, create: m.step_create, invite: m.step_invite, bind: m.step_bind, unbind: m.step_unbind,
  request: m.step_ask_buyer, await: m.step_await, set: m.step_set, stop: m.step_stop, delete: m.step_delete, lock: m.step_lock, keep: m.step_keep,
};
const things: Record<string, () => string> = {
  "agreement": m.thing_agreement, "license": m.thing_license, "organization": m.kind_organization, "billing_account": m.kind_billing_account,
  "member": m.thing_member, "workspace": m.thing_workspace, "deployment": m.thing_deployment, "e-mail": m.thing_email, "invoices": m.thing_invoices,
};

/** What a step does, as a sentence. Waiting is said in the vendor's own words, beside it. */
export function stepTitle(step: StepInfo): string {
  const what = (things[step.what] ?? (() => step.what.replaceAll("_", " ")))();
  if (step.kind === "set" && step.attribute !== null) return m.step_set({ what: attribute(step.attribute), name: named(step, what) });
  if (step.kind === "await" && step.what === "buyer") return m.step_await_buyer();
  if (step.kind === "unbind" && step.what === "license") return m.step_unbind_license({ name: named(step, what) });
  return doing[step.kind]({ what, name: step.name ?? step.id ?? "" }).trim();
}

const named = (step: StepInfo, what: string): string => step.name ?? step.id ?? what;

/** `organization.payment_method` → "payment method". */
export const attribute = (path: string): string => (path.split(".").at(-1) ?? path).replaceAll("_", " ");

/** Whether what there is before and after says more than the title. */
export const hasChange = (step: StepInfo): boolean => step.after !== null;

export function stepTime(step: StepInfo): string {
  if (step.when === "active") return m.step_when_granted();
  if (step.when === "ended") return step.delay === null ? m.step_when_ended() : m.step_after_end({ span: span(step.delay) });
  if (step.at === null) return "";
  return step.kind === "await" ? m.step_at_the_latest({ time: moment(step.at) }) : moment(step.at);
}

/** The same for something that is due later, or was. */
export function effectTitle(effect: DueEffectInfo): string {
  const what = (things[effect.what] ?? (() => effect.what.replaceAll("_", " ")))();
  const name = effect.name ?? effect.thing;
  if (effect.kind === "set") return effect.says === "" ? m.step_set({ what, name }) : effect.says;
  return (doing[effect.kind as StepKindInfo] ?? (() => effect.says))({ what, name }).trim();
}
