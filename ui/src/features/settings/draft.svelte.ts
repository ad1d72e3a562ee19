import type { ConnectionForm, CredentialsForm, CredentialsInfo, Failure } from "../../ipc/bindings";
import { problemAt } from "../../report";

/** Where the credentials come from. */
export type Way = "keys" | "profile";

/** Longest that can be pasted into a field for keys; what is too long for AWS is refused by the core, in words. */
export const KEY_LENGTH_MAX = 8_192;

/** What is wrong with the form, field by field, until it is sent again. */
export class Problems {
  #failure = $state.raw<Failure>();

  constructor(readonly known: readonly string[]) {}

  /** What is wrong with this field. */
  at(field: string): string | undefined {
    return problemAt(this.#failure, field);
  }

  /** What the fields alone do not tell: what is wrong with none of those that are here, a next step, a request id to hand on. */
  get other(): Failure | undefined {
    const failure = this.#failure;
    if (failure === undefined || failure.code === "codeNeeded") return undefined;
    const atFields = failure.fields.some(({ field }) => this.known.includes(field));
    return atFields && failure.hint === null && failure.requestId === null ? undefined : failure;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  set failure(failure: Failure | undefined) {
    this.#failure = failure;
  }
}

export const credentialFields = ["profile", "accessKeyId", "secretAccessKey", "sessionToken", "roleArn", "externalId", "mfaSerial", "mfaCode"] as const;
const roleFields: readonly string[] = ["roleArn", "externalId", "mfaSerial", "mfaCode"];
const advancedFields: readonly string[] = ["region", "endpoint", "stsEndpoint"];
export const connectionFields = ["name", "account", ...credentialFields, ...advancedFields];

/** What is typed for credentials. Only what belongs to the chosen way is sent. */
export class CredentialsDraft {
  way = $state<Way>("keys");
  profile = $state("");
  accessKeyId = $state("");
  secretAccessKey = $state("");
  sessionToken = $state("");
  usesRole = $state(false);
  roleArn = $state("");
  externalId = $state("");
  mfaSerial = $state("");
  mfaCode = $state("");
  /** Whether AWS has asked for the code of the MFA device. */
  codeAsked = $state(false);

  /** `known` is what a connection has now; none of it is secret. */
  constructor(known?: CredentialsInfo | null) {
    if (known == null) return;
    this.way = known.profile === null ? "keys" : "profile";
    this.profile = known.profile ?? "";
    this.usesRole = known.roleArn !== null;
    this.roleArn = known.roleArn ?? "";
    this.externalId = known.externalId ?? "";
    this.mfaSerial = known.mfaSerial ?? "";
  }

  form(): CredentialsForm {
    const keys = this.way === "keys";
    const role = this.usesRole;
    return {
      profile: keys ? "" : this.profile,
      accessKeyId: keys ? this.accessKeyId : "", secretAccessKey: keys ? this.secretAccessKey : "", sessionToken: keys ? this.sessionToken : "",
      roleArn: role ? this.roleArn : "", externalId: role ? this.externalId : "", mfaSerial: role ? this.mfaSerial : "", mfaCode: this.mfaCode,
    };
  }

  /** Makes room for what is wrong: a field has to be there to be mended. */
  reveal(failure: Failure): void {
    if (failure.code === "codeNeeded") this.codeAsked = true;
    if (failure.fields.some(({ field }) => roleFields.includes(field))) this.usesRole = true;
    // A code is good for one time only, also when something else was wrong.
    this.mfaCode = "";
  }

  forgetSecrets(): void {
    this.accessKeyId = this.secretAccessKey = this.sessionToken = this.mfaCode = "";
  }
}

/** What is typed for a new connection. */
export class ConnectionDraft {
  name = $state("");
  account = $state("");
  readonly credentials = new CredentialsDraft();
  region = $state("");
  endpoint = $state("");
  stsEndpoint = $state("");
  readOnly = $state(false);
  memoryOnly = $state(false);
  advanced = $state(false);

  form(): ConnectionForm {
    const { name, account, region, endpoint, stsEndpoint, readOnly, memoryOnly } = this;
    return { name, account, credentials: this.credentials.form(), region, endpoint, stsEndpoint, readOnly, memoryOnly };
  }

  reveal(failure: Failure): void {
    this.credentials.reveal(failure);
    if (failure.fields.some(({ field }) => advancedFields.includes(field))) this.advanced = true;
  }
}

/** Puts the focus where the first thing has to be mended. */
export function focusFirstWrong(form: HTMLElement | undefined): void {
  const first = form?.querySelector<HTMLElement>("[aria-invalid=true]") ?? form?.querySelector<HTMLElement>("[data-problem]");
  first?.focus();
}
