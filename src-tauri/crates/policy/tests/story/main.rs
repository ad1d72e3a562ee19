//! The five systems' rules, told as stories: what is known of a case, and what comes of it.

#![cfg(test)]
#![expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "stories are short and read best as they are put together"
)]

mod cases;
mod coverage;
mod effects;
mod loading;
mod properties;
mod sixth;
mod verdicts;
mod words;
