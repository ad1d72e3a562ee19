// Policies as the built-in ones are, as far as the window sees them.
import type { FormFieldInfo, FormInfo, PolicyInfo } from "../src/ipc/bindings";

const field = (key: string, label: string, change: Partial<FormFieldInfo> = {}): FormFieldInfo => ({ key, kind: "text", choices: [], required: true, fixed: false, label, hint: null, ...change });
const form = (on: string, title: string, fields: FormFieldInfo[] = [], change: Partial<FormInfo> = {}): FormInfo => ({ on, title, note: null, fields, verify: false, terms: false, invite: false, ...change });
const policy = (id: string, name: string, forms: FormInfo[], change: Partial<PolicyInfo> = {}): PolicyInfo => ({
  id, name, target: "organization", workspaces: false, forms, codes: { digits: 6, attempts: 5, resends: 3 }, ...change,
});

const workspace = [
  field("workspace.name", "Workspace name"),
  field("workspace.language", "Workspace language", { kind: "choice", choices: ["en", "ko", "zh"], fixed: true, hint: "Decides the event, alert and SMS templates. It cannot be changed later." }),
  field("workspace.site", "Site", { kind: "choice", choices: ["us-oregon", "eu-frankfurt", "ap-singapore", "cn-ningxia"], fixed: true }),
];
const email = (label: string) => field("member.email", label, { kind: "email" });
const phone = field("member.phone", "Telephone", { kind: "phone", required: false });
const clickhouse = [
  form("existing-organization", "Bill an existing organization"),
  form("new-organization", "Bill a new organization", [field("organization.name", "Organization name")], { note: "It is created together with the link; if the link cannot be made, it is not created either." }),
  form("new-member", "Register a new user", [email("E-mail"), field("member.name", "Name"), field("member.company", "Company"), field("member.country", "Country", { kind: "country" }), field("member.use", "What ClickHouse will be used for")],
    { note: "The person is invited by e-mail and chooses the password alone.", verify: true, invite: true }),
];

/** By the product that they are for. */
export const policies: Record<string, PolicyInfo> = {
  "emqx-payg": policy("emqx", "EMQX Cloud (Pay as you go)", [form("existing-organization", "Link an existing EMQX account"), form("new-organization", "Create an EMQX account", [field("organization.name", "Account name")])]),
  "analytics-payg": policy("clickhouse-payg", "ClickHouse Cloud – Pay As You Go", clickhouse),
  "analytics-committed": policy("clickhouse-committed", "ClickHouse Cloud – Committed", clickhouse),
  "vector": policy("pinecone", "Pinecone – Pay as you go", [
    form("existing-organization", "Connect an organization on the Starter plan"),
    form("new-organization", "Create an organization connected to AWS", [field("organization.name", "Organization name"), field("organization.authentication_method", "Authentication method", { kind: "choice", choices: ["password", "google", "github", "sso"] })]),
  ]),
  "observability": policy("guance", "Guance Commercial Plan", [
    form("new-billing-account", "Register a user, a billing account and a workspace", [
      field("billing_account.user_name", "User name"), field("billing_account.email", "E-mail", { kind: "email" }), phone, field("billing_account.company", "Company"), field("billing_account.country", "Country", { kind: "country" }), ...workspace,
    ], { invite: true, note: "All three are created together. The password is chosen by the user alone, from the invitation." }),
    form("existing-billing-account", "Bind an existing billing account", [field("billing_account.user_name", "User name")], { verify: true, note: "A code is sent to the account’s own e-mail address. The site chosen on the buyer’s page has nothing to do with this step." }),
    form("new-workspace", "Create a workspace: the user has a Guance account", [...workspace, email("E-mail of the Guance account")], { verify: true, terms: true }),
    form("new-workspace-and-user", "Create a workspace: the user has no Guance account", [...workspace, field("member.name", "User name"), email("E-mail"), phone],
      { verify: true, terms: true, invite: true, note: "No password is entered here: the user is invited by e-mail and sets it alone." }),
    form("existing-workspaces", "Bind workspaces", [], { note: "Choose one or more; after confirming, each is shown as “Bound”." }),
  ], { target: "billing-account", workspaces: true }),
};
