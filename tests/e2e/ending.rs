//! An agreement is cancelled, and what ends with it; and what was done is proven by the audit.

use std::path::Path;
use std::process::Command;

use sandbox::{Deployment, Subscribe};

use crate::account::says;
use crate::buyers::Buyers;
use crate::clock;
use crate::window::Window;
use crate::wizard::{self, Target};

pub(crate) const PHRASE: &str = "EMQX Cloud (Pay as you go)";

/// Turns red when a request goes out without the very phrase, when what ends with the agreement is not
/// what the plan said, or not when it said, and when the audit takes what was changed for whole.
#[test]
fn an_agreement_is_cancelled_and_what_ends_with_it_is_proven() {
    let mut window = Window::open("ending");
    window.go("nav-organizations");
    window.until("the vendor's own side", || {
        window.matched().filter(|matched| 1 <= *matched)
    });
    let buyers = Buyers::of(&window);
    let (running, trial) = deployments(&buyers);
    let agreement = link(&window, &buyers, &running.organization);

    // Nothing is sent before the phrase is typed letter for letter.
    window.click("detail-tab-overview");
    window.click("cancel-this");
    window.see("reason");
    window.portray("reasons");
    window.click("reason");
    window.click("plan-it");
    for words in [
        format!("{} is stopped.", running.name),
        format!("The trial deployment {} goes on until", trial.name),
        format!("{} is deleted after 3 days", running.name),
    ] {
        says(&window, "cancel-agreement", &words);
    }
    window.fill("phrase", &PHRASE.to_lowercase());
    says(
        &window,
        "cancel-agreement",
        "Capital and small letters count.",
    );
    assert!(window.attribute("ask-buyer", "disabled").is_some());
    window.portray("plan");
    window.fill("phrase", PHRASE);
    window.click("ask-buyer");
    says(&window, "done", "Silence is consent in");
    window.portray("asked");
    window.click("to-endings");
    waits(&window, &agreement, "request");
    window.portray("request");

    // Seven days of silence are consent: it ends, and the deletions are counted down.
    clock::advance(&window, &["7d", "1h"]);
    window.click("sync");
    window.go("nav-endings");
    waits(&window, &agreement, "grace");
    says(
        &window,
        "due",
        &format!("Delete deployment {}", running.name),
    );
    says(&window, "due", "in 2 d 23 h");
    window.portray("grace");
    let things = runs(&window, &running.organization, |things| {
        state_of(things, running) == Some("stopped")
    });
    assert_eq!(state_of(&things, trial), Some("running"), "{things}");
    window.portray("stopped");

    // Three days later what was stopped is deleted, and the trial is still there.
    clock::advance(&window, &["3d"]);
    window.click("sync");
    window.go("nav-endings");
    says(
        &window,
        "lately",
        &format!("Delete deployment {}", running.name),
    );
    assert_eq!(window.count("[data-test=ending][data-kind=grace]"), 0);
    window.portray("deleted");
    let things = runs(&window, &running.organization, |things| {
        state_of(things, running) == Some("deleted")
    });
    assert_eq!(state_of(&things, trial), Some("running"), "{things}");

    // The audit has all of it, and is whole until somebody changes it behind Bindery's back.
    window.go("nav-activity");
    window.until("what was done", || {
        let page = window.page_text();
        let did = [
            "Link a buyer",
            "Ask a buyer to cancel",
            "Effect of an ending",
        ];
        did.iter().all(|did| page.contains(did)).then_some(())
    });
    assert_eq!(verified(&window), "true");
    window.portray("whole");
    let database = window.data().join("connections/sandbox.sqlite3");
    let mut entry = String::new();
    window.restart_after(|| entry = tamper(&database));
    window.go("nav-activity");
    assert_eq!(verified(&window), "false");
    says(
        &window,
        "verified",
        &format!("The audit was changed at entry {entry}."),
    );
    window.click("show-broken");
    window.until("the entry as it is now", || {
        let page = window.page_text();
        (page.contains("Both entries as JSON") && page.contains("nobody")).then_some(())
    });
    window.portray("broken");
}

