//! The words for offered places.

use std::path::PathBuf;

use clap::Subcommand;

use super::staff::Acting;

/// Answer offered places, for a family that comes to the counter.
#[derive(Debug, clap::Args)]
pub(crate) struct Offer {
    #[command(subcommand)]
    pub(crate) verb: OfferVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OfferVerb {
    /// The places that were offered to a practice, and how each stands.
    List {
        /// Number of the register or id of the practice.
        number: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Take the place that is open.
    Accept(Answered),
    /// Do not take the place that is open.
    Decline(Answered),
    /// Leave the ranking.
    Withdraw(Answered),
}

/// A family's answer.
#[derive(Debug, clap::Args)]
pub(crate) struct Answered {
    /// Number of the register or id of the practice.
    pub(crate) number: String,
    /// Go on waiting for a place that the family likes better.
    #[arg(long)]
    pub(crate) wait: bool,
    /// The file with the answer that the family signed.
    #[arg(long)]
    pub(crate) signed: PathBuf,
    #[command(flatten)]
    pub(crate) acting: Acting,
}
