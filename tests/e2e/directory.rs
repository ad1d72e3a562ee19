//! The vendor's directory: a file of it is looked through, taken in, and found again.

use std::fs;

use fantoccini::key::Key;

use crate::window::Window;

const FILE: &str = "kind,id,name,plan,organization,email,role\n\
    organization,lighthouse-works,Lighthouse Works 등대,scale,,,\n\
    organization,nameless,,,,,\n\
    member,,Kim Seo,,lighthouse-works,kim@lighthouse.example,owner\n\
    member,,Bo,,nameless,bo@nameless.example,owner\n";

#[test]
fn a_file_with_bad_rows_is_looked_through_and_taken_in_without_them() {
    let window = Window::open("directory");
    let file = window.data().join("crm.csv");
    fs::write(&file, FILE).expect("a file of the directory");

    // The sandbox's own organizations came with the first sync.
    window.go("nav-organizations");
    let before = window.until("the sandbox's organizations", || {
        window.matched().filter(|matched| 1 <= *matched)
    });

    // What is wrong with the file is told before anything happens.
    window.click("import-open");
    window.give_file("import-file", &file);
    window.until("what is wrong with the file", || {
        let page = window.page_text();
        (page.contains("is needed") && page.contains("there is no such organization")).then_some(())
    });
    window.screenshot("bad-rows");
    assert!(window.attribute("import-run", "disabled").is_some());
    assert_eq!(window.matched(), Some(before), "nothing was imported yet");

    // It is taken in without them, once the person says so.
    window.click("import-skip");
    window.click("import-run");
    window.see("import-done");
    window.click("import-look");
    window.until("one organization more", || {
        (window.matched() == Some(before + 1)).then_some(())
    });

    // The organization is found by a member, and by the palette; it says who told of it.
    window.fill("directory-search", "@lighthouse.example");
    window.until("the imported organization alone", || {
        (window.rows() == ["lighthouse-works"]).then_some(())
    });
    window.click("row");
    window.until("its detail", || {
        let detail = window.text("detail")?;
        (detail.contains("Lighthouse Works 등대") && detail.contains("import crm.csv"))
            .then_some(())
    });
    window.click("detail-tab-members");
    window.until("its member", || {
        window
            .text("detail")
            .filter(|detail| detail.contains("kim@lighthouse.example"))
    });
    window.screenshot("found");
    window.go("nav-overview");
    window.press(&[Key::Control.into(), 'k']);
    window.fill("palette-input", "kim@lighthouse");
    window.until("the organization among what was found", || {
        let found = window.page_text();
        found
            .contains("Organization · lighthouse-works")
            .then_some(())
    });
    window.press(&[Key::Enter.into()]);
    window.until("its detail again", || {
        window
            .text("detail")
            .filter(|detail| detail.contains("Lighthouse Works 등대"))
    });
}
