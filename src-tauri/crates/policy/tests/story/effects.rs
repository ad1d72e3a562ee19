//! What linking and ending do, thing by thing.

use expect_test::{Expect, expect};
use policy::{Moment, PlannedEffect, Value, effects};

use crate::cases::{Case, Piece, at, policy, ready};

#[track_caller]
fn check(system: &str, moment: Moment, case: &Case, expected: Expect) {
    expected.assert_eq(&story(&effects(policy(system), moment, &case.facts())));
}

fn story(effects: &[PlannedEffect]) -> String {
    let mut story = String::new();
    for effect in effects {
        let id = effect.id.as_deref().unwrap_or("?");
        story += &format!(
            "{}: {} {} {id}",
            rules(&effect.covers),
            effect.kind.word(),
            effect.what
        );
        if let Some(attribute) = &effect.attribute {
            let before = effect
                .before
                .as_ref()
                .map_or("?".to_owned(), Value::to_string);
            story += &format!(
                ": {attribute} {before} → {}",
                effect.after.as_deref().unwrap_or("?")
            );
        }
        match effect.at {
            Some(at) => story += &format!(" at {at}"),
            None => story += " at ?",
        }
        if effect.called_off_by_relinking {
            story += ", called off by linking again";
        }
        if !effect.unknown.is_empty() {
            story += &format!(", NOT CERTAIN: {}", effect.unknown.join(" "));
        }
        story += "\n";
        if let Some(says) = &effect.says {
            story += &format!("  {}\n  {}\n  {}\n", says.en, says.ko, says.zh);
        }
    }
    story
}

fn rules(covers: &[String]) -> String {
    if covers.is_empty() {
        return "no rule of the specification".to_owned();
    }
    covers.join(" ")
}

fn emqx() -> Case {
    let mut case = ready("emqx");
    case.set("organization.payment_method", "aws-marketplace");
    let deployments = [
        ("dep-1", "production", "running", false),
        ("dep-2", "trial", "running", true),
        ("dep-3", "staging", "stopped", false),
    ];
    for (id, name, state, trial) in deployments {
        let ends = trial.then(|| at("2026-11-28T00:00:00Z"));
        case.add(
            "deployments",
            &[
                ("id", id.into()),
                ("name", name.into()),
                ("state", state.into()),
                ("trial", trial.into()),
                ("trial_ends_at", ends.into()),
            ],
        );
    }
    case
}

