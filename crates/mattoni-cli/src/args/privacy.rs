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
        /// Il file.
        to: PathBuf,
        #[command(flatten)]
        whole: Whole,
    },
    /// Take a copy of the people's keys in, after a backup was restored.
    Restore {
        /// Il file.
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
    /// Scrive tutto ciò che si conserva di una persona (GDPR, art. 15) in un archivio zip.
    Export {
        /// Il codice fiscale della persona.
        code: TaxCode,
        /// L'archivio da scrivere; non deve esserci ancora.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        by: ReadBy,
    },
    /// Cancella una persona da ogni documento, per sempre, anche dai backup.
    Erase {
        /// Il codice fiscale della persona.
        code: TaxCode,
        /// La norma o l'ordine; si conserva per sempre, quindi senza nomi.
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
    /// Che cosa si farebbe; non cambia niente.
    Preview(RetentionWork),
    /// Lo fa.
    Apply(RetentionWork),
}

#[derive(Debug, clap::Args)]
pub(crate) struct RetentionWork {
    /// Le regole (`retention.toml`).
    pub(crate) rules: PathBuf,
    /// L'istante in cui si agisce, per le prove; ora, se non si dice.
    #[arg(long)]
    pub(crate) at: Option<DateTime<Utc>>,
    #[command(flatten)]
    pub(crate) database: Database,
}
