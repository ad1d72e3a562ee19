//! The connection's clock: this machine's, moved by what the connection says.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::Timestamp;

/// What time it is at a connection. The sandbox's clock can be moved; AWS's is this machine's.
/// Clones share the offset.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that is this many milliseconds ahead of this machine's.
    #[must_use]
    pub fn ahead_by(offset_ms: i64) -> Self {
        Self {
            offset_ms: Arc::new(AtomicI64::new(offset_ms)),
        }
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        machine_now().plus_millis(self.offset_ms())
    }

    /// Milliseconds ahead of this machine's clock.
    #[must_use]
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }

    /// Sets the clock to `now`.
    pub fn set(&self, now: Timestamp) {
        let offset = now.as_millis() - machine_now().as_millis();
        self.offset_ms.store(offset, Ordering::Relaxed);
    }
}

/// This machine's clock.
fn machine_now() -> Timestamp {
    Timestamp::from_millis(jiff::Timestamp::now().as_millisecond())
}
