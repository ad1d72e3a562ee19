//! What is wrong with a file is said with its place, all at once, and in a way that helps.

mod expressions;

use expect_test::{Expect, expect};
use policy::{EXPRESSION_BYTES_MAX, FILE_BYTES_MAX, Policy};

/// The smallest policy there is, with room for more.
const SMALLEST: &str = r#"id = "own"
name.en = "Own"
listing.title = "Own"
[link]
target = "organization"
identity = ["token"]
counted = { one_target_per_account = true, one_account_per_target = true }
active_when = "true"
"#;

fn problems(text: &str) -> String {
    match Policy::parse("own.toml", text) {
        Ok(_) => "fine\n".to_owned(),
        Err(errors) => errors.iter().map(|error| format!("{error}\n")).collect(),
    }
}

/// Adds to the smallest policy, from its ninth line on.
#[track_caller]
fn check(more: &str, expected: Expect) {
    expected.assert_eq(&problems(&format!("{SMALLEST}{more}")));
}

/// Adds a rule with this condition, which begins in column 12 of line 11.
#[track_caller]
fn check_rule(require: &str, expected: Expect) {
    check(&rule(require, "M"), expected);
}

fn rule(require: &str, message: &str) -> String {
    format!(
        "[[link.rule]]\nid = \"X\"\nrequire = \"{require}\"\ntitle.en = \"T\"\nmessage.en = \"{message}\"\n"
    )
}

