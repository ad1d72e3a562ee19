//! Every rule that refuses, by its id, with its words in three languages; and what happens to it when
//! something it reads is not known.

use expect_test::{Expect, expect};
use policy::{Outcome, Value, evaluate};

use crate::cases::{Case, link, policy, ready, story, usd};

/// Judges a system's ready case after `change` happened to it.
#[track_caller]
fn check(system: &str, change: impl FnOnce(&mut Case), expected: Expect) {
    let mut case = ready(system);
    change(&mut case);
    expected.assert_eq(&story(&evaluate(policy(system), &case.facts())));
}

#[test]
fn a_ready_case_passes_everywhere() {
    let mut passes = String::new();
    for system in [
        "clickhouse-payg",
        "clickhouse-committed",
        "emqx",
        "guance",
        "pinecone",
    ] {
        passes += &story(&evaluate(policy(system), &ready(system).facts()));
    }
    expect![[r#"
        pass: BASE-1 BASE-2 BASE-4 CP-1 CP-2
        pass: BASE-1 BASE-2 BASE-4 CC-1 CC-2 CC-3
        pass: BASE-1 BASE-2 BASE-4 EM-1 EM-2 EM-3
        pass: BASE-1 BASE-2 BASE-4 GU-1 GU-3 GU-4 GU-7
        pass: BASE-1 BASE-2 BASE-4 PC-1 PC-2 PC-3 PC-4
    "#]]
    .assert_eq(&passes);
}

#[test]
fn base_1_the_agreement_is_in_force() {
    check(
        "emqx",
        |case| {
            case.set("agreement.status", "CANCELLED");
        },
        expect![[r#"
        BASE-1 refuse
          Agreement agmt-1 is not in force: AWS reports CANCELLED.
          계약 agmt-1은(는) 유효하지 않습니다. AWS 상태: CANCELLED
          协议 agmt-1 未生效，AWS 显示的状态为 CANCELLED。
          → Ask the buyer to subscribe again, then link the new agreement.
          → 구매자에게 다시 구독하도록 안내한 뒤 새 계약을 연결하세요.
          → 请买家重新订阅，然后绑定新的协议。
          agreement.status = CANCELLED (AWS, 2026-11-20T09:00:00.000Z)
          agreement.id = agmt-1 (AWS, 2026-11-20T09:00:00.000Z)
    "#]],
    );
}

#[test]
fn base_2_an_account_somebody_typed_is_no_evidence() {
    check(
        "emqx",
        |case| {
            case.set("account.evidence", "none");
        },
        expect![[r#"
        BASE-2 refuse
          Nothing that this policy accepts shows who the buyer is (there is: none; accepted: token, agreement).
          이 정책에서 인정하는 신원 증거가 없습니다(현재: none, 인정: token, agreement).
          缺少本策略认可的买家身份证明（现有：none；认可：token, agreement）。
          → Ask the buyer to click “Set up your account” in AWS Marketplace and use the registration link it opens. An account number that somebody typed proves nothing.
          → 구매자에게 AWS Marketplace에서 “Set up your account”를 클릭하도록 안내하고, 이때 열리는 등록 링크를 사용하세요. 직접 입력한 계정 번호는 증거가 되지 않습니다.
          → 请买家在 AWS Marketplace 点击“Set up your account”，并使用由此打开的注册链接。手工输入的账号不能作为证明。
          ✉ Please open your subscription in AWS Marketplace, click “Set up your account” and follow the page that opens. It tells us securely which AWS account is yours.
          ✉ AWS Marketplace의 구독 페이지에서 “Set up your account”를 클릭하고 열리는 페이지의 안내를 따라 주세요. 이를 통해 고객님의 AWS 계정을 안전하게 확인할 수 있습니다.
          ✉ 请在 AWS Marketplace 中打开您的订阅，点击“Set up your account”，并按照打开的页面操作。我们由此可以安全地确认您的 AWS 账户。
          account.evidence = none (AWS, 2026-11-20T09:00:00.000Z)
          policy.identity = token, agreement (policy, 2026-11-20T10:00:00.000Z)
          account.id = 444455556666 (AWS, 2026-11-20T09:00:00.000Z)
    "#]],
    );
}

#[test]
fn base_3_without_a_token_the_address_is_verified() {
    check(
        "pinecone",
        |case| {
            case.set("account.evidence", "agreement")
                .set("member.email_verified", false);
        },
        expect![[r#"
            BASE-3 refuse
              The e-mail address mina@acme.example has not been verified, and there is no registration token.
              이메일 주소 mina@acme.example 인증이 완료되지 않았고 등록 토큰도 없습니다.
              电子邮箱 mina@acme.example 尚未验证，且没有注册令牌。
              → Let the member verify the address, or link with the buyer's registration link.
              → 구성원이 이메일 주소를 인증하도록 하거나 구매자의 등록 링크로 연결하세요.
              → 请该成员验证邮箱，或使用买家的注册链接进行绑定。
              ✉ Please confirm your e-mail address mina@acme.example with the message we sent you, then tell us.
              ✉ 보내 드린 메일로 이메일 주소 mina@acme.example 인증을 완료하신 뒤 알려 주세요.
              ✉ 请通过我们发送的邮件验证您的邮箱 mina@acme.example，然后告知我们。
              member.email_verified = false (directory, 2026-11-20T08:00:00.000Z)
              member.email = mina@acme.example (directory, 2026-11-20T08:00:00.000Z)
        "#]],
    );
}

#[test]
fn base_3_with_a_token_the_address_does_not_matter() {
    check(
        "pinecone",
        |case| {
            case.set("member.email_verified", false);
        },
        expect![[r#"
        pass: BASE-1 BASE-2 BASE-4 PC-1 PC-2 PC-3 PC-4
    "#]],
    );
}

#[test]
fn base_4_a_license_has_one_link() {
    check(
        "emqx",
        |case| link(case, &["license"]),
        expect![[r#"
        BASE-4 refuse
          This license is already linked to Globex (agreement agmt-0).
          이 라이선스는 이미 Globex에 연결되어 있습니다(계약 agmt-0).
          该许可证已绑定到 Globex（协议 agmt-0）。
          → Nothing needs to be linked. A renewal keeps the link by itself; to move it, take the link away first.
          → 추가로 연결할 필요가 없습니다. 갱신 시 연결은 자동으로 유지됩니다. 대상을 바꾸려면 먼저 기존 연결을 해제하세요.
          → 无需再次绑定。续订会自动保留绑定；如需更换目标，请先解除现有绑定。
          links[0].account = 444455556666 (ledger, 2026-11-20T10:00:00.000Z)
          links[0].agreement = agmt-0 (ledger, 2026-11-20T10:00:00.000Z)
          links[0].listing = another listing (ledger, 2026-11-20T10:00:00.000Z)
          links[0].owners = kim@globex.example, park@globex.example (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_account = false (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_group = false (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_license = true (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_target = false (ledger, 2026-11-20T10:00:00.000Z)
          links[0].state = active (ledger, 2026-11-20T10:00:00.000Z)
          links[0].target_id = globex (ledger, 2026-11-20T10:00:00.000Z)
          links[0].target_name = Globex (ledger, 2026-11-20T10:00:00.000Z)
    "#]],
    );
}

#[test]
fn cp_1_only_an_admin_links() {
    check(
        "clickhouse-payg",
        |case| {
            case.set("member.role", "member");
        },
        expect![[r#"
        CP-1 refuse
          mina@acme.example is not an admin of Acme (role: member).
          mina@acme.example 님은 Acme 조직의 관리자가 아닙니다(역할: member).
          mina@acme.example 不是 Acme 的管理员（角色：member）。
          → An admin of Acme makes the person an admin, or links it himself.
          → Acme 조직의 관리자가 해당 사용자에게 관리자 권한을 부여하거나 직접 연결해야 합니다.
          → 请 Acme 的管理员授予其管理员角色，或由管理员本人完成绑定。
          ✉ To link your AWS Marketplace subscription to Acme, you need the admin role there. Please ask one of its admins to give you the role, or to do this step.
          ✉ AWS Marketplace 구독을 Acme 조직에 연결하려면 해당 조직의 관리자 권한이 필요합니다. 조직 관리자에게 권한 부여 또는 연결 진행을 요청해 주세요.
          ✉ 要将您的 AWS Marketplace 订阅绑定到 Acme，您需要拥有该组织的管理员角色。请联系该组织的管理员授予您此角色，或由其完成此步骤。
          member.role = member (directory, 2026-11-20T08:00:00.000Z)
          member.email = mina@acme.example (directory, 2026-11-20T08:00:00.000Z)
          organization.name = Acme (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

#[test]
fn cp_1_somebody_outside_the_organization_has_no_role() {
    check(
        "clickhouse-payg",
        |case| {
            case.set("member.role", Value::Absent);
        },
        expect![[r#"
        CP-1 refuse
          mina@acme.example is not an admin of Acme (role: none).
          mina@acme.example 님은 Acme 조직의 관리자가 아닙니다(역할: 없음).
          mina@acme.example 不是 Acme 的管理员（角色：无）。
          → An admin of Acme makes the person an admin, or links it himself.
          → Acme 조직의 관리자가 해당 사용자에게 관리자 권한을 부여하거나 직접 연결해야 합니다.
          → 请 Acme 的管理员授予其管理员角色，或由管理员本人完成绑定。
          ✉ To link your AWS Marketplace subscription to Acme, you need the admin role there. Please ask one of its admins to give you the role, or to do this step.
          ✉ AWS Marketplace 구독을 Acme 조직에 연결하려면 해당 조직의 관리자 권한이 필요합니다. 조직 관리자에게 권한 부여 또는 연결 진행을 요청해 주세요.
          ✉ 要将您的 AWS Marketplace 订阅绑定到 Acme，您需要拥有该组织的管理员角色。请联系该组织的管理员授予您此角色，或由其完成此步骤。
          member.role = none (directory, 2026-11-20T08:00:00.000Z)
          member.email = mina@acme.example (directory, 2026-11-20T08:00:00.000Z)
          organization.name = Acme (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

#[test]
fn cp_1_whoever_creates_the_organization_needs_no_role() {
    check(
        "clickhouse-payg",
        |case| {
            case.set("request.target", "new")
                .set("member.role", Value::Absent);
        },
        expect![[r#"
            pass: BASE-1 BASE-2 BASE-4 CP-2
        "#]],
    );
}

#[test]
fn cp_2_an_account_has_one_organization() {
    check(
        "clickhouse-payg",
        |case| link(case, &["account", "group"]),
        expect![[r#"
        CP-2 refuse
          AWS account 444455556666 is already linked to Globex (agreement agmt-0).
          AWS 계정 444455556666 연결이 이미 있습니다. 조직: Globex, 계약: agmt-0
          AWS 账户 444455556666 已绑定到 Globex（协议 agmt-0）。
          → Use Globex, or end that link first. Another organization needs another AWS account.
          → 기존 조직(Globex)을 사용하거나 먼저 그 연결을 종료하세요. 다른 조직에는 다른 AWS 계정이 필요합니다.
          → 请使用 Globex，或先结束该绑定。其他组织需要使用其他 AWS 账户。
          ✉ AWS account 444455556666 already pays for the ClickHouse organization Globex. One AWS account can be linked to one organization. Please continue with that organization, or subscribe with another AWS account.
          ✉ AWS 계정 444455556666은(는) 이미 ClickHouse 조직 Globex의 결제에 사용되고 있습니다. AWS 계정 하나는 조직 하나에만 연결할 수 있습니다. 해당 조직을 계속 사용하시거나 다른 AWS 계정으로 구독해 주세요.
          ✉ AWS 账户 444455556666 已在为 ClickHouse 组织 Globex 付费。一个 AWS 账户只能绑定一个组织。请继续使用该组织，或使用其他 AWS 账户订阅。
          links[0].account = 444455556666 (ledger, 2026-11-20T10:00:00.000Z)
          links[0].agreement = agmt-0 (ledger, 2026-11-20T10:00:00.000Z)
          links[0].listing = another listing (ledger, 2026-11-20T10:00:00.000Z)
          links[0].owners = kim@globex.example, park@globex.example (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_account = true (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_group = true (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_license = false (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_target = false (ledger, 2026-11-20T10:00:00.000Z)
          links[0].state = active (ledger, 2026-11-20T10:00:00.000Z)
          links[0].target_id = globex (ledger, 2026-11-20T10:00:00.000Z)
          links[0].target_name = Globex (ledger, 2026-11-20T10:00:00.000Z)
          account.id = 444455556666 (AWS, 2026-11-20T09:00:00.000Z)
          organization.id = acme (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

#[test]
fn cp_2_an_organization_has_one_account() {
    check(
        "clickhouse-payg",
        |case| link(case, &["target", "group"]),
        expect![[r#"
        CP-2 refuse
          AWS account 444455556666 is already linked to Globex (agreement agmt-0).
          AWS 계정 444455556666 연결이 이미 있습니다. 조직: Globex, 계약: agmt-0
          AWS 账户 444455556666 已绑定到 Globex（协议 agmt-0）。
          → Use Globex, or end that link first. Another organization needs another AWS account.
          → 기존 조직(Globex)을 사용하거나 먼저 그 연결을 종료하세요. 다른 조직에는 다른 AWS 계정이 필요합니다.
          → 请使用 Globex，或先结束该绑定。其他组织需要使用其他 AWS 账户。
          ✉ AWS account 444455556666 already pays for the ClickHouse organization Globex. One AWS account can be linked to one organization. Please continue with that organization, or subscribe with another AWS account.
          ✉ AWS 계정 444455556666은(는) 이미 ClickHouse 조직 Globex의 결제에 사용되고 있습니다. AWS 계정 하나는 조직 하나에만 연결할 수 있습니다. 해당 조직을 계속 사용하시거나 다른 AWS 계정으로 구독해 주세요.
          ✉ AWS 账户 444455556666 已在为 ClickHouse 组织 Globex 付费。一个 AWS 账户只能绑定一个组织。请继续使用该组织，或使用其他 AWS 账户订阅。
          links[0].account = 444455556666 (ledger, 2026-11-20T10:00:00.000Z)
          links[0].agreement = agmt-0 (ledger, 2026-11-20T10:00:00.000Z)
          links[0].listing = another listing (ledger, 2026-11-20T10:00:00.000Z)
          links[0].owners = kim@globex.example, park@globex.example (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_account = false (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_group = true (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_license = false (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_target = true (ledger, 2026-11-20T10:00:00.000Z)
          links[0].state = active (ledger, 2026-11-20T10:00:00.000Z)
          links[0].target_id = globex (ledger, 2026-11-20T10:00:00.000Z)
          links[0].target_name = Globex (ledger, 2026-11-20T10:00:00.000Z)
          account.id = 444455556666 (AWS, 2026-11-20T09:00:00.000Z)
          organization.id = acme (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

#[test]
fn cp_2_committed_contracts_are_counted_apart() {
    check(
        "clickhouse-payg",
        |case| link(case, &["account", "target"]),
        expect![[r#"
        pass: BASE-1 BASE-2 BASE-4 CP-1 CP-2
    "#]],
    );
}

#[test]
fn cp_4_a_new_member_is_verified_and_says_what_for() {
    let change = |case: &mut Case| {
        case.set("request.member", "new")
            .set("member.email_verified", false)
            .set("member.company", "Acme Ltd")
            .set("member.country", "KR")
            .set("member.use", Value::Absent);
    };
    check(
        "clickhouse-payg",
        change,
        expect![[r#"
        CP-4 refuse
          mina@acme.example is not registered completely: e-mail verified: no, company: Acme Ltd, country: KR, use: none.
          mina@acme.example 님의 등록이 완료되지 않았습니다. 이메일 인증: 아니요, 회사: Acme Ltd, 국가: KR, 용도: 없음
          mina@acme.example 的注册尚未完成。邮箱已验证：否，公司：Acme Ltd，国家/地区：KR，用途：无。
          → The person opens the verification e-mail; company, country and use are filled in here.
          → 구성원이 인증 메일을 확인하고, 회사·국가·용도를 이 화면에서 입력하세요.
          → 请该成员打开验证邮件；公司、国家/地区和用途在此填写。
          ✉ Please open the verification e-mail we sent to mina@acme.example, and tell us your company, its country and what you want to use ClickHouse for.
          ✉ mina@acme.example 주소로 보내 드린 인증 메일을 확인해 주시고 회사명, 국가, ClickHouse 사용 용도를 알려 주세요.
          ✉ 请打开我们发送至 mina@acme.example 的验证邮件，并告知贵公司名称、所在国家/地区以及使用 ClickHouse 的用途。
          member.email_verified = false (directory, 2026-11-20T08:00:00.000Z)
          member.company = Acme Ltd (directory, 2026-11-20T08:00:00.000Z)
          member.country = KR (directory, 2026-11-20T08:00:00.000Z)
          member.use = none (directory, 2026-11-20T08:00:00.000Z)
          member.email = mina@acme.example (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

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
          协议 agmt-1 来自公开报价 offer-1；承诺合同仅通过专属报价提供。
          → Let sales send the buyer a private offer, or link a Pay As You Go agreement instead.
          → 영업팀을 통해 구매자에게 비공개 오퍼를 보내거나 Pay As You Go 계약을 연결하세요.
          → 请销售向买家发送专属报价，或改为绑定 Pay As You Go 协议。
          ✉ A committed contract starts with a private offer that we send to your AWS account by e-mail. Please contact our sales team, and accept the offer from its “Review Offer” link.
          ✉ 약정 계약은 고객님의 AWS 계정으로 보내 드리는 비공개 오퍼로 시작됩니다. 영업팀에 문의하신 뒤 이메일의 “Review Offer” 링크에서 오퍼를 수락해 주세요.
          ✉ 承诺合同须从我们通过邮件发送至您 AWS 账户的专属报价开始。请联系我们的销售团队，并通过邮件中的“Review Offer”链接接受报价。
          offer.private = false (AWS, 2026-11-20T09:00:00.000Z)
          offer.id = offer-1 (AWS, 2026-11-20T09:00:00.000Z)
          agreement.id = agmt-1 (AWS, 2026-11-20T09:00:00.000Z)
    "#]],
    );
}

#[test]
fn cc_2_only_an_admin_links() {
    check(
        "clickhouse-committed",
        |case| {
            case.set("member.role", "billing");
        },
        expect![[r#"
        CC-2 refuse
          mina@acme.example is not an admin of Acme (role: billing).
          mina@acme.example 님은 Acme 조직의 관리자가 아닙니다(역할: billing).
          mina@acme.example 不是 Acme 的管理员（角色：billing）。
          → An admin of Acme makes the person an admin, or links it himself.
          → Acme 조직의 관리자가 해당 사용자에게 관리자 권한을 부여하거나 직접 연결해야 합니다.
          → 请 Acme 的管理员授予其管理员角色，或由管理员本人完成绑定。
          ✉ To link your AWS Marketplace subscription to Acme, you need the admin role there. Please ask one of its admins to give you the role, or to do this step.
          ✉ AWS Marketplace 구독을 Acme 조직에 연결하려면 해당 조직의 관리자 권한이 필요합니다. 조직 관리자에게 권한 부여 또는 연결 진행을 요청해 주세요.
          ✉ 要将您的 AWS Marketplace 订阅绑定到 Acme，您需要拥有该组织的管理员角色。请联系该组织的管理员授予您此角色，或由其完成此步骤。
          member.role = billing (directory, 2026-11-20T08:00:00.000Z)
          member.email = mina@acme.example (directory, 2026-11-20T08:00:00.000Z)
          organization.name = Acme (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

#[test]
fn cc_3_an_account_has_one_committed_contract() {
    check(
        "clickhouse-committed",
        |case| link(case, &["account", "group"]),
        expect![[r#"
        CC-3 refuse
          AWS account 444455556666 is already linked to Globex (agreement agmt-0).
          AWS 계정 444455556666 연결이 이미 있습니다. 조직: Globex, 계약: agmt-0
          AWS 账户 444455556666 已绑定到 Globex（协议 agmt-0）。
          → Use Globex, or end that link first. Another organization needs another AWS account.
          → 기존 조직(Globex)을 사용하거나 먼저 그 연결을 종료하세요. 다른 조직에는 다른 AWS 계정이 필요합니다.
          → 请使用 Globex，或先结束该绑定。其他组织需要使用其他 AWS 账户。
          ✉ AWS account 444455556666 already pays for the ClickHouse organization Globex. One AWS account can be linked to one organization. Please continue with that organization, or subscribe with another AWS account.
          ✉ AWS 계정 444455556666은(는) 이미 ClickHouse 조직 Globex의 결제에 사용되고 있습니다. AWS 계정 하나는 조직 하나에만 연결할 수 있습니다. 해당 조직을 계속 사용하시거나 다른 AWS 계정으로 구독해 주세요.
          ✉ AWS 账户 444455556666 已在为 ClickHouse 组织 Globex 付费。一个 AWS 账户只能绑定一个组织。请继续使用该组织，或使用其他 AWS 账户订阅。
          links[0].account = 444455556666 (ledger, 2026-11-20T10:00:00.000Z)
          links[0].agreement = agmt-0 (ledger, 2026-11-20T10:00:00.000Z)
          links[0].listing = another listing (ledger, 2026-11-20T10:00:00.000Z)
          links[0].owners = kim@globex.example, park@globex.example (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_account = true (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_group = true (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_license = false (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_target = false (ledger, 2026-11-20T10:00:00.000Z)
          links[0].state = active (ledger, 2026-11-20T10:00:00.000Z)
          links[0].target_id = globex (ledger, 2026-11-20T10:00:00.000Z)
          links[0].target_name = Globex (ledger, 2026-11-20T10:00:00.000Z)
          account.id = 444455556666 (AWS, 2026-11-20T09:00:00.000Z)
          organization.id = acme (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

#[test]
fn cc_6_a_new_user_registers_completely() {
    let change = |case: &mut Case| {
        case.set("request.member", "new")
            .set("member.company", "Acme Ltd")
            .set("member.country", "KR")
            .set("member.use", Value::Absent);
    };
    check(
        "clickhouse-committed",
        change,
        expect![[r#"
            CC-6 refuse
              mina@acme.example is not registered completely: e-mail verified: yes, company: Acme Ltd, country: KR, use: none.
              mina@acme.example 님의 등록이 완료되지 않았습니다. 이메일 인증: 예, 회사: Acme Ltd, 국가: KR, 용도: 없음
              mina@acme.example 的注册尚未完成。邮箱已验证：是，公司：Acme Ltd，国家/地区：KR，用途：无。
              → The person opens the verification e-mail; company, country and use are filled in here.
              → 구성원이 인증 메일을 확인하고, 회사·국가·용도를 이 화면에서 입력하세요.
              → 请该成员打开验证邮件；公司、国家/地区和用途在此填写。
              ✉ Please open the verification e-mail we sent to mina@acme.example, and tell us your company, its country and what you want to use ClickHouse for.
              ✉ mina@acme.example 주소로 보내 드린 인증 메일을 확인해 주시고 회사명, 국가, ClickHouse 사용 용도를 알려 주세요.
              ✉ 请打开我们发送至 mina@acme.example 的验证邮件，并告知贵公司名称、所在国家/地区以及使用 ClickHouse 的用途。
              member.email_verified = true (directory, 2026-11-20T08:00:00.000Z)
              member.company = Acme Ltd (directory, 2026-11-20T08:00:00.000Z)
              member.country = KR (directory, 2026-11-20T08:00:00.000Z)
              member.use = none (directory, 2026-11-20T08:00:00.000Z)
              member.email = mina@acme.example (directory, 2026-11-20T08:00:00.000Z)
        "#]],
    );
}

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
          Acme 조직에 신용카드가 등록되어 있습니다.
          Acme 已设置信用卡。
          → The owner removes the card under Billing; then link again.
          → 소유자가 결제 메뉴에서 카드를 삭제한 뒤 다시 연결하세요.
          → 请所有者在账单页面移除该卡，然后重新绑定。
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
          Acme 조직에 사용 가능한 크레딧 USD 0.01 잔액이 있습니다.
          Acme 仍有可用额度 USD 0.01。
          → Let the credits be used up, or take them back on the account; then link again.
          → 크레딧을 모두 사용하거나 계정에서 회수한 뒤 다시 연결하세요.
          → 请先用完额度或在账户中收回额度，然后重新绑定。
          ✉ Your EMQX Cloud account Acme still uses available credits (USD 0.01). It can be linked to AWS Marketplace once they are used up. Please answer this message if you want us to settle them now.
          ✉ EMQX Cloud 계정 Acme에 사용 가능한 크레딧(USD 0.01)이 남아 있습니다. 크레딧이 모두 소진된 뒤 AWS Marketplace와 연결할 수 있습니다. 지금 정산을 원하시면 회신해 주세요.
          ✉ 您的 EMQX Cloud 账户 Acme 仍在使用可用额度（USD 0.01）。额度用完后即可绑定 AWS Marketplace。如需现在结清，请回复此消息。
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
          Globex is already linked to another listing of AWS account 444455556666 (agreement agmt-0).
          Globex 계정은 이미 AWS 계정 444455556666의 another listing 제품에 연결되어 있습니다(계약 agmt-0).
          Globex 已绑定到 AWS 账户 444455556666 的 another listing（协议 agmt-0）。
          → Keep that link, or let the buyer cancel that subscription first.
          → 기존 연결을 유지하거나 구매자가 해당 구독을 먼저 취소하도록 안내하세요.
          → 保留该绑定，或请买家先取消该订阅。
          ✉ Your EMQX Cloud account Globex is already linked to another listing (agreement agmt-0). Please cancel that subscription first, or use another EMQX Cloud account.
          ✉ EMQX Cloud 계정 Globex은(는) 이미 another listing(계약 agmt-0)에 연결되어 있습니다. 먼저 해당 구독을 취소하시거나 다른 EMQX Cloud 계정을 사용해 주세요.
          ✉ 您的 EMQX Cloud 账户 Globex 已绑定 another listing（协议 agmt-0）。请先取消该订阅，或使用其他 EMQX Cloud 账户。
          links[0].account = 444455556666 (ledger, 2026-11-20T10:00:00.000Z)
          links[0].agreement = agmt-0 (ledger, 2026-11-20T10:00:00.000Z)
          links[0].listing = another listing (ledger, 2026-11-20T10:00:00.000Z)
          links[0].owners = kim@globex.example, park@globex.example (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_account = false (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_group = true (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_license = false (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_target = true (ledger, 2026-11-20T10:00:00.000Z)
          links[0].state = active (ledger, 2026-11-20T10:00:00.000Z)
          links[0].target_id = globex (ledger, 2026-11-20T10:00:00.000Z)
          links[0].target_name = Globex (ledger, 2026-11-20T10:00:00.000Z)
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
fn gu_1_an_account_has_one_billing_account() {
    check(
        "guance",
        |case| link(case, &["account", "group"]),
        expect![[r#"
        GU-1 refuse
          AWS account 444455556666 is already bound to the billing account Globex (agreement agmt-0).
          AWS 계정 444455556666은(는) 이미 빌링 센터 계정 Globex에 연결되어 있습니다(계약 agmt-0).
          AWS 账户 444455556666 已绑定费用中心账号 Globex（协议 agmt-0）。
          → Add workspaces to that link, or take it away first.
          → 기존 연결에 워크스페이스를 추가하거나 먼저 연결을 해제하세요.
          → 请在该绑定中添加工作空间，或先解除绑定。
          ✉ AWS account 444455556666 is already bound to the Billing Center account Globex. Further workspaces can be added there.
          ✉ AWS 계정 444455556666은(는) 이미 빌링 센터 계정 Globex에 연결되어 있습니다. 워크스페이스는 해당 계정에서 추가하실 수 있습니다.
          ✉ AWS 账户 444455556666 已绑定费用中心账号 Globex，您可以在该账号下添加更多工作空间。
          links[0].account = 444455556666 (ledger, 2026-11-20T10:00:00.000Z)
          links[0].agreement = agmt-0 (ledger, 2026-11-20T10:00:00.000Z)
          links[0].listing = another listing (ledger, 2026-11-20T10:00:00.000Z)
          links[0].owners = kim@globex.example, park@globex.example (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_account = true (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_group = true (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_license = false (ledger, 2026-11-20T10:00:00.000Z)
          links[0].same_target = false (ledger, 2026-11-20T10:00:00.000Z)
          links[0].state = active (ledger, 2026-11-20T10:00:00.000Z)
          links[0].target_id = globex (ledger, 2026-11-20T10:00:00.000Z)
          links[0].target_name = Globex (ledger, 2026-11-20T10:00:00.000Z)
          account.id = 444455556666 (AWS, 2026-11-20T09:00:00.000Z)
          billing_account.user_name = acme-billing (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

#[test]
fn gu_1_a_billing_account_may_have_several_accounts() {
    check(
        "guance",
        |case| link(case, &["target", "group"]),
        expect![[r#"
        pass: BASE-1 BASE-2 BASE-4 GU-1 GU-3 GU-4 GU-7
    "#]],
    );
}

#[test]
fn gu_3_the_code_was_wrong() {
    check(
        "guance",
        |case| {
            case.set("request.verified", false);
        },
        expect![[r#"
        GU-3 refuse
          The billing account acme-billing is not verified: no valid code from billing@acme.example was entered.
          빌링 센터 계정 acme-billing 인증이 완료되지 않았습니다. billing@acme.example(으)로 보낸 유효한 코드가 입력되지 않았습니다.
          费用中心账号 acme-billing 未通过验证：未输入发送至 billing@acme.example 的有效验证码。
          → Send another code to billing@acme.example and enter it before it runs out.
          → billing@acme.example(으)로 새 코드를 보내고 유효 시간 안에 입력하세요.
          → 请向 billing@acme.example 重新发送验证码，并在有效期内输入。
          ✉ We sent a code to billing@acme.example to bind the Billing Center account acme-billing. Please tell us the code, or ask us for another one if it has run out.
          ✉ 빌링 센터 계정 acme-billing 연결을 위해 billing@acme.example(으)로 인증 코드를 보내 드렸습니다. 코드를 알려 주시거나, 만료된 경우 다시 요청해 주세요.
          ✉ 为绑定费用中心账号 acme-billing，我们已向 billing@acme.example 发送验证码。请告知验证码；如已过期，请联系我们重新发送。
          request.verified = false (the person, 2026-11-20T10:00:00.000Z)
          billing_account.user_name = acme-billing (directory, 2026-11-20T08:00:00.000Z)
          billing_account.email = billing@acme.example (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

fn changed(case: &mut Case, attribute: &str, before: &str, after: &str) {
    case.add(
        "changes",
        &[
            ("attribute", attribute.into()),
            ("target", "Acme 1".into()),
            ("before", before.into()),
            ("after", after.into()),
        ],
    );
}

#[test]
fn gu_4_the_site_stays() {
    check(
        "guance",
        |case| changed(case, "workspace.site", "us-oregon", "eu-frankfurt"),
        expect![[r#"
        GU-4 refuse
          The site of Acme 1 cannot be changed from us-oregon to eu-frankfurt: it is fixed once the workspace exists.
          Acme 1 워크스페이스의 사이트는 생성 후 변경할 수 없습니다(us-oregon → eu-frankfurt).
          Acme 1 的站点在创建后无法更改（us-oregon → eu-frankfurt）。
          → Create another workspace on the site eu-frankfurt.
          → 사이트 eu-frankfurt에 새 워크스페이스를 만드세요.
          → 请在站点 eu-frankfurt 新建工作空间。
          changes[0].after = eu-frankfurt (the person, 2026-11-20T10:00:00.000Z)
          changes[0].attribute = workspace.site (the person, 2026-11-20T10:00:00.000Z)
          changes[0].before = us-oregon (the person, 2026-11-20T10:00:00.000Z)
          changes[0].target = Acme 1 (the person, 2026-11-20T10:00:00.000Z)
    "#]],
    );
}

#[test]
fn gu_7_the_language_stays() {
    check(
        "guance",
        |case| changed(case, "workspace.language", "en", "ko"),
        expect![[r#"
        GU-7 refuse
          The language of Acme 1 cannot be changed from en to ko: its event, alert and SMS templates depend on it.
          Acme 1 워크스페이스의 언어는 이벤트·알림·SMS 템플릿을 결정하므로 변경할 수 없습니다(en → ko).
          Acme 1 的语言决定事件、告警和短信模板，创建后无法更改（en → ko）。
          → Create another workspace in the language ko.
          → 언어를 ko(으)로 선택해 새 워크스페이스를 만드세요.
          → 请以语言 ko 新建工作空间。
          changes[0].after = ko (the person, 2026-11-20T10:00:00.000Z)
          changes[0].attribute = workspace.language (the person, 2026-11-20T10:00:00.000Z)
          changes[0].before = en (the person, 2026-11-20T10:00:00.000Z)
          changes[0].target = Acme 1 (the person, 2026-11-20T10:00:00.000Z)
    "#]],
    );
}

#[test]
fn gu_4_and_gu_7_other_attributes_may_change() {
    check(
        "guance",
        |case| changed(case, "workspace.name", "Acme 1", "Acme one"),
        expect![[r#"
        pass: BASE-1 BASE-2 BASE-4 GU-1 GU-3 GU-4 GU-7
    "#]],
    );
}

#[test]
fn pc_1_only_an_owner_connects() {
    check(
        "pinecone",
        |case| {
            case.set("member.role", "billing-admin");
        },
        expect![[r#"
        PC-1 refuse
          mina@acme.example is not an owner of Acme (role: billing-admin).
          mina@acme.example 님은 Acme 조직의 소유자가 아닙니다(역할: billing-admin).
          mina@acme.example 不是 Acme 的所有者（角色：billing-admin）。
          → One of the owners connects it, or makes the person an owner. Owners: lee@acme.example.
          → 소유자가 직접 연결하거나 해당 사용자를 소유자로 지정해야 합니다. 소유자: lee@acme.example
          → 请由所有者完成连接，或将该用户设为所有者。所有者：lee@acme.example。
          ✉ Only an organization owner can connect Acme to AWS Marketplace. Please ask one of its owners to do this step or to make you an owner.
          ✉ 조직 소유자만 Acme 조직을 AWS Marketplace에 연결할 수 있습니다. 소유자에게 연결을 요청하시거나 소유자 권한을 받아 주세요.
          ✉ 只有组织所有者才能将 Acme 连接到 AWS Marketplace。请联系所有者完成此步骤，或授予您所有者角色。
          member.role = billing-admin (directory, 2026-11-20T08:00:00.000Z)
          member.email = mina@acme.example (directory, 2026-11-20T08:00:00.000Z)
          organization.name = Acme (directory, 2026-11-20T08:00:00.000Z)
          organization.owners = lee@acme.example (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

#[test]
fn pc_2_only_starter_is_connected() {
    check(
        "pinecone",
        |case| {
            case.set("organization.plan", "enterprise");
        },
        expect![[r#"
        PC-2 refuse
          Acme is on the plan enterprise; only organizations on Starter can be connected.
          Acme 조직의 플랜은 enterprise입니다. Starter 플랜 조직만 연결할 수 있습니다.
          Acme 的方案为 enterprise；只能连接 Starter 方案的组织。
          → Choose an organization on Starter, or create a new one.
          → Starter 플랜 조직을 선택하거나 새 조직을 만드세요.
          → 请选择 Starter 方案的组织，或新建组织。
          ✉ Acme is on the plan enterprise. Only organizations on the Starter plan can be connected to AWS Marketplace. Please choose one of those, or create a new organization.
          ✉ Acme 조직의 플랜은 enterprise입니다. Starter 플랜 조직만 AWS Marketplace에 연결할 수 있으니 해당 조직을 선택하시거나 새 조직을 만들어 주세요.
          ✉ Acme 当前方案为 enterprise。只有 Starter 方案的组织才能连接到 AWS Marketplace，请选择此类组织或新建组织。
          organization.plan = enterprise (directory, 2026-11-20T08:00:00.000Z)
          organization.name = Acme (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

#[test]
fn pc_3_the_same_authentication_method() {
    check(
        "pinecone",
        |case| {
            case.set("member.authentication_method", "password");
        },
        expect![[r#"
        PC-3 refuse
          mina@acme.example signs in with password, but Acme uses google.
          mina@acme.example 님의 인증 방식은 password이지만 Acme 조직은 google 방식을 사용합니다.
          mina@acme.example 使用 password 登录，而 Acme 使用 google。
          → The person signs in with google and opens the registration link again.
          → 사용자가 google 방식으로 로그인한 뒤 등록 링크를 다시 열어야 합니다.
          → 请该用户使用 google 登录后重新打开注册链接。
          ✉ Please choose google, the authentication method of your existing organization Acme, when you set up your account. You used password.
          ✉ 계정을 설정하실 때 기존 조직 Acme의 인증 방식인 google 방식을 선택해 주세요. 사용하신 방식: password
          ✉ 设置账户时，请选择现有组织 Acme 的身份验证方式 google。您使用的是 password。
          member.authentication_method = password (directory, 2026-11-20T08:00:00.000Z)
          organization.authentication_method = google (directory, 2026-11-20T08:00:00.000Z)
          member.email = mina@acme.example (directory, 2026-11-20T08:00:00.000Z)
          organization.name = Acme (directory, 2026-11-20T08:00:00.000Z)
    "#]],
    );
}

#[test]
fn pc_4_no_second_linked_organization() {
    let change = |case: &mut Case| {
        case.set("request.target", "new");
        link(case, &["account", "group"]);
    };
    check(
        "pinecone",
        change,
        expect![[r#"
            PC-4 refuse
              AWS account 444455556666 is subscribed already and linked to Globex (owners: kim@globex.example, park@globex.example). Setting up creates no second linked organization.
              AWS 계정 444455556666은(는) 이미 구독 중이며 Globex 조직에 연결되어 있습니다(소유자: kim@globex.example, park@globex.example). 설정을 진행해도 두 번째 연결 조직은 생성되지 않습니다.
              AWS 账户 444455556666 已订阅并连接到 Globex（所有者：kim@globex.example, park@globex.example）。再次设置不会创建第二个已连接的组织。
              → Send the request for an invitation below; an owner of Globex invites the person.
              → 아래 초대 요청을 보내세요. Globex 조직의 소유자가 해당 사용자를 초대하게 됩니다.
              → 请发送下方的邀请申请，由 Globex 的所有者邀请该用户。
              ✉ Hello kim@globex.example, park@globex.example, mina@acme.example wants to use Pinecone through AWS account 444455556666, which is connected to the organization Globex. Please invite mina@acme.example to it. Thank you.
              ✉ kim@globex.example, park@globex.example 님, 안녕하세요. mina@acme.example 님이 AWS 계정 444455556666을(를) 통해 Pinecone 사용을 요청했습니다. 이 계정은 Globex 조직에 연결되어 있으니 mina@acme.example 님을 조직에 초대해 주시기 바랍니다. 감사합니다.
              ✉ kim@globex.example, park@globex.example，您好：mina@acme.example 希望通过 AWS 账户 444455556666 使用 Pinecone。该账户已连接到组织 Globex，请邀请 mina@acme.example 加入该组织。谢谢。
              links[0].account = 444455556666 (ledger, 2026-11-20T10:00:00.000Z)
              links[0].agreement = agmt-0 (ledger, 2026-11-20T10:00:00.000Z)
              links[0].listing = another listing (ledger, 2026-11-20T10:00:00.000Z)
              links[0].owners = kim@globex.example, park@globex.example (ledger, 2026-11-20T10:00:00.000Z)
              links[0].same_account = true (ledger, 2026-11-20T10:00:00.000Z)
              links[0].same_group = true (ledger, 2026-11-20T10:00:00.000Z)
              links[0].same_license = false (ledger, 2026-11-20T10:00:00.000Z)
              links[0].same_target = false (ledger, 2026-11-20T10:00:00.000Z)
              links[0].state = active (ledger, 2026-11-20T10:00:00.000Z)
              links[0].target_id = globex (ledger, 2026-11-20T10:00:00.000Z)
              links[0].target_name = Globex (ledger, 2026-11-20T10:00:00.000Z)
              account.id = 444455556666 (AWS, 2026-11-20T09:00:00.000Z)
        "#]],
    );
}

/// For every single thing that is known in a system's ready case: the rules that can no longer be
/// decided once it is forgotten. The rest still pass.
fn forgetting(system: &str) -> String {
    let ready = ready(system);
    let mut lines = String::new();
    for piece in ready.pieces() {
        let verdicts = evaluate(policy(system), &ready.without(piece).facts());
        let refused = verdicts
            .iter()
            .any(|verdict| verdict.outcome == Outcome::Refuse);
        assert!(!refused, "forgetting {piece:?} is no offence");
        let unknown = verdicts
            .iter()
            .filter(|verdict| verdict.outcome == Outcome::Unknown);
        let unknown: Vec<_> = unknown
            .map(|verdict| format!("{} ({})", verdict.rule, verdict.missing.join(" ")))
            .collect();
        if !unknown.is_empty() {
            lines += &format!("{}\n", unknown.join(", "));
        }
    }
    lines
}

#[test]
fn what_is_not_known_passes_nothing_for_clickhouse_payg() {
    expect![[r#"
        BASE-2 (account.evidence), BASE-3 (account.evidence)
        BASE-1 (agreement.status)
        CP-1 (member.role)
        CP-4 (request.member)
        CP-1 (request.target)
        BASE-4 (links), CP-2 (links)
    "#]]
    .assert_eq(&forgetting("clickhouse-payg"));
}

#[test]
fn what_is_not_known_passes_nothing_for_clickhouse_committed() {
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

#[test]
fn what_is_not_known_passes_nothing_for_emqx() {
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
fn what_is_not_known_passes_nothing_for_guance() {
    expect![[r#"
        BASE-2 (account.evidence), BASE-3 (account.evidence)
        BASE-1 (agreement.status)
        GU-3 (request.target)
        GU-3 (request.verified)
        GU-4 (changes), GU-7 (changes)
        BASE-4 (links), GU-1 (links)
    "#]]
    .assert_eq(&forgetting("guance"));
}

#[test]
fn what_is_not_known_passes_nothing_for_pinecone() {
    expect![[r#"
        BASE-2 (account.evidence), BASE-3 (account.evidence)
        BASE-1 (agreement.status)
        PC-3 (member.authentication_method)
        PC-1 (member.role)
        PC-3 (organization.authentication_method)
        PC-2 (organization.plan)
        PC-1 (request.target), PC-2 (request.target), PC-3 (request.target)
        BASE-4 (links), PC-4 (links)
    "#]]
    .assert_eq(&forgetting("pinecone"));
}

#[test]
fn an_unknown_payment_method_is_not_taken_for_no_card() {
    let unknown = ready("emqx").without(crate::cases::Piece::Fact("organization.payment_method"));
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
