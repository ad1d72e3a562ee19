// AWS's words about requests to cancel, in plain ones. What AWS invents tomorrow is shown as it came.
import { m } from "./i18n";

type Word = () => string;

const reasons: Record<string, { word: Word; means: Word }> = {
  INCORRECT_TERMS_ACCEPTED: { word: m.cancel_reason_terms, means: m.cancel_reason_terms_means },
  REPLACING_AGREEMENT: { word: m.cancel_reason_replacing, means: m.cancel_reason_replacing_means },
  TEST_AGREEMENT: { word: m.cancel_reason_test, means: m.cancel_reason_test_means },
  ALTERNATIVE_PROCUREMENT_CHANNEL: { word: m.cancel_reason_channel, means: m.cancel_reason_channel_means },
  PRODUCT_DISCONTINUED: { word: m.cancel_reason_discontinued, means: m.cancel_reason_discontinued_means },
  UNINTENDED_RENEWAL: { word: m.cancel_reason_renewal, means: m.cancel_reason_renewal_means },
  BUYER_DISSATISFACTION: { word: m.cancel_reason_dissatisfied, means: m.cancel_reason_dissatisfied_means },
  OTHER: { word: m.cancel_reason_other, means: m.cancel_reason_other_means },
};
const statuses: Record<string, Word> = {
  PENDING_APPROVAL: m.cancellation_pending,
  APPROVED: m.cancellation_approved,
  REJECTED: m.cancellation_rejected,
  CANCELLED: m.cancellation_withdrawn,
  VALIDATION_FAILED: m.cancellation_invalid,
};

export const cancelReason = (code: string): string => (reasons[code]?.word ?? (() => code))();
export const cancelReasonMeans = (code: string): string | undefined => reasons[code]?.means();
export const cancellationStatus = (status: string): string => (statuses[status.toUpperCase()] ?? (() => status))();
/** Whether the buyer has yet to answer. */
export const isPending = (status: string): boolean => status.toUpperCase() === "PENDING_APPROVAL";
