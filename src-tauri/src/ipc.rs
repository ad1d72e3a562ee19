//! The commands that the page calls and the events it hears. Each command parses, calls one use
//! case and converts; the types are those of crate `views`.

mod agreements;
mod audit;
mod connections;
mod directory;
mod ending;
mod linking;
mod mail;
mod preferences;
mod sandbox;
mod status;
mod usage;

include!("ipc/names.rs");

use std::sync::Arc;

use app::directory::import::FILE_BYTES_MAX;
use app::metering;
use base64::engine::general_purpose::STANDARD;
use base64::{DecodeError, Engine};
use connection::OpenError;
use serde::{Deserialize, Serialize};
use specta::Type;
use store::table::directory::OF_ONE_MAX;
use tauri_specta::{Builder, Event, collect_commands, collect_events};
use views::{Code, Failure, SyncProgress, Topic};

use crate::session::Session;

/// The session as commands receive it.
type Opened<'a> = tauri::State<'a, Arc<Session>>;

/// What changed; a view re-asks when one of its topics is named. Sent after the commit.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct DataChanged {
    /// What changed.
    pub topics: Vec<Topic>,
}

/// How far the running sync is; absent when none runs any more.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct SyncProgressed {
    /// How far.
    pub progress: Option<SyncProgress>,
}

/// Another connection is shown, or the one shown is open, closed or locked now: the page asks how it
/// is and begins anew.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct SessionChanged {}

/// Somebody opened an address of Bindery's outside the window.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub struct AddressOpened {}

/// Every command and event, for the window and for the generated bindings.
#[must_use]
pub fn builder() -> Builder<tauri::Wry> {
    Builder::new()
        .constant("importBytesMax", FILE_BYTES_MAX)
        .constant("usageBytesMax", metering::FILE_BYTES_MAX)
        .constant("directoryOfOneMax", OF_ONE_MAX)
        .commands(collect_commands![
            agreements::list_agreements,
            agreements::count_agreements,
            agreements::read_filter,
            agreements::complete_filter,
            agreements::show_agreement,
            agreements::jump,
            agreements::overview,
            ending::cancel_reasons,
            ending::plan_cancel,
            ending::execute_cancel,
            ending::withdraw_cancellation,
            ending::list_outbox,
            usage::check_usage,
            usage::send_usage,
            ending::plan_unlink,
            ending::execute_unlink,
            ending::list_endings,
            ending::show_timeline,
            ending::show_target_timeline,
            audit::list_audit,
            audit::verify_audit,
            audit::export_audit,
            linking::identify_buyer,
            linking::find_targets,
            linking::show_target,
            linking::plan_link,
            linking::show_plan,
            linking::pending_plans,
            linking::execute_link,
            linking::withdraw_plan,
            linking::show_link,
            linking::support_bundle,
            directory::list_organizations,
            directory::list_billing_accounts,
            directory::show_organization,
            directory::show_billing_account,
            directory::directory_fields,
            directory::correct_directory,
            directory::plan_import,
            directory::run_import,
            directory::stop_import,
            status::status,
            status::start_sync,
            status::stop_sync,
            status::retry_open,
            status::report_ready,
            status::opened_address,
            connections::list_connections,
            connections::aws_profiles,
            connections::full_policy,
            connections::add_connection,
            connections::cancel_identification,
            connections::select_connection,
            connections::change_connection,
            connections::replace_credentials,
            connections::provide_code,
            connections::resume_sync,
            connections::check_connection,
            connections::last_check,
            connections::rekey_connection,
            connections::start_over,
            connections::remove_connection,
            connections::lock,
            connections::unlock,
            connections::report_activity,
            mail::set_mail,
            mail::remove_mail,
            mail::try_mail,
            preferences::preferences,
            preferences::save_preferences,
            sandbox::sandbox_status,
            sandbox::sandbox_buyers,
            sandbox::sandbox_subscribe,
            sandbox::sandbox_set_up,
            sandbox::sandbox_act,
            sandbox::sandbox_advance,
            sandbox::sandbox_add_fault,
            sandbox::sandbox_clear_faults,
            sandbox::sandbox_set_network,
            mail::sandbox_mailbox,
        ])
        .events(collect_events![
            DataChanged,
            SyncProgressed,
            directory::ImportProgressed,
            SessionChanged,
            AddressOpened,
        ])
}

/// The names of all commands.
#[must_use]
pub fn command_names() -> &'static [&'static str] {
    COMMANDS
}

/// What the page sends of a file, in Base64 so that what is no text arrives as it is.
fn decoded(content: &str) -> Result<Vec<u8>, Failure> {
    let broken = |error: DecodeError| Failure::new(Code::Internal, error.to_string(), None);
    STANDARD.decode(content).map_err(broken)
}

/// Runs what blocks (SQLite, the index) away from the threads that answer.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, app::Error> + Send + 'static,
) -> Result<T, Failure> {
    waiting(move || Ok(work()?)).await
}

/// The same for what may block as long as the keyring asks the person.
async fn waiting<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OpenError> + Send + 'static,
) -> Result<T, Failure> {
    joined(tauri::async_runtime::spawn_blocking(work).await)
}

/// What came of work that was done elsewhere.
fn joined<T>(done: Result<Result<T, OpenError>, tauri::Error>) -> Result<T, Failure> {
    match done {
        Ok(outcome) => outcome.map_err(failed),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a command broke off"
            );
            Err(Failure::new(Code::Internal, error.to_string(), None))
        }
    }
}

/// The failure to show; what is nobody's fault but ours goes to the log with its causes.
#[expect(
    clippy::needless_pass_by_value,
    reason = "every command ends in map_err(failed)"
)]
fn failed(error: OpenError) -> Failure {
    let failure = Failure::from(error.failure());
    if failure.code == Code::Internal {
        tracing::error!(error = &error as &dyn std::error::Error, "a command failed");
    }
    failure
}

/// The failure to show where a text is none of what it should be.
fn invalid(error: impl Into<app::Error>) -> Failure {
    failed(OpenError::App(error.into()))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Mutex;

    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    /// A log that the test reads.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Log {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    #[test]
    fn what_is_nobodys_fault_but_ours_goes_to_the_log() {
        let log = Log::default();
        let to_it = tracing_subscriber::fmt().with_writer(log.clone()).finish();
        let (ours, theirs) = tracing::subscriber::with_default(to_it, || {
            let ours = failed(OpenError::Randomness(store::NoRandomness));
            (ours, failed(OpenError::NoConnection("acme".to_owned())))
        });
        assert_eq!((ours.code, theirs.code), (Code::Internal, Code::NotFound));
        let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(said.contains(&ours.message), "{said}");
        assert!(!said.contains(&theirs.message), "{said}");
    }
}
