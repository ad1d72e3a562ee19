//! What both ClickHouse policies refuse alike, each by a rule of its own: the cases, and the words.

use policy::Value;

use crate::cases::Case;

/// Words of a member whose role, told in three languages, is not that of an admin.
pub(super) fn no_admin(rule: &str, [en, ko, zh]: [&str; 3]) -> String {
    format!(
        "\
{rule} refuse
  mina@acme.example is not an admin of Acme (role: {en}).
  mina@acme.example 님은 Acme 조직의 관리자가 아닙니다(역할: {ko}).
  mina@acme.example 不是 Acme 的管理员（角色：{zh}）。
  → An admin of Acme gives the person the admin role, or links it instead. Once the role is changed, bring the directory up to date and check again.
  → Acme 조직의 관리자가 해당 사용자에게 관리자 역할을 부여하거나 직접 연결해야 합니다. 역할이 변경되면 디렉터리를 최신 상태로 업데이트한 뒤 다시 확인하세요.
  → 请 Acme 的管理员授予该用户管理员角色，或由管理员本人完成绑定。角色变更后，请更新目录并重新检查。
  ✉ To link your AWS Marketplace subscription to Acme, you need the admin role there. Please ask one of its admins to give you the role, or to do this step.
  ✉ AWS Marketplace 구독을 Acme 조직에 연결하려면 해당 조직의 관리자 권한이 필요합니다. 조직 관리자에게 권한 부여 또는 연결 진행을 요청해 주세요.
  ✉ 要将您的 AWS Marketplace 订阅绑定到 Acme，您需要拥有该组织的管理员角色。请联系该组织的管理员授予您此角色，或由其完成此步骤。
  member.role = {en} (directory, 2026-11-20T08:00:00.000Z)
  member.email = mina@acme.example (directory, 2026-11-20T08:00:00.000Z)
  organization.name = Acme (directory, 2026-11-20T08:00:00.000Z)
"
    )
}

/// Words of a [link](crate::cases::link) in the way, which is the same in `same`.
pub(super) fn linked_already(rule: &str, same: &[&str]) -> String {
    let is = |what| same.contains(&what);
    let (account, target) = (is("account"), is("target"));
    let (license, group) = (is("license"), is("group"));
    format!(
        "\
{rule} refuse
  AWS account 444455556666 is already linked to Globex (agreement agmt-0).
  AWS 계정 444455556666은(는) 이미 Globex 조직에 연결되어 있습니다(계약 agmt-0).
  AWS 账户 444455556666 已绑定到 Globex（协议 agmt-0）。
  → Keep the link of Globex, or end it first. Otherwise the buyer needs an organization and an AWS account that are not linked yet.
  → Globex 조직의 연결을 그대로 유지하거나 먼저 해제하세요. 그렇지 않으면 구매자에게 아직 연결되지 않은 조직과 AWS 계정이 필요합니다.
  → 请保留 Globex 的绑定，或先解除该绑定。否则，买家需要使用尚未绑定的组织和 AWS 账户。
  ✉ The ClickHouse organization Globex is already billed through AWS account 444455556666, so this subscription cannot be linked as well. Please continue with that organization and account, or use another organization with another AWS account.
  ✉ ClickHouse 조직 Globex의 요금은 이미 AWS 계정 444455556666(으)로 청구되고 있어 이 구독을 추가로 연결할 수 없습니다. 해당 조직과 계정을 계속 사용하시거나, 다른 조직과 다른 AWS 계정을 사용해 주세요.
  ✉ ClickHouse 组织 Globex 已通过 AWS 账户 444455556666 计费，因此无法再绑定此订阅。请继续使用该组织和该账户，或改用其他组织和其他 AWS 账户。
  links[0].account = 444455556666; agreement = agmt-0; listing = another listing; owners = kim@globex.example, park@globex.example; same_account = {account}; same_group = {group}; same_license = {license}; same_target = {target}; state = active; target_id = globex; target_name = Globex (ledger, 2026-11-20T10:00:00.000Z)
  account.id = 444455556666 (AWS, 2026-11-20T09:00:00.000Z)
  organization.id = acme (directory, 2026-11-20T08:00:00.000Z)
"
    )
}

/// A new member, who tells about the business, but not what ClickHouse will be used for.
pub(super) fn registers(case: &mut Case) {
    case.set("request.member", "new")
        .set("member.company", "Acme Ltd")
        .set("member.country", "KR")
        .set("member.use", Value::Absent);
}

/// Words of a member who [registers], with the address verified or not.
pub(super) fn not_registered(rule: &str, verified: bool) -> String {
    let (en, ko, zh) = if verified {
        ("yes", "예", "是")
    } else {
        ("no", "아니요", "否")
    };
    format!(
        "\
{rule} refuse
  The registration of mina@acme.example is incomplete (e-mail verified: {en}, company: Acme Ltd, country: KR, use: none).
  mina@acme.example 님의 등록이 완료되지 않았습니다(이메일 인증: {ko}, 회사: Acme Ltd, 국가: KR, 사용 목적: 없음).
  mina@acme.example 的注册尚未完成（邮箱已验证：{zh}，公司：Acme Ltd，国家/地区：KR，用途：无）。
  → Ask for company, country and use, and fill them in when you link again. The e-mail address is verified by the code that linking sends to it.
  → 회사, 국가, 사용 목적을 문의한 뒤 다시 연결할 때 입력하세요. 이메일 주소는 연결 과정에서 그 주소로 발송되는 인증 코드로 인증됩니다.
  → 请询问公司、国家/地区和用途，并在重新绑定时填写。邮箱通过绑定过程中发送至该邮箱的验证码进行验证。
  ✉ To register mina@acme.example for ClickHouse Cloud, please tell us your company, its country and what you want to use ClickHouse for. We then send a code to this address; please tell us that code as well.
  ✉ mina@acme.example 주소를 ClickHouse Cloud에 등록할 수 있도록 회사명, 회사 소재 국가, ClickHouse 사용 목적을 알려 주세요. 이후 이 주소로 인증 코드를 보내 드리면 그 코드도 알려 주세요.
  ✉ 为了在 ClickHouse Cloud 注册 mina@acme.example，请告知我们贵公司的名称、所在国家/地区以及 ClickHouse 的用途。随后我们会向该邮箱发送验证码，请将验证码也告知我们。
  member.email_verified = {verified} (directory, 2026-11-20T08:00:00.000Z)
  member.company = Acme Ltd (directory, 2026-11-20T08:00:00.000Z)
  member.country = KR (directory, 2026-11-20T08:00:00.000Z)
  member.use = none (directory, 2026-11-20T08:00:00.000Z)
  member.email = mina@acme.example (directory, 2026-11-20T08:00:00.000Z)
"
    )
}
