//! The typed client of the controls.

use std::time::{Duration, Instant};

use sandbox::{Fault, Mail, Subscribe};

use crate::client::{AGREEMENT, Wire, map};

fn fault(operation: &str) -> Fault {
    Fault {
        operation: operation.to_owned(),
        ..Fault::default()
    }
}

#[tokio::test]
async fn a_purchase_lives_through_everything_buyers_do() {
    let wire = Wire::start(30).await;
    let control = &wire.control;
    let purchase = Subscribe {
        listing: "clickhouse-committed".to_owned(),
        account: "777766665555".to_owned(),
        private_offer: true,
        value: Some("120000".to_owned()),
        currency: Some("KRW".to_owned()),
        company: Some("Quillstone".to_owned()),
        email: Some("it@quillstone.example".to_owned()),
    };
    let made = control.subscribe(&purchase).await.unwrap();
    assert!(made.registration_url.contains(&made.registration_token));
    let again = control.set_up(&made.agreement_id).await.unwrap();
    assert_ne!(again.registration_token, made.registration_token);
    assert_eq!(again.license_arn, made.license_arn);
    control
        .opt_out_of_renewal(&made.agreement_id)
        .await
        .unwrap();
    let error = control
        .opt_out_of_renewal(&made.agreement_id)
        .await
        .unwrap_err();
    assert_eq!(error.code, "unsupported");
    let renewed = control.renew(&made.agreement_id).await.unwrap();
    control.expire(&renewed.agreement_id).await.unwrap();
    let error = control.cancel(&renewed.agreement_id).await.unwrap_err();
    assert_eq!(error.code, "not-active");
    let buyers = control
        .buyers("quillstone.example", 10)
        .await
        .unwrap()
        .buyers;
    let statuses: Vec<&str> = buyers[0]
        .agreements
        .iter()
        .map(|one| one.status.as_str())
        .collect();
    assert_eq!(statuses, ["RENEWED", "EXPIRED"]);
    assert_eq!(control.accept("acr-0").await.unwrap_err().code, "not-found");
    assert_eq!(
        control.reject("acr-0", Some("No")).await.unwrap_err().code,
        "not-found"
    );
    control.set_token_lifetime("30m").await.unwrap();
    assert_eq!(control.status().await.unwrap().token_lifetime_seconds, 1800);
}

#[tokio::test]
async fn faults_and_the_network_are_set_and_seen() {
    let wire = Wire::start(30).await;
    let control = &wire.control;
    let delay = Fault {
        delay: Some("50ms".to_owned()),
        times: Some(1),
        ..fault("DescribeAgreement")
    };
    let id = control.add_fault(&delay).await.unwrap().id;
    let throttle = Fault {
        error: Some("ThrottlingException".to_owned()),
        ..fault("*")
    };
    control.add_fault(&throttle).await.unwrap();
    let before = Instant::now();
    let refused = wire
        .ask(AGREEMENT, "DescribeAgreement", &map(&[]))
        .await
        .refused();
    assert_eq!(refused.code, "ThrottlingException");
    assert!(before.elapsed() >= Duration::from_millis(50));
    let status = control.status().await.unwrap();
    assert_eq!(status.calls["DescribeAgreement"], 1);
    assert_eq!(
        (status.faults[0].delay_ms, status.faults[0].times),
        (Some(50), Some(0))
    );
    assert_eq!(status.faults[1].hits, 1);
    control.remove_fault(&id).await.unwrap();
    assert_eq!(
        control.remove_fault(&id).await.unwrap_err().code,
        "not-found"
    );
    control.clear_faults().await.unwrap();
    control.reset_counters().await.unwrap();
    control.set_network(false).await.unwrap();
    let status = control.status().await.unwrap();
    assert!(!status.network_up && status.faults.is_empty() && status.calls.is_empty());
    control.set_network(true).await.unwrap();
    wire.ask(AGREEMENT, "DescribeAgreement", &map(&[]))
        .await
        .refused();
}

#[tokio::test]
async fn pages_of_the_directory_make_the_whole() {
    let wire = Wire::start(300).await;
    let whole = wire.control.directory().await.unwrap();
    assert!(whole.links.len() > 100);
    let mut after = None;
    let (mut links, mut pages) = (Vec::new(), 0);
    loop {
        let page = wire
            .control
            .directory_page(after.as_deref(), Some(50))
            .await
            .unwrap();
        links.extend(page.links);
        pages += 1;
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(links, whole.links);
    assert!(pages > 5);
}

#[tokio::test]
async fn a_sandbox_that_is_gone_is_unreachable() {
    let wire = Wire::start(5).await;
    let control = wire.control.clone();
    drop(wire);
    let error = control.status().await.unwrap_err();
    assert_eq!(error.code, "unreachable");
    assert!(error.hint.is_some());
}

#[tokio::test]
async fn time_moves_only_forward() {
    let wire = Wire::start(30).await;
    let at = |now: &str| now.parse::<jiff::Timestamp>().unwrap();
    let before = at(&wire.control.status().await.unwrap().now);
    let after = at(&wire.control.advance("3d").await.unwrap().now);
    assert!(after.as_millisecond() - before.as_millisecond() >= 3 * 86_400_000);
    for wrong in ["-1d", "soon", "1w", ""] {
        assert_eq!(
            wire.control.advance(wrong).await.unwrap_err().code,
            "invalid"
        );
    }
}

fn mail(to: &str, body: &str) -> Mail {
    Mail {
        to: to.to_owned(),
        subject: "인증 코드".to_owned(),
        body: body.to_owned(),
    }
}

#[tokio::test]
async fn mail_comes_into_the_buyers_mailbox_the_newest_first() {
    let wire = Wire::start(30).await;
    let control = &wire.control;
    let first = control
        .mail(&mail("ann@quill.example", "123456"))
        .await
        .unwrap();
    control
        .mail(&mail("bob@stone.example", "654321"))
        .await
        .unwrap();
    let last = control
        .mail(&mail("Ann@quill.example", "777777"))
        .await
        .unwrap();
    let seen = |address: &'static str, after| async move {
        let mailbox = control.mailbox(address, after).await.unwrap();
        let bodies = mailbox.mails.into_iter().map(|mail| mail.body);
        bodies.collect::<Vec<_>>()
    };
    assert_eq!(seen("", 0).await, ["777777", "654321", "123456"]);
    assert_eq!(seen("ann@", 0).await, ["777777", "123456"]);
    assert_eq!(seen("ann@", first).await, ["777777"]);
    assert!(seen("", last).await.is_empty());
    let mailbox = control.mailbox("bob@stone.example", 0).await.unwrap();
    assert_eq!(mailbox.mails[0].subject, "인증 코드");
}

#[tokio::test]
async fn mail_that_is_none_or_too_large_does_not_come() {
    let wire = Wire::start(30).await;
    let control = &wire.control;
    let code = |refused: Result<u64, sandbox::ControlError>| refused.unwrap_err().code;
    assert_eq!(code(control.mail(&mail("ann", "x")).await), "no-mailbox");
    let large = "x".repeat(32 * 1024 + 1);
    assert_eq!(
        code(control.mail(&mail("ann@a.example", &large)).await),
        "invalid"
    );
    control.set_network(false).await.unwrap();
    assert_eq!(
        code(control.mail(&mail("ann@a.example", "x")).await),
        "offline"
    );
    assert!(control.mailbox("", 0).await.unwrap().mails.is_empty());
}
