//! What is said besides verdicts: while waiting, when done, in hints and in e-mails.

use expect_test::expect;
use policy::{
    FieldKind, HintMoment, Holds, Language, Localized, Occasion, confirmation, hints, is_active,
    verification_mail, waiting, wants_verification,
};

use crate::cases::{Piece, policy, ready};

fn all(words: &Localized) -> String {
    Language::ALL
        .map(|language| words.get(language).to_owned() + "\n")
        .concat()
}

#[test]
fn em_5_in_force_only_when_aws_has_provisioned_the_license() {
    let mut case = ready("emqx");
    assert_eq!(is_active(policy("emqx"), &case.facts()), Holds::Yes);
    case.set("license.status", "PENDING");
    assert_eq!(is_active(policy("emqx"), &case.facts()), Holds::No);
    expect![[r#"
        Waiting for AWS to finish syncing. AWS reports the license as PENDING; the payment method changes when it is provisioned.
        AWS 동기화가 완료되기를 기다리고 있습니다. 라이선스 상태: PENDING. 프로비저닝이 완료되면 결제 수단이 변경됩니다.
        正在等待 AWS 完成同步。许可证状态：PENDING，开通完成后付款方式将变更。
    "#]].assert_eq(&all(&waiting(policy("emqx"), &case.facts())));
    let unknown = case.without(Piece::Fact("license.status")).facts();
    assert_eq!(
        is_active(policy("emqx"), &unknown),
        Holds::Unknown(vec!["license.status".to_owned()])
    );
    assert!(waiting(policy("emqx"), &unknown).en.contains("as unknown;"));
}

#[test]
fn gu_8_in_force_only_with_a_bound_workspace() {
    let guance = policy("guance");
    let mut case = ready("guance");
    assert_eq!(is_active(guance, &case.facts()), Holds::Yes);
    let workspaces = case.lists.get_mut("workspaces").unwrap();
    for workspace in workspaces {
        workspace.insert("bound", false.into());
    }
    assert_eq!(is_active(guance, &case.facts()), Holds::No);
    let unknown = case.without(Piece::Item("workspaces", 1, "bound"));
    assert_eq!(
        is_active(guance, &unknown.facts()),
        Holds::Unknown(vec!["workspaces[1].bound".to_owned()])
    );
    expect![[r#"
        The billing account acme-billing is bound. The Commercial Plan begins when a workspace is bound as well.
        빌링 센터 계정 acme-billing이(가) 연결되었습니다. 워크스페이스까지 연결되면 Commercial Plan이 시작됩니다.
        费用中心账号 acme-billing 已绑定。绑定工作空间后商业版即开通。
    "#]].assert_eq(&all(&waiting(guance, &case.facts())));
}

#[test]
fn pc_6_the_confirmation_is_ready_in_the_buyers_language() {
    let mut said = String::new();
    for system in [
        "clickhouse-payg",
        "clickhouse-committed",
        "emqx",
        "guance",
        "pinecone",
    ] {
        said += &all(&confirmation(policy(system), &ready(system).facts()).unwrap());
    }
    expect![[r#"
        Acme is connected to your AWS Marketplace subscription (agreement agmt-1). From now on all usage is billed through AWS account 444455556666. You can see this on the organization's billing page.
        Acme 조직이 AWS Marketplace 구독(계약 agmt-1)에 연결되었습니다. 이제 모든 사용량은 AWS 계정 444455556666(으)로 청구됩니다. 조직의 결제 페이지에서 확인하실 수 있습니다.
        Acme 已绑定到您的 AWS Marketplace 订阅（协议 agmt-1）。此后全部用量将通过 AWS 账户 444455556666 计费，您可以在组织的账单页面查看。
        Acme is connected to your committed contract (agreement agmt-1, USD 120000.00, until 2027-11-20 00:00 UTC). From now on all usage is billed through AWS account 444455556666. You can see this on the organization's billing page.
        Acme 조직이 약정 계약(계약 agmt-1, USD 120000.00, 종료일 2027-11-20 00:00 UTC)에 연결되었습니다. 이제 모든 사용량은 AWS 계정 444455556666(으)로 청구됩니다. 조직의 결제 페이지에서 확인하실 수 있습니다.
        Acme 已绑定到您的承诺合同（协议 agmt-1，USD 120000.00，有效期至 2027-11-20 00:00 UTC）。此后全部用量将通过 AWS 账户 444455556666 计费，您可以在组织的账单页面查看。
        Your EMQX Cloud account Acme is linked to AWS account 444455556666 (agreement agmt-1). The Payment Method on the Billing page now reads “AWS Marketplace Subscription”.
        EMQX Cloud 계정 Acme이(가) AWS 계정 444455556666에 연결되었습니다(계약 agmt-1). 이제 결제 페이지의 결제 수단이 “AWS Marketplace Subscription”으로 표시됩니다.
        您的 EMQX Cloud 账户 Acme 已绑定 AWS 账户 444455556666（协议 agmt-1）。账单页面的付款方式现显示为“AWS Marketplace Subscription”。
        The Guance Commercial Plan is on. The fees of your bound workspaces are settled from AWS account 444455556666, by way of the Billing Center account acme-billing.
        Guance Commercial Plan이 활성화되었습니다. 연결된 워크스페이스의 요금은 빌링 센터 계정 acme-billing을(를) 통해 AWS 계정 444455556666에서 정산됩니다.
        观测云商业版已开通。已绑定工作空间的费用将通过费用中心账号 acme-billing 由 AWS 账户 444455556666 结算。
        Your Pinecone organization Acme is connected to AWS Marketplace (agreement agmt-1). Usage is billed through AWS account 444455556666 from now on.
        Pinecone 조직 Acme이(가) AWS Marketplace에 연결되었습니다(계약 agmt-1). 이제 사용량은 AWS 계정 444455556666(으)로 청구됩니다.
        您的 Pinecone 组织 Acme 已连接到 AWS Marketplace（协议 agmt-1）。此后用量将通过 AWS 账户 444455556666 计费。
    "#]].assert_eq(&said);
}

fn hint(system: &str, on: HintMoment, change: impl FnOnce(&mut crate::cases::Case)) -> String {
    let mut case = ready(system);
    change(&mut case);
    let hints = hints(policy(system), on, &case.facts());
    let told = hints.iter().map(|hint| {
        let bundle = if hint.support_bundle {
            "support bundle offered\n"
        } else {
            ""
        };
        let items = hint.items.iter().map(|item| format!("- {item}\n"));
        all(&hint.text) + &items.collect::<String>() + bundle
    });
    told.collect()
}

#[test]
fn cp_3_cc_5_what_needs_set_up_says_what_that_means() {
    expect![[r#"
        Subscribed, but not set up: nothing is billed through AWS yet. The buyer clicks “Set up your account” on the subscription, or you link it here.
        구독은 완료되었지만 설정되지 않았습니다. 아직 AWS를 통해 청구되지 않습니다. 구매자가 구독 페이지에서 “Set up your account”를 클릭하도록 안내하거나 여기에서 직접 연결하세요.
        已订阅但尚未设置：目前还没有任何用量通过 AWS 计费。请买家在订阅页面点击“Set up your account”，或在此处绑定。
    "#]].assert_eq(&hint("clickhouse-payg", HintMoment::NeedsSetup, |_| {}));
    expect![[r#"
        The contract over USD 120000.00, until 2027-11-20 00:00 UTC, is accepted but not set up, so no organization can draw on it. The buyer clicks “Set up your account”, or you link it here.
        USD 120000.00 규모의 계약(종료일 2027-11-20 00:00 UTC)이 수락되었지만 설정되지 않아 아직 어떤 조직도 사용할 수 없습니다. 구매자가 “Set up your account”를 클릭하도록 안내하거나 여기에서 직접 연결하세요.
        金额为 USD 120000.00、有效期至 2027-11-20 00:00 UTC 的合同已被接受但尚未设置，任何组织都还不能使用。请买家点击“Set up your account”，或在此处绑定。
    "#]].assert_eq(&hint("clickhouse-committed", HintMoment::NeedsSetup, |_| {}));
}

#[test]
fn cc_4_the_answer_lists_exactly_what_the_buyers_admin_grants() {
    expect![[r#"
        No agreement was found for this account. To see and accept the private offer, the buyer's AWS admin grants the managed policies AWSMarketplaceRead-only and AWSMarketplaceManageSubscriptions, or AWSMarketplaceFullAccess; or, without managed policies, the actions aws-marketplace:ListPrivateListings and aws-marketplace:ViewSubscriptions.
        이 계정의 계약을 찾을 수 없습니다. 비공개 오퍼를 확인하고 수락하려면 구매자의 AWS 관리자가 관리형 정책 AWSMarketplaceRead-only와 AWSMarketplaceManageSubscriptions를 함께 부여하거나 AWSMarketplaceFullAccess를 부여해야 합니다. 관리형 정책을 사용하지 않는 경우에는 aws-marketplace:ListPrivateListings 및 aws-marketplace:ViewSubscriptions 작업 권한을 부여해야 합니다.
        未找到该账户的协议。要查看并接受私有优惠，买家的 AWS 管理员需授予托管策略 AWSMarketplaceRead-only 和 AWSMarketplaceManageSubscriptions，或 AWSMarketplaceFullAccess；若不使用托管策略，则需授予操作 aws-marketplace:ListPrivateListings 和 aws-marketplace:ViewSubscriptions。
        - AWSMarketplaceRead-only
        - AWSMarketplaceManageSubscriptions
        - AWSMarketplaceFullAccess
        - aws-marketplace:ListPrivateListings
        - aws-marketplace:ViewSubscriptions
    "#]].assert_eq(&hint("clickhouse-committed", HintMoment::NoAgreement, |_| {}));
}

#[test]
fn em_4_anything_else_is_a_ticket() {
    expect![[r#"
        If none of the known causes explains it, open a ticket and attach the support bundle; secrets are taken out of it.
        알려진 원인으로 설명되지 않는 경우 지원 티켓을 등록하고 지원 번들을 첨부하세요. 번들에서는 비밀 정보가 제거됩니다.
        如果已知原因均无法解释该问题，请提交工单并附上支持包，其中的机密信息会被去除。
        support bundle offered
    "#]].assert_eq(&hint("emqx", HintMoment::Failure, |_| {}));
}

#[test]
fn pc_7_an_annual_commitment_goes_to_sales() {
    assert_eq!(hint("pinecone", HintMoment::Choosing, |_| {}), "");
    let contract = hint("pinecone", HintMoment::Choosing, |case| {
        case.set("offer.contract", true);
    });
    expect![[r#"
        This listing is pay as you go. For an annual commitment the buyer contacts Pinecone's sales team.
        이 상품은 종량제입니다. 연간 약정은 구매자가 Pinecone 영업팀에 문의해야 합니다.
        此产品为按量付费。如需年度承诺，请买家联系 Pinecone 销售团队。
    "#]].assert_eq(&contract);
    let unknown = hint("pinecone", HintMoment::Choosing, |case| {
        case.facts.remove("offer.contract");
    });
    assert_eq!(unknown, "", "what is not known is not said");
}

#[test]
fn gu_3_a_code_is_limited_and_says_so() {
    let guance = policy("guance");
    let verification = guance.verification.as_ref().unwrap();
    assert_eq!(
        (
            verification.digits,
            verification.lifetime.as_secs(),
            verification.attempts,
            verification.resends
        ),
        (6, 600, 5, 3)
    );
    let mut case = ready("guance");
    assert_eq!(wants_verification(guance, &case.facts()), Holds::Yes);
    let mail = verification_mail(guance, &case.facts(), "123456").unwrap();
    expect![[r#"
        Your Guance code: 123456
        Guance 인증 코드: 123456
        您的观测云验证码：123456
        Your code for the Billing Center account acme-billing is 123456. It is good for 10 minutes. If you did not ask for it, ignore this message.
        빌링 센터 계정 acme-billing의 인증 코드는 123456이며 10분 동안 유효합니다. 요청하지 않으셨다면 이 메일을 무시해 주세요.
        费用中心账号 acme-billing 的验证码是 123456，有效期为 10 分钟。如非本人操作，请忽略此邮件。
    "#]].assert_eq(&(all(&mail.subject) + &all(&mail.body)));
    assert!(
        !format!("{mail:?}").contains("is 123456"),
        "the text stays out of logs"
    );
    case.set("request.target", "new");
    assert_eq!(wants_verification(guance, &case.facts()), Holds::No);
    assert_eq!(wants_verification(policy("emqx"), &case.facts()), Holds::No);
}

#[test]
fn gu_2_gu_5_the_forms_ask_for_everything_but_a_password() {
    let mut forms = String::new();
    for form in &policy("guance").forms {
        forms += &format!("{}: ", form.on.word());
        for field in &form.fields {
            let marks = [(!field.required, "?"), (field.fixed, "!")];
            let marks: String = marks
                .iter()
                .filter(|(is, _)| *is)
                .map(|(_, mark)| *mark)
                .collect();
            let choices = match &field.kind {
                FieldKind::Choice(choices) => format!("({})", choices.join(" ")),
                _ => String::new(),
            };
            forms += &format!("{}{marks}{choices} ", field.key);
        }
        for (asked, what) in [
            (form.verify, "code"),
            (form.terms, "terms"),
            (form.invite, "invited"),
        ] {
            if asked {
                forms += &format!("+{what} ");
            }
        }
        forms = forms.trim_end().to_owned() + "\n";
    }
    expect![[r#"
        new-billing-account: billing_account.user_name billing_account.email member.phone? billing_account.company billing_account.country workspace.name workspace.language!(en ko zh) workspace.site!(us-oregon eu-frankfurt ap-singapore cn-ningxia) +invited
        existing-billing-account: billing_account.user_name +code
        new-workspace: workspace.name workspace.language!(en ko zh) workspace.site!(us-oregon eu-frankfurt ap-singapore cn-ningxia) member.email +code +terms
        new-workspace-and-user: workspace.name workspace.language!(en ko zh) workspace.site!(us-oregon eu-frankfurt ap-singapore cn-ningxia) member.name member.email member.phone? +code +terms +invited
        existing-workspaces:
    "#]].assert_eq(&forms);
}

#[test]
fn cp_5_pc_5_an_existing_or_a_new_organization() {
    for system in [
        "clickhouse-payg",
        "clickhouse-committed",
        "emqx",
        "pinecone",
    ] {
        let on: Vec<Occasion> = policy(system).forms.iter().map(|form| form.on).collect();
        assert!(on.contains(&Occasion::ExistingOrganization), "{system}");
        assert!(on.contains(&Occasion::NewOrganization), "{system}");
    }
}

#[test]
fn em_6_the_phrase_is_the_products_name() {
    let phrase = policy("emqx").cancel.phrase.as_deref();
    assert_eq!(phrase, Some("EMQX Cloud (Pay as you go)"));
}
