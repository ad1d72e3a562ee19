//! Ending agreements and links with real parts: the sandbox over the wire, the SDK, a database in a
//! file. What the sandbox was asked is counted at the sandbox.

#![cfg(test)]

mod answers;
mod by_name;
mod due;
mod looks;
mod many;
mod outbox;
mod random;
mod requests;
mod settling;
mod story;
mod systems;
mod unlinking;
mod ways;
