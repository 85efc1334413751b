//! The words of `mattoni service` about services that the ente keeps.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;

use super::database::{Database, day};
use super::staff::Whoever;

#[derive(Debug, Subcommand)]
pub(crate) enum Offered {
    /// Import a service's folder into the ente's catalogue, as a draft.
    Import {
        /// The folder.
        folder: PathBuf,
        /// The act of the ente that says so, e.g. `det. 12/2027`.
        #[arg(long)]
        basis: String,
        /// The service's ente is new here; the database is made if there is none.
        #[arg(long)]
        new_ente: bool,
        #[command(flatten)]
        acting: Whoever,
    },
    /// Publish a version: at once, or from a later day on.
    Publish {
        /// Code of the service.
        code: String,
        /// The version; the newest draft, if not given.
        #[arg(long)]
        version: Option<u32>,
        /// The first day on which it holds; today, or the day the version itself names.
        #[arg(long, value_parser = day)]
        from: Option<NaiveDate>,
        /// The act of the ente that says so.
        #[arg(long)]
        basis: String,
        #[command(flatten)]
        acting: Whoever,
    },
    /// Take no applications for now.
    Suspend {
        /// Code of the service.
        code: String,
        /// Why, as citizens read it.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        acting: Whoever,
    },
    /// Take applications again.
    Resume {
        /// Code of the service.
        code: String,
        /// Why.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        acting: Whoever,
    },
    /// List the catalogue, all of it or a part.
    List {
        /// Of this category, by its code.
        #[arg(long)]
        category: Option<String>,
        /// Of this life event.
        #[arg(long)]
        life_event: Option<String>,
        /// Of this topic.
        #[arg(long)]
        topic: Option<String>,
        /// For which this office is responsible, by its name in the sheet.
        #[arg(long)]
        office: Option<String>,
        /// With words that begin like these in title or description.
        #[arg(long)]
        words: Option<String>,
        #[command(flatten)]
        database: Database,
    },
    /// Show a service: its versions, how it stands, and who changed what.
    Show {
        /// Code of the service.
        code: String,
        #[command(flatten)]
        database: Database,
    },
    /// Write a version out as `service.toml`, on standard output.
    Export {
        /// Code of the service.
        code: String,
        /// The version; the newest, if not given.
        #[arg(long)]
        version: Option<u32>,
        #[command(flatten)]
        database: Database,
    },
    /// What differs between two versions.
    Diff {
        /// Code of the service.
        code: String,
        /// One version.
        one: u32,
        /// The other.
        other: u32,
        #[command(flatten)]
        database: Database,
    },
}
