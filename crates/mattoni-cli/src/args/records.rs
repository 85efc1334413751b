//! The words for records of any kind.

use std::path::PathBuf;

use clap::Subcommand;

use super::database::Database;
use super::staff::ReadBy;

/// Look at records of any kind.
#[derive(Debug, clap::Args)]
pub(crate) struct Records {
    #[command(subcommand)]
    pub(crate) verb: RecordsVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RecordsVerb {
    /// Which kinds of record there are: what can be done with each and by whom, the lists it
    /// stands in, what it asks of others.
    Kinds,
    /// The records of a kind, or those in one of its lists.
    List {
        /// The kind, as `records kinds` names it.
        kind: String,
        /// A list of the kind. Without a bucket: which buckets it has, and how many are in each.
        #[arg(long)]
        list: Option<String>,
        /// The part of the list, in the order of the list.
        #[arg(long, requires = "list")]
        bucket: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 20, value_parser = limit)]
        limit: usize,
        #[command(flatten)]
        by: ReadBy,
    },
    /// One record as it stands.
    Show(One),
    /// What happened to one record: when, by whom, what.
    History(One),
}

/// One record.
#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// The kind, as `records kinds` names it.
    pub(crate) kind: String,
    /// Its id, or a key that it alone holds as `name=value`, e.g. `number=2027/0000042`.
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) by: ReadBy,
}

/// The facts of a kind of record, for analysts.
#[derive(Debug, clap::Args)]
pub(crate) struct Facts {
    /// The kind, as `records kinds` names it.
    pub(crate) kind: String,
    /// The CSV file to write; must not be there yet. Without it the table goes to standard output.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) database: Database,
}

fn limit(text: &str) -> Result<usize, String> {
    let number: Option<usize> = text.parse().ok();
    number.filter(|n| *n > 0).ok_or_else(|| "write a number above 0".to_owned())
}
