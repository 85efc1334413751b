//! The words for rankings that were drawn up.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::database::Database;

/// Look at rankings that were drawn up.
#[derive(Debug, clap::Args)]
pub(crate) struct Ranking {
    #[command(subcommand)]
    pub(crate) verb: RankingVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RankingVerb {
    /// All of them: of which service, draft, published or superseded, and by which.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// The public list of a published one, as it is posted. One that was superseded says so.
    Show {
        #[command(flatten)]
        which: Which,
        /// As text, as a table (CSV), or as a page (HTML). With `--json`, as JSON.
        #[arg(long, default_value = "text")]
        format: Format,
        /// The file to write; must not be there yet. Without it, standard output.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Write one out whole, rules and all applications as they were, so that it can be redone with
    /// Python alone: `python3 docs/scripts/rederive.py FILE`. Holds the data of everybody in it:
    /// for whoever is entitled to see it.
    Export {
        #[command(flatten)]
        which: Which,
        /// The file to write; must not be there yet.
        #[arg(long)]
        out: PathBuf,
    },
}

/// Which ranking.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// Its id, or its digest or the beginning of it, as `ranking list` shows them.
    pub(crate) run: String,
    #[command(flatten)]
    pub(crate) database: Database,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Csv,
    Html,
}
