//! The real window, driven through `WebDriver` as a person would: `cargo xtask test e2e`.

#![cfg(target_os = "linux")]
#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "in the tests' own helpers, too, what goes wrong fails the test"
)]

mod account;
mod aws;
mod buyers;
mod clock;
mod directory;
#[path = "../../src-tauri/xtask/src/display.rs"]
#[expect(dead_code, reason = "the tests never use a screen that is there")]
mod display;
mod driver;
mod ending;
mod gallery;
mod home;
mod linking;
mod mail;
mod mishaps;
mod offline;
mod picture;
mod seller;
mod story;
mod window;
mod wizard;