#[test]
fn the_smallest_policy_is_fine() {
    check(
        "",
        expect![[r#"
        fine
    "#]],
    );
    check_rule(
        "organization.plan == 'starter'",
        expect![[r#"
        fine
    "#]],
    );
}

#[test]
fn the_sketch_of_the_design_is_a_policy() {
    let sketch = r#"
id = "emqx"
name = "EMQX Cloud"
listing = { product = "emqx-payg", pricing = "usage" }

[link]
target = "organization"
active_when = "license.status == 'PROVISIONED'"

[[link.rule]]
id = "EM-1"
require = "organization.payment_method != 'card'"
evidence = ["organization.payment_method"]
message = { en = "A credit card is set up for {organization.name}.", ko = "…", zh = "…" }
remedy  = { en = "The owner removes the card under Billing, then link again." }

[[link.effect]]
on = "active"
set = { "organization.payment_method" = "aws-marketplace" }

[cancel]
confirm = "EMQX Cloud (Pay as you go)"

[[cancel.effect]]
stop = "deployment"
where = "deployment.state == 'running' && !deployment.trial"

[[cancel.effect]]
delete = "deployment"
where = "deployment.state == 'stopped'"
after = "3d"
"#;
    assert_eq!(problems(sketch), "fine\n");
    let policy = Policy::parse("sketch.toml", sketch).unwrap();
    assert_eq!(policy.link.counted.group, "emqx");
    assert_eq!(policy.link.identity, policy::Identity::ALL);
    assert_eq!(
        policy.link.rules[0].title.as_written().en,
        "Rule EM-1 is kept."
    );
    assert_eq!(
        policy.link.active.waiting.as_written().zh,
        "正在等待 AWS 完成处理。"
    );
    let elsewhere = sketch.replace("on = \"active\"", "on = \"ended\"");
    expect![[r#"
        own.toml:18:6: “ended” is none of active
    "#]]
    .assert_eq(&problems(&elsewhere));
}

#[test]
fn no_toml() {
    check(
        "[[link.rule]\nid = 3 4\n",
        expect![[r#"
        own.toml:9:13: is no TOML: unclosed array table, expected `]`
        own.toml:10:1: is no TOML: duplicate key
    "#]],
    );
}

#[test]
fn what_is_missing() {
    expect![[r#"
        own.toml:1:1: “id” is missing
        own.toml:1:1: “link” is missing
        own.toml:1:1: “listing” is missing
        own.toml:1:1: “name” is missing
    "#]]
    .assert_eq(&problems(""));
    expect![[r#"
        own.toml:1:1: “listing” is missing
        own.toml:1:1: “name” is missing
        own.toml:2:1: “active_when” is missing
        own.toml:2:1: “target” is missing
        own.toml:3:1: “id” is missing
        own.toml:3:1: “message” is missing
        own.toml:3:1: “require” is missing, or “none_of” with “where”
        own.toml:5:15: “overridable” must be true or false
        own.toml:6:12: there is no fact “member.rol”; did you mean “member.role”?
        own.toml:7:1: an effect is one of set, stop, delete, lock, keep
        own.toml:8:10: “covers” must be a text
        own.toml:10:1: “on” is missing
        own.toml:10:1: “title” is missing
        own.toml:12:1: “key” is missing
        own.toml:12:1: “label” is missing
        own.toml:14:1: “on” is missing
        own.toml:14:1: “text” is missing
        own.toml:16:1: “attempts” is missing
        own.toml:16:1: “body” is missing
        own.toml:16:1: “digits” is missing
        own.toml:16:1: “lifetime” is missing
        own.toml:16:1: “resends” is missing
        own.toml:16:1: “subject” is missing
        own.toml:16:1: “to” is missing
    "#]]
    .assert_eq(&problems("id = \"own\"\n[link]\n[[link.rule]]\ncovers = \"X-1\"\noverridable = 1\nevidence = \"member.rol\"\n[[link.effect]]\ncovers = 3\nafter = \"1d\"\n[[form]]\ncovers = []\n[[form.field]]\nhint.en = \"H\"\n[[hint]]\nitems = []\n[verification]\nwhen = \"true\"\n"));
}

#[test]
fn unknown_keys_and_words() {
    check(
        "hint = 3\n[[link.rules]]\n[[link.effect]]\nsett = { \"organization.plan\" = \"x\" }\n[[form]]\non = \"new-organisation\"\ntitle.en = \"T\"\ntitle.fr = \"T\"\n[cancel]\nconfirmm = \"Own\"\n",
        expect![[r#"
            own.toml:9:1: unknown key “hint”
            own.toml:10:8: unknown key “rules”; did you mean “rule”?
            own.toml:11:1: an effect is one of set, stop, delete, lock, keep
            own.toml:12:1: unknown key “sett”; did you mean “set”?
            own.toml:14:6: “new-organisation” is none of new-organization, existing-organization, new-member, new-billing-account, existing-billing-account, new-workspace, new-workspace-and-user, existing-workspaces
            own.toml:16:7: unknown key “fr”
            own.toml:18:1: unknown key “confirmm”; did you mean “confirm”?
        "#]],
    );
}

#[test]
fn everything_is_said_at_once() {
    let text = r#"id = "Own Policy"
name.en = "Own"
listing.pricing = "weekly"
[settings.days]
duration = "three days"
about.en = "Days."
[settings.flag]
value = 1.5
about.ko = "깃발"
[link]
target = "organisation"
identity = ["token", "account"]
counted = { group = "own", one_target_per_account = "settings.days", one_account_per_target = 1 }
active_when = "license.state == 'PROVISIONED'"
[[link.rule]]
id = "X-1"
require = "organization.plann == 'starter'"
title.en = "T"
message.ko = "메시지"
[[link.rule]]
id = "X-1"
require = "organization.open_invoices"
evidence = ["organisation.plan"]
title.en = "T {member.rol}"
message.en = "M {link.target_name"
[[link.rule]]
id = "BASE-1"
none_of = "links"
where = "link.same_account"
title.en = "T"
message.en = "M"
[[link.effect]]
set = { "organization.credit_balance" = "0", "workspace.state" = "active" }
[[cancel.effect]]
stop = "workspace-group"
after = "soon"
[[cancel.effect]]
delete = "deployment"
lock = "deployment"
"#;
    expect![[r#"
        own.toml:1:6: an id has small letters, digits and hyphens, and at most 64 of them
        own.toml:3:1: name the listing by “product”, “code” or “title”
        own.toml:3:19: “weekly” is none of usage, contract, contract-with-usage
        own.toml:4:1: one of “value”, “duration” and “money” is missing or wrong
        own.toml:5:12: “three days” is no duration such as 3d, 12h, 10m or 30s
        own.toml:7:1: one of “value”, “duration” and “money” is missing or wrong
        own.toml:9:1: “en” is missing
        own.toml:11:10: “organisation” is none of organization, billing-account
        own.toml:12:22: “account” is none of token, agreement
        own.toml:13:11: “one_account_per_target” must be true, false or the name of such a setting
        own.toml:13:11: “one_target_per_account” must be true, false or the name of such a setting
        own.toml:14:23: “active_when”: there is no variable “license.state”; did you mean “license.status”?
        own.toml:17:24: “require”: there is no variable “organization.plann”; did you mean “organization.plan”?
        own.toml:19:1: “en” is missing
        own.toml:21:6: there is another rule “X-1”
        own.toml:22:12: “require” yields int, where a rule must be true or false
        own.toml:23:13: there is no fact “organisation.plan”; did you mean “organization.plan”?
        own.toml:24:16: “{member.rol}” names no fact; did you mean “{member.role}”?
        own.toml:25:17: “{” has no “}”
        own.toml:27:6: rules “BASE-…” hold for every policy and are not written in one
        own.toml:28:11: “links” is none of entitlement, workspace, deployment, link, change
        own.toml:33:9: there is no attribute “organization.credit_balance”
        own.toml:35:8: “workspace-group” is none of workspace, deployment
        own.toml:36:9: “soon” is no duration such as 3d, 12h, 10m or 30s
        own.toml:37:1: an effect is one of set, stop, delete, lock, keep
    "#]].assert_eq(&problems(text));
}

#[test]
fn settings_have_names_that_rules_can_write() {
    let text = "[settings.least-units]\nvalue = 1\nabout.en = \"A\"\n";
    check(
        text,
        expect![[r#"
        own.toml:9:11: a setting's name has small letters, digits and underscores
    "#]],
    );
    check(
        "[settings]\nleast = 1\n",
        expect![[r#"
        own.toml:10:1: a setting is a table with “about” and one of “value”, “duration”, “money”
    "#]],
    );
}

#[test]
fn somebody_must_be_able_to_show_who_he_is() {
    expect![[r#"
        own.toml:4:1: “identity” names nothing that shows who the buyer is
    "#]]
    .assert_eq(&problems(&SMALLEST.replace("[\"token\"]", "[]")));
}

#[test]
fn placeholders_name_facts() {
    let message = |text: &str| rule("true", text);
    check(
        &message("{organization.plam} and {links.target_name} at {now}"),
        expect![[r#"
        own.toml:13:16: “{organization.plam}” names no fact; did you mean “{organization.plan}”?
    "#]],
    );
    check(
        &message("{link.target_name}"),
        expect![[r#"
        own.toml:13:16: “{link.target_name}” names no fact; did you mean “{links.target_name}”?
    "#]],
    );
    check(
        &message("{settings.grace} {code} {} { organization.plan }"),
        expect![[r#"
        own.toml:13:16: “{settings.grace}” names no fact
        own.toml:13:33: “{code}” names no fact
        own.toml:13:40: “{}” names no fact
        own.toml:13:43: “{ organization.plan }” names no fact; did you mean “{organization.plan}”?
    "#]],
    );
    check(
        &message("for {organization.plan"),
        expect![[r#"
        own.toml:13:19: “{” has no “}”
    "#]],
    );
}

#[test]
fn sizes_are_limited() {
    check(
        &"#".repeat(FILE_BYTES_MAX),
        expect![[r#"
        own.toml:1:1: larger than 262144 bytes
    "#]],
    );
    let long = format!("true{}", " ".repeat(EXPRESSION_BYTES_MAX));
    check_rule(
        &long,
        expect![[r#"
            own.toml:11:12: “require” is longer than 4096 bytes
        "#]],
    );
    check_rule(
        &format!("true{}", " && true".repeat(200)),
        expect![[r#"
        own.toml:11:12: “require” is made of more than 240 words and signs
    "#]],
    );
    check_rule(
        &format!("1{} > 0", " + 1".repeat(30)),
        expect![[r#"
        own.toml:11:12: “require” is more than 24 steps deep
    "#]],
    );
    check_rule(
        "(((((((((true)))))))))",
        expect![[r#"
        own.toml:11:12: “require” is nested in more than 6 brackets
    "#]],
    );
    check(
        "[verification]\ndigits = 0\nlifetime = \"0m\"\nattempts = 99\nto = \"member.role_name\"\nsubject.en = \"S\"\nbody.en = \"{code}\"\n[[cancel.effect]]\ndelete = \"deployment\"\nafter = \"99999d\"\n",
        expect![[r#"
            own.toml:9:1: “resends” is missing
            own.toml:10:10: “digits” must be a whole number from 4 to 9
            own.toml:11:12: “0m” is no duration such as 3d, 12h, 10m or 30s
            own.toml:12:12: “attempts” must be a whole number from 1 to 10
            own.toml:13:6: there is no attribute “member.role_name”; did you mean “member.name”?
            own.toml:18:9: “99999d” is no duration such as 3d, 12h, 10m or 30s
        "#]],
    );
}
