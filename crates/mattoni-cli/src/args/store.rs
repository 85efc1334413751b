//! The words for whoever runs the store.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Subcommand;

use super::database::{Database, Whole};

/// Look after the store: prove, copy, bring back, sign, list anew.
#[derive(Debug, clap::Args)]
pub(crate) struct Store {
    #[command(subcommand)]
    pub(crate) verb: StoreVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StoreVerb {
    /// The entes in it, and where the journal of each ends.
    Entes(Whole),
    /// Prove every ente's journal, row by row.
    Verify(Whole),
    /// Copy an SQLite store to a new file, while it is used, and verify the copy.
    Backup {
        /// The file to write; must not be there yet.
        to: PathBuf,
        #[command(flatten)]
        whole: Whole,
    },
    /// Make an SQLite store of a backup, verified; where there is none yet.
    Restore {
        /// The backup.
        from: PathBuf,
        #[command(flatten)]
        whole: Whole,
    },
    /// Sign the end of an ente's journal; publish what is printed.
    Checkpoint {
        /// File with the signing key: 64 hexadecimal digits of chance.
        #[arg(long)]
        key: PathBuf,
        /// The last checkpoint that was published, to go on from.
        #[arg(long)]
        last: Option<PathBuf>,
        #[command(flatten)]
        database: Database,
    },
    /// Check that the journal still goes through a published checkpoint.
    Confirm {
        /// The checkpoint.
        checkpoint: PathBuf,
        #[command(flatten)]
        whole: Whole,
    },
    /// Set aside attachments nothing refers to, and remove those that have been aside for long.
    Collect {
        /// How many days they stay aside.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        days: u32,
        /// As if it were this instant, e.g. 2027-03-20T10:00:00Z.
        #[arg(long)]
        at: Option<DateTime<Utc>>,
        #[command(flatten)]
        database: Database,
    },
    /// Whether the lists of every kind of record are up to date; `--rebuild` brings them there,
    /// while the store is used.
    Lists {
        /// List every record anew.
        #[arg(long)]
        rebuild: bool,
        #[command(flatten)]
        database: Database,
    },
}
