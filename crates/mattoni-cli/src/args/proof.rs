//! The words for proofs of single events.

use std::path::PathBuf;

use clap::Subcommand;
use mattoni_store::proof::PublicKey;

use super::database::Database;

/// Prove one event, or check such a proof.
#[derive(Debug, clap::Args)]
pub(crate) struct Proof {
    #[command(subcommand)]
    pub(crate) verb: ProofVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProofVerb {
    /// Prove one event of the journal: every link from the first row to the event, and from there to
    /// a published checkpoint. Shows what was proved.
    Event {
        /// The event's place in the journal, as `explain` and `records history` show it.
        seq: u64,
        /// The published checkpoint to prove it up to. Without one, up to where the journal ends.
        #[arg(long)]
        checkpoint: Option<PathBuf>,
        /// The ente's public key, as it was published. Without it, the key that the checkpoint names
        /// is taken at its word.
        #[arg(long)]
        key: Option<PublicKey>,
        /// Also write the proof here, for whoever is to check it without the database; must not be
        /// there yet.
        #[arg(long)]
        out: Option<PathBuf>,
        #[command(flatten)]
        database: Database,
    },
    /// Check a proof that `proof event --out` wrote: no database is needed.
    Check {
        /// The file.
        proof: PathBuf,
        /// The ente's public key, as it was published.
        #[arg(long)]
        key: Option<PublicKey>,
    },
}
