import { m } from "../../i18n";
import type { Step, Waiting } from "./wizard.svelte";

export const stepWords: Record<Step, () => string> = {
  identify: m.step_name_identify, target: m.step_name_target, checks: m.step_name_checks, verify: m.step_name_verify, review: m.step_name_review, done: m.step_name_done,
};

export const waitingWords: Record<Waiting, () => string> = {
  identify: m.waiting_identify, plan: m.waiting_plan, resume: m.waiting_resume, send: m.waiting_send, code: m.waiting_code, execute: m.waiting_execute, withdraw: m.waiting_withdraw,
};

/** How it is known who the buyer is. */
export const evidenceWords = (evidence: string | null): string => (evidence === "token" ? m.evidence_token() : m.evidence_agreement());
