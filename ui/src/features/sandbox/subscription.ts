import { m } from "../../i18n";
import type { Subscription } from "../../ipc/bindings";

export type Draft = { listing: string; account: string; company: string; email: string; privateOffer: boolean; value: string; currency: string };
export type DraftErrors = Partial<Record<"listing" | "account" | "email" | "value" | "currency", string>>;

const ACCOUNT = /^\d{12}$/;
const EMAIL = /^[^\s@]+@[^\s@]+$/;
const DECIMAL = /^\d{1,15}(\.\d{1,4})?$/;
const CURRENCY = /^[A-Z]{3}$/;

/** What the form must say before a buyer can subscribe. AWS's own rules are the sandbox's to check. */
export function draftErrors(draft: Draft): DraftErrors {
  const errors: DraftErrors = {};
  if (draft.listing === "") errors.listing = m.subscribe_listing_missing();
  if (!ACCOUNT.test(plainAccount(draft.account))) errors.account = m.subscribe_account_wrong();
  if (draft.email.trim() !== "" && !EMAIL.test(draft.email.trim())) errors.email = m.subscribe_email_wrong();
  const value = draft.value.trim();
  if (value !== "" && !DECIMAL.test(value)) errors.value = m.subscribe_value_wrong();
  if (draft.privateOffer && value === "") errors.value = m.subscribe_value_missing();
  if (value !== "" && !CURRENCY.test(draft.currency.trim().toUpperCase())) errors.currency = m.subscribe_currency_wrong();
  return errors;
}

export function subscriptionOf(draft: Draft): Subscription {
  const value = draft.value.trim();
  return {
    listing: draft.listing,
    account: plainAccount(draft.account),
    privateOffer: draft.privateOffer,
    value: value === "" ? null : value,
    currency: value === "" ? null : draft.currency.trim().toUpperCase(),
    company: draft.company.trim() || null,
    email: draft.email.trim() || null,
  };
}

/** People write 4444-5555-6666. */
const plainAccount = (text: string): string => text.replace(/[\s-]/g, "");

/** A buyer account nobody has yet, most likely. `random` is from 0 up to 1. */
export const newAccount = (random: number): string => String(100_000_000_000 + Math.floor(random * 899_999_999_999));
