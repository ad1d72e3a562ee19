//! `cargo xtask run`: the window, from nothing.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::display::{self, VirtualDisplay};
use crate::process::{self, Failure, Outcome};
use crate::setup::{self, Purpose};
use crate::ui;
use crate::workspace::Workspace;

/// How long the window may take to show its first rows in a virtual display.
const LOADING_MAX: Duration = Duration::from_mins(1);

/// How long the painted window may take to arrive on the screen.
const PAINTING_MAX: Duration = Duration::from_secs(10);

/// A screen with fewer colors shows no window: Xvfb's own is black.
const COLORS_MIN: u32 = 16;

/// Lines of the app's log shown when the window did not load.
const LOG_TAIL_LINES: usize = 30;

/// What was asked for on the command line.
pub(crate) struct Options {
    release: bool,
    app_arguments: Vec<String>,
}

impl Options {
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let mut options = Self {
            release: false,
            app_arguments: Vec::new(),
        };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--release" => options.release = true,
                "--" => options.app_arguments = rest.by_ref().cloned().collect(),
                other => {
                    return Err(Failure::new(format!(
                        "`cargo xtask run` takes no `{other}`; what the app is to get goes after `--`"
                    )));
                }
            }
        }
        Ok(options)
    }

    fn profile(&self) -> &'static str {
        if self.release { "release" } else { "debug" }
    }
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    let has_display = display::is_there();
    let purposes: &[Purpose] = if has_display {
        &[Purpose::Build]
    } else {
        &[Purpose::Build, Purpose::Display]
    };
    setup::system_packages(purposes)?;
    ui::build(workspace)?;
    build(workspace, options)?;
    let mut app = Command::new(workspace.binary(options.profile(), "bindery"));
    app.args(&options.app_arguments);
    if has_display {
        return process::show(
            "Bindery",
            &mut app,
            "The log above says why the window closed.",
        );
    }
    println!("── There is no display here (DISPLAY and WAYLAND_DISPLAY are not set).");
    println!(
        "── The window opens in a virtual one, is photographed when it has loaded, and closes."
    );
    photograph(workspace, app)
}

fn build(workspace: &Workspace, options: &Options) -> Outcome {
    let mut build = workspace.cargo();
    // The whole workspace's features, so that tests and lints find the dependencies built.
    build.args(["build", "--workspace", "--bin", "bindery"]);
    if options.release {
        build.arg("--release");
    }
    process::show(
        "Building Bindery",
        &mut build,
        "The compiler says above what is wrong.",
    )
}

/// Opens the window where nobody sees it, and leaves a picture of it.
fn photograph(workspace: &Workspace, mut app: Command) -> Outcome {
    let folder = workspace.target.join("run");
    let picture = workspace.target.join("bindery-window.png");
    let started = Instant::now();
    let log = folder.join("bindery.log");
    let ready = folder.join("ready");
    let display = prepare(&folder, &picture, &ready)
        .and_then(|()| VirtualDisplay::start())
        .map_err(|error| Failure::new(format!("no virtual display could be started: {error}")))?;
    away_from_home(&mut app, &folder);
    app.env("DISPLAY", display.name())
        .env("GDK_BACKEND", "x11")
        .env("BINDERY_READY_FILE", &ready);
    let mut app = start_logged(app, &log)
        .map_err(|error| Failure::new(format!("Bindery could not be started: {error}")))?;
    let outcome = wait_until_ready(&mut app, &ready)
        .map_err(|reason| not_loaded(&reason, &log))
        .and_then(|()| {
            println!(
                "── The window loaded in {}.",
                process::seconds(started.elapsed())
            );
            take_picture(&display, &picture)
        });
    display::end(&mut app);
    outcome?;
    println!("── Screenshot: {}", picture.display());
    Ok(())
}

/// Nothing of an earlier run may pass for this one's.
fn prepare(folder: &Path, picture: &Path, ready: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for path in [picture, ready] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Keeps everything such a window writes inside the target folder, and its words English: without
/// a language `WebKit` has none to offer the page.
fn away_from_home(app: &mut Command, folder: &Path) {
    app.env("BINDERY_DATA_DIR", folder.join("data"))
        .env("BINDERY_CONFIG_DIR", folder.join("config"))
        .env("XDG_DATA_HOME", folder.join("xdg/data"))
        .env("XDG_CONFIG_HOME", folder.join("xdg/config"))
        .env("XDG_CACHE_HOME", folder.join("xdg/cache"))
        .env("LANG", "en_US.UTF-8");
}

fn start_logged(mut app: Command, log: &Path) -> io::Result<Child> {
    let log = File::create(log)?;
    app.stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
}

fn wait_until_ready(app: &mut Child, ready: &Path) -> Result<(), String> {
    let deadline = Instant::now() + LOADING_MAX;
    while Instant::now() < deadline {
        if ready.exists() {
            return Ok(());
        }
        if let Ok(Some(status)) = app.try_wait() {
            return Err(format!(
                "Bindery ended before its window had loaded ({status})"
            ));
        }
        thread::sleep(Duration::from_millis(50));
    }
    Err(format!(
        "the window had not loaded after {} s",
        LOADING_MAX.as_secs()
    ))
}

fn not_loaded(reason: &str, log: &Path) -> Failure {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    let tail = lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n");
    let tail = if tail.is_empty() {
        "(it said nothing)"
    } else {
        &tail
    };
    Failure::new(format!("{reason}. The end of {}:\n{tail}", log.display()))
}

/// The page knows when it has painted, but not when that has reached the screen.
fn take_picture(display: &VirtualDisplay, picture: &PathBuf) -> Outcome {
    let deadline = Instant::now() + PAINTING_MAX;
    loop {
        let mut import = Command::new("import");
        import
            .env("DISPLAY", display.name())
            .args(["-window", "root"])
            .arg(picture);
        if !process::succeeds(&mut import) {
            return Err(Failure::new(
                "ImageMagick's `import` could not take the screenshot",
            ));
        }
        let colors = process::answer(
            Command::new("identify")
                .args(["-format", "%k"])
                .arg(picture),
        );
        if colors.is_some_and(|count| count.parse().is_ok_and(|count: u32| COLORS_MIN <= count)) {
            return Ok(());
        }
        if deadline < Instant::now() {
            return Err(Failure::new(format!(
                "the window says it has loaded, but the screen is blank: see {}",
                picture.display()
            )));
        }
        thread::sleep(Duration::from_millis(100));
    }
}
