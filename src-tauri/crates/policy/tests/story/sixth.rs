//! A vendor that nobody thought of: its policy is a file, and no code knows of it.

use expect_test::expect;
use policy::{HintMoment, Moment, Outcome, Policy, Value, effects, evaluate, hints, is_active};

use crate::cases::{at, link, ready, story, usd};

const NIMBUS: &str = r#"
id = "nimbus"
name = "Nimbus Queue"

[listing]
product = ["prod-nimbus", "prod-nimbus-eu"]
pricing = "contract"

[settings.least_units]
value = 100
about.en = "Fewest units that may be linked."

[settings.credit_limit]
money = "250.00"
about.en = "Most credits that an organization may carry over."

[settings.grace]
duration = "36h"
about.en = "How long deployments stay."

[link]
target = "organization"
identity = "token"
active_when = "entitlements.exists(e, e.dimension == 'units' && e.units >= settings.least_units)"

[link.waiting]
text = "Waiting for units."

[[link.rule]]
id = "NQ-units"
require = "size(entitlements.filter(e, e.dimension == 'units')) == 1 && entitlements.all(e, e.expires_at > now + days(30))"
title.en = "One entitlement to units, for 30 days at least."
message.en = "The entitlements {entitlements.dimension} end on {entitlements.expires_at}."

[[link.rule]]
id = "NQ-credits"
require = "organization.credit_balance <= settings.credit_limit || organization.plan in ['scale', 'enterprise']"
overridable = true
title.en = "Few credits."
message.en = "{organization.name} carries {organization.credit_balance}, more than {settings.credit_limit}."
remedy.en = "Settle them."

[[link.rule]]
id = "NQ-many"
require = "size(links.filter(l, l.same_account && l.state != 'ending')) < 2"
title.en = "At most two links of one account."
message.en = "There are links to {links.target_name} already."
message.ko = "{links.target_name}"

[[hint]]
on = "choosing"
when = "agreement.ends_at != null && agreement.ends_at - now < days(30)"
text.en = "The contract ends on {agreement.ends_at}. A private offer: {offer.private}. A trial: {offer.free_trial}."

[[cancel.effect]]
delete = "deployment"
where = "deployment.name.startsWith('tmp-') && !(deployment.state in ['running'])"
after = "settings.grace"

[[cancel.effect]]
stop = "deployment"
where = "deployment.state == 'running' || deployment.trial"

[[cancel.effect]]
keep = "deployment"
where = "deployment.trial_ends_at > now"
"#;

fn nimbus() -> Policy {
    Policy::parse("nimbus.toml", NIMBUS).unwrap()
}

fn case() -> crate::cases::Case {
    let mut case = ready("emqx");
    case.add(
        "entitlements",
        &[
            ("dimension", "units".into()),
            ("units", 500_i64.into()),
            ("expires_at", at("2027-01-01T00:00:00Z").into()),
        ],
    );
    case
}

