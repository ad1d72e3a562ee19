// ?rows=N &theme=dark &scene=offline|syncing|incomplete|failure|empty|trouble|crash|database-key|opening|locked|attention|code|keyring|denied|read-only
// &endings &audit=N &sellers &mails &no-keyring &broken-file &type=… &keys=…  Whatever else is wanted is done to window.core.
import "../../src/app/language";
import "../../src/styles/tokens.css";
import "../../src/styles/base.css";
import { mount } from "svelte";
import App from "../../src/app/App.svelte";
import { FakeCore, failureOf } from "../fakeBackend";
import { checkOf, lackingCheck, sellerCard } from "../fakeConnections";
import { fillEndings, makeAudit } from "../fakeEndings";
import { makeRows, NOW } from "../fakeRows";

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
if (scene === "trouble") core.fail("listOrganizations", { code: "databaseLocked", message: "another program holds sandbox.sqlite3" });
if (scene === "trouble") core.fail("listAgreements", { code: "internal", message: "The index is not there.", requestId: "5f0c-77" });
if (scene === "setup-empty") core.rows = core.rows.filter((row) => row.state !== "needsSetup");
if (wanted.has("views")) core.preferences.views = [{ name: "Korea, big", filter: "value:>100000", sort: "value", descending: true }];
if (wanted.has("faults")) core.faults = [{ id: "1", operation: "SearchAgreements", effect: "throttle", remaining: 2, hits: 1 }, { id: "2", operation: "ResolveCustomer", effect: "dropAfterAccepting", remaining: null, hits: 0 }];
if (wanted.has("mails")) {
  core.mails = [4, 3, 2, 1].map((number) => ({
    number, at: NOW - 3_600_000 * (5 - number), to: number % 2 === 0 ? "ingrid.moe@fjord-data.example" : "a.rather.long.address.of.somebody@gesellschaft-fuer-verkehrstelematik.example",
    subject: number === 4 ? "인증 코드" : "Your verification code", body: "Enter this code where you link your AWS account:\n\n493827\n\nIt is good for 10 minutes. If you did not ask for it, do nothing.\n",
  }));
}
if (wanted.has("endings")) fillEndings(core.endings, core.rows);
if (wanted.has("audit")) core.endings.audit = makeAudit(Number(wanted.get("audit")) || 300, core.rows);
if (wanted.has("sellers")) {
  const mail = { host: "mail.example.com", port: 465, security: "tls", user: "sales", from: "marketplace@example.com", fromName: "성수로보틱스 영업" };
  core.connect(sellerCard({ id: "acme", name: "Acme Software", mail }), makeRows(40));
  core.connect(sellerCard({ id: "long", name: "Gesellschaft für angewandte Verkehrstelematik 성수로보틱스 青岛海测", account: "555566667777", readOnly: true, region: "eu-central-1",
    credentials: { profile: "seller-production-administrator", roleArn: "arn:aws:iam::555566667777:role/marketplace/BinderyOperator", externalId: "x-1", mfaSerial: "arn:aws:iam::555566667777:mfa/kim" } }), makeRows(7));
  core.connect(sellerCard({ id: "test", name: "青岛海测科技有限公司", account: "888899990000", endpoint: "http://127.0.0.1:5001", memoryOnly: true }), makeRows(3));
  core.checks.set("acme", lackingCheck());
  core.checks.set("long", checkOf({ otherAccount: true, account: "999900001111", expectedAccount: "555566667777", arn: "arn:aws:sts::999900001111:assumed-role/BinderyOperatorWithARatherLongNameForTheTest/bindery-kim", clockBehind: -412_000, clockIsOff: true }));
  core.profiles = [{ name: "default", kind: "keys" }, { name: "seller-production-administrator", kind: "sso" }, { name: "vault", kind: "process" }];
}
if (wanted.has("no-keyring")) core.list.keyringFailure = failureOf({ code: "keyring", message: "there is no D-Bus session, through which the keyring is reached", hint: "Start Bindery from a desktop session. Over ssh or in a container, run `dbus-run-session -- bash`. In there, to unlock a keyring, run `read -rs p; printf %s \"$p\" | gnome-keyring-daemon --replace --unlock; unset p` and type its password, then Enter; then start Bindery." });
if (wanted.has("broken-file")) {
  core.list.failure = failureOf({ code: "invalid", message: "/home/kim/.config/bindery/connections.toml, line 7: expected an equals sign.", hint: "Mend the file, or move it away; the secrets stay in the keyring." });
  core.list.connections = core.list.connections.filter((card) => card.sandbox);
}
const seller = scene === null ? "" : { "database-key": "long", "keyring": "acme", "attention": "acme", "code": "acme", "denied": "acme", "locked": "acme", "opening": "long", "read-only": "long" }[scene] ?? "";
if (seller !== "" && wanted.has("sellers")) core.show(seller);
if (scene === "database-key") core.status.failure = failureOf({ code: "databaseKey", message: "the key of this connection's database is not in the keyring any more", hint: "Restore the keyring, or start with a new database." });
if (scene === "keyring") core.status.failure = failureOf({ code: "keyring", message: "the keyring is locked", hint: "Unlock the login keyring, in Passwords and Keys or KWalletManager, then try again." });
if (scene === "attention") core.status.attention = failureOf({ code: "credentials", message: "The sign-in of the profile “seller-production-administrator” has expired.", hint: "Run `aws sso login --profile seller-production-administrator`, then try again.", requestId: "7d0c-11" });
if (scene === "code") core.status.attention = failureOf({ code: "codeNeeded", message: "The role BinderyOperator wants the code of arn:aws:iam::555566667777:mfa/kim." });
if (scene === "denied") core.status.denied = [{ operation: "GetAgreementTerms", withoutIt: "values and terms stay unknown" }, { operation: "ResolveCustomer", withoutIt: "no buyer can be linked by a registration token" }];
if (scene === "locked") core.status.locked = true;
if (scene === "opening") core.status.opening = true;

const target = document.getElementById("app");
if (target !== null) mount(App, { target, props: { backend: core.backend } });
Object.assign(window, { core });
