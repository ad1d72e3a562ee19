//! What the system must have: one table, and how to get it.

use std::env;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::Command;

use crate::process::{self, Failure, Outcome};

/// What a package is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Compiling the workspace.
    Build,
    /// Opening the window where there is no display.
    Display,
    /// Running the tests.
    Tests,
}

/// How to see that something is there, whoever installed it.
#[derive(Clone, Copy, Debug)]
enum Sign {
    Program(&'static str),
    PkgConfig(&'static str),
    Crypto,
    PythonVenv,
}

/// One thing the system must have, and what each system calls it. `""`: comes with the system, or
/// is not needed there.
struct Package {
    what: &'static str,
    purpose: Purpose,
    sign: Sign,
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
    macos: &'static str,
    windows: &'static str,
}

const PACKAGES: &[Package] = &[
    Package {
        what: "a C compiler, for SQLCipher and the TLS library",
        purpose: Purpose::Build,
        sign: Sign::Program("cc"),
        debian: "build-essential",
        fedora: "gcc gcc-c++ make",
        arch: "base-devel",
        macos: "the Xcode command line tools (xcode-select --install)",
        windows: "", // Rust itself would not have linked this program.
    },
    Package {
        what: "pkg-config, which finds the libraries below",
        purpose: Purpose::Build,
        sign: Sign::Program("pkg-config"),
        debian: "pkg-config",
        fedora: "pkgconf-pkg-config",
        arch: "pkgconf",
        macos: "",
        windows: "",
    },
    Package {
        what: "WebKitGTK, which shows the page",
        purpose: Purpose::Build,
        sign: Sign::PkgConfig("webkit2gtk-4.1"),
        debian: "libwebkit2gtk-4.1-dev",
        fedora: "webkit2gtk4.1-devel",
        arch: "webkit2gtk-4.1",
        macos: "",
        windows: "",
    },
    Package {
        what: "GTK 3, which makes the window",
        purpose: Purpose::Build,
        sign: Sign::PkgConfig("gtk+-3.0"),
        debian: "libgtk-3-dev",
        fedora: "gtk3-devel",
        arch: "gtk3",
        macos: "",
        windows: "",
    },
    Package {
        what: "librsvg, for GTK's icons and the bundler",
        purpose: Purpose::Build,
        sign: Sign::PkgConfig("librsvg-2.0"),
        debian: "librsvg2-dev",
        fedora: "librsvg2-devel",
        arch: "librsvg",
        macos: "",
        windows: "",
    },
    Package {
        what: "OpenSSL, SQLCipher's cryptography",
        purpose: Purpose::Build,
        sign: Sign::Crypto,
        debian: "libssl-dev",
        fedora: "openssl-devel",
        arch: "openssl",
        macos: "",
        windows: "OpenSSL 3 (vcpkg install openssl), with OPENSSL_DIR set",
    },
    Package {
        what: "D-Bus, which the library behind the window links",
        purpose: Purpose::Build,
        sign: Sign::PkgConfig("dbus-1"),
        debian: "libdbus-1-dev",
        fedora: "dbus-devel",
        arch: "dbus",
        macos: "",
        windows: "",
    },
    Package {
        what: "Xvfb, a display without a screen",
        purpose: Purpose::Display,
        sign: Sign::Program("Xvfb"),
        debian: "xvfb",
        fedora: "xorg-x11-server-Xvfb",
        arch: "xorg-server-xvfb",
        macos: "",
        windows: "",
    },
    Package {
        what: "ImageMagick, which takes the screenshot",
        purpose: Purpose::Display,
        sign: Sign::Program("import"),
        debian: "imagemagick",
        fedora: "ImageMagick",
        arch: "imagemagick",
        macos: "",
        windows: "",
    },
    Package {
        what: "WebKit's WebDriver, the tests' hands in the window",
        purpose: Purpose::Tests,
        sign: Sign::Program("WebKitWebDriver"),
        debian: "webkit2gtk-driver",
        fedora: "webkit2gtk4.1-devel",
        arch: "webkit2gtk-4.1",
        macos: "",
        windows: "Microsoft Edge WebDriver (msedgedriver)",
    },
    Package {
        what: "a D-Bus session of the tests' own",
        purpose: Purpose::Tests,
        sign: Sign::Program("dbus-daemon"),
        debian: "dbus",
        fedora: "dbus-daemon",
        arch: "dbus",
        macos: "",
        windows: "",
    },
    Package {
        what: "a keyring of the tests' own",
        purpose: Purpose::Tests,
        sign: Sign::Program("gnome-keyring-daemon"),
        debian: "gnome-keyring",
        fedora: "gnome-keyring",
        arch: "gnome-keyring",
        macos: "",
        windows: "",
    },
    Package {
        what: "Python 3 with venv, for the wire conformance tests, moto and aiosmtpd",
        purpose: Purpose::Tests,
        sign: Sign::PythonVenv,
        debian: "python3-venv",
        fedora: "python3",
        arch: "python",
        macos: "Python 3 (brew install python)",
        windows: "Python 3 (winget install Python.Python.3.12)",
    },
];

/// Sees to it that everything for these purposes is there: through apt where that is the system's
/// way, else by saying what to install.
pub(crate) fn system_packages(purposes: &[Purpose]) -> Outcome {
    let missing = missing(purposes);
    if missing.is_empty() {
        process::nothing_to_do("System packages");
        return Ok(());
    }
    match System::here() {
        System::Debian => apt(&missing)?,
        system => return Err(in_words(system, &missing)),
    }
    let still: Vec<_> = self::missing(purposes)
        .iter()
        .map(|package| package.debian)
        .collect();
    if still.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "apt installed everything asked for, and yet this is not found: {}. \
         Does another installation come first on the PATH or in PKG_CONFIG_PATH?",
        still.join(" ")
    )))
}

