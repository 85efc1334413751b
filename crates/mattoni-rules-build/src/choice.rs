//! Which compiler to take, as a function of what there is.
//!
//! Nothing here runs a program or reads the environment, so that every case can be tested.

/// The target of every plugin.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The environment variable that chooses the compiler.
pub(crate) const CHOICE: &str = "MATTONI_WASM_TOOLCHAIN";

/// The environment variable of rustup's own that forbids it to download.
pub(crate) const AUTO_INSTALL: &str = "RUSTUP_AUTO_INSTALL";

/// Debian's packages with a compiler for the target.
pub(crate) const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// What this machine has and allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Machine {
    /// Whether the active `rustc` has the target.
    pub(crate) has_target: bool,
    /// What rustup may do.
    pub(crate) rustup: Rustup,
    /// What Debian can give.
    pub(crate) debian: Debian,
}

/// Whether rustup is asked for the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rustup {
    /// It may download.
    Allowed,
    /// Its own variable says that it must not download.
    Forbidden,
    /// The project's variable says to take Debian's compiler.
    PassedOver,
    /// It was asked, and could not.
    Failed,
}

impl Rustup {
    /// What the values of [`CHOICE`] and [`AUTO_INSTALL`] say. Only `0` forbids, as in rustup
    /// itself.
    pub(crate) fn of(choice: Option<&str>, auto_install: Option<&str>) -> Self {
        match (choice, auto_install) {
            (Some("debian"), _) => Self::PassedOver,
            (_, Some("0")) => Self::Forbidden,
            _ => Self::Allowed,
        }
    }
}

/// Whether Debian's compiler can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Debian {
    /// It is here.
    Installed,
    /// It is not here; the process is root on a machine with `apt-get`.
    Installable,
    /// It is not here and cannot be installed.
    Absent,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Take the active `rustc`.
    TakeActive,
    /// Ask rustup for the target, then decide again.
    AskRustup,
    /// Take Debian's compiler.
    TakeDebian,
    /// Install Debian's compiler, then decide again.
    InstallDebian,
    /// Stop with this line.
    Stop(String),
}

/// The first that is here: the active compiler, Debian's; then the first that can be had: rustup's
/// target, Debian's compiler. So where there is one, no network is asked.
pub(crate) fn decide(machine: Machine) -> Decision {
    match (machine.has_target, machine.rustup, machine.debian) {
        (true, _, _) => Decision::TakeActive,
        (_, _, Debian::Installed) => Decision::TakeDebian,
        (_, Rustup::Allowed, _) => Decision::AskRustup,
        (_, _, Debian::Installable) => Decision::InstallDebian,
        (_, rustup, Debian::Absent) => Decision::Stop(no_target(rustup)),
    }
}

/// The line that says what to do where there is no compiler.
pub(crate) fn no_target(rustup: Rustup) -> String {
    let why = match rustup {
        Rustup::Forbidden => format!(", and {AUTO_INSTALL}=0 says not to download one"),
        Rustup::PassedOver => format!(", and {CHOICE}=debian says not to ask rustup for one"),
        Rustup::Allowed | Rustup::Failed => String::new(),
    };
    format!(
        "no compiler for {TARGET}{why}: run `rustup target add {TARGET}`, or on Debian as root \
         `apt-get install {}`",
        DEBIAN_PACKAGES.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUSTUPS: [Rustup; 4] =
        [Rustup::Allowed, Rustup::Forbidden, Rustup::PassedOver, Rustup::Failed];
    const DEBIANS: [Debian; 3] = [Debian::Installed, Debian::Installable, Debian::Absent];

    fn without_target(rustup: Rustup, debian: Debian) -> Decision {
        decide(Machine { has_target: false, rustup, debian })
    }

    #[test]
    fn a_target_that_is_there_is_taken_whatever_else_is_said() {
        for rustup in RUSTUPS {
            for debian in DEBIANS {
                let machine = Machine { has_target: true, rustup, debian };
                assert_eq!(decide(machine), Decision::TakeActive);
            }
        }
    }

    #[test]
    fn the_environment_says_whether_rustup_may_download() {
        assert_eq!(Rustup::of(None, None), Rustup::Allowed);
        assert_eq!(Rustup::of(None, Some("1")), Rustup::Allowed);
        assert_eq!(Rustup::of(None, Some("")), Rustup::Allowed);
        assert_eq!(Rustup::of(None, Some("0")), Rustup::Forbidden);
        assert_eq!(Rustup::of(Some("rustup"), Some("0")), Rustup::Forbidden);
        assert_eq!(Rustup::of(Some("debian"), Some("0")), Rustup::PassedOver);
        assert_eq!(Rustup::of(Some("debian"), None), Rustup::PassedOver);
    }

    #[test]
    fn rustup_is_asked_once_and_only_where_it_may_download_what_is_not_here() {
        assert_eq!(without_target(Rustup::Allowed, Debian::Installed), Decision::TakeDebian);
        for debian in [Debian::Installable, Debian::Absent] {
            assert_eq!(without_target(Rustup::Allowed, debian), Decision::AskRustup);
        }
        for debian in DEBIANS {
            for rustup in [Rustup::Forbidden, Rustup::PassedOver, Rustup::Failed] {
                assert_ne!(without_target(rustup, debian), Decision::AskRustup);
            }
        }
    }

    #[test]
    fn where_rustup_is_not_asked_debian_is_taken_or_installed() {
        for rustup in [Rustup::Forbidden, Rustup::PassedOver, Rustup::Failed] {
            assert_eq!(without_target(rustup, Debian::Installed), Decision::TakeDebian);
            assert_eq!(without_target(rustup, Debian::Installable), Decision::InstallDebian);
        }
    }

    #[test]
    fn where_nothing_can_be_had_one_line_says_what_to_do() {
        let line = |rustup| match without_target(rustup, Debian::Absent) {
            Decision::Stop(line) => line,
            other => panic!("{other:?}"),
        };
        for rustup in [Rustup::Forbidden, Rustup::PassedOver, Rustup::Failed] {
            assert_eq!(line(rustup).lines().count(), 1);
            assert!(line(rustup).contains("run `rustup target add wasm32-unknown-unknown`"));
            assert!(line(rustup).contains("`apt-get install rustc-web cargo-web rust-web-src`"));
        }
        assert!(line(Rustup::Forbidden).contains("RUSTUP_AUTO_INSTALL=0"));
        assert!(line(Rustup::PassedOver).contains("MATTONI_WASM_TOOLCHAIN=debian"));
    }
}