#[test]
fn em_7_em_8_em_9_running_ones_stop_the_trial_stays_stopped_ones_go_after_three_days() {
    check(
        "emqx",
        Moment::Ended,
        &emqx(),
        expect![[r#"
            EM-7: stop deployment dep-1: deployment.state running → stopped at 2026-11-20T10:00:00.000Z
              production is stopped.
              production 배포가 중지됩니다.
              部署 production 将被停止。
            EM-7 EM-8: keep deployment dep-2 at 2026-11-28T00:00:00.000Z
              The trial deployment trial goes on until 2026-11-28 00:00 UTC.
              체험 배포 trial은(는) 2026-11-28 00:00 UTC까지 계속 사용할 수 있습니다.
              试用部署 trial 可继续使用至 2026-11-28 00:00 UTC。
            EM-9: delete deployment dep-1 at 2026-11-23T10:00:00.000Z, called off by linking again
              production is deleted after 3 days, unless the account is linked again before.
              production 배포는 3일 후 삭제됩니다. 그 전에 계정을 다시 연결하면 삭제되지 않습니다.
              部署 production 将在 3 天后删除；在此之前重新绑定即可取消删除。
            EM-9: delete deployment dep-3 at 2026-11-23T10:00:00.000Z, called off by linking again
              staging is deleted after 3 days, unless the account is linked again before.
              staging 배포는 3일 후 삭제됩니다. 그 전에 계정을 다시 연결하면 삭제되지 않습니다.
              部署 staging 将在 3 天后删除；在此之前重新绑定即可取消删除。
            EM-5: set organization acme: organization.payment_method aws-marketplace → none at 2026-11-20T10:00:00.000Z
        "#]],
    );
}

#[test]
fn em_7_a_deployment_that_may_be_the_trial_is_not_stopped_for_certain() {
    let case = emqx().without(Piece::Item("deployments", 0, "trial"));
    let planned = effects(policy("emqx"), Moment::Ended, &case.facts());
    let of_production = planned
        .into_iter()
        .filter(|effect| effect.id.as_deref() == Some("dep-1"));
    expect![[r#"
        EM-7: stop deployment dep-1: deployment.state running → stopped at 2026-11-20T10:00:00.000Z, NOT CERTAIN: deployment.trial
          production is stopped.
          production 배포가 중지됩니다.
          部署 production 将被停止。
        EM-7 EM-8: keep deployment dep-1 at ?, NOT CERTAIN: deployment.trial
          The trial deployment production goes on until none.
          체험 배포 production은(는) 없음까지 계속 사용할 수 있습니다.
          试用部署 production 可继续使用至 无。
    "#]].assert_eq(&story(&of_production.collect::<Vec<_>>()));
}

#[test]
fn em_7_unknown_deployments_are_one_uncertain_effect_each() {
    let case = emqx().without(Piece::List("deployments"));
    check(
        "emqx",
        Moment::Ended,
        &case,
        expect![[r#"
            EM-7: stop deployment ?: deployment.state ? → stopped at 2026-11-20T10:00:00.000Z, NOT CERTAIN: deployments
            EM-7 EM-8: keep deployment ? at ?, NOT CERTAIN: deployments
            EM-9: delete deployment ? at 2026-11-23T10:00:00.000Z, called off by linking again, NOT CERTAIN: deployments
            EM-5: set organization acme: organization.payment_method aws-marketplace → none at 2026-11-20T10:00:00.000Z
        "#]],
    );
}

#[test]
fn em_5_the_payment_method_changes_when_the_link_is_in_force() {
    check(
        "emqx",
        Moment::Active,
        &ready("emqx"),
        expect![[r#"
            EM-5: set organization acme: organization.payment_method none → aws-marketplace at 2026-11-20T10:00:00.000Z
              The payment method reads “AWS Marketplace Subscription”.
              결제 수단이 “AWS Marketplace Subscription”으로 표시됩니다.
              付款方式显示为“AWS Marketplace Subscription”。
            EM-5: set organization acme: organization.payment_reference none → agmt-1 · AWS 444455556666 at 2026-11-20T10:00:00.000Z
        "#]],
    );
}

#[test]
fn cp_6_and_back() {
    check(
        "clickhouse-payg",
        Moment::Active,
        &ready("clickhouse-payg"),
        expect![[r#"
            CP-6: set organization acme: organization.payment_method none → aws-marketplace at 2026-11-20T10:00:00.000Z
              All usage of Acme is billed through AWS account 444455556666; its billing page says so.
              Acme 조직의 모든 사용량은 AWS 계정 444455556666(으)로 청구되며 결제 페이지에 표시됩니다.
              Acme 的全部用量通过 AWS 账户 444455556666 计费，并显示在其账单页面上。
            CP-6: set organization acme: organization.payment_reference none → agmt-1 · AWS 444455556666 at 2026-11-20T10:00:00.000Z
        "#]],
    );
    let mut linked = ready("clickhouse-payg");
    linked
        .set("organization.payment_method", "aws-marketplace")
        .set(
            "organization.payment_reference",
            "agmt-1 · AWS 444455556666",
        );
    check(
        "clickhouse-payg",
        Moment::Ended,
        &linked,
        expect![[r#"
            no rule of the specification: set organization acme: organization.payment_method aws-marketplace → none at 2026-11-20T10:00:00.000Z
              Billing through AWS stops. Without another payment method, Acme has 14 days to add one before its services are suspended.
              AWS를 통한 청구가 중단됩니다. 다른 결제 수단이 없는 경우 Acme 조직은 14일 안에 결제 수단을 추가해야 하며, 그렇지 않으면 서비스가 일시 중지됩니다.
              将停止通过 AWS 计费。若没有其他付款方式，Acme 须在 14 天内添加，否则服务将被暂停。
            no rule of the specification: set organization acme: organization.payment_reference agmt-1 · AWS 444455556666 →  at 2026-11-20T10:00:00.000Z
        "#]],
    );
}

#[test]
fn cc_7_amount_and_end_are_shown() {
    check(
        "clickhouse-committed",
        Moment::Active,
        &ready("clickhouse-committed"),
        expect![[r#"
            CC-7: set organization acme: organization.payment_method none → aws-marketplace at 2026-11-20T10:00:00.000Z
              Acme draws on the committed contract of USD 120000.00 until 2027-11-20 00:00 UTC and is billed through AWS account 444455556666.
              Acme 조직은 2027-11-20 00:00 UTC까지 USD 120000.00 규모의 약정 계약을 사용하며 요금은 AWS 계정 444455556666(으)로 청구됩니다.
              Acme 将使用金额为 USD 120000.00、有效期至 2027-11-20 00:00 UTC 的承诺合同，并通过 AWS 账户 444455556666 计费。
            CC-7: set organization acme: organization.payment_reference none → agmt-1 · AWS 444455556666 · USD 120000.00 · 2027-11-20 00:00 UTC at 2026-11-20T10:00:00.000Z
        "#]],
    );
}

#[test]
fn gu_8_fees_of_bound_workspaces_are_settled_by_aws() {
    let mut case = ready("guance");
    case.lists.get_mut("workspaces").unwrap()[1].insert("state", "locked".into());
    check(
        "guance",
        Moment::Active,
        &case,
        expect![[r#"
            GU-8: set workspace wksp-1: workspace.settlement billing-center → aws-marketplace at 2026-11-20T10:00:00.000Z
              The fees of Acme 1 are settled from AWS account 444455556666.
              Acme 1 워크스페이스의 요금은 AWS 계정 444455556666에서 정산됩니다.
              Acme 1 的费用由 AWS 账户 444455556666 结算。
            GU-8: set workspace wksp-2: workspace.settlement billing-center → aws-marketplace at 2026-11-20T10:00:00.000Z
              The fees of Acme 2 are settled from AWS account 444455556666.
              Acme 2 워크스페이스의 요금은 AWS 계정 444455556666에서 정산됩니다.
              Acme 2 的费用由 AWS 账户 444455556666 结算。
            no rule of the specification: set workspace wksp-2: workspace.state locked → active at 2026-11-20T10:00:00.000Z
              Acme 2 is unlocked.
              Acme 2 워크스페이스의 잠금이 해제됩니다.
              Acme 2 将被解锁。
        "#]],
    );
}

#[test]
fn guance_locks_bound_workspaces_in_the_end() {
    check(
        "guance",
        Moment::Ended,
        &ready("guance"),
        expect![[r#"
            GU-8: lock workspace wksp-1: workspace.state active → locked at 2026-11-20T10:00:00.000Z
              Acme 1 is locked. Its history stays readable for 14 days; binding it again unlocks it.
              Acme 1 워크스페이스가 잠깁니다. 기존 데이터는 14일 동안 조회할 수 있으며 다시 연결하면 잠금이 해제됩니다.
              Acme 1 将被锁定。历史数据在 14 天内仍可查看，重新绑定即可解锁。
            GU-8: lock workspace wksp-2: workspace.state active → locked at 2026-11-20T10:00:00.000Z
              Acme 2 is locked. Its history stays readable for 14 days; binding it again unlocks it.
              Acme 2 워크스페이스가 잠깁니다. 기존 데이터는 14일 동안 조회할 수 있으며 다시 연결하면 잠금이 해제됩니다.
              Acme 2 将被锁定。历史数据在 14 天内仍可查看，重新绑定即可解锁。
        "#]],
    );
}

#[test]
fn pinecone_changes_the_plan_both_ways() {
    check(
        "pinecone",
        Moment::Active,
        &ready("pinecone"),
        expect![[r#"
            PC-2: set organization acme: organization.payment_method none → aws-marketplace at 2026-11-20T10:00:00.000Z
              Acme is on a paid plan from now on, also for what was free before, and is billed through AWS account 444455556666.
              Acme 조직은 지금부터 유료 플랜으로 전환되며, 이전에 무료였던 항목을 포함해 AWS 계정 444455556666(으)로 청구됩니다.
              Acme 自此转为付费套餐（包括此前免费的部分），并通过 AWS 账户 444455556666 计费。
            PC-2: set organization acme: organization.payment_reference none → agmt-1 · AWS 444455556666 at 2026-11-20T10:00:00.000Z
            PC-2: set organization acme: organization.plan starter → standard at 2026-11-20T10:00:00.000Z
        "#]],
    );
    check("pinecone", Moment::Ended, &ready("pinecone"), expect![""]);
}
