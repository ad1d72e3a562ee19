//! The rules that hold for every system.

use expect_test::expect;

use super::check;
use crate::cases::link;

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
          协议 agmt-1 未处于生效状态：AWS 显示的状态为 CANCELLED。
          → Ask the buyer to subscribe again, then link the new agreement.
          → 구매자에게 다시 구독하도록 안내한 뒤 새 계약을 연결하세요.
          → 请买家重新订阅，然后绑定新的协议。
          ✉ Your AWS Marketplace agreement agmt-1 is not in force, so we cannot link it. Please subscribe again in AWS Marketplace, then click “Set up your account”.
          ✉ 고객님의 AWS Marketplace 계약 agmt-1이(가) 유효하지 않아 연결할 수 없습니다. AWS Marketplace에서 다시 구독하신 뒤 “Set up your account”를 클릭해 주세요.
          ✉ 您的 AWS Marketplace 协议 agmt-1 未处于生效状态，因此我们无法进行绑定。请在 AWS Marketplace 重新订阅，然后点击“Set up your account”。
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
          Who the buyer is has not been shown in a way that this policy accepts (shown by: none; accepted: token, agreement).
          구매자의 신원이 이 정책에서 인정하는 방법으로 확인되지 않았습니다(확인 방법: none, 인정되는 방법: token, agreement).
          买家身份未通过本策略认可的方式确认（确认方式：none；认可的方式：token, agreement）。
          → Ask the buyer to click “Set up your account” in AWS Marketplace and use the registration link it opens. An account number that somebody typed proves nothing.
          → 구매자에게 AWS Marketplace에서 “Set up your account”를 클릭하도록 안내하고, 이때 열리는 등록 링크를 사용하세요. 직접 입력한 계정 번호는 증거가 되지 않습니다.
          → 请买家在 AWS Marketplace 点击“Set up your account”，并使用由此打开的注册链接。手动输入的账户 ID 不能作为证明。
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
              이메일 주소 mina@acme.example의 인증이 완료되지 않았고 등록 토큰도 없습니다.
              电子邮箱 mina@acme.example 尚未验证，且没有注册令牌。
              → Let the member verify the address, then bring the directory up to date and check again; or link with the buyer's registration link.
              → 구성원이 이메일 주소를 인증하도록 안내한 뒤 디렉터리를 최신 상태로 업데이트하고 다시 확인하세요. 또는 구매자의 등록 링크로 연결하세요.
              → 请该成员验证邮箱，然后更新目录并重新检查；或使用买家的注册链接进行绑定。
              ✉ Please confirm your e-mail address mina@acme.example with the message you received when you signed up, then tell us. Or click “Set up your account” on your subscription in AWS Marketplace and follow the page that opens.
              ✉ 가입 시 받으신 메일을 통해 이메일 주소 mina@acme.example의 인증을 완료하신 뒤 알려 주세요. 또는 AWS Marketplace의 구독 페이지에서 “Set up your account”를 클릭하고 열리는 페이지의 안내를 따라 주세요.
              ✉ 请通过注册时收到的邮件验证您的邮箱 mina@acme.example，然后告知我们。或者在 AWS Marketplace 中打开您的订阅，点击“Set up your account”，并按照打开的页面操作。
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
          ✉ Your AWS Marketplace subscription is already linked to Globex (agreement agmt-0). You need not do anything; if it should belong somewhere else, please tell us.
          ✉ 고객님의 AWS Marketplace 구독은 이미 Globex에 연결되어 있습니다(계약 agmt-0). 추가로 하실 일은 없습니다. 다른 대상에 연결해야 하는 경우 알려 주세요.
          ✉ 您的 AWS Marketplace 订阅已绑定到 Globex（协议 agmt-0）。您无需进行任何操作；如需绑定到其他对象，请告知我们。
          links[0].account = 444455556666; agreement = agmt-0; listing = another listing; owners = kim@globex.example, park@globex.example; same_account = false; same_group = false; same_license = true; same_target = false; state = active; target_id = globex; target_name = Globex (ledger, 2026-11-20T10:00:00.000Z)
    "#]],
    );
}
