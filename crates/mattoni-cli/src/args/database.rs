//! Words that many commands share: where the records are, and days and instants.

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::EnteId;

use crate::db::{Db, USUAL};

/// Where the records of an ente are.
#[derive(Debug, clap::Args)]
pub(crate) struct Database {
    /// Il file SQLite, o il database PostgreSQL come `postgres://utente@host/nome`.
    #[arg(long, default_value = USUAL, env = "MATTONI_DB")]
    pub(crate) db: Db,
    /// Codice IPA dell'ente; ci vuole dove il database ne ha più d'uno.
    #[arg(long)]
    pub(crate) ente: Option<EnteId>,
}

/// The store, with every ente in it.
#[derive(Debug, clap::Args)]
pub(crate) struct Whole {
    /// Il file SQLite, o il database PostgreSQL come `postgres://utente@host/nome`.
    #[arg(long, default_value = USUAL, env = "MATTONI_DB")]
    pub(crate) db: Db,
}

pub(super) fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    text.parse().map_err(|_| "write an instant in UTC, e.g. 2027-04-20T08:00:00Z".to_owned())
}

pub(super) fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "write a date as YYYY-MM-DD, e.g. 2027-05-20".to_owned())
}

pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    pair.ok_or_else(|| "write name=value".to_owned())
}
