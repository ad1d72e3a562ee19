// The vendor's directory of the tests' own core: organizations that look like a vendor's, and a crude import.
import type {
  BadRowInfo, BillingAccountDetail, BillingAccountListItem, BillingAccountsQuery, DirectoryField, FieldEntered, ImportFile, ImportReport, Knowable, LinkToTarget, OrganizationDetail,
  OrganizationListItem, OrganizationsQuery,
} from "../src/ipc/bindings";
import { refuse } from "./fakeLinking";
import { NOW } from "./fakeRows";

const DAY = 86_400_000;
const names = [
  "Halden Freight AS", "Norrland Energi", "성수로보틱스 주식회사", "Cartagena Telecom", "青岛海测科技有限公司", "Bluefin Aquaculture Ltd", "Ostwald & Brandt GmbH",
  "Kestrel Avionics", "Pilbara Minerals Data", "Ateliers Montreuil",
  "Gesellschaft für angewandte Verkehrstelematik und Infrastrukturbeobachtung Mecklenburg-Vorpommern mbH & Co. KG", "Minato Logistics", "株式会社みなと物流システムズ",
  "Tessellate Studios", "Ridgeway Water Trust", "Copper Basin Rail", "Lumen Orchard", "Vantaa Health Registry",
];
const plans = ["starter", "standard", "scale", "enterprise-annual", null];
const payments = ["card", "invoice", "aws-marketplace", "none", null];
const listings = ["Cloud Analytics · Committed", "Message Broker", "Observability · Commercial"];
const states = ["active", "active", "awaiting-aws", "active", "refused", "ending", "ended"];
const crm = { source: "import crm-2026-11-18.csv", at: NOW - 2 * DAY };
const sandbox = { source: "sandbox directory", at: NOW - 130_000 };

const branches = ["", " Asia Pacific", " Holding", " Labs", " North", " Cloud Operations", " 서울", " Iberia"];
/** The first ones are told apart by name; later ones are the companies' branches, and some are named alike. */
const nameOf = (at: number) => `${names[at % names.length] ?? ""}${branches[Math.floor(at / names.length) % branches.length] ?? ""}`;
const slug = (at: number) => ["halden-freight", "norrland", "seongsu-robotics", "cartagena", "qingdao-haice", "bluefin", "ostwald-brandt", "kestrel"][at % 8] ?? "org";

function makeOrganization(at: number): OrganizationListItem {
  const id = at < 8 ? slug(at) : `${slug(at)}-${at}`;
  const link = at % 3 === 0;
  return {
    organization: {
      id, name: nameOf(at), plan: plans[at % plans.length] ?? null, paymentMethod: payments[(at * 3) % payments.length] ?? null,
      paymentReference: [{ known: true, value: "Visa 4242" }, { known: true, value: null }, { known: false, value: null }][at % 3] ?? { known: false, value: null },
      creditBalance: at % 4 === 1 ? null : at % 7 === 2 ? { amount: `${at * 9000}`, currency: "KRW" } : { amount: at % 4 === 0 ? "0" : `${at * 125}.50`, currency: "USD" },
      authenticationMethod: ["google", "password", null, "saml"][at % 4] ?? null, openInvoices: at % 6 === 4 ? null : at % 5 === 2 ? 3 : 0,
      billingAccount: at % 4 === 0 ? { known: true, value: `pay-${slug(at)}` } : at % 4 === 1 ? { known: true, value: null } : { known: false, value: null },
      createdAt: at % 9 === 8 ? null : NOW - (at % 900) * DAY, from: at % 2 === 0 ? crm : sandbox,
    },
    members: (at * 5) % 23, workspaces: at % 4, deployments: at % 3, links: link ? (at % 9 === 0 ? 3 : 1) : 0,
    linked: link ? { agreement: `agmt-${(at + 1).toString(36).padStart(6, "0")}exampleq9k2x0zr4t7w1`, listing: listings[at % 3] ?? null, state: states[(at / 3) % states.length] ?? "active" } : null,
  };
}