/// The first Python that can make virtual environments: the one on the PATH may be a version
/// manager's, and lack it.
pub(crate) fn python() -> Option<&'static str> {
    ["python3", "/usr/bin/python3", "python"]
        .into_iter()
        .find(|program| {
            process::succeeds(Command::new(program).args(["-c", "import ensurepip, venv"]))
        })
}

fn missing(purposes: &[Purpose]) -> Vec<&'static Package> {
    let system = System::here();
    PACKAGES
        .iter()
        .filter(|package| purposes.contains(&package.purpose))
        .filter(|package| !system.name(package).is_empty() && !package.sign.is_there())
        .collect()
}

fn apt(missing: &[&Package]) -> Outcome {
    let names: Vec<_> = missing.iter().map(|package| package.debian).collect();
    println!("── Missing: {}", names.join(" "));
    process::quiet(
        "Updating apt's package lists",
        as_root()?.args(["apt-get", "-o", "Acquire::Retries=3", "update"]),
        "Can this machine reach its package mirror?",
    )?;
    let options = [
        "-y",
        "--no-install-recommends",
        "-o",
        "DPkg::Lock::Timeout=300",
    ];
    process::quiet(
        "Installing with apt",
        as_root()?
            .args([
                "env",
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "install",
            ])
            .args(options)
            .args(["-o", "Acquire::Retries=3"])
            .args(&names),
        &format!(
            "Install them by hand, then start this again: {}",
            names.join(" ")
        ),
    )
}

/// A command that runs its arguments as root. Says so where that takes sudo.
fn as_root() -> Result<Command, Failure> {
    if process::answer(Command::new("id").arg("-u")).as_deref() == Some("0") {
        return Ok(Command::new("env"));
    }
    if find_program("sudo").is_none() {
        return Err(Failure::new(
            "packages are missing, and only root may install them, but there is no sudo. \
             Run `cargo xtask setup` as root once.",
        ));
    }
    let mut sudo = Command::new("sudo");
    if io::stdin().is_terminal() {
        // Asked for here, where the question is seen: the output of the step itself is kept back.
        process::show(
            "Asking for root",
            Command::new("sudo").arg("-v"),
            "apt needs it.",
        )?;
    } else {
        // Nobody is there to type a password.
        sudo.arg("-n");
    }
    Ok(sudo)
}

