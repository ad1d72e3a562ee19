// Linking in memory: what the core would say about a handful of made-up organizations.
import type {
  AgreementRow, CodesEntered, CodeSentInfo, EvidenceInfo, ExecutedInfo, Failure, IdentifiedInfo, InLanguages, LinkDetail, LinkPlanInfo, LinkWish, MemberInfo, StepInfo, TargetOption,
  TargetPartsInfo, VerdictInfo, WorkspaceInfo,
} from "../src/ipc/bindings";
import { failureOf } from "./fakeFilter";
import { policies } from "./fakePolicies";
import { NOW } from "./fakeRows";

/** The core says no. */
export class Refused extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}
export const refuse = (failure: Partial<Failure>): never => {
  throw new Refused(failureOf(failure));
};

/** What every sandbox token begins with; the last four characters are shown. */
export const TOKEN = "c2VjcmV0LXRva2VuLXZhbHVl0123456789ABCDx7Qz";
export const TOKEN_URL = `https://vendor.example/register?x-amzn-marketplace-token=${TOKEN}`;
export const RIGHT_CODE = "482913";
const MINUTE = 60_000;

const directory = (at = NOW - 12 * MINUTE) => ({ source: "Directory", asOf: at });
export const fact = (name: string, value: string | null, source: { source: string; asOf: number } = directory()): EvidenceInfo => ({ fact: name, value, source: value === null ? null : source.source, asOf: value === null ? null : source.asOf });
export const verdict = (rule: string, outcome: "pass" | "refuse" | "unknown", title: string, change: Partial<VerdictInfo> = {}): VerdictInfo => ({
  rule, outcome, title, message: title, evidence: [], remedy: null, toBuyer: null, overridable: false, overridden: null, missing: [], awaitsCode: false, ...change,
});
export const step = (number: number, kind: StepInfo["kind"], what: string, change: Partial<StepInfo> = {}): StepInfo => ({
  number, kind, what, id: null, name: null, attribute: null, before: null, after: null, when: "now", at: null, delay: null, says: null, covers: [], unknown: [], operation: null, request: null, ...change,
});
const words = (en: string, ko: string, zh: string): InLanguages => ({ en, ko, zh });
const base = [
  verdict("BASE-1", "pass", "The agreement is in force.", { evidence: [fact("agreement.status", "ACTIVE", { source: "DescribeAgreement", asOf: NOW - 4_000 })] }),
  verdict("BASE-2", "pass", "Who the buyer is has been shown in a way that this policy accepts.", { evidence: [fact("account.evidence", "token", { source: "ResolveCustomer", asOf: NOW - 4_000 })] }),
  verdict("BASE-4", "pass", "The license is not linked yet."),
];
export const emqxRefusals = (name: string): VerdictInfo[] => [
  verdict("EM-1", "refuse", "No credit card is set up.", {
    message: `A credit card is set up for ${name}.`, remedy: "The owner removes the card under Billing; then link again.", evidence: [fact("organization.payment_method", "card"), fact("organization.name", name)],
    toBuyer: words(`Your EMQX Cloud account ${name} has a credit card set up, so it cannot be linked to AWS Marketplace. Please remove the card under Billing and try again.`,
      `EMQX Cloud 계정 ${name}에 신용카드가 등록되어 있어 AWS Marketplace와 연결할 수 없습니다. 결제 메뉴에서 카드를 삭제하신 뒤 다시 시도해 주세요.`, `您的 EMQX Cloud 账户 ${name} 已设置信用卡，因此无法绑定 AWS Marketplace。请在账单页面移除该卡后重试。`),
  }),
  verdict("EM-2", "refuse", "No available credits are in use.", {
    message: `${name} still has available credits of USD 128.40.`, remedy: "Let the credits be used up, or take them back on the account; then link again.", evidence: [fact("organization.credit_balance", "USD 128.40"), fact("organization.name", name)],
    toBuyer: words(`Your EMQX Cloud account ${name} still uses available credits (USD 128.40).`, `EMQX Cloud 계정 ${name}에 사용 가능한 크레딧(USD 128.40)이 남아 있습니다.`, `您的 EMQX Cloud 账户 ${name} 仍在使用可用额度（USD 128.40）。`),
  }),
  verdict("EM-3", "refuse", "The account is not linked to a marketplace product yet.", {
    message: `${name} is already linked to EMQX Cloud (Pay as you go) of AWS account 111122223333 (agreement agmt-2m8example5h0v).`, remedy: "Keep that link, or let the buyer cancel that subscription first.",
    evidence: [fact("link.agreement", "agmt-2m8example5h0v", { source: "Bindery", asOf: NOW - 90 * 24 * 60 * MINUTE }), fact("link.account", "111122223333", { source: "Bindery", asOf: NOW - 90 * 24 * 60 * MINUTE }), fact("organization.id", "org-halden")],
    toBuyer: words("Please cancel that subscription first.", "먼저 해당 구독을 취소해 주세요.", "请先取消该订阅。"),
  }),
];
const pineconeRefusal = (member: string): VerdictInfo => verdict("PC-4", "refuse", "The AWS account has no linked organization yet.", {
  message: "AWS account 111122223333 is subscribed already and linked to orchard-search (owners: mina@lumen.example, jun@lumen.example). Setting up creates no second linked organization.",
  remedy: "Send the request for an invitation below; an owner of orchard-search invites the person.", evidence: [fact("account.id", "111122223333", { source: "DescribeAgreement", asOf: NOW - 4_000 }), fact("link.target_name", "orchard-search", { source: "Bindery", asOf: NOW - 40 * 24 * 60 * MINUTE })],
  toBuyer: words(`Hello mina@lumen.example, ${member} wants to use Pinecone through AWS account 111122223333, which is connected to the organization orchard-search. Please invite ${member} to it. Thank you.`,
    `안녕하세요. ${member} 님이 AWS 계정 111122223333을 통해 Pinecone을 사용하려고 합니다. orchard-search 조직에 초대해 주세요.`, `您好，${member} 希望通过 AWS 账户 111122223333 使用 Pinecone。请邀请其加入组织 orchard-search。`),
});

