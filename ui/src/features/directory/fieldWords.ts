// What files call the fields of the directory, in words.
import { m } from "../../i18n";
import { kindWords } from "../../words";

const words: Record<string, () => string> = {
  name: m.fact_name, plan: m.column_plan, paymentMethod: m.fact_payment, paymentReference: m.fact_shown_as, creditBalance: m.column_credits, creditCurrency: m.fact_currency, authenticationMethod: m.fact_sign_in,
  openInvoices: m.fact_open_invoices, billingAccount: kindWords["billing-account"].one, createdAt: m.fact_since, email: m.column_email, company: m.fact_company, country: m.column_country, role: m.fact_role, verified: m.fact_verified,
  use: m.fact_use, phone: m.fact_phone, organization: kindWords.organization.one, site: m.fact_site, language: m.fact_language, state: m.column_state, settlement: m.fact_settlement, trial: m.fact_is_trial, trialEndsAt: m.fact_trial,
};

/** A field that this program does not know is shown as files have it. */
export const fieldWord = (name: string): string => (words[name] ?? (() => name))();