function makeBillingAccount(at: number): BillingAccountListItem {
  const alone = at % 3 === 2;
  return {
    billingAccount: {
      userName: `pay-${slug(at)}${at < 8 ? "" : `-${at}`}`, email: at % 5 === 3 ? null : `billing@${slug(at)}.example`, company: at % 7 === 6 ? null : nameOf(at),
      country: ["NO", "SE", "KR", "ES", "CN", null][at % 6] ?? null, createdAt: NOW - at * DAY, from: crm,
    },
    organizations: alone ? 0 : 1 + (at % 2), workspaces: at % 4, links: 0, linked: null,
  };
}

export class FakeDirectory {
  /** What was corrected by hand. */
  changes: { at: number; attribute: string; before: string | null; after: string | null }[] = [];
  organizations: OrganizationListItem[];
  billingAccounts: BillingAccountListItem[];

  fields(id: string): DirectoryField[] {
    const it = this.#organization(id);
    const field = (name: string, value: Knowable, kind: DirectoryField["kind"] = "told"): DirectoryField => ({ name, value, kind });
    const told = (value: string | null): Knowable => ({ known: value !== null, value });
    return [
      field("id", told(it.id), "key"), field("name", told(it.name), "needed"), field("plan", told(it.plan)), field("paymentMethod", told(it.paymentMethod)),
      field("paymentReference", it.paymentReference, "known"), field("openInvoices", told(it.openInvoices?.toString() ?? null)),
    ];
  }

