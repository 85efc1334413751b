//! The words for offices, accounts and what officials did; and how an official says who they are.

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Subcommand, ValueEnum};

use super::database::{Database, day, instant};

/// Who acts, when, on which records.
#[derive(Debug, clap::Args)]
pub(crate) struct Acting {
    /// The account that acts.
    #[arg(long = "as", value_name = "ACCOUNT", env = "MATTONI_ACCOUNT")]
    pub(crate) account: String,
    /// The instant to act at, for rehearsals; now, if not given.
    #[arg(long, value_parser = instant)]
    pub(crate) at: Option<DateTime<Utc>>,
    #[command(flatten)]
    pub(crate) database: Database,
}

/// Who acts or looks, when, on which records. An ente without accounts is being set up: until it has
/// them, whoever has its store and key does everything.
#[derive(Debug, clap::Args)]
pub(crate) struct Whoever {
    /// The account that acts; needed once the ente has accounts.
    #[arg(long = "as", value_name = "ACCOUNT", env = "MATTONI_ACCOUNT")]
    pub(crate) account: Option<String>,
    /// The instant to act at, for rehearsals; now, if not given.
    #[arg(long, value_parser = instant)]
    pub(crate) at: Option<DateTime<Utc>>,
    #[command(flatten)]
    pub(crate) database: Database,
}

/// Who reads personal data, and why: it is recorded.
#[derive(Debug, clap::Args)]
pub(crate) struct ReadBy {
    #[command(flatten)]
    pub(crate) whoever: Whoever,
    /// Why, e.g. the request it answers; needed where it is not the work of the account.
    #[arg(long)]
    pub(crate) why: Option<String>,
}

/// Look after offices and accounts of the staff.
#[derive(Debug, clap::Args)]
pub(crate) struct Staff {
    #[command(subcommand)]
    pub(crate) verb: StaffVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StaffVerb {
    /// Give the first account of the ente, to a technical administrator, who gives the others.
    First {
        /// Name of the account, e.g. g.verdi.
        account: String,
        /// Given name and family name.
        #[arg(long)]
        name: String,
        /// The instant to act at, for rehearsals; now, if not given.
        #[arg(long, value_parser = instant)]
        at: Option<DateTime<Utc>>,
        #[command(flatten)]
        database: Database,
    },
    /// Set up, list and close offices.
    #[command(subcommand)]
    Office(OfficeWork),
    /// Give, list and disable accounts.
    #[command(subcommand)]
    Account(AccountWork),
    /// Everything an account did and read.
    Journal {
        /// Whose.
        #[arg(long = "account")]
        of: String,
        /// At most so many, the last ones.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        #[command(flatten)]
        acting: Acting,
    },
}

/// What is said of an office, its name apart.
#[derive(Debug, clap::Args)]
pub(crate) struct OfficeWords {
    /// Telephone number.
    #[arg(long)]
    pub(crate) phone: Option<String>,
    /// Address of e-mail.
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// Address of certified e-mail (PEC).
    #[arg(long)]
    pub(crate) pec: Option<String>,
    /// When it is open, as citizens read it.
    #[arg(long)]
    pub(crate) hours: Option<String>,
    /// The account of its head.
    #[arg(long)]
    pub(crate) head: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OfficeWork {
    /// Set up an office.
    Add {
        /// Its code, for good.
        code: String,
        /// Its name.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        said: OfficeWords,
        #[command(flatten)]
        acting: Acting,
    },
    /// Change an office: what is not named stays.
    Change {
        /// Its code.
        code: String,
        /// Its name.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        said: OfficeWords,
        #[command(flatten)]
        acting: Acting,
    },
    /// The offices of the ente.
    List {
        #[command(flatten)]
        acting: Acting,
    },
    /// Close an office: nothing new is assigned to it.
    Close {
        /// Its code.
        code: String,
        #[command(flatten)]
        acting: Acting,
    },
}

/// What the holder of an account is to the ente.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    /// Works on practices.
    Operator,
    /// Is responsible for offices and services.
    Head,
    /// Looks after settings, offices and accounts.
    Technical,
    /// Looks at everything and changes nothing.
    Auditor,
}

/// What is said of an account, name and roles apart.
#[derive(Debug, clap::Args)]
pub(crate) struct AccountWords {
    /// Code of an office they work in; again for each.
    #[arg(long = "office")]
    pub(crate) offices: Vec<String>,
    /// Code of a service they work on; again for each.
    #[arg(long = "service")]
    pub(crate) services: Vec<String>,
    /// Their fiscal code, so that they are kept from applications of their own; stored as an id.
    #[arg(long)]
    pub(crate) fiscal_code: Option<mattoni_core::FiscalCode>,
    /// The last day.
    #[arg(long, value_parser = day)]
    pub(crate) until: Option<NaiveDate>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountWork {
    /// Give an account to somebody.
    Add {
        /// Its name, for good: it signs acts.
        name: String,
        /// Given name and family name of its holder.
        #[arg(long)]
        full_name: String,
        /// What they are to the ente; again for each.
        #[arg(long = "role", required = true)]
        roles: Vec<RoleName>,
        #[command(flatten)]
        said: AccountWords,
        /// The first day; today, if not given.
        #[arg(long, value_parser = day)]
        from: Option<NaiveDate>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Change what an account lets its holder do: what is not named stays, roles, offices and
    /// services that are named take the place of all that were there.
    Change {
        /// Its name.
        name: String,
        /// Given name and family name of its holder.
        #[arg(long)]
        full_name: Option<String>,
        /// What they are to the ente; again for each.
        #[arg(long = "role")]
        roles: Vec<RoleName>,
        #[command(flatten)]
        said: AccountWords,
        #[command(flatten)]
        acting: Acting,
    },
    /// The accounts that whoever asks may see.
    List {
        /// Code of an office; without it, all.
        #[arg(long)]
        office: Option<String>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Disable an account for good.
    Disable {
        /// Its name.
        name: String,
        #[command(flatten)]
        acting: Acting,
    },
}
