//! The words about people and keys.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Subcommand;
use mattoni_core::TaxCode;

use super::database::{Database, Whole};
use super::staff::{ReadBy, Whoever};

/// Look after the keys that what is personal is sealed under.
#[derive(Debug, clap::Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    pub(crate) verb: KeysVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysVerb {
    /// Draw a master key into a file beside the store: from the first commit on, what is personal
    /// is sealed.
    New(Whole),
    /// Begin to seal records that were not sealed so far; what is there stays in the clear.
    Begin(Whole),
    /// Draw a new master key and put every key under it.
    Rotate(Whole),
    /// Copy the people's keys, still wrapped, to a file; after every backup, over the last copy.
    Copy {
        /// The file.
        to: PathBuf,
        #[command(flatten)]
        whole: Whole,
    },
    /// Take a copy of the people's keys in, after a backup was restored.
    Restore {
        /// The file.
        from: PathBuf,
        #[command(flatten)]
        whole: Whole,
    },
}

/// Show what is held on a person, or erase them.
#[derive(Debug, clap::Args)]
pub(crate) struct Person {
    #[command(subcommand)]
    pub(crate) verb: PersonVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PersonVerb {
    /// Write all that is held on a person (GDPR, art. 15) to a zip archive.
    Export {
        /// Their fiscal code.
        code: TaxCode,
        /// The archive to write; must not be there yet.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        by: ReadBy,
    },
    /// Erase a person from every record, for good, backups included.
    Erase {
        /// Their fiscal code.
        code: TaxCode,
        /// The norm or order; kept for ever, so without a name.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        acting: Whoever,
    },
}

/// Apply the rules of retention (massimario di scarto).
#[derive(Debug, clap::Args)]
pub(crate) struct Retention {
    #[command(subcommand)]
    pub(crate) verb: RetentionVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RetentionVerb {
    /// What would be done; nothing is changed.
    Preview(RetentionWork),
    /// Do it.
    Apply(RetentionWork),
}

#[derive(Debug, clap::Args)]
pub(crate) struct RetentionWork {
    /// The rules (`retention.toml`).
    pub(crate) rules: PathBuf,
    /// The instant to act at, for rehearsals; now, if not given.
    #[arg(long)]
    pub(crate) at: Option<DateTime<Utc>>,
    #[command(flatten)]
    pub(crate) database: Database,
}
