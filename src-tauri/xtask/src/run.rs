//! `cargo xtask run`: the window, from nothing.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::display::{self, VirtualDisplay};
use crate::launch::{self, Launch};
use crate::process::{self, Failure, Outcome};
use crate::setup::{self, Purpose};
use crate::ui;
use crate::workspace::Workspace;

/// How long the painted window may take to arrive on the screen.
const PAINTING_MAX: Duration = Duration::from_secs(10);

/// A screen with fewer colors shows no window: Xvfb's own is black.
const COLORS_MIN: u32 = 16;

/// What the window may still tell after its first rows, before it is photographed.
const SETTLING: Duration = Duration::from_secs(1);

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
    let mut build = if options.release {
        workspace.cargo_build_release("bindery")
    } else {
        workspace.cargo_build("bindery")
    };
    process::show(
        "Building Bindery",
        &mut build,
        "The compiler says above what is wrong.",
    )
}

/// Opens the window where nobody sees it, and leaves a picture of it.
fn photograph(workspace: &Workspace, app: Command) -> Outcome {
    let picture = workspace.target.join("bindery-window.png");
    // A picture of an earlier run must not pass for this one's.
    launch::remove(&picture)?;
    let display = launch::virtual_display()?;
    let mut launch = Launch::start(app, &workspace.target.join("run"), &display)?;
    let loaded = launch.wait_until_ready()?;
    println!("── The window loaded in {}.", process::seconds(loaded));
    // What the window tells right after its rows belongs in the picture.
    thread::sleep(SETTLING);
    take_picture(&display, &picture)?;
    println!("── Screenshot: {}", picture.display());
    Ok(())
}

/// The page knows when it has painted, but not when that has reached the screen.
fn take_picture(display: &VirtualDisplay, picture: &Path) -> Outcome {
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
