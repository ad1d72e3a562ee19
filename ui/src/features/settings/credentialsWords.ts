import { m } from "../../i18n";
import type { CredentialsInfo } from "../../ipc/bindings";

/** How a connection gets its credentials, in one line. */
export function credentialsWords(info: CredentialsInfo | null, memoryOnly: boolean): string {
  if (info === null) return "";
  const base = info.profile !== null ? m.by_profile({ profile: info.profile }) : memoryOnly ? m.by_keys_in_memory() : m.by_keys();
  if (info.roleArn === null) return base;
  const role = info.roleArn.slice(info.roleArn.indexOf("/") + 1);
  return info.mfaSerial === null ? m.by_role({ role, base }) : m.by_role_with_mfa({ role, base });
}
