//! Synchronizes a sandbox at AWS's published quotas, or a multiple of them, and tells how much of
//! them it uses. Run by `cargo xtask bench sync`.
//!
//! Usage: paced ENDPOINT DATABASE FACTOR. The database must be a new one. Prints one line for each
//! operation called while it looks at agreements one by one: operation, calls a second, quota.

#![expect(clippy::print_stdout, reason = "a program for measuring")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use app::Operation;
use app::sync::{Phase, Progress, Scope};
use app::{Clock, Console};
use aws::{AwsMarketplace, ConnectionSettings, Credentials, Quota};
use sandbox::{Control, ControlError};
use store::Store;
use tokio::sync::watch;

type Calls = BTreeMap<String, u64>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [endpoint, database, factor] = arguments.as_slice() else {
        return Err("give ENDPOINT DATABASE FACTOR".into());
    };
    let quota = Quota::published().scaled(factor.parse()?);
    let marketplace = AwsMarketplace::connect(ConnectionSettings {
        endpoint: Some(endpoint.clone()),
        quota: quota.clone(),
        ..ConnectionSettings::new(Credentials::from_keys("SANDBOX", "sandbox", None))
    })?;
    let control = Control::at(endpoint.clone());
    let progress = watch::Sender::new(None);
    let watcher = tokio::spawn(details_begin(progress.subscribe(), control.clone()));
    let store = Arc::new(Store::open(Path::new(database))?);
    let console = Console::new(store, marketplace, Clock::default(), progress);
    Box::pin(console.sync(Scope::Everything)).await?;
    let ended = Instant::now();
    let after = control.status().await?.calls;
    let (began, before) = watcher.await??;
    let seconds = ended.duration_since(began).as_secs_f64();
    for operation in Operation::ALL {
        let name = operation.name();
        let calls = |calls: &Calls| calls.get(name).copied().unwrap_or(0);
        // The first one waits for nothing: a rate is of the intervals between calls.
        let intervals = calls(&after).saturating_sub(calls(&before) + 1);
        if let Some(rate) = quota.rate(operation).filter(|_| 0 < intervals) {
            let achieved = intervals as f64 / seconds;
            println!("{name}\t{achieved:.3}\t{:.3}", rate.per_second());
        }
    }
    Ok(())
}

/// When the listings are done, and the calls made until then.
async fn details_begin(
    mut progress: watch::Receiver<Option<Progress>>,
    control: Control,
) -> Result<(Instant, Calls), ControlError> {
    let details = |progress: &Option<Progress>| {
        let phase = progress.as_ref().map(|progress| progress.phase);
        phase == Some(Phase::Details)
    };
    // Fails only when the sync is over, and then its error is what counts.
    let _ = progress.wait_for(details).await;
    let began = Instant::now();
    Ok((began, control.status().await?.calls))
}
