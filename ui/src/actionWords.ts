// What was done, and what came of it, in words. A word that this program does not know is shown as it came.
import { m } from "./i18n";
import type { AuditActionInfo } from "./ipc/bindings";
import type { Look } from "./words";

type Word = () => string;

const actions: Record<string, Word> = {
  "link": m.did_link, "activate": m.did_activate, "unlink": m.did_unlink, "cancel": m.did_cancel, "withdraw-cancellation": m.did_withdraw,
  "end-link": m.did_end, "due-effect": m.did_effect, "send-code": m.did_send_code, "queue": m.did_queue, "withdraw": m.did_withdraw_plan,
  "import": m.did_import, "correct": m.did_correct, "send-usage": m.did_usage,
};
const states: Record<string, Omit<Look, "text"> & { word: Word }> = {
  open: { word: m.outcome_open, tone: "wait", icon: "clock" },
  done: { word: m.outcome_done, tone: "good", icon: "check" },
  failed: { word: m.outcome_failed, tone: "bad", icon: "cross" },
  unknown: { word: m.outcome_not_known, tone: "wait", icon: "question" },
  stale: { word: m.outcome_stale, tone: "wait", icon: "renew" },
  stopped: { word: m.outcome_stopped, tone: "off", icon: "stop" },
  refused: { word: m.outcome_refused_word, tone: "bad", icon: "shield" },
};

export const actionWord = (action: string): string => (actions[action] ?? (() => action.replaceAll("-", " ")))();
export function actionState(state: string): Look {
  const known = states[state];
  return known === undefined ? { tone: "off", icon: "minus", text: state } : { tone: known.tone, icon: known.icon, text: known.word() };
}

/** What it was done to: where its end names more than its beginning, that. */
export function targetOf({ entry, closing }: AuditActionInfo): { kind: string; id: string } | undefined {
  const text = closing?.target ?? entry.target;
  if (text === null) return undefined;
  const colon = text.indexOf(":");
  return { kind: text.slice(0, Math.max(0, colon)), id: text.slice(colon + 1) };
}
export const requestOf = ({ entry, closing }: AuditActionInfo): string | null => closing?.requestId ?? entry.requestId;
