//! The words of `mattoni rules`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

#[derive(Debug, clap::Args)]
pub(crate) struct Rules {
    /// Folder that keeps compiled plugins from one command to the next.
    #[arg(long, global = true, env = "MATTONI_RULES_CACHE")]
    pub(crate) cache: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) verb: RulesVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesVerb {
    /// Begin a rule: a folder with a rule that works, its cases and its tests.
    New {
        /// Name of the rule, in kebab-case; also the folder's.
        name: String,
        /// Language it is written in.
        #[arg(long, default_value = "rust")]
        lang: Language,
        /// What it answers.
        #[arg(long, default_value = "scoring")]
        world: WorldName,
        /// Folder to make the rule's folder in.
        #[arg(long, default_value = ".")]
        into: PathBuf,
        /// Folder of Mattoni's sources, where the SDKs are.
        #[arg(long, env = "MATTONI_SOURCES", default_value = ".")]
        sources: PathBuf,
    },
    /// Make the plugin (`.wasm`) of a rule's folder.
    Build {
        /// The folder.
        folder: PathBuf,
        /// Folder to put the plugin in.
        #[arg(long, default_value = "target/plugins")]
        out: PathBuf,
    },
    /// What a plugin needs, what can be set, what it answers, and its digest.
    Inspect {
        /// The plugin (`.wasm`).
        plugin: PathBuf,
    },
    /// Compare a plugin with a table of cases.
    Test {
        #[command(flatten)]
        plugin: Plugin,
        /// The cases (`.csv`).
        cases: PathBuf,
        /// Also write the result here, as JUnit's XML.
        #[arg(long)]
        junit: Option<PathBuf>,
    },
    /// Answer for every row of a CSV file; the answer is a CSV file that is also a case table.
    Run {
        #[command(flatten)]
        plugin: Plugin,
        /// The rows, CSV or with `--out` Parquet too; columns the plugin does not declare are not
        /// shown to it.
        csv: PathBuf,
        /// Write the rows with their answers here (`.csv` or `.parquet`), in columns all at once:
        /// for millions of rows.
        #[arg(long, conflicts_with = "record")]
        out: Option<PathBuf>,
        /// Write what is needed to recompute the answers here.
        #[arg(long)]
        record: Option<PathBuf>,
    },
    /// Who gains, who loses and what it costs, when a rule or its parameters change.
    Compare(Compare),
    /// Run a recorded evaluation again: "same", or the first difference.
    Recompute {
        /// The plugin (`.wasm`).
        plugin: PathBuf,
        /// The rows it was asked about.
        csv: PathBuf,
        /// What `run --record` wrote.
        record: PathBuf,
    },
    /// How fast a plugin answers, over the rows of a CSV file again and again.
    Bench {
        #[command(flatten)]
        plugin: Plugin,
        /// The rows.
        csv: PathBuf,
        /// How many rows to answer for.
        #[arg(long, default_value_t = 100_000)]
        rows: usize,
    },
}

/// Two rules and the table they are compared over.
#[derive(Debug, clap::Args)]
pub(crate) struct Compare {
    #[command(flatten)]
    pub(crate) before: Plugin,
    /// The applications, a line each: CSV or Parquet.
    pub(crate) table: PathBuf,
    /// The plugin afterwards, where it is another one.
    #[arg(long, value_name = "PLUGIN")]
    pub(crate) with: Option<PathBuf>,
    /// A parameter afterwards, `name=value`; again for each. Those not named stay as before.
    #[arg(long = "then", value_name = "NAME=VALUE")]
    pub(crate) then: Vec<String>,
    /// A column to group by; again for each.
    #[arg(long, value_name = "COLUMN")]
    pub(crate) by: Vec<String>,
    /// The fewest applications a line or a count may be of; never fewer than 3.
    #[arg(long, default_value_t = 5)]
    pub(crate) smallest: u64,
    /// Write the table with what each application has before and after here (`.csv` or
    /// `.parquet`): it is personal, the rest of the answer is not.
    #[arg(long)]
    pub(crate) rows: Option<PathBuf>,
}

/// A plugin and what it is run with.
#[derive(Debug, clap::Args)]
pub(crate) struct Plugin {
    /// The plugin (`.wasm`).
    pub(crate) plugin: PathBuf,
    /// A parameter of the plugin, `name=value`; again for each.
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub(crate) parameters: Vec<String>,
    /// Digest the plugin must have.
    #[arg(long)]
    pub(crate) digest: Option<mattoni_core::Digest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    Rust,
    Js,
    Python,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WorldName {
    Scoring,
    Eligibility,
    Benefit,
    Tariff,
    Routing,
    Validation,
}
