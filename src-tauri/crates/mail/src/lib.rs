//! Mail to buyers over SMTP: the port [`app::Mailer`] to a vendor's mail server. The only `lettre`.
//!
//! One mail is one connection: opened, secured, signed in, used once. Every step has its own words when
//! it fails, and nothing is tried again: once the server was given the mail, only the reader knows
//! whether it came.

mod failure;
mod message;
mod server;
mod smtp;

pub use message::Sender;
pub use server::{Host, HostError, Security, Server};
pub use smtp::{Password, Patience, Smtp};