#[test]
fn a_new_vendor_needs_no_code() {
    let policy = nimbus();
    let case = case();
    expect![[r#"
        pass: BASE-1 BASE-2 BASE-4 NQ-units NQ-credits NQ-many
    "#]]
    .assert_eq(&story(&evaluate(&policy, &case.facts())));
    assert_eq!(is_active(&policy, &case.facts()), policy::Holds::Yes);
}

#[test]
fn its_rules_refuse_in_its_own_words() {
    let mut case = case();
    case.set("organization.credit_balance", usd("250.01"));
    case.lists.get_mut("entitlements").unwrap()[0]
        .insert("expires_at", at("2026-12-01T00:00:00Z").into());
    link(&mut case, &["account"]);
    link(&mut case, &["account"]);
    expect![[r#"
        NQ-units refuse
          The entitlements units end on 2026-12-01 00:00 UTC.
          The entitlements units end on 2026-12-01 00:00 UTC.
          The entitlements units end on 2026-12-01 00:00 UTC.
          entitlements[0].dimension = units; expires_at = 2026-12-01T00:00:00.000Z (AWS, 2026-11-20T09:00:00.000Z)
        NQ-credits refuse, overridable
          Acme carries USD 250.01, more than 250.00.
          Acme carries USD 250.01, more than 250.00.
          Acme carries USD 250.01, more than 250.00.
          → Settle them.
          → Settle them.
          → Settle them.
          organization.credit_balance = USD 250.01 (directory, 2026-11-20T08:00:00.000Z)
          organization.plan = starter (directory, 2026-11-20T08:00:00.000Z)
        NQ-many refuse
          There are links to Globex, Globex already.
          Globex, Globex
          There are links to Globex, Globex already.
          links[0].same_account = true (ledger, 2026-11-20T10:00:00.000Z)
          links[1].same_account = true (ledger, 2026-11-20T10:00:00.000Z)
          links[0].state = active (ledger, 2026-11-20T10:00:00.000Z)
          links[1].state = active (ledger, 2026-11-20T10:00:00.000Z)
    "#]]
    .assert_eq(&story(&evaluate(&nimbus(), &case.facts())));
}

#[test]
fn an_agreement_alone_is_not_enough_for_it() {
    let mut case = case();
    case.set("account.evidence", "agreement");
    let verdicts = evaluate(&nimbus(), &case.facts());
    let refused = verdicts
        .iter()
        .filter(|verdict| verdict.outcome == Outcome::Refuse);
    assert_eq!(
        refused
            .map(|verdict| verdict.rule.as_str())
            .collect::<Vec<_>>(),
        ["BASE-2"]
    );
}

#[test]
fn a_decided_condition_still_waits_for_everything_it_reads() {
    // `credits <= limit` holds already; the plan is read as well, and nobody knows it.
    let case = case().without(crate::cases::Piece::Fact("organization.plan"));
    let verdicts = evaluate(&nimbus(), &case.facts());
    let unknown = verdicts
        .iter()
        .filter(|verdict| verdict.outcome == Outcome::Unknown);
    let unknown: Vec<_> = unknown
        .map(|verdict| (verdict.rule.as_str(), &verdict.missing[..]))
        .collect();
    assert_eq!(
        unknown,
        [("NQ-credits", &["organization.plan".to_owned()][..])]
    );
}

#[test]
fn hints_follow_its_conditions() {
    let mut case = case();
    assert_eq!(hints(&nimbus(), HintMoment::Choosing, &case.facts()), []);
    case.set("agreement.ends_at", at("2026-12-01T00:00:00Z"));
    let hints = hints(&nimbus(), HintMoment::Choosing, &case.facts());
    assert_eq!(
        hints[0].text.zh,
        "The contract ends on 2026-12-01 00:00 UTC. A private offer: no. A trial: unknown.",
        "a text without a translation is English throughout"
    );
}

#[test]
fn only_certain_effects_are_certain() {
    let mut case = case();
    for (name, state) in [("tmp-a", "stopped"), ("tmp-b", "running")] {
        case.add(
            "deployments",
            &[
                ("id", name.into()),
                ("name", name.into()),
                ("state", state.into()),
            ],
        );
    }
    case.add(
        "deployments",
        &[
            ("id", "web".into()),
            ("name", "web".into()),
            ("state", "stopped".into()),
            ("trial", false.into()),
            ("trial_ends_at", Value::Absent),
        ],
    );
    let planned = effects(&nimbus(), Moment::Ended, &case.facts());
    let planned = planned.iter().map(|effect| {
        let (kind, id) = (effect.kind.word(), effect.id.as_deref().unwrap_or("?"));
        let at = effect.at.map_or("?".to_owned(), |at| at.to_string());
        format!("{kind} {id} at {at} [{}]\n", effect.unknown.join(" "))
    });
    expect![[r#"
        delete tmp-a at 2026-11-21T22:00:00.000Z []
        stop tmp-a at 2026-11-20T10:00:00.000Z [deployment.trial]
        stop tmp-b at 2026-11-20T10:00:00.000Z [deployment.trial]
        keep tmp-a at ? [deployment.trial_ends_at]
        keep tmp-b at ? [deployment.trial_ends_at]
        keep web at ? [deployment.trial_ends_at > now]
    "#]]
    .assert_eq(&planned.collect::<String>());
}
