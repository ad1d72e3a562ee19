import type { Failure } from "./ipc/bindings";

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
