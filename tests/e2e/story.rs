//! A morning in the life of somebody who sells on the marketplace.

use std::fs;

use crate::window::Window;

const BUYER: &str = "210987654321";
const COMPANY: &str = "Lighthouse Story Works";

#[test]
fn a_new_buyer_is_found_set_up_and_searched_without_a_network() {
    let window = Window::open("story");

    // The sandbox's agreements are there without anybody having configured anything.
    window.go("nav-agreements");
    let everything = window.until("a few hundred agreements", || {
        window.matched().filter(|matched| 100 <= *matched)
    });

    // A filter narrows the list, and says where it is wrong.
    window.fill("filter-input", "status:active");
    let active = window.until("fewer agreements than all", || {
        window
            .matched()
            .filter(|matched| (1..everything).contains(matched))
    });
    window.fill("filter-input", "status:nonsense");
    window.until("what is wrong with the filter", || {
        window
            .text("filter-error")
            .filter(|error| error.contains("nonsense"))
    });
    window.fill("filter-input", "status:active");
    window.until("the same agreements as before", || {
        let mended = window
            .text("filter-error")
            .is_none_or(|error| error.is_empty());
        (mended && window.matched() == Some(active)).then_some(())
    });

    // The detail is of the row that was opened.
    let first = window.until("a row", || window.attribute("row", "data-id"));
    window.click("row");
    window.until("the detail of the first row", || {
        window
            .text("detail")
            .filter(|detail| detail.contains(&first))
    });

    // A buyer subscribes; what AWS has to say about it arrives with the next synchronization.
    window.go("nav-sandbox");
    window.choose("sandbox-listing", 1);
    window.fill("sandbox-account", BUYER);
    window.fill("sandbox-company", COMPANY);
    window.click("sandbox-submit");
    let agreement = window.until("the id of the new agreement", || {
        window
            .text("sandbox-result-agreement")
            .filter(|text| text.starts_with("agmt-"))
    });
    window.click("sync");
    window.go("nav-needs-setup");
    window.until("the new agreement in Needs set-up", || {
        window.rows().contains(&agreement).then_some(())
    });
    window.screenshot("needs-setup");

    // Without a network everything known is still there to be searched, and its age is told.
    window.go("nav-sandbox");
    window.click_role("switch", "Network is up");
    window.click("sync");
    window.see("offline-badge");
    window.go("nav-agreements");
    window.fill("filter-input", BUYER);
    window.until("the new agreement alone, offline", || {
        (window.rows() == [agreement.clone()]).then_some(())
    });
    window.see("data-age");
    window.screenshot("offline");
}

#[test]
fn a_database_that_does_not_open_is_told_with_the_next_step() {
    let window = Window::open_on("damaged", |home| {
        let folder = home.data().join("connections");
        fs::create_dir_all(&folder).expect("a folder for the database");
        let nonsense = "these are the minutes of a meeting, and no database ".repeat(100);
        fs::write(folder.join("sandbox.sqlite3"), nonsense).expect("a damaged database");
    });
    window.until("what happened, and what to do", || {
        window
            .text("startup-failure")
            .filter(|text| text.contains("damaged") && text.contains("move the file away"))
    });
    window.screenshot("page");

    // The person does as told and tries again.
    fs::rename(
        window.data().join("connections/sandbox.sqlite3"),
        window.data().join("damaged.sqlite3"),
    )
    .expect("the damaged file out of the way");
    window.click_role("button", "Try again");
    window.go("nav-agreements");
    window.until("agreements in a new database", || {
        window.matched().filter(|matched| 100 <= *matched)
    });
}
