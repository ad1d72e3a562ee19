//! How the web view draws.

use std::fs;

use tauri::{App, Manager};
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

/// Where the kernel lists what can draw.
const DEVICES: &str = "/dev/dri";

/// Lets the web view draw straight into its window where there is no GPU. `WebKit` would compose
/// layers with OpenGL all the same, which a library then computes on the CPU: the window starts
/// later, every frame takes longer, and its processes need about 100 MiB more.
pub(crate) fn suit_machine(app: &App) -> tauri::Result<()> {
    if has_gpu() || is_driven() {
        return Ok(());
    }
    for window in app.webview_windows().into_values() {
        window.with_webview(|view| {
            if let Some(settings) = view.inner().settings() {
                settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
            }
        })?;
    }
    Ok(())
}

/// Whether a `WebDriver` handles the window. WebKit's answers it when a composed frame was shown, so
/// that without compositing it would wait for ever after the first click.
fn is_driven() -> bool {
    std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some()
}

/// Whether a device can be drawn with. A folder that cannot be read is no reason to change anything.
fn has_gpu() -> bool {
    match fs::read_dir(DEVICES) {
        Ok(devices) => devices
            .flatten()
            .any(|device| device.file_name().to_string_lossy().starts_with("renderD")),
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}
