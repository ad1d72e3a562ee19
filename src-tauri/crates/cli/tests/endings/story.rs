//! What the stories are told with: commands that may be killed.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::served::Served;
use crate::shared::binderyctl;

/// A served data folder, and when its commands are killed.
pub(crate) struct Story {
    pub(crate) served: Served,
    dice: u64,
}

impl Story {
    pub(crate) fn with_agreements(agreements: u32) -> Self {
        Self {
            served: Served::with_agreements(agreements),
            dice: 7,
        }
    }

    /// How long a command takes that nobody kills.
    pub(crate) fn time(&self, arguments: &[&str]) -> Duration {
        let began = Instant::now();
        self.served.answer(arguments);
        began.elapsed()
    }

    /// Runs a command and kills it at some point before `longest` has passed; tells whether it was
    /// faster.
    pub(crate) fn kills(&mut self, arguments: &[&str], longest: Duration) -> bool {
        let mut command = binderyctl(self.served.folder.path());
        let mut child = command
            .arg("--json")
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let end = Instant::now() + longest.mul_f64(self.chance());
        while Instant::now() < end {
            if child.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        false
    }

    /// One number that the database is asked for.
    pub(crate) fn number(&self, sql: &str) -> u64 {
        let database = self.served.database();
        database.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// A number from 0 to 1 (splitmix64).
    fn chance(&mut self) -> f64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.dice;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((it ^ (it >> 31)) >> 32).unwrap()) / f64::from(u32::MAX)
    }
}