const member = (email: string, role: string, change: Partial<MemberInfo> = {}): MemberInfo => ({
  email, name: null, role, verified: true, authenticationMethod: "password", company: null, country: null, use: null, phone: { known: false, value: null }, from: { source: "Directory", at: NOW - 12 * MINUTE }, ...change,
});
const workspaceOf = (id: string, name: string, change: Partial<WorkspaceInfo> = {}): WorkspaceInfo => ({
  id, organization: null, billingAccount: "qd-haice", name, site: "cn-ningxia", language: "zh", state: "active", settlement: "billing-center", from: { source: "Directory", at: NOW - 12 * MINUTE }, ...change,
});

export class FakeLinking {
  targets: TargetOption[] = [
    { id: "org-halden", name: "halden-freight", detail: "ops@halden.example" },
    { id: "org-clean", name: "halden-logistics", detail: "it@halden.example" },
    { id: "org-long", name: "gesellschaft-fuer-angewandte-verkehrstelematik-und-infrastrukturbeobachtung", detail: "leitung@verkehrstelematik.example" },
  ];
  billing: TargetOption[] = [{ id: "qd-haice", name: "qd-haice", detail: "ops@haice.example" }];
  members: Record<string, MemberInfo[]> = { "org-halden": [member("ingrid@halden.example", "owner", { name: "Ingrid Moe" }), member("per@halden.example", "member", { name: "Per Aas", verified: false })], "org-clean": [member("ingrid@halden.example", "owner", { name: "Ingrid Moe" })] };
  workspaces = [workspaceOf("wksp_1", "生产环境"), workspaceOf("wksp_2", "测试环境", { state: "locked" }), workspaceOf("wksp_3", "Berlin edge", { language: "en", site: "eu-frankfurt" })];
  plans = new Map<string, LinkPlanInfo>();
  links = new Map<string, LinkDetail>();
  /** What the next plans' verdicts are, instead of the made-up ones. */
  verdicts: VerdictInfo[] | undefined;
  /** What changed behind the plan's back; carrying it out says so once. */
  changes: Failure["changes"] = [];
  offline = false;
  tokensWork = true;
  #clock = () => Date.now() + (NOW - this.#started);
  #started = Date.now();

