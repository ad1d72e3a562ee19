//! One buyer for each of the five systems, from the subscription to a link in force.

use sandbox::Subscribe;

use crate::account::says;
use crate::buyers::Buyers;
use crate::clock;
use crate::window::Window;
use crate::wizard::{self, Target};

/// A buyer to be linked.
struct Case<'c> {
    listing: &'static str,
    account: &'static str,
    company: &'static str,
    /// Known by the agreement that AWS lists, since no registration was brought.
    by_agreement: bool,
    target: Target<'c>,
    /// The person it is done for, where the policy asks for one.
    member: Option<&'c str>,
    workspace: Option<&'c str>,
    /// Where a code is mailed to.
    code_to: Option<&'c str>,
    /// Somewhere else that a rule refuses before: there, the rule, what it says, and what to do.
    refused: Option<(&'c str, &'static str, [&'static str; 2])>,
}

impl Case<'_> {
    const NONE: Case<'static> = Case {
        listing: "",
        account: "",
        company: "",
        by_agreement: false,
        target: Target::New(""),
        member: None,
        workspace: None,
        code_to: None,
        refused: None,
    };

    fn name(&self) -> &str {
        match self.target {
            Target::Existing(name) | Target::New(name) => name,
        }
    }
}

/// Turns red when a step of the wizard does not lead on, a rule lets pass what it must not, the mailed
/// code is not taken, or a link is not in force once AWS has granted its license.
#[test]
fn a_buyer_of_each_system_is_linked() {
    let window = Window::open("linking");
    window.go("nav-organizations");
    window.until("the vendor's own side", || {
        window.matched().filter(|matched| 1 <= *matched)
    });
    let buyers = Buyers::of(&window);
    let ready = |listing| &buyers.organization(listing, |_| true).id;
    let payg = ready("clickhouse-payg");
    let committed = ready("clickhouse-committed");
    let pinecone = ready("pinecone");
    let carded = buyers.organization("emqx", |it| it.payment_method == "card");
    let mut workspaces = buyers.directory().workspaces.iter();
    let workspace = workspaces.find(|it| it.state == "active");
    let workspace = workspace.expect("a workspace nobody is bound to");
    let mut accounts = buyers.directory().billing_accounts.iter();
    let payer = accounts.find(|it| it.user_name == workspace.billing_account);
    let payer = payer.expect("its billing account");

    let cases = [
        Case {
            listing: "clickhouse-payg",
            account: "222233334444",
            company: "Halden Freight",
            target: Target::Existing(payg),
            member: Some(buyers.member(payg, "admin")),
            ..Case::NONE
        },
        Case {
            listing: "clickhouse-committed",
            account: "444455556666",
            company: "Nordic Maps",
            target: Target::Existing(committed),
            member: Some(buyers.member(committed, "admin")),
            ..Case::NONE
        },
        Case {
            listing: "emqx",
            account: "555566667777",
            company: "Seongsu Robotics 성수",
            target: Target::New("Seongsu Robotics Messaging"),
            refused: Some((
                &carded.id,
                "EM-1",
                [
                    "A credit card is set up for",
                    "removes the card under Billing",
                ],
            )),
            ..Case::NONE
        },
        Case {
            listing: "guance",
            account: "777788889999",
            company: "Qingdao Sea Survey 青岛海测",
            by_agreement: true,
            target: Target::Existing(&payer.user_name),
            workspace: Some(&workspace.id),
            code_to: Some(&payer.email),
            ..Case::NONE
        },
        Case {
            listing: "pinecone",
            account: "888899990000",
            company: "Umbra Search",
            target: Target::Existing(pinecone),
            member: Some(buyers.member(pinecone, "owner")),
            ..Case::NONE
        },
    ];
    let linked: Vec<_> = cases
        .iter()
        .map(|case| (links(&window, &buyers, case), case))
        .collect();

    // AWS grants the licenses, which the next sync sees.
    clock::advance(&window, &["1h"]);
    window.click("sync");
    for (agreement, case) in &linked {
        window.open_agreement(agreement);
        window.click("detail-tab-link");
        in_force(&window, case);
        if case.refused.is_some() || case.workspace.is_some() {
            window.portray(&format!("{}-in-force", case.listing));
        }
    }
}

/// Walks the buyer through the wizard. Answers with the agreement.
#[track_caller]
fn links(window: &Window, buyers: &Buyers, case: &Case<'_>) -> String {
    let committed = case.listing == "clickhouse-committed";
    let bought = buyers.subscribe(&Subscribe {
        listing: case.listing.to_owned(),
        account: case.account.to_owned(),
        company: Some(case.company.to_owned()),
        private_offer: committed,
        value: committed.then(|| "120000".to_owned()),
        ..Subscribe::default()
    });
    let text = if case.by_agreement {
        &bought.agreement_id
    } else {
        &bought.registration_url
    };
    wizard::identify(window, text, &bought.agreement_id);
    if let Some((place, rule, words)) = &case.refused {
        refused(window, place, rule, words);
    }
    wizard::choose(window, &case.target);
    if let Some(member) = case.member {
        window.fill("member", member);
    }
    if let Some(workspace) = case.workspace {
        window.pick("workspace", workspace);
    }
    portray(window, case, "target");
    wizard::check(window, "ready");
    portray(window, case, "checks");
    if let Some(address) = case.code_to {
        wizard::verify(window, buyers, address);
        portray(window, case, "verified");
    }
    wizard::review(window);
    portray(window, case, "review");
    let state = wizard::link(window);
    // Guance has no license to wait for; every other system waits for AWS's minute.
    let wanted = if case.listing == "guance" {
        "active"
    } else {
        "awaiting-aws"
    };
    assert_eq!(state, wanted, "{}", case.listing);
    let said = if case.listing == "guance" {
        "confirmation"
    } else {
        "waiting"
    };
    window.see(said);
    portray(window, case, "done");
    window.click("go-agreement");
    window.until("the link on its agreement", || {
        window
            .text("link")
            .filter(|link| link.contains(case.name()))
    });
    bought.agreement_id
}

/// A rule refuses this place, in these words, and nothing leads on from there but back.
#[track_caller]
fn refused(window: &Window, place: &str, rule: &str, words: &[&str]) {
    wizard::choose(window, &Target::Existing(place));
    wizard::check(window, "refused");
    window.until("the rule that refuses", || {
        (window.attribute("verdict", "data-rule")? == rule).then_some(())
    });
    for words in words {
        says(window, "verdict", words);
    }
    assert!(window.attribute("next", "disabled").is_some());
    window.portray("refused");
    window.click("back");
    window.see("target-search");
    window.fill("target-search", " ");
}

/// The longest way through the wizard is pictured: the one with a code.
#[track_caller]
fn portray(window: &Window, case: &Case<'_>, step: &str) {
    if case.code_to.is_some() {
        window.portray(step);
    }
}

/// The agreement's link is in force, and says what to tell the buyer.
#[track_caller]
fn in_force(window: &Window, case: &Case<'_>) {
    let name = case.name();
    window.until(&format!("the link to {name} in force"), || {
        let active = window.attribute("link", "data-state")? == "active";
        let here = window.text("link")?.contains(name);
        (active && here).then_some(())
    });
    says(window, "detail", "Confirmation for the buyer");
}
