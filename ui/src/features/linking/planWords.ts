import { m } from "../../i18n";
import type { LinkPlanInfo } from "../../ipc/bindings";
import type { Look } from "../../words";

/** How a plan stands. */
export function planLook(plan: LinkPlanInfo): Look {
  if (plan.state === "waiting") return { tone: "wait", icon: "offline", text: m.plan_waits() };
  if (plan.outcome === "refused") return { tone: "bad", icon: "cross", text: m.verdict_refused() };
  if (plan.outcome === "unknown") return { tone: "wait", icon: "question", text: m.verdict_unknown() };
  const awaited = plan.codes.some(({ verifiedAt }) => verifiedAt === null);
  return awaited ? { tone: "wait", icon: "mail", text: m.plan_awaits_code() } : { tone: "good", icon: "check", text: m.plan_ready() };
}

/** Why a plan cannot be carried out any more. */
export function planOver(plan: LinkPlanInfo): string | undefined {
  return { open: undefined, waiting: undefined, sent: undefined, returned: m.code_stale(), done: m.plan_done(), failed: m.plan_failed(), withdrawn: m.plan_withdrawn() }[plan.state];
}
