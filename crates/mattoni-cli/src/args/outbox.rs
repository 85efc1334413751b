//! The words for what is to be done outside.

use chrono::{DateTime, Utc};
use clap::Subcommand;

use super::database::Database;

/// Look at what waits to be delivered, and at what could not be.
#[derive(Debug, clap::Args)]
pub(crate) struct Outbox {
    #[command(subcommand)]
    pub(crate) verb: OutboxVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OutboxVerb {
    /// What is due: of each record the next, longest due first.
    Due {
        /// As if it were this instant, e.g. 2027-03-20T10:00:00Z.
        #[arg(long)]
        at: Option<DateTime<Utc>>,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
        #[command(flatten)]
        database: Database,
    },
    /// Dead letters: what failed ten times and is tried no more.
    Dead(Database),
    /// Take dead letters up again, at once.
    Replay {
        /// The key of one, as `dead` shows it; again for each. All of them, if none is named.
        keys: Vec<String>,
        #[command(flatten)]
        database: Database,
    },
}
