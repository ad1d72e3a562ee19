//! Guance.

use expect_test::expect;

use super::{check, forgetting};
use crate::cases::{Case, link};

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
          → Add workspaces to that link instead, or take it away first.
          → 기존 연결에 워크스페이스를 추가하거나 먼저 연결을 해제하세요.
          → 请在该绑定中添加工作空间，或先解除绑定。
          ✉ AWS account 444455556666 is already bound to the Billing Center account Globex. Further workspaces can be added there; please tell us which ones.
          ✉ AWS 계정 444455556666은(는) 이미 빌링 센터 계정 Globex에 연결되어 있습니다. 워크스페이스는 해당 계정에서 추가하실 수 있습니다.
          ✉ AWS 账户 444455556666 已绑定费用中心账号 Globex，您可以在该账号下添加更多工作空间。
          links[0].account = 444455556666; agreement = agmt-0; listing = another listing; owners = kim@globex.example, park@globex.example; same_account = true; same_group = true; same_license = false; same_target = false; state = active; target_id = globex; target_name = Globex (ledger, 2026-11-20T10:00:00.000Z)
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
          The billing account acme-billing is not verified: no valid code was entered (e-mail address for the code: billing@acme.example).
          빌링 센터 계정 acme-billing의 인증이 완료되지 않았습니다. billing@acme.example(으)로 발송된 유효한 인증 코드가 입력되지 않았습니다.
          费用中心账号 acme-billing 未通过验证：未输入发送至 billing@acme.example 的有效验证码。
          → The code goes to the billing account's e-mail address, on record: billing@acme.example. If that is unknown or wrong, correct it under Organizations, Billing accounts, and check again. Then enter the code before it runs out.
          → billing@acme.example(으)로 새 인증 코드를 보내고 유효 시간 안에 입력하세요.
          → 请向 billing@acme.example 重新发送验证码，并在有效期内输入。
          ✉ To bind the Billing Center account acme-billing, we need a code that we send to its e-mail address (on record: billing@acme.example). Please make sure that this is the right address; then tell us the code, or ask us for a new one.
          ✉ 빌링 센터 계정 acme-billing 연결을 위해 billing@acme.example(으)로 인증 코드를 보내 드렸습니다. 인증 코드를 알려 주시거나, 만료된 경우 다시 요청해 주세요.
          ✉ 为绑定费用中心账号 acme-billing，我们已向 billing@acme.example 发送验证码。请将验证码告知我们；如已过期，请联系我们重新发送。
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
          The site of the workspace Acme 1 cannot be changed from us-oregon to eu-frankfurt: it is fixed once the workspace exists.
          Acme 1 워크스페이스의 사이트는 생성 후 변경할 수 없습니다(us-oregon → eu-frankfurt).
          工作空间 Acme 1 的站点在创建后无法更改（us-oregon → eu-frankfurt）。
          → Leave the site as it is, or create another workspace on the site eu-frankfurt.
          → 사이트 eu-frankfurt에 새 워크스페이스를 만드세요.
          → 请在站点 eu-frankfurt 新建工作空间。
          ✉ The site of a workspace is chosen when it is created and cannot be changed afterwards. Your workspace Acme 1 stays on us-oregon. If you need eu-frankfurt, we can create another workspace there for you.
          ✉ 워크스페이스의 사이트는 생성 시 선택하며 이후에는 변경할 수 없습니다. 워크스페이스 Acme 1의 사이트는 us-oregon(으)로 유지됩니다. eu-frankfurt 사이트가 필요하시면 새 워크스페이스를 만들어 드리겠습니다.
          ✉ 工作空间的站点在创建时选定，之后无法更改。您的工作空间 Acme 1 将保留在 us-oregon。如需 eu-frankfurt 站点，我们可以为您另建工作空间。
          changes[0].after = eu-frankfurt; attribute = workspace.site; before = us-oregon; target = Acme 1 (the person, 2026-11-20T10:00:00.000Z)
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
          The language of the workspace Acme 1 cannot be changed from en to ko: its event, alert and SMS templates depend on it.
          Acme 1 워크스페이스의 언어는 이벤트·알림·SMS 템플릿을 결정하므로 변경할 수 없습니다(en → ko).
          工作空间 Acme 1 的语言决定事件、告警和短信模板，创建后无法更改（en → ko）。
          → Leave the language as it is, or create another workspace in the language ko.
          → 언어를 ko(으)로 선택해 새 워크스페이스를 만드세요.
          → 请新建语言为 ko 的工作空间。
          ✉ The language of a workspace is chosen when it is created and cannot be changed afterwards. Your workspace Acme 1 stays in en. If you need ko, we can create another workspace in it for you.
          ✉ 워크스페이스의 언어는 생성 시 선택하며 이후에는 변경할 수 없습니다. 워크스페이스 Acme 1의 언어는 en(으)로 유지됩니다. ko 언어가 필요하시면 새 워크스페이스를 만들어 드리겠습니다.
          ✉ 工作空间的语言在创建时选定，之后无法更改。您的工作空间 Acme 1 将继续使用 en。如需 ko，我们可以为您另建工作空间。
          changes[0].after = ko; attribute = workspace.language; before = en; target = Acme 1 (the person, 2026-11-20T10:00:00.000Z)
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
fn what_is_not_known_passes_nothing() {
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
