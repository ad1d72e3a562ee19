import type { FormInfo, IdentifiedInfo, LinkPlanInfo, LinkWish, PolicyInfo, WorkspaceWish } from "../../ipc/bindings";

/** A place in the vendor's directory: one that is there, or one that the plan makes. */
export type Target = { what: "existing"; kind: string; id: string; name: string } | { what: "new" };

/** What is asked for elsewhere than in a form's fields, and so is no answer. */
const ORGANIZATION_NAME = "organization.name";
const USER_NAME = "billing_account.user_name";
const TARGET_NAMES = [ORGANIZATION_NAME, USER_NAME];
const WORKSPACE = "workspace.";
const MEMBER = "member.email";

const emptyWorkspace = (): WorkspaceWish => ({ name: "", language: "", site: "" });

/** What is chosen and typed for a link. Which of it is needed, and whether it is right, the core says. */
export class Draft {
  target = $state.raw<Target>();
  /** What is typed, by attribute. */
  texts = $state<Record<string, string>>({});
  member = $state("");
  /** Whether the person has no account with the vendor yet; for an organization that is there its members tell. */
  memberIsNew = $state(true);
  /** Members of the chosen organization, by address; not known before they were asked for. */
  members = $state.raw<string[]>();
  /** Workspaces that are there, to be bound. */
  workspaces = $state<string[]>([]);
  newWorkspaces = $state<WorkspaceWish[]>([]);
  terms = $state(false);
  overrides = $state<Record<string, string>>({});

  constructor(readonly of: IdentifiedInfo) {
    const company = of.agreement?.company;
    // What AWS knows is not typed again; it can be changed.
    if (company) for (const key of ["member.company", "billing_account.company", "organization.name"]) this.texts[key] = company;
  }

  get policy(): PolicyInfo | undefined {
    return this.of.policy ?? undefined;
  }

  /** Workspaces that a link to this very target has already. */
  get bound(): readonly string[] {
    const { link } = this.of;
    return link !== null && this.target?.what === "existing" && this.target.id === link.targetId ? link.workspaces : [];
  }

  choose(target: Target | undefined): void {
    const before = this.target;
    this.target = target;
    if (before?.what === "existing" && target?.what === "existing" && before.id === target.id) return;
    // What was chosen there belongs to the other one.
    this.members = undefined;
    this.workspaces = [...this.bound];
    this.newWorkspaces = target?.what === "new" && this.form("new-billing-account") ? [emptyWorkspace()] : [];
  }

  /** What was entered for a plan that was kept. */
  restore({ targetKind, targetId, targetName, targetIsNew, member, entered }: LinkPlanInfo): void {
    this.choose(targetIsNew || targetId === null ? { what: "new" } : { what: "existing", kind: targetKind, id: targetId, name: targetName });
    this.texts = { ...this.texts, ...entered.answers, ...(targetIsNew ? { [targetKind === "organization" ? ORGANIZATION_NAME : USER_NAME]: targetId ?? targetName } : {}) };
    this.member = member ?? "";
    this.workspaces = [...entered.workspaces];
    this.newWorkspaces = entered.newWorkspaces.map(([name, language, site]) => ({ name, language, site }));
    this.terms = entered.termsAccepted;
    this.overrides = { ...entered.overrides };
  }

  addWorkspace(): void {
    this.newWorkspaces = [...this.newWorkspaces, emptyWorkspace()];
  }

  removeWorkspace(at: number): void {
    this.newWorkspaces = this.newWorkspaces.filter((_, nth) => nth !== at);
  }

  /** Whether the typed address is of nobody in the chosen organization. */
  get memberIsUnknown(): boolean {
    const typed = this.member.trim().toLowerCase();
    if (typed === "") return false;
    if (this.target?.what !== "existing" || this.policy?.target !== "organization") return this.memberIsNew;
    return this.members !== undefined && !this.members.some((known) => known.toLowerCase() === typed);
  }

  /** The policy's forms that this case fills in. */
  get forms(): FormInfo[] {
    const { policy, target } = this;
    if (policy === undefined || target === undefined) return [];
    const on = [`${target.what === "new" ? "new" : "existing"}-${policy.target}`];
    if (policy.target === "organization") {
      if (this.memberIsUnknown) on.push("new-member");
    } else if (target.what === "existing" && this.newWorkspaces.length > 0) {
      on.push(this.memberIsNew ? "new-workspace-and-user" : "new-workspace");
    }
    return on.map((occasion) => this.form(occasion)).filter((form) => form !== undefined);
  }

  form(occasion: string): FormInfo | undefined {
    return this.policy?.forms.find(({ on }) => on === occasion);
  }

  /** What the target is called, as far as it has a name yet. */
  get name(): string {
    if (this.target === undefined) return "";
    if (this.target.what === "existing") return this.target.name;
    return (this.texts[this.#nameKey] ?? "").trim();
  }

  wish(): LinkWish {
    const { of, target, policy } = this;
    const kind = policy?.target ?? "organization";
    const fields = this.forms.flatMap((form) => form.fields.map((field) => field.key));
    const answers = fields.filter((key) => key !== MEMBER && !TARGET_NAMES.includes(key) && !key.startsWith(WORKSPACE));
    const named = target === undefined ? "" : target.what === "existing" ? `${target.kind}:${target.id}` : `new-${kind}:${this.name}`;
    return {
      registration: of.registration, agreement: of.agreement?.id ?? null, target: named,
      workspaces: this.workspaces.filter((id) => !this.bound.includes(id)), withoutWorkspaces: this.bound.filter((id) => !this.workspaces.includes(id)),
      newWorkspaces: this.newWorkspaces.map((workspace) => ({ ...workspace })), member: this.#wantsMember ? this.member.trim() : null,
      answers: Object.fromEntries(answers.flatMap((key) => (this.texts[key]?.trim() ? [[key, this.texts[key]]] : []))),
      termsAccepted: this.terms, overrides: { ...this.overrides },
    };
  }

  get #wantsMember(): boolean {
    if (this.member.trim() === "") return false;
    return this.policy?.target === "organization" || this.forms.some((form) => form.fields.some(({ key }) => key === MEMBER));
  }

  get #nameKey(): string {
    return this.policy?.target === "billing-account" ? "billing_account.user_name" : "organization.name";
  }
}