  constructor(readonly rows: () => AgreementRow[]) {}

  identify(text: string): IdentifiedInfo {
    const isToken = text.includes(TOKEN);
    if (isToken && !this.tokensWork) refuse({ code: "invalid", message: "AWS says that the registration token has expired", hint: "Ask the buyer to choose “Set up your account” again and to send the new link.", requestId: "8f1c2d3e-aa01" });
    const nothing: IdentifiedInfo = { what: "account", masked: null, registration: null, account: null, evidence: null, license: null, agreement: null, candidates: [], link: null, policy: null, advice: [], suggestions: [], offline: null };
    if (/^\d{12}$/.test(text)) {
      const candidates = this.rows().filter((row) => row.account === text);
      const advice = candidates.length > 0 ? [] : [{ text: "The buyer’s AWS administrator grants one of these, then the buyer opens the offer again.", items: ["AWSMarketplaceFullAccess", "AWSMarketplaceRead-only", "AWSMarketplaceManageSubscriptions", "aws-marketplace:ListPrivateListings", "aws-marketplace:ViewSubscriptions"], supportBundle: false }];
      return { ...nothing, candidates, advice };
    }
    const row = this.rows().find(({ id }) => (isToken ? true : text.includes(id))) ?? refuse({ code: "notFound", message: "there is no agreement of that id on this connection", hint: "Check the id, or sync first: it may be newer than the data here." });
    const policy = policies[row.productId ?? ""] ?? null;
    const kind = policy?.target ?? "organization";
    return {
      ...nothing, what: isToken ? "token" : "agreement", masked: isToken ? "…x7Qz" : null, registration: isToken ? "ab".repeat(32) : null, account: row.account, evidence: isToken ? "token" : "agreement",
      license: "arn:aws:license-manager::294406891311:license:l-0123456789abcdef0123456789abcdef", agreement: row, link: this.links.get(row.id)?.link ?? null, policy,
      suggestions: (kind === "organization" ? this.targets : this.billing).slice(0, 2).map(({ id, name }, at) => ({ kind, id, name, reason: at === 0 ? "ops@halden.example has the buyer’s e-mail domain." : "Its name is like the buyer’s company." })),
      offline: this.offline ? NOW - 25 * MINUTE : null,
    };
  }

  find(kind: string, text: string): TargetOption[] {
    return (kind === "organization" ? this.targets : this.billing).filter((option) => `${option.name} ${option.id} ${option.detail}`.toLowerCase().includes(text.toLowerCase()));
  }

  parts(id: string): TargetPartsInfo {
    return { members: this.members[id] ?? [], workspaces: id === "qd-haice" ? this.workspaces : [] };
  }

