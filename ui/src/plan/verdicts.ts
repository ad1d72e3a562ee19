import { m } from "../i18n";
import type { LinkPlanInfo, VerdictInfo } from "../ipc/bindings";
import type { IconName } from "../parts/icons";
import type { Tone } from "../words";

/** How a verdict stands in the way: most of all first. */
export type Standing = "refused" | "unknown" | "awaitsCode" | "overridden" | "passed";

export function standing(verdict: VerdictInfo): Standing {
  if (verdict.outcome === "pass") return "passed";
  if (verdict.overridden !== null) return "overridden";
  if (verdict.awaitsCode) return "awaitsCode";
  return verdict.outcome === "refuse" ? "refused" : "unknown";
}

export const standings: Record<Standing, { word: () => string; tone: Tone; icon: IconName }> = {
  refused: { word: m.verdict_refused, tone: "bad", icon: "cross" },
  unknown: { word: m.verdict_unknown, tone: "wait", icon: "question" },
  awaitsCode: { word: m.verdict_awaits_code, tone: "wait", icon: "mail" },
  overridden: { word: m.verdict_overridden, tone: "wait", icon: "alert" },
  passed: { word: m.verdict_passed, tone: "good", icon: "check" },
};

const order: readonly Standing[] = ["refused", "unknown", "awaitsCode", "overridden", "passed"];

/** The verdicts by how they stand, worst first; empty groups left out. */
export function grouped(verdicts: VerdictInfo[]): { standing: Standing; verdicts: VerdictInfo[] }[] {
  return order
    .map((wanted) => ({ standing: wanted, verdicts: verdicts.filter((verdict) => standing(verdict) === wanted) }))
    .filter((group) => group.verdicts.length > 0);
}

/** What the checks came to, in one sentence. */
export function headline(plan: LinkPlanInfo): string {
  const count = (wanted: Standing) => plan.verdicts.filter((verdict) => standing(verdict) === wanted).length;
  if (plan.outcome === "refused") return m.outcome_refused({ count: count("refused"), shown: count("refused") });
  if (plan.outcome === "unknown") return m.outcome_undecided({ count: count("unknown"), shown: count("unknown") });
  return count("awaitsCode") > 0 ? m.outcome_ready_with_code() : m.outcome_ready({ count: plan.verdicts.length, shown: plan.verdicts.length });
}
