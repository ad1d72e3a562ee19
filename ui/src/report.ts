import { sentence } from "./format";
import type { Failure } from "./ipc/bindings";

/** What a failure has against a field of a form. */
export function problemAt(failure: Failure | undefined, field: string): string | undefined {
  const found = failure?.fields.find((problem) => problem.field === field);
  return found && sentence(found.message);
}

/** A failure as text, to send to somebody. Plain English: it is read by engineers. Holds no customer data. */
export function reportOf(failure: Failure): string {
  return [
    `Bindery: ${failure.code}`,
    `What: ${failure.message}`,
    failure.hint === null ? undefined : `Next: ${failure.hint}`,
    failure.requestId === null ? undefined : `AWS request id: ${failure.requestId}`,
    `When: ${new Date().toISOString()}`,
    `Window: ${navigator.userAgent}`,
  ].filter((line) => line !== undefined).join("\n");
}