  plan(wish: LinkWish): LinkPlanInfo {
    const row = this.rows().find(({ id }) => id === wish.agreement) ?? refuse({ code: "notFound", message: "no agreement" });
    const policy = policies[row.productId ?? ""] ?? refuse({ code: "refused", message: "no policy" });
    const [kind = "", id = ""] = wish.target.split(/:(.*)/s);
    const isNew = kind.startsWith("new-");
    if (isNew && id === "") refuse({ code: "invalid", message: "Organization name is missing", fields: [{ field: policy.target === "organization" ? "organization.name" : "billing_account.user_name", message: "Organization name is missing" }] });
    if (policy.id === "clickhouse-payg" && isNew && wish.answers["member.country"] === undefined) refuse({ code: "invalid", message: "Country is missing", fields: [{ field: "member.country", message: "Country is missing" }] });
    const name = isNew ? id : ([...this.targets, ...this.billing].find((option) => option.id === id)?.name ?? id);
    const mail = policy.id === "guance" && !isNew ? "ops@haice.example" : policy.id.startsWith("clickhouse") && isNew ? wish.member : null;
    const verdicts = (this.verdicts ?? this.#judge(policy.id, id, name, wish, mail)).map((it) => ({ ...it, overridden: it.overridable ? (wish.overrides[it.rule] ?? null) : null }));
    const blocking = (outcome: string) => verdicts.some((it) => it.outcome === outcome && it.overridden === null && !it.awaitsCode);
    const plan: LinkPlanInfo = {
      planId: `plan-${this.plans.size + 1}`, outcome: blocking("refuse") ? "refused" : blocking("unknown") ? "unknown" : "ready", policy: policy.id, agreement: row.id, license: null, account: row.account,
      evidence: wish.registration === null ? "agreement" : "token", targetKind: policy.target, targetId: isNew ? null : id, targetName: name, targetIsNew: isNew, member: wish.member, verdicts,
      entered: { workspaces: wish.workspaces, newWorkspaces: wish.newWorkspaces.map(({ name: made, language, site }) => [made, language, site] as [string, string, string]), answers: wish.answers, termsAccepted: wish.termsAccepted, overrides: wish.overrides },
      steps: this.#steps(policy.id, row, name, isNew, wish, mail), advice: [], madeAt: NOW - 3_000, madeBy: "kim", offline: this.offline ? NOW - 25 * MINUTE : null, state: "open", codes: [],
    };
    this.plans.set(plan.planId, plan);
    return plan;
  }

  show(id: string): LinkPlanInfo {
    return this.plans.get(id) ?? refuse({ code: "notFound", message: `there is no plan ${id} on this connection` });
  }

  pending(): LinkPlanInfo[] {
    return [...this.plans.values()].filter(({ state }) => state === "open" || state === "waiting");
  }

  withdraw(id: string): null {
    this.plans.set(id, { ...this.show(id), state: "withdrawn" });
    return null;
  }

  execute(id: string, codes: CodesEntered): ExecutedInfo {
    const plan = this.show(id);
    const nothing: ExecutedInfo = { state: "awaiting-verification", link: null, codes: [], confirmation: null, waiting: null };
    if (this.changes.length > 0) {
      const { changes } = this;
      this.changes = [];
      refuse({ code: "stale", message: "what the plan rests on has changed", changes });
    }
    if (this.offline) {
      this.plans.set(id, { ...plan, state: "waiting" });
      return { ...nothing, state: "queued" };
    }
    const address = plan.steps.find(({ kind }) => kind === "verify")?.id;
    const sent = plan.codes[0];
    const keep = (code: CodeSentInfo) => {
      this.plans.set(id, { ...plan, codes: [code] });
      return { ...nothing, codes: [code] };
    };
    if (address != null && sent?.verifiedAt == null) {
      const now = this.#clock();
      if (codes.entered.length > 0 && sent !== undefined) {
        if (codes.entered[0] === RIGHT_CODE) return keep({ ...sent, verifiedAt: now });
        keep({ ...sent, attempts: sent.attempts + 1 });
        const left = 4 - sent.attempts;
        return refuse({ code: "refused", message: `this is not the code that was sent; ${left} attempts are left`, hint: "Check the digits with the buyer; the newest mail counts.", fields: [{ field: "code", message: `this is not the code that was sent; ${left} attempts are left` }] });
      }
      return keep({ address, sentAt: now, expiresAt: now + 10 * MINUTE, sends: (sent?.sends ?? 0) + 1, attempts: sent?.attempts ?? 0, verifiedAt: null });
    }
    if (codes.checkOnly) return { ...nothing, codes: plan.codes };
    const active = plan.policy === "guance";
    const detail: LinkDetail = {
      link: {
        agreement: plan.agreement, chain: plan.agreement, license: plan.license, account: plan.account, state: active ? "active" : "awaiting-aws", targetKind: plan.targetKind, targetId: plan.targetId ?? "org-new", targetName: plan.targetName, since: NOW,
        source: `Bindery, ${id}`, workspaces: plan.steps.filter(({ kind, what }) => kind === "bind" && what === "workspace").map((it) => it.id ?? it.name ?? ""), policy: plan.policy, plan: id, member: plan.member, reason: null,
      },
      confirmation: active ? words(`The Guance Commercial Plan is on. The fees of your bound workspaces are settled from AWS account ${plan.account}, by way of the Billing Center account ${plan.targetName}.`,
        `Guance 상용 플랜이 활성화되었습니다. 연결된 워크스페이스의 요금은 빌링 센터 계정 ${plan.targetName}을(를) 통해 AWS 계정 ${plan.account}에서 정산됩니다.`, `观测云商业版已开通。已绑定工作空间的费用将通过费用中心账号 ${plan.targetName} 由 AWS 账户 ${plan.account} 结算。`) : null,
      waiting: active ? null : words("Waiting for AWS to finish syncing. AWS reports the license as PENDING; the payment method changes when it is provisioned.", "AWS 동기화가 완료되기를 기다리고 있습니다. 라이선스 상태: PENDING.", "正在等待 AWS 完成同步。许可证状态：PENDING。"),
      refusals: [], history: [],
    };
    this.links.set(plan.agreement, detail);
    this.plans.set(id, { ...plan, state: "done" });
    return { ...nothing, state: detail.link.state, link: detail.link, confirmation: detail.confirmation, waiting: detail.waiting };
  }

  link(agreement: string): LinkDetail | null {
    return this.links.get(agreement) ?? null;
  }

  #judge(policy: string, id: string, name: string, wish: LinkWish, mail: string | null): VerdictInfo[] {
    if (policy === "emqx" && id === "org-halden") return [...base, ...emqxRefusals(name)];
    if (policy === "pinecone") return [...base, pineconeRefusal(wish.member ?? "jo@lumen.example"), verdict("PC-1", "pass", "The person connecting is an owner of the organization.")];
    const codes = mail === null ? [] : [verdict(policy === "guance" ? "GU-3" : "CP-4", "unknown", policy === "guance" ? "The code sent to the billing account’s e-mail address was entered." : "A new member has a verified e-mail address and has given the business information.",
      { awaitsCode: true, message: `${mail} is not verified: no valid code from ${mail} was entered.`, missing: ["request.verified"], evidence: [fact("billing_account.email", mail)] })];
    return [...base, ...codes];
  }

