import { m } from "../../i18n";
import type { IconName } from "../../parts/icons";
import type { Tone } from "../../words";

type Said = { status: string; tone: Tone; icon: IconName; reason: string | null };

const statuses: Record<string, () => Omit<Said, "reason">> = {
  PROVISIONED: () => ({ status: m.provisioned(), tone: "good", icon: "check" }),
  SCHEDULED: () => ({ status: m.provisioning_scheduled(), tone: "off", icon: "calendar" }),
  PENDING: () => ({ status: m.provisioning_pending(), tone: "wait", icon: "clock" }),
  FAILED: () => ({ status: m.provisioning_failed(), tone: "bad", icon: "cross" }),
  DEPROVISIONED: () => ({ status: m.deprovisioned(), tone: "off", icon: "minus" }),
};
const reasons: Record<string, () => string> = {
  PROVISIONING_IN_PROGRESS: m.reason_in_progress,
  FUTURE_START_DATE: m.reason_future,
  INVALID_PAYMENT_INSTRUMENT: m.reason_invalid_payment,
  INCOMPATIBLE_CURRENCY: m.reason_currency,
  ACCOUNT_SUSPENDED: m.reason_suspended,
  UNSUPPORTED_OPERATION: m.reason_unsupported,
  AGREEMENT_INACTIVE: m.reason_inactive,
  AGREEMENT_ACTIVE: m.reason_active,
  PRODUCT_RESTRICTED: m.reason_restricted,
};

/** AWS's provisioning in words; what is new there is shown as it came. */
export function provisioning(status: string | null, reason: string | null): Said {
  const known = status === null ? undefined : statuses[status.toUpperCase()];
  const said = known?.() ?? { status: status ?? m.provisioning_unknown(), tone: "off", icon: "question" };
  return { ...said, reason: reason === null ? null : (reasons[reason.toUpperCase()]?.() ?? reason) };
}
