//! The project's own commands: `cargo xtask demo | mattoni | test | soak | ci | bench | book | fuzz |
//! plugins`.
//!
//! Each finds or installs what it needs and says so; where it can't, it stops with one line that
//! says what to do. Each step is named on stderr before it starts.

mod bench;
mod book;
mod checks;
mod demo;
mod deny;
mod flagship;
mod fuzz;
mod plugins;
mod postgres;
mod program;
mod run;
mod soak;
mod tool;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::soak::Length;

/// Work on Mattoni.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a flagship: a whole service, with what it needs built first.
    Demo {
        /// Which one.
        #[arg(default_value = demo::DEFAULT)]
        name: String,
        /// Name the flagships, and do nothing else.
        #[arg(long)]
        list: bool,
        /// Forget the last demo instead of carrying on from it, where the flagship keeps one.
        #[arg(long)]
        fresh: bool,
    },
    /// Build the plugins and run every test; the long ones at the end, in their short form.
    Test,
    /// Run the long tests alone: kills by the hundred, a million rows migrated.
    Soak {
        /// The form that `test` ends with, minutes instead of an hour.
        #[arg(long)]
        short: bool,
    },
    /// What a change must pass: format, lints, docs, dependencies, tests.
    Ci,
    /// Run the benchmarks (in release mode; the first build takes minutes).
    Bench {
        /// Only this one: core, practice, ranking, store, store_growth,
        /// store_pg, store_pg_growth, desk or rules.
        name: Option<String>,
    },
    /// Build the book of `docs/` into `target/book`.
    Book,
    /// Give a fuzz target any bytes for a while, and keep what it learned.
    Fuzz {
        /// Which one; without it, each in turn.
        target: Option<String>,
        /// How long each.
        #[arg(long, default_value_t = 10)]
        minutes: u32,
    },
    /// The command `mattoni` of this checkout, compiled first where that is still to do.
    #[command(disable_help_flag = true)]
    Mattoni {
        /// Its words.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Build rule plugins into `target/plugins`.
    Plugins {
        /// Only these folders of `plugins/`; without any, all.
        names: Vec<String>,
    },
}

fn main() -> ExitCode {
    let root = workspace_root();
    let done = match Args::parse().command {
        Command::Mattoni { words } => match program::mattoni(&root, &words) {
            Ok(code) => return code,
            Err(why) => Err(why),
        },
        Command::Demo { list: true, .. } => demo::list(&root),
        Command::Demo { name, fresh, .. } => demo::run(&root, &name, fresh),
        Command::Test => checks::test(&root),
        Command::Soak { short } => soak::alone(&root, Length::of(short)),
        Command::Ci => checks::ci(&root),
        Command::Bench { name } => bench::run(&root, name.as_deref()),
        Command::Book => book::build(&root),
        Command::Fuzz { target, minutes } => plugins::all(&root)
            .and_then(|built| fuzz::run(&root, &built, target.as_deref(), minutes)),
        Command::Plugins { names } if names.is_empty() => plugins::all(&root).map(drop),
        Command::Plugins { names } => plugins::build(&root, &names).map(drop),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

fn workspace_root() -> PathBuf {
    // xtask lives one level below the root. Cargo says at run time where this checkout is: a
    // program built for another one that shares the target folder would only remember its own.
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").into());
    Path::new(&xtask).parent().map(Path::to_path_buf).unwrap_or_default()
}
