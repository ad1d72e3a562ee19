import type { MailForm, MailView } from "../../ipc/bindings";

export const mailFields = ["host", "port", "security", "user", "password", "from", "fromName"] as const;

/** Longest password that can be typed; what is too long is refused by the core, in words. */
export const PASSWORD_LENGTH_MAX = 2_048;

/** The port that servers usually have, by how the line is kept secret. */
export const usualPort: Record<string, string> = { tls: "465", starttls: "587", none: "25" };

/** What is typed for a connection's mail. */
export class MailDraft {
  host = $state("");
  port = $state("");
  security = $state("tls");
  user = $state("");
  password = $state("");
  from = $state("");
  fromName = $state("");

  /** `known` is how mail is sent now; none of it is secret. */
  constructor(known?: MailView | null) {
    if (known == null) return;
    this.host = known.host;
    this.port = String(known.port);
    this.security = known.security;
    this.user = known.user ?? "";
    this.from = known.from;
    this.fromName = known.fromName ?? "";
  }

  form(): MailForm {
    const { host, port, security, user, password, from, fromName } = this;
    return { host, port, security, user, password, from, fromName };
  }
}