  correct(id: string, fields: FieldEntered[]): number {
    const wrong = fields.filter(({ name, value }) => name === "openInvoices" && value !== null && !/^\d+$/.test(value));
    if (wrong.length > 0) refuse({ code: "invalid", message: "wrong", fields: [{ field: "openInvoices", message: "must be a whole number from 0 on" }] });
    const it = this.#organization(id);
    for (const { name, value } of fields) {
      const known = it as unknown as Record<string, string | null>;
      this.changes.push({ at: NOW, attribute: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), before: known[name] ?? null, after: value });
      known[name] = value;
    }
    return fields.length;
  }

  #organization(id: string) {
    return this.organizations.find(({ organization }) => organization.id === id)?.organization ?? refuse({ code: "notFound", message: `there is no organization “${id}”` });
  }

  constructor(count: number) {
    this.organizations = Array.from({ length: count }, (_, at) => makeOrganization(at));
    this.billingAccounts = Array.from({ length: Math.ceil(count / 4) }, (_, at) => makeBillingAccount(at));
  }

  list({ search, sort, descending, offset, limit }: OrganizationsQuery) {
    const value = (row: OrganizationListItem) => (sort === "openInvoices" ? row.organization.openInvoices : sort === "told" ? row.organization.from.at : row.organization[sort]);
    const matched = this.organizations.filter(({ organization }) => has(search, organization.id, organization.name, organization.billingAccount.value, `kim@${organization.id}.example`))
      .sort((one, other) => compare(value(one), value(other), descending) || compare(one.organization.name, other.organization.name, false));
    return { rows: matched.slice(offset, offset + limit), matched: matched.length, total: this.organizations.length };
  }

  listAccounts({ search, offset, limit }: BillingAccountsQuery) {
    const matched = this.billingAccounts.filter(({ billingAccount: it }) => has(search, it.userName, it.email, it.company));
    return { rows: matched.slice(offset, offset + limit), matched: matched.length, total: this.billingAccounts.length };
  }

  show(id: string): OrganizationDetail | undefined {
    const row = this.organizations.find((known) => known.organization.id === id);
    if (row === undefined) return undefined;
    const { organization } = row;
    const payer = this.billingAccounts.find(({ billingAccount }) => billingAccount.userName === organization.billingAccount.value);
    return {
      organization, ours: this.changes.map(({ at, attribute }) => ({ kind: "organization" as const, key: id, attribute, at })), billingAccount: payer?.billingAccount ?? null,
      members: Array.from({ length: row.members }, (_, at) => ({
        email: at === 0 ? `kim@${id}.example` : `person${at}.with-a-rather-long-name@${id}.example`, name: at % 4 === 3 ? null : ["김서연", "Ingrid Moe", "陈伟"][at % 3] ?? null,
        role: ["owner", "admin", "member", null][at % 4] ?? null, verified: [true, false, null][at % 3] ?? null, authenticationMethod: at % 2 === 0 ? "google" : null,
        company: at === 0 ? organization.name : null, country: at === 0 ? "KR" : null, use: at === 0 ? "search in production" : null,
        phone: at % 2 === 0 ? { known: true, value: at === 0 ? "+82 2 555 0100" : null } : { known: false, value: null }, from: organization.from,
      })),
      workspaces: Array.from({ length: row.workspaces }, (_, at) => ({
        id: `ws-${id}-${at}`, organization: at === 0 ? id : null, billingAccount: organization.billingAccount.value, name: at === 0 ? "Production" : null, site: at === 0 ? "us-oregon" : "ap-seoul",
        language: at === 0 ? "ko" : null, state: at === 1 ? "locked" : "active", settlement: at === 0 ? "aws-marketplace" : null, from: organization.from,
      })),
      deployments: Array.from({ length: row.deployments }, (_, at) => ({
        id: `dep-${id}-${at}`, name: at === 0 ? "mqtt-edge" : null, state: at === 0 ? "running" : "stopped", trial: at === 0, trialEndsAt: at === 0 ? NOW + 9 * DAY : null, from: organization.from,
      })),
      links: this.#links(row, "organization"),
    };
  }

  showAccount(userName: string): BillingAccountDetail | undefined {
    const row = this.billingAccounts.find((known) => known.billingAccount.userName === userName);
    if (row === undefined) return undefined;
    const organizations = this.organizations.filter((known) => known.organization.billingAccount.value === userName).map((known) => known.organization);
    const workspaces = organizations.slice(0, 1).flatMap((organization) => this.show(organization.id)?.workspaces ?? []);
    return { billingAccount: row.billingAccount, organizations, workspaces, links: [], ours: [] };
  }

  /** CSV with "organization,ID,NAME" rows: a row without a name is bad. Anything else is no file of a directory. */
  import(file: ImportFile, change: boolean): ImportReport | undefined {
    const text = new TextDecoder().decode(Uint8Array.from(atob(file.content), (letter) => letter.charCodeAt(0)));
    if (!text.startsWith("kind,") && file.kind === null) return undefined;
    const bad: BadRowInfo[] = [];
    const tally = { kind: "organization" as const, added: 0, changed: 0, unchanged: 0 };
    for (const [at, line] of text.trim().split("\n").slice(1).entries()) {
      const [, id = "", name = ""] = line.split(",");
      if (name === "") {
        bad.push({ line: at + 2, field: "name", reason: "is needed" });
        continue;
      }
      const known = this.organizations.find((row) => row.organization.id === id);
      tally[known === undefined ? "added" : known.organization.name === name ? "unchanged" : "changed"] += 1;
      if (!change) continue;
      const made = makeOrganization(1);
      const told = { ...made, organization: { ...made.organization, id, name, from: { source: `import ${file.name}`, at: NOW } }, links: 0, linked: null };
      this.organizations = [...this.organizations.filter((row) => row !== known), told];
    }
    return { file: file.name, dryRun: !change, kinds: tally.added + tally.changed + tally.unchanged > 0 ? [tally] : [], leftOut: bad.length, skipped: bad };
  }

  #links(row: OrganizationListItem, kind: string): LinkToTarget[] {
    const { linked, organization } = row;
    if (linked === null) return [];
    return Array.from({ length: row.links }, (_, at) => ({
      agreement: at === 0 ? linked.agreement : `agmt-older${at}exampleq9k2x0zr4t7w1`, license: at === 0 ? "arn:aws:license-manager::294406891311:license:l-0123456789abcdef0123456789abcdef" : null,
      listing: linked.listing, company: organization.name,
      link: { state: at === 0 ? linked.state : "ended", targetKind: kind, targetId: organization.id, targetName: organization.name, since: NOW - (at + 1) * 40 * DAY, source: "ledger" },
    }));
  }
}

function has(search: string, ...values: (string | null)[]): boolean {
  return search === "" || values.some((value) => value?.toLowerCase().includes(search.toLowerCase()));
}

function compare(one: string | number | null, other: string | number | null, descending: boolean): number {
  if (one === null || other === null) return (one === null ? 1 : 0) - (other === null ? 1 : 0);
  const order = typeof one === "number" && typeof other === "number" ? one - other : String(one).localeCompare(String(other));
  return descending ? -order : order;
}
