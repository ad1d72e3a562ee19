//! A picture of what is on the screen. `WebDriver`'s own come from the page, a frame or more before
//! what was asked for has been drawn.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

/// How long the screen may take to show what the page has, and to come to rest. What never does is
/// taken as it is.
const SETTLING_MAX: Duration = Duration::from_secs(10);

/// How far two looks at the screen are apart: several frames, also on a busy machine.
const LOOKING_EVERY: Duration = Duration::from_millis(150);

/// A color that the page has in one place alone, to be told from earlier pictures by.
#[derive(Clone, Copy)]
pub(crate) struct Mark([u8; 3]);

impl Mark {
    /// The mark of the picture with this number.
    pub(crate) const fn of(number: u8) -> Self {
        Self([255, 0, 255 - number % 128])
    }

    /// As CSS writes it.
    pub(crate) fn css(self) -> String {
        let Self([red, green, blue]) = self;
        format!("rgb({red}, {green}, {blue})")
    }
}

/// Keeps what the display shows, once it shows the mark, and the same twice in a row.
pub(crate) fn take(display: &str, mark: Option<Mark>, file: &Path) -> io::Result<()> {
    let deadline = Instant::now() + SETTLING_MAX;
    let mut seen = look(display)?;
    loop {
        thread::sleep(LOOKING_EVERY);
        let now = look(display)?;
        let drawn = mark.is_none_or(|mark| shows(&now, mark));
        if (drawn && now == seen) || deadline < Instant::now() {
            return keep(&now, file);
        }
        seen = now;
    }
}

/// The pixels, without a date or anything else that differs between two pictures of the same.
fn look(display: &str) -> io::Result<Vec<u8>> {
    let output = Command::new("import")
        .env("DISPLAY", display)
        .args(["-window", "root", "-depth", "8", "ppm:-"])
        .output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(io::Error::other(said))
}

/// Whether the mark is to be seen. From the end, since the head before the pixels is of any length.
fn shows(picture: &[u8], Mark(color): Mark) -> bool {
    picture.rchunks_exact(3).any(|pixel| pixel == color)
}

fn keep(pixels: &[u8], file: &Path) -> io::Result<()> {
    let raw = file.with_extension("ppm");
    fs::write(&raw, pixels)?;
    // The margin of the screen that the window leaves bare is nothing to look at.
    let converted = Command::new("convert")
        .arg(&raw)
        .args(["-trim", "+repage"])
        .arg(file)
        .status();
    fs::remove_file(&raw)?;
    match converted? {
        status if status.success() => Ok(()),
        status => Err(io::Error::other(format!("ImageMagick's convert: {status}"))),
    }
}
