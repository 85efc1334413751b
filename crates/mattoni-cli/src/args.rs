//! The words of the command.

pub(crate) mod database;
pub(crate) mod offer;
pub(crate) mod offered;
pub(crate) mod outbox;
pub(crate) mod practice;
pub(crate) mod privacy;
pub(crate) mod proof;
pub(crate) mod ranking;
pub(crate) mod records;
pub(crate) mod rules;
pub(crate) mod staff;
pub(crate) mod store;

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Parser, Subcommand};
use clap_complete::Shell;
use mattoni_core::EnteId;

use crate::db::{Db, USUAL};
use database::{Database, day, instant};

/// Digital services of Italian municipalities: import, rank, explain, verify.
#[derive(Debug, Parser)]
#[command(name = "mattoni", version, arg_required_else_help = true)]
pub(crate) struct Args {
    /// Answer with JSON on standard output.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Let what is personal lie in the clear: no key is made, and records that are in the clear are
    /// used as they are. For rehearsals with made-up people.
    #[arg(long, global = true)]
    pub(crate) unsealed: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begin: a folder with a first service, the database, its key and the ente in it.
    Init(Init),
    /// Why a practice is where it is: history, points with reasons, place in each list.
    Explain(Explain),
    /// Look at records of any kind: which kinds there are, lists, one record, its history.
    Records(records::Records),
    /// Write what is not personal about the records of a kind as a table (CSV), for analysts.
    Facts(records::Facts),
    /// Prove that nothing was changed: journal, states, rankings.
    Verify(Verify),
    /// Rank applications from a CSV file with a rule plugin and a criteria file; no database.
    Rank(Rank),
    /// Look at rankings that were drawn up: list them, show one as it is posted, write one out so
    /// that anybody can redo it.
    Ranking(ranking::Ranking),
    /// Prove one event, or check such a proof.
    Proof(proof::Proof),
    /// Check a service, make one by duplicating another, keep the ente's catalogue.
    Service(Service),
    /// Carry a service's call through its steps on a database.
    Call(Call),
    /// Work on practices as an official: lists, take in charge, ask, answer, decide.
    Practice(practice::Practice),
    /// Answer offered places for a family that comes to the counter.
    Offer(offer::Offer),
    /// Look after offices and accounts, and look at what an account did.
    Staff(staff::Staff),
    /// Do what falls due by the clock: windows, drafts, terms, offers. Run it every hour or so.
    Tick(Tick),
    /// Write, build, inspect, test and run rule plugins.
    Rules(rules::Rules),
    /// Look after the store: prove, copy, bring back, sign, list anew.
    Store(store::Store),
    /// Look at what waits to be delivered, and take up again what could not be.
    Outbox(outbox::Outbox),
    /// Look after the keys that what is personal is sealed under.
    Keys(privacy::Keys),
    /// Show what is held on a person, or erase them.
    Person(privacy::Person),
    /// Apply the rules of retention (massimario di scarto).
    Retention(privacy::Retention),
    /// Completions for a shell, to be sourced from its start-up file.
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// The folder to make, with the service in it.
    pub(crate) folder: PathBuf,
    /// IPA code of the ente, as on indicepa.gov.it.
    #[arg(long)]
    pub(crate) ente: EnteId,
    /// The SQLite file, made if there is none, or the PostgreSQL database as
    /// `postgres://user@host/name`.
    #[arg(long, default_value = USUAL, env = "MATTONI_DB")]
    pub(crate) db: Db,
    /// The instant to act at, for rehearsals; now, if not given.
    #[arg(long, value_parser = instant)]
    pub(crate) at: Option<DateTime<Utc>>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// Number of the register (2027/0000042) or id of the practice.
    pub(crate) practice: String,
    #[command(flatten)]
    pub(crate) by: staff::ReadBy,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// The records were brought back from a backup, and the newest copy of the keys with them: keys
    /// may be erased by erasures that this older journal does not have. They are counted, and are
    /// no finding.
    #[arg(long)]
    pub(crate) restored: bool,
    #[command(flatten)]
    pub(crate) database: Database,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Rank {
    /// The applications: column `code`, the plugin's inputs, and with `--places` the columns
    /// `group` and `preference_1`, `preference_2`, …
    #[arg(long)]
    pub(crate) csv: PathBuf,
    /// The rule plugin (`.wasm`).
    #[arg(long)]
    pub(crate) plugin: PathBuf,
    /// Criteria, classes, tie-breaks and draw (`criteria.toml`).
    #[arg(long)]
    pub(crate) criteria: PathBuf,
    /// Facilities and places (`places.toml`); without it, the order alone.
    #[arg(long)]
    pub(crate) places: Option<PathBuf>,
    /// A parameter of the plugin, `name=value`; again for each.
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub(crate) parameters: Vec<String>,
    /// Digest the plugin must have.
    #[arg(long)]
    pub(crate) digest: Option<mattoni_core::Digest>,
    /// Show only the first so many lines.
    #[arg(long, default_value_t = 20)]
    pub(crate) top: usize,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Service {
    #[command(subcommand)]
    pub(crate) verb: ServiceVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ServiceVerb {
    /// Check a service's folder (service.toml, criteria, places): every problem at once. Shows the
    /// bricks it is made of and what each outcome sets off.
    Check {
        /// The folder.
        folder: PathBuf,
        /// Folder with the built plugins.
        #[arg(long, default_value = "target/plugins", env = "MATTONI_PLUGINS")]
        plugins: PathBuf,
        /// Also draw what follows each outcome, as a picture (SVG), into this file.
        #[arg(long)]
        draw: Option<PathBuf>,
        /// The instant at which somebody sends an application, to show by when there is an answer;
        /// now, without it.
        #[arg(long)]
        at: Option<DateTime<Utc>>,
    },
    /// Duplicate a service's folder under a new code, as a draft to be changed.
    Duplicate {
        /// The folder to duplicate.
        from: PathBuf,
        /// The folder to make.
        to: PathBuf,
        /// Code of the new service, e.g. `centri-estivi-2027`.
        #[arg(long)]
        code: String,
    },
    /// The columns a CSV file of applications has, as a header line.
    Columns {
        /// The folder.
        folder: PathBuf,
    },
    #[command(flatten)]
    Offered(offered::Offered),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Tick {
    /// The instant to act at, for rehearsals; now, if not given.
    #[arg(long)]
    pub(crate) at: Option<DateTime<Utc>>,
    #[command(flatten)]
    pub(crate) database: Database,
    /// Folder with the built plugins, for services whose rules are asked by themselves.
    #[arg(long, default_value = "target/plugins", env = "MATTONI_PLUGINS")]
    pub(crate) plugins: PathBuf,
}

/// Carry a service's call through its steps.
#[derive(Debug, clap::Args)]
pub(crate) struct Call {
    /// The service's folder.
    #[arg(long)]
    pub(crate) service: PathBuf,
    /// The SQLite file, or the PostgreSQL database as `postgres://user@host/name`.
    #[arg(long, default_value = USUAL, env = "MATTONI_DB")]
    pub(crate) db: Db,
    /// The account that acts; needed once the ente has accounts.
    #[arg(long = "as", value_name = "ACCOUNT", env = "MATTONI_ACCOUNT", global = true)]
    pub(crate) account: Option<String>,
    /// The instant to act at, for rehearsals; now, if not given.
    #[arg(long, value_parser = instant)]
    pub(crate) at: Option<DateTime<Utc>>,
    /// Name of the ranking: another one opens a new run, as after an appeal.
    #[arg(long, default_value = "1", global = true)]
    pub(crate) run: String,
    /// The service's ente is new here; the database is made if there is none.
    #[arg(long, global = true)]
    pub(crate) new_ente: bool,
    /// Folder with the built plugins.
    #[arg(long, default_value = "target/plugins", env = "MATTONI_PLUGINS", global = true)]
    pub(crate) plugins: PathBuf,
    #[command(subcommand)]
    pub(crate) step: CallStep,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CallStep {
    /// Take applications in from a CSV file, submit and register them.
    Import {
        /// The file.
        csv: PathBuf,
        /// Numbers and dates in the file are written in Italian: 1.234,56 and 31/03/2027.
        #[arg(long)]
        italian: bool,
    },
    /// Score all complete applications with the service's plugin.
    Score,
    /// Ask the rules that are asked by themselves (requirements, office, amounts, dues) about all
    /// practices that wait for them, as every tick does, and show what they answered.
    Rules,
    /// Draw the ranking up as a draft.
    DrawUp {
        /// The published string of the draw.
        #[arg(long)]
        seed: Option<String>,
    },
    /// Publish the ranking and print the public list.
    Publish,
    /// Compare the ranking, line by line, with an earlier one.
    Compare {
        /// Name of the earlier ranking.
        #[arg(long)]
        with: String,
    },
    /// Publish the ranking in the place of a published one.
    Supersede {
        /// Name of the ranking whose place it takes.
        #[arg(long)]
        old: String,
        /// Why, e.g. the appeal that was accepted.
        #[arg(long)]
        reason: String,
    },
    /// Offer the places to the families.
    Offer {
        /// Last day for the answer.
        #[arg(long, value_parser = day)]
        answer_by: NaiveDate,
    },
    /// Close offers nobody answered, and move up whoever is next in line.
    MoveUp {
        /// Last day for the answer to the new offers.
        #[arg(long, value_parser = day)]
        answer_by: NaiveDate,
    },
}
