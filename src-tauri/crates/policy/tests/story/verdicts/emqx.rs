//! EMQX Cloud.

use expect_test::expect;
use policy::{Outcome, Value, evaluate};

use super::{check, forgetting};
use crate::cases::{Piece, link, policy, ready, story, usd};

#[test]
fn em_1_a_credit_card_is_in_the_way() {
    check(
        "emqx",
        |case| {
            case.set("organization.payment_method", "card");
        },
        expect![[r#"
        EM-1 refuse
          A credit card is set up for Acme.
          Acme 계정에 신용카드가 등록되어 있습니다.
          Acme 已设置信用卡。
          → The account's owner removes the card under Billing. Then bring the directory up to date and check again.
          → 계정 소유자가 결제 메뉴에서 카드를 삭제해야 합니다. 그런 다음 디렉터리를 최신 상태로 업데이트하고 다시 확인하세요.
          → 请账户所有者在账单页面移除该卡，然后更新目录并重新检查。
          ✉ Your EMQX Cloud account Acme has a credit card set up, so it cannot be linked to AWS Marketplace. Please remove the card under Billing and try again.
          ✉ EMQX Cloud 계정 Acme에 신용카드가 등록되어 있어 AWS Marketplace와 연결할 수 없습니다. 결제 메뉴에서 카드를 삭제하신 뒤 다시 시도해 주세요.
          ✉ 您的 EMQX Cloud 账户 Acme 已设置信用卡，因此无法绑定 AWS Marketplace。请在账单页面移除该卡后重试。
          organization.payment_method = card (directory, 2026-11-20T08:00:00.000Z)
          organization.name = Acme (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

#[test]
fn em_2_credits_are_in_the_way() {
    check(
        "emqx",
        |case| {
            case.set("organization.credit_balance", usd("0.01"));
        },
        expect![[r#"
        EM-2 refuse
          Acme still has available credits of USD 0.01.
          Acme 계정에 사용 가능한 크레딧이 아직 남아 있습니다(잔액: USD 0.01).
          Acme 仍有可用额度 USD 0.01。
          → Wait until the credits are used up, or have them taken back from the account. Then bring the directory up to date and check again.
          → 크레딧이 모두 소진될 때까지 기다리거나 계정에서 크레딧을 회수하도록 조치하세요. 그런 다음 디렉터리를 최신 상태로 업데이트하고 다시 확인하세요.
          → 请等待额度用完，或安排从该账户收回额度，然后更新目录并重新检查。
          ✉ Your EMQX Cloud account Acme still uses available credits (USD 0.01). It can be linked to AWS Marketplace once they are used up. If you would rather give them up and link it now, please tell us.
          ✉ EMQX Cloud 계정 Acme에서 아직 사용 가능한 크레딧(USD 0.01)을 사용하고 있습니다. 크레딧이 모두 소진된 뒤 AWS Marketplace와 연결할 수 있습니다. 남은 크레딧을 포기하고 지금 연결하기를 원하시면 알려 주세요.
          ✉ 您的 EMQX Cloud 账户 Acme 仍在使用可用额度（USD 0.01）。额度用完后即可绑定 AWS Marketplace。如果您希望放弃这些额度并立即绑定，请告知我们。
          organization.credit_balance = USD 0.01 (directory, 2026-11-20T08:00:00.000Z)
          organization.name = Acme (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

#[test]
fn em_3_another_marketplace_product_is_in_the_way() {
    check(
        "emqx",
        |case| link(case, &["target", "group"]),
        expect![[r#"
        EM-3 refuse
          Globex is already linked to AWS account 444455556666 for another listing, agreement agmt-0.
          Globex 계정은 이미 AWS 계정 444455556666에 연결되어 있습니다(제품: another listing, 계약: agmt-0).
          Globex 已绑定到 AWS 账户 444455556666（产品：another listing，协议：agmt-0）。
          → Keep that link, let the buyer cancel that subscription first, or link another EMQX account.
          → 기존 연결을 유지하거나, 구매자가 해당 구독을 먼저 취소하도록 안내하거나, 다른 EMQX 계정을 연결하세요.
          → 请保留该绑定，或请买家先取消该订阅，或改为绑定其他 EMQX 账户。
          ✉ Your EMQX Cloud account Globex is already linked to another subscription to another listing, agreement agmt-0. Please cancel that subscription first, or choose another EMQX Cloud account.
          ✉ EMQX Cloud 계정 Globex은(는) 이미 다른 구독에 연결되어 있습니다(제품: another listing, 계약: agmt-0). 먼저 해당 구독을 취소하시거나 다른 EMQX Cloud 계정을 선택해 주세요.
          ✉ 您的 EMQX Cloud 账户 Globex 已绑定到另一个订阅（产品：another listing，协议：agmt-0）。请先取消该订阅，或选择其他 EMQX Cloud 账户。
          links[0].account = 444455556666; agreement = agmt-0; listing = another listing; owners = kim@globex.example, park@globex.example; same_account = false; same_group = true; same_license = false; same_target = true; state = active; target_id = globex; target_name = Globex (ledger, 2026-11-20T10:00:00.000Z)
          organization.id = acme (directory, 2026-11-20T08:00:00.000Z)
          organization.name = Acme (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

#[test]
fn em_3_another_link_of_the_same_aws_account_is_not() {
    check(
        "emqx",
        |case| link(case, &["account", "group"]),
        expect![[r#"
        pass: BASE-1 BASE-2 BASE-4 EM-1 EM-2 EM-3
    "#]],
    );
}

#[test]
fn em_3_a_link_to_a_target_nobody_knows_may_be_in_the_way() {
    check(
        "emqx",
        |case| {
            link(case, &["account"]);
            link(case, &["account", "group"]);
            case.lists.get_mut("links").unwrap()[1].remove("same_target");
        },
        expect![[r#"
            EM-3 unknown
              Not known yet: links[1].same_target.
              아직 확인되지 않은 정보: links[1].same_target
              尚未获知：links[1].same_target
              → Look it up again, or bring the data up to date, then plan again.
              → 정보를 다시 조회하거나 데이터를 최신으로 동기화한 뒤 다시 계획하세요.
              → 请重新查询或同步数据，然后重新生成计划。
              organization.id = acme (directory, 2026-11-20T08:00:00.000Z)
              organization.name = Acme (directory, 2026-11-20T08:00:00.000Z)
        "#]],
    );
}

#[test]
fn all_that_is_broken_is_said_at_once() {
    let mut case = ready("emqx");
    case.set("organization.payment_method", "card")
        .set("organization.credit_balance", usd("5"));
    link(&mut case, &["target", "group", "license"]);
    let verdicts = evaluate(policy("emqx"), &case.facts());
    let refused = verdicts
        .iter()
        .filter(|verdict| verdict.outcome == Outcome::Refuse);
    let refused: Vec<&str> = refused.map(|verdict| verdict.rule.as_str()).collect();
    assert_eq!(refused, ["BASE-4", "EM-1", "EM-2", "EM-3"]);
}

#[test]
fn what_is_not_known_passes_nothing() {
    expect![[r#"
        BASE-2 (account.evidence), BASE-3 (account.evidence)
        BASE-1 (agreement.status)
        EM-2 (organization.credit_balance)
        EM-1 (organization.payment_method)
        EM-1 (request.target), EM-2 (request.target)
        BASE-4 (links), EM-3 (links)
    "#]]
    .assert_eq(&forgetting("emqx"));
}

#[test]
fn an_unknown_payment_method_is_not_taken_for_no_card() {
    let unknown = ready("emqx").without(Piece::Fact("organization.payment_method"));
    expect![[r#"
        EM-1 unknown
          Not known yet: organization.payment_method.
          아직 확인되지 않은 정보: organization.payment_method
          尚未获知：organization.payment_method
          → Look it up again, or bring the data up to date, then plan again.
          → 정보를 다시 조회하거나 데이터를 최신으로 동기화한 뒤 다시 계획하세요.
          → 请重新查询或同步数据，然后重新生成计划。
          organization.payment_method = ?
          organization.name = Acme (directory, 2026-11-20T08:00:00.000Z)
    "#]]
    .assert_eq(&story(&evaluate(policy("emqx"), &unknown.facts())));
}

#[test]
fn an_absent_payment_method_is_no_card() {
    check(
        "emqx",
        |case| {
            case.set("organization.payment_method", Value::Absent);
        },
        expect![[r#"
        pass: BASE-1 BASE-2 BASE-4 EM-1 EM-2 EM-3
    "#]],
    );
}
