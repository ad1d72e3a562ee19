//! A morning in the life of somebody who sells on the marketplace.

use crate::window::Window;

const BUYER: &str = "210987654321";
const COMPANY: &str = "Lighthouse Story Works";

#[test]
fn a_new_buyer_is_found_set_up_and_searched_without_a_network() {
    let window = Window::open("story");

    // The sandbox's agreements are there without anybody having configured anything.
    window.click("nav-agreements");
    let everything = window.number_in("matched");
    assert!(
        100 <= everything,
        "the sandbox has a few hundred agreements, not {everything}"
    );

    // A filter narrows the list, and says where it is wrong.
    window.fill("filter-input", "status:active");
    let active = window.until("fewer agreements than all", || {
        let matched = window.number("matched")?;
        (0 < matched && matched < everything).then_some(matched)
    });
    window.fill("filter-input", "status:nonsense");
    window.see("filter-error");
    window.fill("filter-input", "status:active");
    window.until("the same agreements as before", || {
        (window.number("matched")? == active && !window.is_seen("filter-error")).then_some(())
    });

    // The detail is of the row that was opened.
    let first = window.attribute("row", "data-id");
    window.click("row");
    window.until("the detail of the first row", || {
        window.text("detail")?.contains(&first).then_some(())
    });

    // A buyer subscribes; what AWS has to say about it arrives with the next synchronization.
    window.click("nav-sandbox");
    window.fill("sandbox-account", BUYER);
    window.fill("sandbox-company", COMPANY);
    window.click("sandbox-submit");
    let agreement = window.until("the id of the new agreement", || {
        window
            .text("sandbox-result-agreement")
            .filter(|text| text.contains("agmt-"))
    });
    window.click("sync");
    window.click("nav-needs-setup");
    window.fill("filter-input", COMPANY);
    window.until("the new agreement in Needs set-up", || {
        window.rows().contains(&agreement).then_some(())
    });
    window.screenshot("needs-setup");

    // Without a network everything known is still there to be searched, and its age is told.
    window.click("nav-sandbox");
    window.click("sandbox-network");
    window.click("sync");
    window.see("offline-badge");
    window.click("nav-agreements");
    window.fill("filter-input", BUYER);
    window.until("the new agreement among all, offline", || {
        (window.rows() == [agreement.clone()]).then_some(())
    });
    window.see("data-age");
    window.screenshot("offline");
}
