//! What the stories of both ClickHouse policies have in common: the vendor, and rules that they keep alike.

use sandbox::Registration;

use crate::ask::{Ask, by_token};
use crate::story::{HALDEN, NORDIC, Story};

/// Two organizations with an admin each, and somebody who is none. Unpaid invoices may matter to a
/// contract alone.
const VENDOR: &str = r#"{
    "organizations": [
        {"id": "halden", "name": "Halden Freight", "plan": "scale", "paymentMethod": "none", "openInvoices": 0},
        {"id": "nordic", "name": "Nordic Maps", "plan": "scale", "paymentMethod": "none", "openInvoices": 2}
    ],
    "members": [
        {"organization": "halden", "email": "ada@halden.example", "role": "admin", "verified": true},
        {"organization": "halden", "email": "dev@halden.example", "role": "developer", "verified": true},
        {"organization": "nordic", "email": "kai@nordic.example", "role": "admin", "verified": true}
    ]
}"#;

pub(crate) async fn vendor() -> Story {
    Story::with_directory(VENDOR).await
}

/// A rule by which only an admin of the organization links it.
pub(crate) async fn only_an_admin_links(rule: &str, story: &Story, bought: &Registration) {
    let ask = by_token(bought).to("organization:halden");
    for (email, role) in [
        ("dev@halden.example", "developer"),
        ("kai@nordic.example", "none"),
    ] {
        let words = story.is_refused(ask.clone().member(email), rule).await;
        let expected = format!(
            "\
{rule} refuse
  {email} is not an admin of Halden Freight (role: {role}).
  → An admin of Halden Freight gives the person the admin role, or links it instead. Once the role is changed, bring the directory up to date and check again.
  member.role = {role} (import vendor.json)
  member.email = {email} (import vendor.json)
  organization.name = Halden Freight (import vendor.json)
"
        );
        assert_eq!(words, expected);
    }
    story.links_at_once(ask.for_halden()).await;
    assert_eq!(story.state(&bought.agreement_id), "active");
}

/// A rule that one account and one organization keep to each other, once they are linked.
pub(crate) struct OneEach {
    pub(crate) rule: &'static str,
    /// The link between account and organization, as the rule sees it.
    pub(crate) link: &'static str,
    pub(crate) agreement: &'static str,
    pub(crate) listing: &'static str,
}

impl OneEach {
    pub(crate) async fn is_kept(&self, story: &Story, buys: impl AsyncFn(&str) -> Registration) {
        // The account with a second purchase, to another organization.
        let second = buys(HALDEN).await;
        let elsewhere = by_token(&second).for_nordic();
        let words = story.is_refused(elsewhere, self.rule).await;
        assert_eq!(words, self.words(HALDEN, "nordic"));

        // Another account, to the organization that is linked.
        let other = buys(NORDIC).await;
        let same = by_token(&other).for_halden();
        let words = story.is_refused(same, self.rule).await;
        assert_eq!(words, self.words(NORDIC, "halden"));

        // Another account and another organization have nothing to do with it.
        story.links_at_once(by_token(&other).for_nordic()).await;
    }

    fn words(&self, account: &str, organization: &str) -> String {
        let Self {
            rule,
            link,
            agreement,
            listing,
        } = self;
        let (same_account, same_target) = (account == HALDEN, organization == "halden");
        format!(
            "\
{rule} refuse
  AWS account 222233334444 is already linked to Halden Freight (agreement {agreement}).
  → Keep the link of Halden Freight, or end it first. Otherwise the buyer needs an organization and an AWS account that are not linked yet.
  {link}.account = 222233334444; agreement = {agreement}; listing = {listing}; owners = ; same_account = {same_account}; same_group = true; same_license = false; same_target = {same_target}; state = active; target_id = halden; target_name = Halden Freight (Bindery)
  account.id = {account} (AWS ResolveCustomer)
  organization.id = {organization} (import vendor.json)
"
        )
    }
}

/// A new member registers with an organization of its own.
pub(crate) fn registers(bought: &Registration) -> Ask {
    by_token(bought)
        .to("new-organization:Halden Analytics")
        .member("new@halden.example")
}

/// What is not known of a new member, who told all about the business, until the code is entered.
pub(crate) fn not_verified_yet(rule: &str) -> String {
    format!(
        "\
{rule} unknown
  Not known yet: member.email_verified.
  → Look it up again, or bring the data up to date, then plan again.
  member.email_verified = not known (nobody)
  member.company = Halden Freight AS (the person at the console)
  member.country = NO (the person at the console)
  member.use = Logistics dashboards (the person at the console)
  member.email = new@halden.example (the person at the console)
"
    )
}
