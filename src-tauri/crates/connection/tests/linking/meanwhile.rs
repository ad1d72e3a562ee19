//! What happens while a code is on its way, and who proves an address that nobody has proven yet.

use std::time::{Duration, Instant};

use app::link::Executed;
use app::plan::Outcome;
use domain::PlanId;

use crate::ask::{by_agreement, by_token};
use crate::guance::{HALDEN_MAIL, LISTING, vendor};
use crate::story::{HALDEN, Story, entering, linked};

/// Guance's listing, where whoever registers a billing account proves the address by a code.
const REGISTERED: &str = r#"
id = "guance"
name = "Registered by code"

[listing]
title = "Guance"

[link]
target = "billing-account"
identity = ["token", "agreement"]
active_when = "agreement.status == 'ACTIVE'"

[link.counted]
group = "guance"
one_target_per_account = true
one_account_per_target = false

[link.waiting]
text = "Waiting."

[verification]
when = "request.target == 'existing'"
to = "billing_account.email"
digits = 6
lifetime = "10m"
attempts = 5
resends = 3
subject = "Your code: {code}"
body = "Your code is {code}."

[[form]]
on = "new-billing-account"
title = "Registration"
verify = true

[[form.field]]
key = "billing_account.user_name"
label = "User name"
required = true

[[form.field]]
key = "billing_account.email"
label = "E-mail"
kind = "email"
required = true
"#;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_registers_a_billing_account_proves_its_address_by_the_code() {
    let story = Story::with_policies(&[("registered.toml", REGISTERED)]).await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_agreement(&bought.agreement_id)
        .to("new-billing-account:halden-new")
        .answer("billing_account.user_name", "halden-new")
        .answer("billing_account.email", "new@halden.example");
    let plan = story.plans(ask).await;
    assert_eq!(plan.outcome, Outcome::Ready, "{}", story.verdicts(&plan));
    let verdict = plan.verdicts.iter().find(|it| it.rule == "BASE-3").unwrap();
    assert!(verdict.awaits_code, "{verdict:?}");
    let sent = story.executes(&plan).await.unwrap();
    assert!(matches!(sent, Executed::CodesSent(_)), "{sent:?}");
    let code = story.code("new@halden.example").await;
    linked(story.executes_with(&plan, &entering(&code)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_left_is_told_whatever_changed_while_it_did() {
    let story = vendor().await;
    let bought = story.subscribes(LISTING, HALDEN).await;
    let ask = by_token(&bought)
        .to("billing-account:halden")
        .workspace("wksp-1");
    let plan = story.plans(ask).await;
    let id = PlanId::parse(&plan.id).unwrap();
    let second = story.second();
    let other = std::thread::spawn(move || {
        let sent = |read: &store::Read<'_>| read.verifications(&id);
        let until = Instant::now() + Duration::from_secs(20);
        while second.store().read(sent).unwrap().is_empty() {
            assert!(Instant::now() < until, "no code was made");
        }
        // The mail is under way. The workspace goes to somebody else before that is noted.
        let held = |write: &mut store::Write<'_>| {
            let (entry, origin) = write
                .reading()
                .entry(domain::EntryKind::Workspace, "wksp-1")?
                .unwrap();
            let domain::Entry::Workspace(mut it) = entry else {
                panic!("{entry:?}")
            };
            it.billing_account = Some(domain::DirectoryId::parse("nordic").unwrap());
            write.change_directory(&domain::Entry::Workspace(it), &origin, &[])?;
            std::thread::sleep(Duration::from_millis(500));
            Ok::<_, store::Error>(())
        };
        second.store().write(held).unwrap();
    });
    let sent = story.executes(&plan).await;
    other.join().unwrap();
    assert!(matches!(sent, Ok(Executed::CodesSent(_))), "{sent:?}");
    assert_eq!(story.mails_to(HALDEN_MAIL).await, 1);
    assert_eq!(story.audit(&bought.agreement_id), ["send-code noted done"]);
    assert_eq!(story.state(&bought.agreement_id), "awaiting-verification");
}
