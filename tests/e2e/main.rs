//! The real window, driven through `WebDriver` as a person would: `cargo xtask test e2e`.

#![cfg(target_os = "linux")]
#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "in the tests' own helpers, too, what goes wrong fails the test"
)]

mod aws;
mod directory;
#[path = "../../src-tauri/xtask/src/display.rs"]
mod display;
mod driver;
mod home;
mod seller;
mod story;
mod window;