  #steps(policy: string, row: AgreementRow, name: string, isNew: boolean, wish: LinkWish, mail: string | null): StepInfo[] {
    const steps: Omit<StepInfo, "number">[] = [];
    const add = (...given: [StepInfo["kind"], string, Partial<StepInfo>?]) => steps.push(step(0, ...given));
    add("check", "agreement", { id: row.id, operation: "DescribeAgreement", request: JSON.stringify({ agreementId: row.id }) });
    if (mail !== null) add("verify", "e-mail", { id: mail, says: `A code is sent to ${mail}, and entered here.` });
    if (isNew) add("create", policy === "guance" ? "billing_account" : "organization", { name });
    if (isNew && wish.member) add("create", "member", { id: wish.member, name: wish.answers["member.name"] ?? null, attribute: "member.role", after: "admin" });
    for (const workspace of wish.newWorkspaces) add("create", "workspace", { name: workspace.name, after: [workspace.language, workspace.site].join(" · ") });
    add("bind", "license", { id: "l-0123456789abcdef0123456789abcdef", before: "", after: name });
    for (const id of wish.workspaces) add("bind", "workspace", { id, name: this.workspaces.find((known) => known.id === id)?.name ?? id });
    for (const workspace of wish.newWorkspaces) add("bind", "workspace", { name: workspace.name });
    if (policy !== "guance") {
      add("await", "license", { says: "Waiting for AWS to finish syncing. AWS reports the license as PENDING; the payment method changes when it is provisioned." });
      add("set", "organization", { name, attribute: "organization.payment_method", before: isNew ? "" : "none", after: "aws-marketplace", when: "active", covers: ["EM-5"], says: "The payment method reads “AWS Marketplace Subscription”." });
      add("set", "organization", { name, attribute: "organization.payment_reference", before: null, after: `${row.id} · AWS ${row.account}`, when: "active" });
    } else for (const id of wish.workspaces) add("set", "workspace", { id, name: this.workspaces.find((known) => known.id === id)?.name ?? id, attribute: "workspace.settlement", before: "billing-center", after: "aws-marketplace", covers: ["GU-8"], says: `The fees are settled from AWS account ${row.account}.` });
    return steps.map((it, at) => ({ ...it, number: at + 1 }));
  }
}
