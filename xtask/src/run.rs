//! Running other programs, and saying which one failed.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// Says on stderr what is about to be done.
pub(crate) fn say(what: &str) {
    eprintln!("xtask: {what}");
}

/// One program to run in the workspace root.
pub(crate) struct Step {
    command: Command,
}

/// `cargo VERB` in `root`, by the cargo that runs this xtask.
pub(crate) fn cargo(root: &Path, verb: &str) -> Step {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Step::new(root, cargo).args([verb])
}

impl Step {
    /// `program`, with no arguments yet.
    pub(crate) fn new(root: &Path, program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.current_dir(root);
        Self { command }
    }

    /// With more arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    /// With an environment variable.
    pub(crate) fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Runs it; its output goes where ours goes.
    pub(crate) fn run(mut self) -> Result<(), String> {
        let shown = format!("{:?}", self.command);
        match self.command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("{shown} failed ({status})")),
            Err(error) => Err(format!("{shown} could not be started: {error}")),
        }
    }

    /// Whether it runs and ends well; its output is dropped.
    pub(crate) fn succeeds(mut self) -> bool {
        self.command.stdout(Stdio::null()).stderr(Stdio::null());
        self.command.status().is_ok_and(|status| status.success())
    }
}
