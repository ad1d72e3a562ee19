// ?rows=N &theme=dark &scene=offline|syncing|incomplete|failure|empty|trouble|crash &type=… &keys=…
import "../../src/app/language";
import "../../src/styles/tokens.css";
import "../../src/styles/base.css";
import { mount } from "svelte";
import App from "../../src/app/App.svelte";
import { FakeCore, failureOf } from "../fakeBackend";
import { NOW } from "../fakeRows";

const wanted = new URLSearchParams(location.search);
const scene = wanted.get("scene");
document.addEventListener("securitypolicyviolation", (event) => console.error("CSP", event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber));
localStorage.clear();
const core = new FakeCore(scene === "empty" ? 0 : Number(wanted.get("rows") ?? 1284));
const theme = wanted.get("theme");
if (theme === "dark" || theme === "light") core.preferences.theme = theme;
if (scene === "offline") core.status.offlineSince = NOW - 25 * 60_000;
if (scene === "syncing") core.status.sync = { phase: "details", full: false, done: 812, total: 1284, failed: 3, startedAt: NOW - 40_000 };
if (scene === "incomplete") {
  core.status.listing = "incomplete";
  core.status.listingFailure = failureOf({ code: "offline", message: "The listing broke off after page 7: connection reset." });
  core.status.detailsMissing = 212;
}
if (scene === "failure") {
  core.status.failure = failureOf({ code: "databaseLocked", message: "The keyring did not give out the key of sandbox.db: no unlocked collection.", hint: "Unlock the keyring, for example by logging in again, then try again.", requestId: null });
}
if (scene === "trouble") core.fail("listAgreements", { code: "internal", message: "The index is not there.", requestId: "5f0c-77" });
if (scene === "setup-empty") core.rows = core.rows.filter((row) => row.state !== "needsSetup");
if (wanted.has("views")) core.preferences.views = [{ name: "Korea, big", filter: "value:>100000", sort: "value", descending: true }];
if (wanted.has("faults")) core.faults = [{ id: "1", operation: "SearchAgreements", effect: "throttle", remaining: 2, hits: 1 }, { id: "2", operation: "ResolveCustomer", effect: "dropAfterAccepting", remaining: null, hits: 0 }];

const target = document.getElementById("app");
if (target !== null) mount(App, { target, props: { backend: core.backend } });
Object.assign(window, { core });
