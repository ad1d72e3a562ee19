//! Pinecone.

use expect_test::expect;

use super::{check, forgetting};
use crate::cases::{Case, link};

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
          → An owner connects it, or makes the person an owner. Owners on record: lee@acme.example. Once the role is changed, bring the directory up to date and check again.
          → 소유자가 직접 연결하거나 해당 사용자를 소유자로 지정해야 합니다(등록된 소유자: lee@acme.example). 역할이 변경되면 디렉터리를 최신 상태로 업데이트한 뒤 다시 확인하세요.
          → 请由所有者完成连接，或将该用户设为所有者（登记的所有者：lee@acme.example）。角色变更后，请更新目录并重新检查。
          ✉ Only an organization owner can connect Acme to AWS Marketplace. Please ask one of its owners to do this step or to make you an owner.
          ✉ 조직 소유자만 Acme 조직을 AWS Marketplace에 연결할 수 있습니다. 조직 소유자에게 연결 진행 또는 소유자 권한 부여를 요청해 주세요.
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
          Acme is on the enterprise plan; only organizations on the Starter plan can be connected.
          Acme 조직의 플랜은 enterprise입니다. Starter 플랜 조직만 연결할 수 있습니다.
          Acme 的套餐为 enterprise；只能连接 Starter 套餐的组织。
          → Choose an organization on the Starter plan, or create a new one.
          → Starter 플랜 조직을 선택하거나 새 조직을 만드세요.
          → 请选择 Starter 套餐的组织，或新建组织。
          ✉ Acme is on the enterprise plan. Only organizations on the Starter plan can be connected to AWS Marketplace. Please choose one of those, or create a new organization.
          ✉ Acme 조직의 플랜은 enterprise입니다. Starter 플랜 조직만 AWS Marketplace에 연결할 수 있으니 해당 조직을 선택하시거나 새 조직을 만들어 주세요.
          ✉ Acme 当前套餐为 enterprise。只有 Starter 套餐的组织才能连接到 AWS Marketplace，请选择此类组织或新建组织。
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
          → The person clicks “Set up your account” again and signs in with google.
          → 사용자가 “Set up your account”를 다시 클릭하고 google 방식으로 로그인해야 합니다.
          → 请该用户再次点击“Set up your account”，并使用 google 登录。
          ✉ Your organization Acme signs in with google, but you used password. Please click “Set up your account” in AWS Marketplace again and choose google there.
          ✉ 고객님의 조직 Acme은(는) google 방식으로 로그인하지만, 고객님께서는 password 방식을 사용하셨습니다. AWS Marketplace에서 “Set up your account”를 다시 클릭하신 뒤 google 방식을 선택해 주세요.
          ✉ 您的组织 Acme 使用 google 登录，而您使用的是 password。请在 AWS Marketplace 再次点击“Set up your account”，并在打开的页面选择 google。
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
              AWS account 444455556666 is already linked to Globex (owners: kim@globex.example, park@globex.example). Setting up again creates no second linked organization.
              AWS 계정 444455556666은(는) 이미 Globex 조직에 연결되어 있습니다(소유자: kim@globex.example, park@globex.example). 설정을 다시 진행해도 연결된 조직이 하나 더 생성되지는 않습니다.
              AWS 账户 444455556666 已连接到 Globex（所有者：kim@globex.example, park@globex.example）。再次设置不会创建第二个已连接的组织。
              → Send the owners of Globex the request for an invitation below. A separate organization needs an AWS account of its own.
              → Globex 조직의 소유자에게 아래 초대 요청을 보내세요. 별도의 조직을 사용하려면 별도의 AWS 계정이 필요합니다.
              → 请将下方的邀请申请发送给 Globex 的所有者。如需单独的组织，则需要单独的 AWS 账户。
              ✉ Hello kim@globex.example, park@globex.example, somebody would like to use Pinecone through AWS account 444455556666, which is connected to your organization Globex. Could you please invite them to it? Their address: mina@acme.example. Thank you.
              ✉ kim@globex.example, park@globex.example 님, 안녕하세요. AWS 계정 444455556666을(를) 통해 Pinecone을 사용하고자 하는 분이 있습니다. 이 계정은 소유하고 계신 Globex 조직에 연결되어 있으니 그분을 조직에 초대해 주시기 바랍니다. 초대할 이메일 주소: mina@acme.example. 감사합니다.
              ✉ kim@globex.example, park@globex.example，您好：有人希望通过 AWS 账户 444455556666 使用 Pinecone，该账户已连接到您的组织 Globex。能否请您邀请对方加入该组织？对方的邮箱：mina@acme.example。谢谢。
              links[0].account = 444455556666; agreement = agmt-0; listing = another listing; owners = kim@globex.example, park@globex.example; same_account = true; same_group = true; same_license = false; same_target = false; state = active; target_id = globex; target_name = Globex (ledger, 2026-11-20T10:00:00.000Z)
              account.id = 444455556666 (AWS, 2026-11-20T09:00:00.000Z)
        "#]],
    );
}

#[test]
fn what_is_not_known_passes_nothing() {
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
