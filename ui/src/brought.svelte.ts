// What a buyer brings, by its looks alone: to offer the right thing while somebody types, and to keep a token off the screen.
// Only the core can tell what a text really is; it is asked once the person says so.
import type { Session } from "./session.svelte";

export type Looks = { what: "token" | "agreement" | "license" | "account"; /** The text with nothing in it that nobody should read over a shoulder. */ shown: string };

/** What is masked already is no token any more. */
const TOKEN_FIELD = /x-amzn-marketplace-token["' ]*[=:]["'\s]*([^&#"',\s…][^&#"',\s]*)/;
const BARE_TOKEN = /^[A-Za-z0-9+/=._~%-]{20,8192}$/;
/** What AWS and this program give such names to is no token, however long it is. */
const KNOWN_ID = /^(?:agmt|offer|prod|acr|plan|l|set)-/i;
const SHOWN_AT_END = 4;

/** What a text looks like; nothing when it looks like a search. */
export function looksLike(text: string): Looks | undefined {
  const trimmed = text.trim();
  const token = TOKEN_FIELD.exec(trimmed)?.[1] ?? (isBareToken(trimmed) ? trimmed : undefined);
  if (token !== undefined) return { what: "token", shown: trimmed.replaceAll(token, masked(token)) };
  if (/^agmt-[\w-]{3,}$/.test(trimmed) || (/^(?:https?:|aws-marketplace:)/.test(trimmed) && /\bagmt-\w+/.test(trimmed))) return { what: "agreement", shown: trimmed };
  if (/^arn:aws[\w-]*:license-manager:.*:license:l-\w+$/.test(trimmed)) return { what: "license", shown: trimmed };
  if (/^\d{12}$/.test(trimmed) || /^\d{4}-\d{4}-\d{4}$/.test(trimmed)) return { what: "account", shown: trimmed };
  return undefined;
}

/** Tokens mix cases and digits; words, domains and host names that somebody searches for do not. */
function isBareToken(text: string): boolean {
  return BARE_TOKEN.test(text) && !KNOWN_ID.test(text) && /[A-Z]/.test(text) && /[a-z]/.test(text) && /[\d+/=]/.test(text);
}

const masked = (token: string): string => `…${token.slice(-SHOWN_AT_END)}`;

/** A place in the vendor's directory that is there. */
export type Place = { kind: string; id: string; name: string };

/** Carries what was pasted or chosen elsewhere to where buyers are linked. Never by the address, which is kept and shown. */
class Handed {
  /** The place that a buyer is to be linked to, whoever it is. */
  place = $state.raw<Place>();
  #text = $state.raw<string>();

  get waiting(): boolean {
    return this.#text !== undefined;
  }

  give(text: string): void {
    this.#text = text;
  }

  /** Once: a token is not left lying about. */
  take(): string | undefined {
    const text = this.#text;
    this.#text = undefined;
    return text;
  }
}

export const handed = (session: Session): Handed => session.keep("brought", () => new Handed());
