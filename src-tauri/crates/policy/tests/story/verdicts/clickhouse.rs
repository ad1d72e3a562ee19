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
  → Acme 조직의 관리자가 해당 사용자에게 관리자 권한을 부여하거나 직접 연결해야 합니다.
  → 请 Acme 的管理员授予该用户管理员角色，或由管理员本人完成绑定。
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
  → 기존 조직(Globex)을 사용하거나 먼저 그 연결을 해제하세요. 다른 조직을 연결하려면 다른 AWS 계정이 필요합니다.
  → 请使用 Globex，或先解除该绑定。其他组织需要使用其他 AWS 账户。
  ✉ The ClickHouse organization Globex is already billed through AWS account 444455556666, so this subscription cannot be linked as well. Please continue with that organization and account, or use another organization with another AWS account.
  ✉ AWS 계정 444455556666은(는) 이미 ClickHouse 조직 Globex의 결제에 사용되고 있습니다. AWS 계정 하나는 조직 하나에만 연결할 수 있습니다. 해당 조직을 계속 사용하시거나 다른 AWS 계정으로 구독해 주세요.
  ✉ AWS 账户 444455556666 已在为 ClickHouse 组织 Globex 付费。一个 AWS 账户只能绑定一个组织。请继续使用该组织，或使用其他 AWS 账户订阅。
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
  mina@acme.example 님의 등록이 완료되지 않았습니다. 이메일 인증: {ko}, 회사: Acme Ltd, 국가: KR, 사용 목적: 없음
  mina@acme.example 的注册尚未完成。邮箱已验证：{zh}，公司：Acme Ltd，国家/地区：KR，用途：无。
  → Ask for company, country and use, and fill them in when you link again. The e-mail address is verified by the code that linking sends to it.
  → 구성원은 인증 메일을 열어 인증을 완료하고, 회사·국가·사용 목적은 이 화면에서 입력합니다.
  → 请该成员打开验证邮件；公司、国家/地区和用途在此填写。
  ✉ To register mina@acme.example for ClickHouse Cloud, please tell us your company, its country and what you want to use ClickHouse for. We then send a code to this address; please tell us that code as well.
  ✉ mina@acme.example 주소로 보내 드린 인증 메일을 확인해 주시고 회사명, 회사 소재 국가, ClickHouse 사용 목적을 알려 주세요.
  ✉ 请打开我们发送至 mina@acme.example 的验证邮件，并告知我们贵公司的名称、所在国家/地区以及 ClickHouse 的用途。
  member.email_verified = {verified} (directory, 2026-11-20T08:00:00.000Z)
  member.company = Acme Ltd (directory, 2026-11-20T08:00:00.000Z)
  member.country = KR (directory, 2026-11-20T08:00:00.000Z)
  member.use = none (directory, 2026-11-20T08:00:00.000Z)
  member.email = mina@acme.example (directory, 2026-11-20T08:00:00.000Z)
"
    )
}
