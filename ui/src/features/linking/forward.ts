import { m } from "../../i18n";
import { planOver } from "./planWords";
import type { Wizard } from "./wizard.svelte";

/** The one thing that leads on from a step. */
export type Forward = {
  label: string;
  run: () => Promise<void> | void;
  /** Why it cannot be done now. */
  blocked?: string | undefined;
  /** Whether it does something that stays: nothing of that happens by a key pressed in passing. */
  changes: boolean;
};

export function forward(wizard: Wizard): Forward | undefined {
  const { plan, draft } = wizard;
  const go = (step: Parameters<Wizard["goTo"]>[0]) => () => wizard.goTo(step);
  if (wizard.stale) return { label: m.wizard_plan_again(), run: () => wizard.makePlan(), changes: false };
  switch (wizard.step) {
    case "identify":
      if (wizard.identified?.agreement == null) return undefined;
      return { label: m.wizard_choose_target(), run: go("target"), blocked: draft === undefined ? m.no_policy() : undefined, changes: false };
    case "target":
      return { label: m.wizard_check(), run: () => wizard.makePlan(), blocked: draft?.target === undefined ? m.target_needed() : undefined, changes: false };
    case "checks":
      return {
        label: wizard.needsCode ? m.wizard_verify() : m.wizard_review(), run: go(wizard.needsCode ? "verify" : "review"), blocked: checksBlock(wizard), changes: false,
      };
    case "verify":
      return { label: m.wizard_review(), run: go("review"), blocked: wizard.verified ? undefined : m.code_needed(), changes: false };
    case "review":
      return plan === undefined ? undefined
        : { label: m.link_submit({ agreement: plan.agreement, name: plan.targetName }), run: () => wizard.execute(), changes: true };
    default:
      return undefined;
  }
}

function checksBlock({ plan }: Wizard): string | undefined {
  const over = plan && planOver(plan);
  if (over !== undefined) return over;
  if (plan === undefined || plan.outcome === "unknown") return m.blocked_unknown();
  return plan.outcome === "refused" ? m.blocked_refused() : undefined;
}
