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
    /// I posti offerti a una pratica, e a che punto è ciascuno.
    List {
        /// Numero di protocollo o id della pratica.
        number: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Accetta il posto offerto.
    Accept(Answered),
    /// Non accetta il posto offerto.
    Decline(Answered),
    /// Esce dalla graduatoria.
    Withdraw(Answered),
}

/// A family's answer.
#[derive(Debug, clap::Args)]
pub(crate) struct Answered {
    /// Numero di protocollo o id della pratica.
    pub(crate) number: String,
    /// Continua ad aspettare un posto che la famiglia preferisce.
    #[arg(long)]
    pub(crate) wait: bool,
    /// Il file con la risposta firmata dalla famiglia.
    #[arg(long)]
    pub(crate) signed: PathBuf,
    #[command(flatten)]
    pub(crate) acting: Acting,
}
