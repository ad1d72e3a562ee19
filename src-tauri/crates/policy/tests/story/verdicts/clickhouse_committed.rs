//! ClickHouse Cloud, committed contracts.

use expect_test::expect;

use super::clickhouse::{linked_already, no_admin, not_registered, registers};
use super::{check, check_words, forgetting};
use crate::cases::link;

#[test]
fn cc_1_a_public_offer_is_no_committed_contract() {
    check(
        "clickhouse-committed",
        |case| {
            case.set("offer.private", false);
        },
        expect![[r#"
        CC-1 refuse
          Agreement agmt-1 was made on the public offer offer-1; a committed contract comes by private offer only.
          계약 agmt-1은(는) 공개 오퍼 offer-1(으)로 체결되었습니다. 약정 계약은 비공개 오퍼로만 제공됩니다.
          协议 agmt-1 来自公开优惠 offer-1；承诺合同仅通过私有优惠提供。
          → Have sales send the buyer a private offer and link the agreement that comes of it, or link a Pay As You Go agreement instead.
          → 영업팀을 통해 구매자에게 비공개 오퍼를 보내고 그 오퍼로 체결된 계약을 연결하거나, 대신 Pay As You Go 계약을 연결하세요.
          → 请销售团队向买家发送私有优惠，并绑定由此签订的协议；或改为绑定 Pay As You Go 协议。
          ✉ A committed contract starts with a private offer for your AWS account, which we send by e-mail. Please contact our sales team, and accept the offer with the “Review Offer” link in that e-mail.
          ✉ 약정 계약은 고객님의 AWS 계정에 대한 비공개 오퍼로 시작되며, 오퍼는 이메일로 보내 드립니다. 저희 영업팀에 문의하신 뒤 해당 이메일의 “Review Offer” 링크에서 오퍼를 수락해 주세요.
          ✉ 签订承诺合同，首先需要面向您的 AWS 账户的私有优惠（Private Offer），我们会通过邮件发送给您。请联系我们的销售团队，并通过该邮件中的“Review Offer”链接接受优惠。
          offer.private = false (AWS, 2026-11-20T09:00:00.000Z)
          offer.id = offer-1 (AWS, 2026-11-20T09:00:00.000Z)
          agreement.id = agmt-1 (AWS, 2026-11-20T09:00:00.000Z)
    "#]],
    );
}

#[test]
fn cc_2_only_an_admin_links() {
    check_words(
        "clickhouse-committed",
        |case| {
            case.set("member.role", "billing");
        },
        &no_admin("CC-2", ["billing"; 3]),
    );
}

#[test]
fn cc_3_an_account_has_one_committed_contract() {
    let same = &["account", "group"];
    check_words(
        "clickhouse-committed",
        |case| link(case, same),
        &linked_already("CC-3", same),
    );
}

#[test]
fn cc_6_a_new_user_registers_completely() {
    check_words(
        "clickhouse-committed",
        registers,
        &not_registered("CC-6", true),
    );
}

#[test]
fn what_is_not_known_passes_nothing() {
    expect![[r#"
        BASE-2 (account.evidence), BASE-3 (account.evidence)
        BASE-1 (agreement.status)
        CC-2 (member.role)
        CC-1 (offer.private)
        CC-6 (request.member)
        CC-2 (request.target)
        BASE-4 (links), CC-3 (links)
    "#]]
    .assert_eq(&forgetting("clickhouse-committed"));
}
