import { moment, span } from "../../format";
import { m } from "../../i18n";
import type { CheckView, OperationView } from "../../ipc/bindings";
import { outcomeWords } from "../../words";

export type ServicePart = { name: string; operations: OperationView[]; reachable: boolean };

/** The operations by service, in the core's order. A service that answered nothing at all was not reached. */
export function services(check: CheckView): ServicePart[] {
  const found = new Map<string, OperationView[]>();
  for (const operation of check.operations) found.set(operation.service, [...(found.get(operation.service) ?? []), operation]);
  return [...found].map(([name, operations]) => {
    const asked = operations.filter(({ outcome }) => outcome !== "notWanted");
    return { name, operations, reachable: asked.length === 0 || asked.some(({ failure }) => failure?.code !== "offline") };
  });
}

export function clockWords({ clockBehind, clockIsOff }: CheckView): string {
  if (clockBehind === null) return m.check_clock_unknown();
  if (Math.abs(clockBehind) < 2_000) return m.check_clock_right();
  const by = Math.abs(clockBehind) < 60_000 ? m.seconds({ value: Math.round(Math.abs(clockBehind) / 1_000) }) : span(Math.abs(clockBehind));
  const said = clockBehind > 0 ? m.check_clock_behind({ by }) : m.check_clock_ahead({ by });
  return clockIsOff ? `${said} ${m.check_clock_off()}` : said;
}

/** The whole result as text, to send to whoever gives the permissions. */
export function checkText(check: CheckView, name: string): string {
  const lines = [
    m.check_text_title({ name, at: moment(check.at) }),
    `${m.check_identity()}: ${check.arn ?? check.identityFailure?.message ?? m.check_identity_unknown()}`,
    `${m.column_account()}: ${check.account ?? "?"}${check.otherAccount && check.expectedAccount ? ` — ${m.check_expected({ account: check.expectedAccount })}` : ""}`,
    `${m.check_clock()}: ${clockWords(check)}`,
    "",
  ];
  for (const { name: service, operations, reachable } of services(check)) {
    lines.push(`${service}${reachable ? "" : ` — ${m.check_unreachable()}`}`);
    for (const { name: operation, outcome, failure } of operations) {
      const request = failure?.requestId ? ` (${m.request_id()} ${failure.requestId})` : "";
      lines.push(`  ${operation}: ${outcomeWords[outcome].word()}${failure === null ? "" : ` — ${failure.message}${request}`}`);
    }
  }
  lines.push("", ...check.actions.map(({ what, refusal }) => (refusal === null ? m.check_can({ what }) : `${m.check_cannot({ what })} ${refusal}`)));
  if (check.missingPolicy !== null) lines.push("", m.policy_missing(), check.missingPolicy);
  return lines.join("\n");
}
