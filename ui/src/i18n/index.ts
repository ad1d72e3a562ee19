// Every word the person sees comes through here; the functions are compiled from messages/*.json.
export { m } from "./generated/messages.js";
export { getLocale, locales } from "./generated/runtime.js";
