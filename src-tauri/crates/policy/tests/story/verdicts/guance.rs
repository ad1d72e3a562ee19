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
          → 대신 기존 연결에 워크스페이스를 추가하거나 먼저 그 연결을 해제하세요.
          → 请改为在该绑定中添加工作空间，或先解除该绑定。
          ✉ AWS account 444455556666 is already bound to the Billing Center account Globex. Further workspaces can be added there; please tell us which ones.
          ✉ AWS 계정 444455556666은(는) 이미 빌링 센터 계정 Globex에 연결되어 있습니다. 해당 계정에 워크스페이스를 더 추가할 수 있으니 추가할 워크스페이스를 알려 주세요.
          ✉ AWS 账户 444455556666 已绑定费用中心账号 Globex。该账号下还可以添加更多工作空间，请告知我们需要添加哪些。
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
          빌링 센터 계정 acme-billing의 인증이 완료되지 않았습니다. 유효한 인증 코드가 입력되지 않았습니다(인증 코드를 받을 이메일 주소: billing@acme.example).
          费用中心账号 acme-billing 未通过验证：未输入有效的验证码（接收验证码的邮箱：billing@acme.example）。
          → The code goes to the billing account's e-mail address, on record: billing@acme.example. If that is unknown or wrong, correct it under Organizations, Billing accounts, and check again. Then enter the code before it runs out.
          → 인증 코드는 빌링 센터 계정의 이메일 주소로 발송됩니다(등록된 주소: billing@acme.example). 주소를 알 수 없거나 잘못된 경우 “Organizations”의 “Billing accounts”에서 수정하고 다시 확인하세요. 그런 다음 유효 시간 안에 인증 코드를 입력하세요.
          → 验证码将发送至费用中心账号的邮箱（登记的邮箱：billing@acme.example）。如果该邮箱未知或有误，请在“Organizations”的“Billing accounts”中更正并重新检查，然后在有效期内输入验证码。
          ✉ To bind the Billing Center account acme-billing, we need a code that we send to its e-mail address (on record: billing@acme.example). Please make sure that this is the right address; then tell us the code, or ask us for a new one.
          ✉ 빌링 센터 계정 acme-billing을(를) 연결하려면 계정의 이메일 주소로 보내 드리는 인증 코드가 필요합니다(등록된 주소: billing@acme.example). 주소가 올바른지 확인하신 뒤 인증 코드를 알려 주시거나 새 코드를 요청해 주세요.
          ✉ 要绑定费用中心账号 acme-billing，需要提供我们发送至该账号邮箱的验证码（登记的邮箱：billing@acme.example）。请确认该邮箱正确无误，然后将验证码告知我们，或请我们发送新的验证码。
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
          워크스페이스 Acme 1의 사이트는 생성 후 고정되므로 변경할 수 없습니다(us-oregon → eu-frankfurt).
          工作空间 Acme 1 的站点在创建后即固定，无法更改（us-oregon → eu-frankfurt）。
          → Leave the site as it is, or create another workspace on the site eu-frankfurt.
          → 사이트를 그대로 두거나 사이트 eu-frankfurt에 새 워크스페이스를 만드세요.
          → 请保留原站点，或在站点 eu-frankfurt 新建工作空间。
          ✉ The site of a workspace is chosen when it is created and cannot be changed afterwards. Your workspace Acme 1 stays on us-oregon. If you need eu-frankfurt, we can create another workspace there for you.
          ✉ 워크스페이스의 사이트는 생성 시 선택하며 이후에는 변경할 수 없습니다. 고객님의 워크스페이스 Acme 1은(는) 사이트 us-oregon에 그대로 유지됩니다. 사이트 eu-frankfurt이(가) 필요하시면 해당 사이트에 새 워크스페이스를 만들어 드릴 수 있습니다.
          ✉ 工作空间的站点在创建时选定，之后无法更改。您的工作空间 Acme 1 将保留在站点 us-oregon。如需使用站点 eu-frankfurt，我们可以在该站点为您另建工作空间。
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
          워크스페이스 Acme 1의 언어에 따라 이벤트·알림·SMS 템플릿이 결정되므로 언어를 변경할 수 없습니다(en → ko).
          工作空间 Acme 1 的语言无法更改（en → ko）：其事件、告警和短信模板取决于该语言。
          → Leave the language as it is, or create another workspace in the language ko.
          → 언어를 그대로 두거나, 언어를 ko(으)로 선택해 새 워크스페이스를 만드세요.
          → 请保留原语言，或新建语言为 ko 的工作空间。
          ✉ The language of a workspace is chosen when it is created and cannot be changed afterwards. Your workspace Acme 1 stays in en. If you need ko, we can create another workspace in it for you.
          ✉ 워크스페이스의 언어는 생성 시 선택하며 이후에는 변경할 수 없습니다. 고객님의 워크스페이스 Acme 1의 언어는 en(으)로 유지됩니다. 언어 ko이(가) 필요하시면 해당 언어로 새 워크스페이스를 만들어 드릴 수 있습니다.
          ✉ 工作空间的语言在创建时选定，之后无法更改。您的工作空间 Acme 1 的语言将保持为 en。如需使用语言 ko，我们可以为您另建该语言的工作空间。
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
