//! Checks of what the credentials may do, and of the time.

use std::collections::BTreeMap;
use std::path::Path;

use app::Operation;
use app::marketplace::{ErrorKind, Marketplace};
use app::operation::Effect;
use aws::CallLimits;
use domain::Timestamp;
use sandbox::{Fault, Keys, Options};

use crate::{Story, on};

fn error(operation: &str, name: &str) -> Fault {
    Fault {
        error: Some(name.to_owned()),
        ..on(operation)
    }
}

/// Everything in a folder, but for what says where the sandbox is served.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    let kept = names.filter(|name| name == "world.json" || name == "journal.jsonl");
    kept.map(|name| {
        let bytes = std::fs::read(folder.join(&name)).unwrap();
        (name, bytes)
    })
    .collect()
}

impl Story {
    async fn now(&self) -> Timestamp {
        let now = self.control.status().await.unwrap().now;
        let now: jiff::Timestamp = now.parse().unwrap();
        Timestamp::from_millis(now.as_millisecond())
    }

    /// What each operation's probe comes to: nothing when it is allowed.
    async fn probed(&self) -> Vec<(Operation, Option<ErrorKind>)> {
        let mut found = Vec::new();
        for operation in Operation::ALL {
            let answer = self.aws.probe(operation).await;
            found.push((operation, answer.err().map(|error| error.kind)));
        }
        found
    }
}

#[tokio::test]
async fn a_round_of_probes_finds_everything_allowed_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        state_dir: Some(folder.path().to_owned()),
        ..Options::default()
    };
    let story = Story::of(options, CallLimits::default()).await;
    // One action, so that there is a journal to compare.
    story.control.amend(1).await.unwrap();
    let before = contents(folder.path());
    assert!(before.contains_key("journal.jsonl"), "{:?}", before.keys());
    story.control.reset_counters().await.unwrap();
    for operation in Operation::ALL {
        story.aws.probe(operation).await.unwrap();
        assert_eq!(story.calls(operation.name()).await, 1, "{operation}");
    }
    assert!(
        before == contents(folder.path()),
        "a probe changed something"
    );
}

#[tokio::test]
async fn what_iam_or_the_region_denies_is_denied_and_nothing_else() {
    let story = Story::begin().await;
    for name in ["AccessDeniedException", "DisabledApiException"] {
        for denied in Operation::ALL {
            story.fault(error(denied.name(), name)).await;
            for (operation, found) in story.probed().await {
                let expected = (operation == denied).then_some(ErrorKind::Denied);
                assert_eq!(found, expected, "{operation} with {denied} denied");
            }
            story.control.clear_faults().await.unwrap();
        }
    }
}

#[tokio::test]
async fn whatever_else_goes_wrong_leaves_the_question_open() {
    let story = Story::begin().await;
    let body = |body: &str| Fault {
        body: Some(body.to_owned()),
        ..on("*")
    };
    let drop = Fault {
        drop: true,
        ..on("*")
    };
    for (fault, kind) in [
        (error("*", "ExpiredTokenException"), ErrorKind::Credentials),
        (
            error("*", "InvalidSignatureException"),
            ErrorKind::Credentials,
        ),
        (error("*", "ThrottlingException"), ErrorKind::Busy),
        (error("*", "UnknownOperationException"), ErrorKind::Invalid),
        (body("html"), ErrorKind::Garbage),
        (drop, ErrorKind::NoAnswer),
    ] {
        story.fault(fault.clone()).await;
        for (operation, found) in story.probed().await {
            assert_eq!(found, Some(kind), "{operation} with {fault:?}");
        }
        story.control.clear_faults().await.unwrap();
    }
}

#[tokio::test]
async fn a_probe_that_acts_is_not_sent_again_once_its_fate_is_unknown() {
    let story = Story::begin().await;
    let unanswered = Fault {
        drop_after_accepting: true,
        ..on("*")
    };
    for fault in [unanswered, error("*", "InternalServerException")] {
        story.fault(fault).await;
        for operation in Operation::ALL {
            story.control.reset_counters().await.unwrap();
            story.aws.probe(operation).await.unwrap_err();
            let sent = match operation.effect() {
                Effect::Reads => u64::from(CallLimits::ATTEMPTS_MAX),
                Effect::Acts => 1,
            };
            assert_eq!(story.calls(operation.name()).await, sent, "{operation}");
        }
        story.control.clear_faults().await.unwrap();
    }
    // Throttled calls were not carried out.
    for operation in Operation::ALL {
        let once = Fault {
            times: Some(1),
            ..error(operation.name(), "ThrottlingException")
        };
        story.fault(once).await;
        story.aws.probe(operation).await.unwrap();
    }
}

