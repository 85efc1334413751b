//! The words for the daily work on practices.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{ArgGroup, Subcommand};

use super::database::day;
use super::staff::Acting;

/// Work on practices as an official.
#[derive(Debug, clap::Args)]
pub(crate) struct Practice {
    #[command(subcommand)]
    pub(crate) verb: PracticeVerb,
}

/// Which practices are listed.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("which").multiple(false))]
pub(crate) struct Listed {
    /// Those I have in charge.
    #[arg(long, group = "which")]
    pub(crate) mine: bool,
    /// Those nobody has in charge.
    #[arg(long, group = "which")]
    pub(crate) unassigned: bool,
    /// Those whose last day for the answer has passed.
    #[arg(long, group = "which")]
    pub(crate) overdue: bool,
    /// Those whose last day comes within so many days.
    #[arg(long, group = "which", value_name = "DAYS")]
    pub(crate) due_in: Option<u32>,
    /// Those that wait for the applicant.
    #[arg(long, group = "which")]
    pub(crate) suspended: bool,
    /// Those for which money came that was not owed, as after their end: refund or reopening is to
    /// be decided.
    #[arg(long, group = "which")]
    pub(crate) surplus: bool,
    /// Only those that this office has in charge.
    #[arg(long)]
    pub(crate) office: Option<String>,
    /// Only those of this service.
    #[arg(long, conflicts_with = "office")]
    pub(crate) service: Option<String>,
    /// At most so many.
    #[arg(long, default_value_t = 20)]
    pub(crate) limit: usize,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PracticeVerb {
    /// Lists of work: mine, my office's, unassigned, overdue, due soon, suspended, paid and not owed.
    List {
        #[command(flatten)]
        listed: Listed,
        #[command(flatten)]
        acting: Acting,
    },
    /// One practice with all that is known of it. That it was read is recorded.
    Show {
        /// Number of the register or id.
        number: String,
        /// Why it is read; needed by whoever does not work on it.
        #[arg(long)]
        why: Option<String>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Take a practice in charge.
    Take {
        /// Number of the register or id.
        number: String,
        /// For which office, where the account works in several.
        #[arg(long)]
        office: Option<String>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Assign a practice to a colleague or to an office.
    Assign {
        /// Number of the register or id.
        number: String,
        /// The account of a colleague.
        #[arg(long, required_unless_present = "office")]
        to: Option<String>,
        /// Code of the office.
        #[arg(long)]
        office: Option<String>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Ask the applicant for what is missing.
    Ask {
        /// Number of the register or id.
        number: String,
        /// Name of a paper; again for each.
        #[arg(long = "paper", required_unless_present = "fields")]
        papers: Vec<String>,
        /// Key of a field of the form; again for each.
        #[arg(long = "field")]
        fields: Vec<String>,
        /// Why.
        #[arg(long)]
        why: String,
        /// Last day for the answer.
        #[arg(long, value_parser = day)]
        by: NaiveDate,
        #[command(flatten)]
        acting: Acting,
    },
    /// Give in, for the applicant, what was asked for.
    Answer(ForApplicant),
    /// Withdraw, for the applicant.
    Withdraw {
        /// Number of the register or id.
        number: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// The file with the request that the applicant signed.
        #[arg(long)]
        signed: PathBuf,
        #[command(flatten)]
        acting: Acting,
    },
    /// Give the reasons against before rejecting.
    Notice {
        /// Number of the register or id.
        number: String,
        /// The reasons.
        #[arg(long)]
        reasons: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Note that money came, whenever it comes; a receipt that is on record already changes nothing.
    Paid {
        /// Number of the register or id.
        number: String,
        /// How much, in euro: 16.00.
        #[arg(long)]
        amount: String,
        /// Reference of the receipt.
        #[arg(long)]
        receipt: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Note that money which was not owed is given back.
    Refund {
        /// Number of the register or id.
        number: String,
        /// Reference of the receipt.
        #[arg(long)]
        receipt: String,
        /// How, and by which act of the ente.
        #[arg(long)]
        note: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Answer yes.
    Accept(Decided),
    /// Answer no.
    Reject(Decided),
    /// Write to the applicant.
    Write {
        /// Number of the register or id.
        number: String,
        /// What.
        text: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Write a note that the office alone sees.
    Note {
        /// Number of the register or id.
        number: String,
        /// What.
        text: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Decide on many practices at once.
    #[command(subcommand)]
    Bulk(Bulk),
}

/// What an applicant gives in at the counter.
#[derive(Debug, clap::Args)]
pub(crate) struct ForApplicant {
    /// Number of the register or id.
    pub(crate) number: String,
    /// An answer of the form, as `field=value`; again for each.
    #[arg(long = "set", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
    /// A paper, as `name=file`; again for each.
    #[arg(long = "paper", value_parser = pair)]
    pub(crate) papers: Vec<(String, String)>,
    /// What the applicant adds in words.
    #[arg(long, default_value = "")]
    pub(crate) note: String,
    /// The file with the request that the applicant signed.
    #[arg(long)]
    pub(crate) signed: PathBuf,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    pair.ok_or_else(|| "write name=value".to_owned())
}

/// The answer to one practice.
#[derive(Debug, clap::Args)]
pub(crate) struct Decided {
    /// Number of the register or id.
    pub(crate) number: String,
    /// Why.
    #[arg(long)]
    pub(crate) motivation: String,
    /// Why the applicant's observations change nothing.
    #[arg(long)]
    pub(crate) on_observations: Option<String>,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Bulk {
    /// Answer yes to all that fit.
    Accept(BulkWork),
    /// Answer no to all that fit.
    Reject(BulkWork),
}

/// Which practices are decided on, and why.
#[derive(Debug, clap::Args)]
pub(crate) struct BulkWork {
    /// Code of the service.
    #[arg(long)]
    pub(crate) service: String,
    /// A condition on the answers: `isee <= 15000 and children >= 2`.
    #[arg(long = "where")]
    pub(crate) condition: Option<String>,
    /// Why: it stands in the order and in each decision.
    #[arg(long)]
    pub(crate) motivation: String,
    /// Only say what would be done.
    #[arg(long)]
    pub(crate) preview: bool,
    /// Name of the run: the same order on the same day is one run, unless it has another name.
    #[arg(long, default_value = "")]
    pub(crate) run: String,
    /// A CSV file for what became of each practice; must not be there yet.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) acting: Acting,
}
