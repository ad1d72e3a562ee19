//! A cancellation is confirmed without a network, and sent when it is back; then the last usage is
//! billed, and what the vendor's system had wrong is corrected by hand.

use crate::account::says;
use crate::buyers::Buyers;
use crate::clock;
use crate::ending::{PHRASE, deployments, link, waits};
use crate::window::Window;

/// Turns red when what waits is lost with the window, sent without being asked for again, or sent twice,
/// when usage is billed that AWS would refuse, and when a correction is told as the vendor's.
#[test]
fn what_is_confirmed_without_a_network_is_sent_once_it_is_back() {
    let window = Window::open("outbox");
    window.go("nav-organizations");
    window.until("the vendor's own side", || {
        window.matched().filter(|matched| 1 <= *matched)
    });
    let buyers = Buyers::of(&window);
    let (running, _) = deployments(&buyers);
    let agreement = link(&window, &buyers, &running.organization);

    window.go("nav-sandbox");
    window.click("sandbox-network");
    window.open_agreement(&agreement);
    window.click("detail-tab-overview");
    window.click("cancel-this");
    window.click("reason");
    window.click("plan-it");
    says(&window, "offline", "sent only if nothing has changed");
    window.fill("phrase", PHRASE);
    window.portray("plan");
    window.click("ask-buyer");
    says(&window, "queued", "The plan waits until AWS can be asked");
    window.portray("queued");
    window.click("to-endings");
    says(&window, "waiting-plan", "Seongsu Robotics 성수");
    window.portray("waiting");

    window.go("nav-activity");
    says(&window, "waiting-plan", &agreement);
    window.portray("activity");

    window.go("nav-sandbox");
    window.click("sandbox-network");
    window.click("sync");
    window.go("nav-endings");
    waits(&window, &agreement, "request");
    window.gone("waiting-plan");
    assert_eq!(buyers.calls("SendAgreementCancellationRequest"), 1);

    // Silence is consent: the license is taken back, and one hour is left for its last usage.
    clock::advance(&window, &["7d"]);
    window.click("sync");
    window.go("nav-endings");
    waits(&window, &agreement, "usage");
    window.click("send-last-usage");
    window.fill("usage-dimension", "no-such-dimension");
    window.fill("usage-quantity", "a dozen");
    window.click("usage-add");
    says(&window, "usage-form", "is not a quantity");
    window.portray("usage-wrong");
    window.fill("usage-quantity", "12");
    window.click("usage-add");
    window.see("usage-record");
    window.portray("usage");
    window.click("usage-send");
    says(&window, "usage-reason", "dimension");
    window.portray("usage-refused");
    window.click("close");

    // Corrected by hand, and told as ours.
    window.go("nav-organizations");
    window.paste("directory-search", &running.organization);
    window.until("the organization alone", || {
        (window.rows() == [running.organization.as_str()]).then_some(())
    });
    window.pick("row", &running.organization);
    window.click("correct");
    window.fill("field-openInvoices", "some");
    window.fill("correct-reason", "told by telephone");
    window.click("correct-submit");
    says(&window, "correct-dialog", "Must be a whole number");
    window.portray("correct");
    window.fill("field-openInvoices", "3");
    window.click("correct-submit");
    window.gone("correct-dialog");
    says(&window, "detail", "changed here");
    window.portray("corrected");
    window.click("detail-tab-timeline");
    says(&window, "timeline", "Open invoices:");
    window.portray("timeline");
}
