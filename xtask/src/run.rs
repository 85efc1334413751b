//! Running other programs, saying what is done and for how long, and which one failed.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// When this xtask began.
static BEGAN: OnceLock<Instant> = OnceLock::new();

/// After so long without a word, a step says that it is still going on.
const SILENCE: Duration = Duration::from_secs(20);

/// Says on stderr what is about to be done, and how long this xtask has been running.
pub(crate) fn say(what: &str) {
    let since = BEGAN.get_or_init(Instant::now).elapsed();
    eprintln!("xtask [{}] {what}", clock(since));
}

/// Minutes and seconds, as on a stopwatch.
fn clock(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}

/// What takes no longer than this is not worth a word.
const BRIEF: Duration = Duration::from_secs(2);

/// One program to run in the workspace root.
pub(crate) struct Step {
    command: Command,
    doing: Option<String>,
    /// For how long nothing is said.
    brief: Duration,
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
        Self { command, doing: None, brief: Duration::ZERO }
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

    /// In another folder.
    pub(crate) fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Says what is being done before it begins, while it goes on, and how long it took. For what
    /// says little itself.
    pub(crate) fn saying(mut self, doing: &str) -> Self {
        self.doing = Some(doing.to_owned());
        self
    }

    /// As [`saying`](Self::saying), where it takes longer than a moment: for what is often done
    /// already.
    pub(crate) fn saying_if_long(mut self, doing: &str) -> Self {
        self.brief = BRIEF;
        self.saying(doing)
    }

    /// Runs it; its output goes where ours goes.
    pub(crate) fn run(self) -> Result<(), String> {
        let shown = format!("{:?}", self.command);
        match self.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("{shown} failed ({status})")),
            Err(error) => Err(format!("{shown} could not be started: {error}")),
        }
    }

    /// Runs it; how it ended.
    pub(crate) fn status(mut self) -> std::io::Result<ExitStatus> {
        let Some(doing) = self.doing.take() else { return self.command.status() };
        let (began, brief) = (Instant::now(), self.brief);
        let (ended, ending) = channel::<()>();
        let speaker = thread::spawn(move || {
            let name = doing.split(" (").next().unwrap_or_default();
            let goes_on = |time| ending.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            if !brief.is_zero() && !goes_on(brief) {
                return;
            }
            say(&doing);
            while goes_on(SILENCE) {
                say(&format!("still {name}"));
            }
            say(&format!("{name}: took {}", clock(began.elapsed())));
        });
        let status = self.command.status();
        drop(ended);
        // It only waits and speaks.
        let _ = speaker.join();
        status
    }

    /// Whether it runs and ends well; its output is dropped.
    pub(crate) fn succeeds(mut self) -> bool {
        self.command.stdout(Stdio::null()).stderr(Stdio::null());
        self.command.status().is_ok_and(|status| status.success())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_minutes_and_seconds() {
        assert_eq!(clock(Duration::from_secs(7)), "0:07");
        assert_eq!(clock(Duration::from_secs(125)), "2:05");
    }

    #[test]
    fn a_step_that_fails_is_named() {
        let here = Path::new(".");
        assert!(Step::new(here, "true").saying("doing nothing (quickly)").run().is_ok());
        let why = Step::new(here, "false").run().unwrap_err();
        assert!(why.contains("\"false\" failed"), "{why}");
    }
}
