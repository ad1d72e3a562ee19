//! The sandbox as its users see it: over HTTP, and from start to stop.

// Marked as tests, so that their shared parts may unwrap as tests do.
#[cfg(test)]
mod cbor;
#[cfg(test)]
mod client;
#[cfg(test)]
mod control;
#[cfg(test)]
mod metering;
#[cfg(test)]
mod state;