#[tokio::test]
async fn the_time_is_the_answers_date_even_of_a_refusal() {
    let story = Story::begin().await;
    let whole = |at: Timestamp| at.as_millis().div_euclid(1_000) * 1_000;
    let told = async |ahead_ms: i64| {
        let before = story.now().await.plus_millis(ahead_ms);
        let time = story.aws.time().await.unwrap();
        let after = story.now().await.plus_millis(ahead_ms);
        assert_eq!(time.as_millis(), whole(time), "the header has seconds");
        assert!(whole(before) <= time.as_millis(), "{before} {time}");
        assert!(time <= after, "{time} {after}");
    };
    told(0).await;
    story.control.advance("3d").await.unwrap();
    told(0).await;
    let skew = Fault {
        clock_skew: Some("15m".to_owned()),
        ..on("GetCallerIdentity")
    };
    story.fault(skew).await;
    told(15 * 60_000).await;
    assert!(story.aws.caller_identity().await.is_err());
    story.control.clear_faults().await.unwrap();
    story.fault(error("*", "AccessDenied")).await;
    told(0).await;
    story.control.set_network(false).await.unwrap();
    let error = story.aws.time().await.unwrap_err();
    assert_eq!(
        error.kind,
        ErrorKind::NoAnswer,
        "an older answer's time is no answer"
    );
}

#[tokio::test]
async fn another_key_and_an_expired_one_are_refused_as_such() {
    let story = Story::begin().await;
    let accept = async |access_key_id: Option<&str>, expired| {
        let access_key_id = access_key_id.map(str::to_owned);
        let keys = Keys {
            access_key_id,
            expired,
        };
        story.control.set_credentials(&keys).await.unwrap();
    };
    accept(Some("AKIASOMEBODYELSE"), false).await;
    let error = story.aws.caller_identity().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Credentials);
    assert_eq!(error.code.as_deref(), Some("InvalidClientTokenId"));
    let error = story.aws.agreements(None, None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Credentials);
    assert_eq!(error.code.as_deref(), Some("UnrecognizedClientException"));
    accept(Some("AKIASANDBOX"), true).await;
    let error = story.aws.agreements(None, None).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Credentials);
    assert!(error.message.contains("have expired"), "{error}");
    accept(Some("AKIASANDBOX"), false).await;
    let identity = story.aws.caller_identity().await.unwrap();
    let status = story.control.status().await.unwrap();
    assert_eq!(identity.account, status.seller_account_id);
    accept(None, false).await;
    assert!(story.aws.agreements(None, None).await.is_ok());
}

/// The calls that make up a look at one agreement.
const LOOK: [&str; 4] = [
    "DescribeAgreement",
    "GetAgreementTerms",
    "GetAgreementEntitlements",
    "GetAgreementContacts",
];

#[tokio::test]
async fn a_look_lacks_only_what_is_denied() {
    let story = Story::begin().await;
    let agreements = story.agreements(None).await;
    let mut whole = None;
    for agreement in &agreements {
        let look = story.aws.details(&agreement.id).await.unwrap();
        assert!(look.denied.is_empty());
        if look.details.value.is_some() && look.details.contact.is_some() {
            whole = Some((agreement, look.details));
            break;
        }
    }
    let (agreement, whole) = whole.expect("an agreement with a value and a contact");
    for denied in LOOK {
        story.fault(error(denied, "AccessDeniedException")).await;
        let look = story.aws.details(&agreement.id).await.unwrap();
        let told: Vec<_> = look.denied.iter().map(|error| error.operation).collect();
        assert_eq!(told, [denied]);
        let mut expected = whole.clone();
        match denied {
            "DescribeAgreement" => (expected.value, expected.trial_ends_at) = (None, None),
            "GetAgreementTerms" => expected.terms.clear(),
            "GetAgreementEntitlements" => expected.provisioning.clear(),
            _ => expected.contact = None,
        }
        assert_eq!(look.details, expected, "{denied}");
        story.control.clear_faults().await.unwrap();
    }
}

#[tokio::test]
async fn a_look_fails_when_all_of_it_is_denied_or_any_of_it_fails_otherwise() {
    let story = Story::begin().await;
    let id = story.agreements(None).await.swap_remove(0).id;
    for operation in &LOOK[..3] {
        story.fault(error(operation, "AccessDeniedException")).await;
    }
    let look = story.aws.details(&id).await.unwrap();
    assert_eq!(look.denied.len(), 3);
    story.fault(error(LOOK[3], "AccessDeniedException")).await;
    let refusal = story.aws.details(&id).await.unwrap_err();
    assert_eq!(refusal.kind, ErrorKind::Denied);
    story.control.clear_faults().await.unwrap();
    story.fault(error(LOOK[0], "AccessDeniedException")).await;
    story.fault(error(LOOK[3], "ValidationException")).await;
    let failure = story.aws.details(&id).await.unwrap_err();
    assert_eq!(failure.kind, ErrorKind::Invalid);
}
