//! What is wrong with a rule's condition: its types, its names, and what is no CEL.

use expect_test::expect;

use super::{check, check_rule};

#[test]
fn rules_are_typed() {
    check_rule(
        "organization.open_invoices",
        expect![[r#"
        own.toml:11:12: “require” yields int, where a rule must be true or false
    "#]],
    );
    check_rule(
        "'admin'",
        expect![[r#"
        own.toml:11:12: “require” yields text, where a rule must be true or false
    "#]],
    );
    check_rule(
        "member.role == 3",
        expect![[r#"
            own.toml:11:24: “require”: text cannot be compared with int
        "#]],
    );
    check_rule(
        "organization.credit_balance > 0",
        expect![[r#"
            own.toml:11:40: “require”: “>” does not go with money and int
        "#]],
    );
    check_rule(
        "organization.credit_balance > money('0,5')",
        expect![[r#"
            own.toml:11:48: “require”: “0,5” is not an amount such as 12.50
        "#]],
    );
    check_rule(
        "now - agreement.accepted_at > 30",
        expect![[r#"
            own.toml:11:40: “require”: “>” does not go with duration and int
        "#]],
    );
    check_rule(
        "agreement.ends_at > time('tomorrow')",
        expect![[r#"
            own.toml:11:37: “require”: “tomorrow” is not an instant such as 2026-12-31T00:00:00Z
        "#]],
    );
    check_rule(
        "organization.plan && true",
        expect![[r#"
            own.toml:11:30: “require”: “&&” does not go with text and bool
        "#]],
    );
    check_rule(
        "links.exists(l, l.same_account + 1 > 0)",
        expect![[r#"
            own.toml:11:43: “require”: “+” does not go with bool and int
        "#]],
    );
    check_rule(
        "workspaces == null || workspaces[0].name.startsWith(3)",
        expect![[r#"
            own.toml:11:63: “require”: startsWith() does not take text, int
        "#]],
    );
    check_rule(
        "organization == organization",
        expect![[r#"
            own.toml:11:25: “require”: record organization cannot be compared with record organization
        "#]],
    );
    check_rule(
        "organization.plan == 'a' ? true : 'b'",
        expect![[r#"
            own.toml:11:37: “require”: both sides of “? :” must be of the same type
        "#]],
    );
    check_rule(
        "account.evidence == 'typed'",
        expect![[r#"
            own.toml:11:32: “require”: “typed” is none of token, agreement, none
        "#]],
    );
    check_rule(
        "request.target in ['existing', 'old']",
        expect![[r#"
            own.toml:11:43: “require”: “old” is none of existing, new
        "#]],
    );
}

#[test]
fn names_are_checked_wherever_they_stand() {
    check_rule(
        "organisation.plan == 'starter'",
        expect![[r#"
            own.toml:11:12: “require”: there is no variable “organisation”; did you mean “organization”?
        "#]],
    );
    check_rule(
        "true || organization.paymentmethod == 'card'",
        expect![[r#"
            own.toml:11:32: “require”: there is no variable “organization.paymentmethod”; did you mean “organization.payment_method”?
        "#]],
    );
    check_rule(
        "deployment.trial",
        expect![[r#"
            own.toml:11:12: “require”: “deployment” is known only where one of deployments is looked at; here there is “deployments”
        "#]],
    );
    check_rule(
        "deployments.all(d, d.trail)",
        expect![[r#"
            own.toml:11:32: “require”: there is no variable “deployment.trail”; did you mean “deployment.trial”?
        "#]],
    );
    check_rule(
        "settings.grace == 1",
        expect![[r#"
            own.toml:11:20: “require”: there is no setting “grace”
        "#]],
    );
    check_rule(
        "links.exists(l, k.same_account)",
        expect![[r#"
            own.toml:11:28: “require”: there is no variable “k”; did you mean “l”?
        "#]],
    );
    check_rule(
        "matches(organization.name, 'x')",
        expect![[r#"
            own.toml:11:19: “require”: there is no function matches()
        "#]],
    );
    check_rule(
        "organization.name.matches('x')",
        expect![[r#"
            own.toml:11:37: “require”: there is no function matches()
        "#]],
    );
}

#[test]
fn has_is_refused_because_it_takes_the_unknown_for_absent() {
    check_rule(
        "!has(organization.payment_method)",
        expect![[r#"
            own.toml:11:16: “require”: has() would take what is not known for absent; compare with null instead
        "#]],
    );
}

#[test]
fn what_cannot_be_guarded_by_types_is_refused() {
    check_rule(
        "{'a': 1}.a == 1",
        expect![[r#"
            own.toml:11:12: “require”: maps and messages cannot be written in a rule
        "#]],
    );
    check_rule(
        "1.5 > 1.0",
        expect![[r#"
            own.toml:11:12: “require”: there are no decimals; an amount is written money('12.50')
            own.toml:11:18: “require”: there are no decimals; an amount is written money('12.50')
        "#]],
    );
    check_rule(
        "type(organization.plan) == string",
        expect![[r#"
            own.toml:11:16: “require”: there is no function type()
            own.toml:11:39: “require”: there is no variable “string”
        "#]],
    );
    check_rule(
        "dyn(organization).plan == 'x'",
        expect![[r#"
            own.toml:11:15: “require”: there is no function dyn()
        "#]],
    );
    check_rule(
        "organization['plan'] == 'x'",
        expect![[r#"
            own.toml:11:24: “require”: record organization cannot be indexed by text
        "#]],
    );
    check_rule(
        "organization.?plan == 'x'",
        expect![[r#"
            own.toml:11:24: “require”: “?.” does not go with record organization and text
        "#]],
    );
}

#[test]
fn no_cel_is_told_with_its_place() {
    check_rule(
        "organization.plan = 'starter'",
        expect![[r#"
        own.toml:11:30: “require” is no CEL: Syntax error: token recognition error at: '= '
        own.toml:11:32: “require” is no CEL: Syntax error: extraneous input ''starter'' expecting <EOF>
    "#]],
    );
    check_rule(
        "organization.plan == 'starter",
        expect![[r#"
            own.toml:11:33: “require” is no CEL: Syntax error: token recognition error at: ''starter'
            own.toml:11:41: “require” is no CEL: Syntax error: mismatched input '<EOF>'
        "#]],
    );
    check_rule(
        "",
        expect![[r#"
            own.toml:11:12: “require” is no CEL: Syntax error: mismatched input '<EOF>'
        "#]],
    );
    let long = "[[link.rule]]\nid = \"X\"\nrequire = \"\"\"\nmember.role == 'admin'\n  && member.name = '한글'\n\"\"\"\ntitle.en = \"T\"\nmessage.en = \"M\"\n";
    check(
        long,
        expect![[r#"
        own.toml:13:18: “require” is no CEL: Syntax error: token recognition error at: '= '
        own.toml:13:20: “require” is no CEL: Syntax error: extraneous input ''한글'' expecting <EOF>
    "#]],
    );
    let korean = long.replace(
        "&& member.name = '한글'",
        "&& member.name != '한글' && member.nme == 'x'",
    );
    check(
        &korean,
        expect![[r#"
            own.toml:13:39: “require”: there is no variable “member.nme”; did you mean “member.name”?
        "#]],
    );
}
