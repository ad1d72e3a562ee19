//! The shell: wires the window to the use cases, and nothing else.

mod address;
mod again;
mod announce;
#[cfg(target_os = "linux")]
mod drawing;
pub mod ipc;
mod preferences;
mod session;

use std::process::ExitCode;
use std::sync::Arc;

use connection::{Connection, Folders, QUIET_LOGS};
use tauri::Manager;
use tracing_subscriber::EnvFilter;

use session::Session;

/// Opens the window and runs until it is closed.
#[must_use]
pub fn run() -> ExitCode {
    log_to_stderr();
    let Some(folders) = Folders::locate(None) else {
        tracing::error!("this user has no home folder; set BINDERY_DATA_DIR");
        return ExitCode::FAILURE;
    };
    let builder = ipc::builder();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(
            |app, arguments, _folder| {
                address::note(app, arguments.into_iter().skip(1));
                show_window(app);
            },
        ))
        .plugin(tauri_plugin_window_state::Builder::default().build())
        .invoke_handler(builder.invoke_handler())
        .setup(move |app| {
            // Nothing here may take long: a window that first draws late waits for the page, and the page for it.
            #[cfg(target_os = "linux")]
            drawing::suit_machine(app)?;
            builder.mount_events(app);
            let shown = preferences::read(folders.config()).connection;
            let session = Arc::new(Session::new(folders));
            app.manage(Arc::clone(&session));
            address::note(app.handle(), std::env::args().skip(1));
            let handle = app.handle().clone();
            tauri::async_runtime::spawn(async move {
                let shown = shown.unwrap_or_else(|| Connection::SANDBOX.to_owned());
                // Why it does not open is shown by the page.
                let _ = announce::show_or_sandbox(&handle, &session, shown).await;
                announce::clear_attempts(&session).await;
                announce::lock_when_idle(handle, session).await;
            });
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            app.run(|app, event| {
                if let tauri::RunEvent::Exit = event {
                    // First: whoever starts Bindery from now on gets a window of his own, instead of
                    // being handed over to one that is going.
                    tauri_plugin_single_instance::destroy(app);
                    let session = Arc::clone(&app.state::<Arc<Session>>());
                    tauri::async_runtime::block_on(session.end());
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            if is_of_a_going_window(&error) {
                again::start_again();
            }
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the window cannot be opened"
            );
            ExitCode::FAILURE
        }
    }
}

/// Whether there was another start of the program to hand over to, which ended meanwhile.
fn is_of_a_going_window(error: &tauri::Error) -> bool {
    matches!(error, tauri::Error::PluginInitialization(plugin, _) if plugin == "single-instance")
}

/// Brings the window to the front: a second start of the program means that it is wanted.
fn show_window(app: &tauri::AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let shown = window.unminimize().and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "the window stays where it is"
            );
        }
    }
}

/// Logs warnings, or what `BINDERY_LOG` asks for. The SDK's own logs hold requests and bodies from
/// "debug" on, and are kept out whatever is asked for.
fn log_to_stderr() {
    let wanted = std::env::var("BINDERY_LOG").unwrap_or_else(|_| "warn".to_owned());
    let filter = EnvFilter::try_new(format!("{wanted},{QUIET_LOGS}"));
    let filter = filter.unwrap_or_else(|_| EnvFilter::new(format!("warn,{QUIET_LOGS}")));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
