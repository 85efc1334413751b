//! The `mattoni` command: what officials and developers of an ente do from a terminal.
//!
//! ```console
//! $ mattoni explain 2027/0000042 --db nursery.sqlite
//! $ mattoni verify --db nursery.sqlite
//! $ mattoni records kinds
//! $ mattoni facts practice --out practices.csv --db nursery.sqlite
//! $ mattoni store backup monday.sqlite --db nursery.sqlite
//! $ mattoni rank --csv applications.csv --plugin points.wasm --criteria criteria.toml
//! ```
//!
//! Tables for people, `--json` for machines; standard output is the answer, standard error is
//! everything else. Exit codes: 0 done, 1 refused or something found, 2 wrong words, 3 broken.
//!
//! `mattoni records` and `mattoni facts` are for any kind of record of any brick: what there is to
//! say about a kind, the kind itself says ([`Record`](mattoni_core::record::Record)).
//!
//! # Layers
//! `args` (words) ← `commands` ← here; `commands` → `store_access` → `output` → `italian`, and `db`
//! below all.
//! What is lower imports nothing that is higher, and no two files import each other.
//!
//! # What this crate does not do
//! Decide: every command is a few calls to `mattoni-desk`, `mattoni-office` and the bricks.
#![forbid(unsafe_code)]

mod args;
mod commands;
mod db;
mod italian;
mod output;
mod store_access;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches as _;
use mattoni_core::record::Bricks;

use crate::args::{Args, Command};
use crate::output::{Failure, Reader};
use crate::store_access::opening::{self, Opening};

/// Runs the command with these arguments, the program's name first, for an integrator who has
/// bricks of their own: every verb for records of any kind is there for them too. The bricks hold
/// for the whole process, so this is called once.
///
/// ```no_run
/// # fn brick() -> mattoni_core::record::Brick { mattoni_core::record::Brick::new("keyring") }
/// fn main() -> std::process::ExitCode {
///     let bricks = mattoni_office::bricks().with(brick());
///     mattoni_cli::run_with(bricks, std::env::args_os())
/// }
/// ```
pub fn run_with(bricks: Bricks, args: impl IntoIterator<Item = OsString>) -> ExitCode {
    store_access::bricks::set(bricks);
    run(args)
}

/// Runs the command with these arguments, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words = args::command().try_get_matches_from(args);
    let args = match words.and_then(|words| Args::from_arg_matches(&words)) {
        Ok(args) => args,
        Err(error) => {
            // Also how `--help` ends; a reader who went away is no failure.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    opening::set(if args.unsealed { Opening::Unsealed } else { Opening::Sealed });
    let reader = if args.json { Reader::Machine } else { Reader::Person };
    match dispatch(args, reader) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell(reader);
            ExitCode::from(match failure {
                Failure::Refused(_) | Failure::Found => 1,
                Failure::Broken { .. } => 3,
            })
        }
    }
}

fn dispatch(args: Args, reader: Reader) -> Result<(), Failure> {
    let Command::Completions { shell } = args.command else {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::broken("il programma non può partire", &error))?;
        return runtime.block_on(async {
            match args.command {
                Command::Completions { .. } => Ok(()),
                Command::Init(init) => commands::init::run(&init, reader).await,
                Command::Explain(explain) => commands::explain::run(&explain, reader).await,
                Command::Records(records) => commands::records::run(&records, reader).await,
                Command::Facts(facts) => commands::facts::run(&facts, reader).await,
                Command::Verify(verify) => commands::verify::run(&verify, reader).await,
                Command::Rank(rank) => commands::rank::run(&rank, reader),
                Command::Ranking(ranking) => commands::ranking::run(&ranking, reader).await,
                Command::Proof(proof) => commands::proof::run(&proof, reader).await,
                Command::Service(service) => commands::service::run(&service, reader).await,
                Command::Rules(rules) => commands::rules::run(&rules, reader),
                Command::Call(call) => commands::call::run(&call, reader).await,
                Command::Store(store) => commands::store::run(&store, reader).await,
                Command::Outbox(outbox) => commands::outbox::run(&outbox, reader).await,
                Command::Keys(keys) => commands::keys::run(&keys, reader).await,
                Command::Person(person) => commands::person::run(&person, reader).await,
                Command::Retention(work) => commands::retention::run(&work, reader).await,
                Command::Practice(work) => commands::practice::run(&work, reader).await,
                Command::Offer(offer) => commands::offer::run(&offer, reader).await,
                Command::Staff(staff) => commands::staff::run(&staff, reader).await,
                Command::Tick(tick) => commands::tick::run(&tick, reader).await,
            }
        });
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut args::command(), "mattoni", &mut script);
    output::print_text(&String::from_utf8_lossy(&script));
    Ok(())
}
