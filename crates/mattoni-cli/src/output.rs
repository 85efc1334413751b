//! What the command says: tables for people, JSON for machines, problems with what to do.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use comfy_table::{ContentArrangement, Table, TableComponent, presets};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mattoni_core::{Problem, Problems};
use mattoni_desk::{DeskError, Progress, Unreadable};
use serde::Serialize;

use crate::italian;

/// Whom the output is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Tables and sentences.
    Person,
    /// One JSON value on standard output.
    Machine,
}

/// Why a command ended without doing what it was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The answer is no, with every reason.
    Refused(Problems),
    /// Something is broken.
    Broken {
        /// What was not done, with its causes.
        what: String,
        /// What to do about it, in Italian.
        remedy: &'static str,
    },
    /// A check found something: it has been printed.
    Found,
}

impl Failure {
    /// Nothing, where every record could be read; otherwise says which were left out. The rest was
    /// done, and has been printed.
    pub(crate) fn none_left_out(unreadable: &[Unreadable]) -> Result<(), Self> {
        let Some(what) = italian::left_out(unreadable) else { return Ok(()) };
        Err(Self::Broken { what, remedy: "il resto è stato fatto" })
    }

    /// A broken machine: `what` says in Italian what was not done and to which file; the chain of
    /// causes follows, each once, and what to do about them.
    pub(crate) fn broken(what: &str, error: &(dyn std::error::Error + 'static)) -> Self {
        let (mut text, failed) = (what.to_owned(), error);
        let mut cause = Some(error);
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        Self::Broken { what: text, remedy: italian::remedy(failed) }
    }

    /// A file that cannot be read, written or made, as `what` says.
    pub(crate) fn file(what: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::broken(&format!("{what} {}", path.display()), error)
    }

    /// Tells the reader, on standard error.
    pub(crate) fn tell(&self, reader: Reader) {
        let mut out = std::io::stderr().lock();
        // Nobody is left to tell when standard error is closed.
        let _ = match (self, reader) {
            (Self::Refused(problems), Reader::Machine) => {
                writeln!(out, "{}", json(&serde_json::json!({ "refused": problems })))
            }
            (Self::Broken { what, remedy }, Reader::Machine) => {
                let failed = serde_json::json!({ "failed": what, "remedy": remedy });
                writeln!(out, "{}", json(&failed))
            }
            (Self::Refused(problems), Reader::Person) => {
                let count = problems.iter().count();
                let things = if count == 1 { "problema" } else { "problemi" };
                let lines: Vec<_> = problems.iter().map(italian::problem).collect();
                let lines = lines.join("\n");
                writeln!(out, "rifiutato: {count} {things}, niente è stato cambiato\n{lines}")
            }
            (Self::Broken { what, remedy }, Reader::Person) => {
                writeln!(out, "non riuscito: {what}\nrimedio: {remedy}")
            }
            (Self::Found, _) => Ok(()),
        };
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::Refused(problems)
    }
}

impl From<DeskError> for Failure {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Refused(problems) => Self::Refused(problems),
            DeskError::Store(error) => error.into(),
            other => Self::broken("non si può andare avanti", &other),
        }
    }
}

impl From<mattoni_store::Error> for Failure {
    fn from(error: mattoni_store::Error) -> Self {
        Self::broken("il database non ha fatto ciò che doveva", &error)
    }
}

/// A refusal with one problem.
pub(crate) fn refused(code: &'static str, field: &str, rule: &str, remedy: &str) -> Failure {
    Failure::Refused(Problem::new(code, field, rule, remedy).into())
}

fn json(value: &impl Serialize) -> String {
    // What is printed is made of strings, numbers and lists: JSON always takes it.
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Prints a value as JSON.
pub(crate) fn print_json(value: &impl Serialize) {
    print_text(&json(value));
}

/// Prints a text and a line end; a reader who went away (`| head`) is no failure.
pub(crate) fn print_text(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Says something that is not the answer and has to be known, on standard error.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Says it to whoever reads: one JSON value, or a text.
pub(crate) fn say(reader: Reader, machine: &serde_json::Value, person: &str) {
    match reader {
        Reader::Machine => print_json(machine),
        Reader::Person => print_text(person),
    }
}

/// A table that fits the terminal.
pub(crate) fn table<H: Into<String>>(header: impl IntoIterator<Item = H>) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_style(TableComponent::HeaderLines, '─')
        .set_style(TableComponent::MiddleHeaderIntersections, '─')
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header.into_iter().map(Into::into).collect::<Vec<String>>());
    table
}

/// A bar for long work, on standard error, where a person is watching.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar over `total` things, or a counter where it isn't known.
    pub(crate) fn new(what: &'static str, total: Option<u64>, reader: Reader) -> Self {
        let watched = reader == Reader::Person && std::io::stderr().is_terminal();
        let target =
            if watched { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(total, target);
        let template = match total {
            Some(_) => "{msg:24} [{bar:40}] {human_pos}/{human_len} {eta}",
            None => "{msg:24} {spinner} {human_pos} {elapsed}",
        };
        // The templates above are right; were they not, a plain bar would be shown.
        bar.set_style(
            ProgressStyle::with_template(template)
                .unwrap_or_else(|_| ProgressStyle::default_bar())
                .progress_chars("=> "),
        );
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }
}

impl Progress for Bar {
    fn reached(&self, done: u64) {
        self.0.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