/// An organization of EMQX without card and credits that runs a deployment, and tries another one for
/// longer than this story takes: the two.
#[track_caller]
pub(crate) fn deployments(buyers: &Buyers) -> (&Deployment, &Deployment) {
    let all = &buyers.directory().deployments;
    let organization = |id: &str| {
        let mut organizations = buyers.directory().organizations.iter();
        organizations.find(|it| it.id == id).is_some_and(|it| {
            it.payment_method != "card"
                && it.payment_method != "aws-marketplace"
                && it.credit_balance.amount == "0.00"
        })
    };
    let trials = all
        .iter()
        .filter(|it| it.trial && organization(&it.organization));
    let pairs = trials.filter_map(|trial| {
        let mut others = all
            .iter()
            .filter(|it| it.organization == trial.organization);
        let running = others.find(|it| !it.trial && it.state == "running")?;
        Some((running, trial))
    });
    let longest = pairs.max_by_key(|(_, trial)| trial.trial_end.clone());
    longest.expect("an organization that runs one and tries another")
}

/// A buyer subscribes and is linked, and AWS grants the license. The agreement's detail is open.
#[track_caller]
pub(crate) fn link(window: &Window, buyers: &Buyers, organization: &str) -> String {
    let bought = buyers.subscribe(&Subscribe {
        listing: "emqx".to_owned(),
        account: "555566667777".to_owned(),
        company: Some("Seongsu Robotics 성수".to_owned()),
        ..Subscribe::default()
    });
    wizard::identify(window, &bought.registration_url, &bought.agreement_id);
    wizard::choose(window, &Target::Existing(organization));
    wizard::check(window, "ready");
    wizard::review(window);
    wizard::link(window);
    clock::advance(window, &["1h"]);
    window.click("sync");
    window.open_agreement(&bought.agreement_id);
    window.click("detail-tab-link");
    window.until("the link in force", || {
        (window.attribute("link", "data-state")? == "active").then_some(())
    });
    bought.agreement_id
}

/// Waits until the agreement stands in Endings as this.
#[track_caller]
pub(crate) fn waits(window: &Window, agreement: &str, kind: &str) {
    let selector = format!("[data-test=ending][data-id=\"{agreement}\"][data-kind={kind}]");
    window.until(&format!("a {kind} in Endings"), || {
        (window.count(&selector) == 1).then_some(())
    });
}

/// What runs at an organization, once it is as wanted.
#[track_caller]
fn runs(window: &Window, organization: &str, wanted: impl Fn(&str) -> bool) -> String {
    window.go("nav-organizations");
    window.paste("directory-search", organization);
    window.until("the organization alone", || {
        (window.rows() == [organization]).then_some(())
    });
    window.pick("row", organization);
    window.click("detail-tab-workspaces");
    window.until("what runs there", || {
        window.text("detail").filter(|things| wanted(things))
    })
}

/// The state that stands below a deployment.
fn state_of(things: &str, deployment: &Deployment) -> Option<&'static str> {
    let (_, below) = things.split_once(&deployment.id)?;
    let states = ["running", "stopped", "deleted"].into_iter();
    let found = states.filter_map(|state| Some((below.find(state)?, state)));
    Some(found.min()?.1)
}

/// Has the audit verified, and answers whether it is whole.
#[track_caller]
fn verified(window: &Window) -> String {
    window.click("verify");
    window.until("an answer about the audit", || {
        window.attribute("verified", "data-whole")
    })
}

/// Lets somebody else have asked for the cancellation. Answers with the entry that was changed.
fn tamper(database: &Path) -> String {
    let script = "import sqlite3, sys\n\
        with sqlite3.connect(sys.argv[1]) as audit:\n\
        \x20   (entry,) = audit.execute(\"SELECT seq FROM audit WHERE action = 'cancel' AND phase = 'opened'\").fetchone()\n\
        \x20   audit.execute(\"UPDATE audit SET user = 'nobody' WHERE seq = ?\", (entry,))\n\
        print(entry)";
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(database)
        .output()
        .expect("Python");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