fn in_words(system: System, missing: &[&Package]) -> Failure {
    let mut sentences = vec!["this machine lacks what Bindery needs. Please install:".to_owned()];
    for package in missing {
        sentences.push(format!("  {}: {}", system.name(package), package.what));
    }
    let names: Vec<_> = missing.iter().map(|package| system.name(package)).collect();
    match system {
        System::Fedora => sentences.push(format!("  sudo dnf install {}", names.join(" "))),
        System::Arch => sentences.push(format!("  sudo pacman -S --needed {}", names.join(" "))),
        _ => {}
    }
    Failure::new(sentences.join("\n"))
}

/// Whose package names to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum System {
    Debian,
    Fedora,
    Arch,
    Macos,
    Windows,
    /// Some other Linux: Debian's names say at least what is meant.
    Other,
}

impl System {
    fn here() -> Self {
        match env::consts::OS {
            "macos" => return Self::Macos,
            "windows" => return Self::Windows,
            _ => {}
        }
        let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
        Self::from_release(&release, find_program("apt-get").is_some())
    }

    /// From the text of `/etc/os-release`, whose `ID_LIKE` names the families a system belongs to.
    fn from_release(release: &str, has_apt: bool) -> Self {
        let families: Vec<_> = release
            .lines()
            .filter_map(|line| {
                line.strip_prefix("ID=")
                    .or_else(|| line.strip_prefix("ID_LIKE="))
            })
            .flat_map(|value| value.trim_matches('"').split_whitespace())
            .collect();
        let is = |names: &[&str]| names.iter().any(|name| families.contains(name));
        if has_apt && is(&["debian", "ubuntu"]) {
            Self::Debian
        } else if is(&["fedora", "rhel"]) {
            Self::Fedora
        } else if is(&["arch"]) {
            Self::Arch
        } else {
            Self::Other
        }
    }

    fn name(self, package: &Package) -> &'static str {
        match self {
            Self::Debian | Self::Other => package.debian,
            Self::Fedora => package.fedora,
            Self::Arch => package.arch,
            Self::Macos => package.macos,
            Self::Windows => package.windows,
        }
    }
}

impl Sign {
    fn is_there(self) -> bool {
        match self {
            Self::Program(name) => find_program(name).is_some(),
            Self::PkgConfig(name) => {
                process::succeeds(Command::new("pkg-config").args(["--exists", name]))
            }
            Self::Crypto if cfg!(windows) => env::var_os("OPENSSL_DIR").is_some(),
            Self::Crypto => Self::PkgConfig("libcrypto").is_there(),
            Self::PythonVenv => python().is_some(),
        }
    }
}

/// Where the shell would find `name`.
pub(crate) fn find_program(name: &str) -> Option<std::path::PathBuf> {
    let file = Path::new(name).with_extension(env::consts::EXE_EXTENSION);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_known_by_its_family() {
        let derived = "NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n";
        assert_eq!(System::from_release(derived, true), System::Debian);
        assert_eq!(System::from_release("ID=fedora\n", false), System::Fedora);
        assert_eq!(
            System::from_release("ID=endeavouros\nID_LIKE=arch\n", false),
            System::Arch
        );
        assert_eq!(System::from_release("ID=alpine\n", false), System::Other);
    }

    #[test]
    fn elsewhere_the_words_name_each_package_and_the_command() {
        let missing: Vec<_> = PACKAGES
            .iter()
            .filter(|package| package.debian == "xvfb")
            .collect();
        assert_eq!(
            in_words(System::Fedora, &missing).to_string(),
            "this machine lacks what Bindery needs. Please install:\n  \
             xorg-x11-server-Xvfb: Xvfb, a display without a screen\n  \
             sudo dnf install xorg-x11-server-Xvfb",
        );
    }
}
