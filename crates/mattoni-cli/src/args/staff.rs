//! The words for offices, accounts and what officials did; and how an official says who they are.

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Subcommand, ValueEnum};

use super::database::{Database, day, instant};

/// Who acts, when, on which records.
#[derive(Debug, clap::Args)]
pub(crate) struct Acting {
    /// L'utenza che agisce.
    #[arg(long = "as", value_name = "ACCOUNT", env = "MATTONI_ACCOUNT")]
    pub(crate) account: String,
    /// L'istante in cui si agisce, per le prove; ora, se non si dice.
    #[arg(long, value_parser = instant)]
    pub(crate) at: Option<DateTime<Utc>>,
    #[command(flatten)]
    pub(crate) database: Database,
}

/// Who acts or looks, when, on which records. An ente without accounts is being set up: until it has
/// them, whoever has its store and key does everything.
#[derive(Debug, clap::Args)]
pub(crate) struct Whoever {
    /// L'utenza che agisce; ci vuole da quando l'ente ha delle utenze.
    #[arg(long = "as", value_name = "ACCOUNT", env = "MATTONI_ACCOUNT")]
    pub(crate) account: Option<String>,
    /// L'istante in cui si agisce, per le prove; ora, se non si dice.
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
    /// Perché, per esempio la richiesta a cui si risponde; ci vuole dove non è il lavoro
    /// dell'utenza.
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
    /// Dà la prima utenza dell'ente, a un amministratore tecnico, che dà le altre.
    First {
        /// Nome dell'utenza, per esempio g.verdi.
        account: String,
        /// Nome e cognome di chi ce l'ha.
        #[arg(long)]
        full_name: String,
        /// L'istante in cui si agisce, per le prove; ora, se non si dice.
        #[arg(long, value_parser = instant)]
        at: Option<DateTime<Utc>>,
        #[command(flatten)]
        database: Database,
    },
    /// Istituisce, elenca e chiude gli uffici.
    #[command(subcommand)]
    Office(OfficeWork),
    /// Crea, elenca e disabilita le utenze.
    #[command(subcommand)]
    Account(AccountWork),
    /// Tutto quello che un'utenza ha fatto e letto.
    Journal {
        /// Quale utenza.
        #[arg(long = "account")]
        of: String,
        /// Al massimo tante, le ultime.
        #[arg(long, default_value_t = 50)]
        limit: usize,
        #[command(flatten)]
        acting: Acting,
    },
}

/// What is said of an office, its name apart.
#[derive(Debug, clap::Args)]
pub(crate) struct OfficeWords {
    /// Numero di telefono.
    #[arg(long)]
    pub(crate) phone: Option<String>,
    /// Indirizzo e-mail.
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// Indirizzo PEC.
    #[arg(long)]
    pub(crate) pec: Option<String>,
    /// Gli orari, come li legge il cittadino.
    #[arg(long)]
    pub(crate) hours: Option<String>,
    /// L'utenza del responsabile.
    #[arg(long)]
    pub(crate) head: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OfficeWork {
    /// Istituisce un ufficio.
    Add {
        /// Il codice, che non cambia.
        code: String,
        /// Il nome.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        said: OfficeWords,
        #[command(flatten)]
        acting: Acting,
    },
    /// Modifica un ufficio: quello che non si nomina resta.
    Change {
        /// Il codice.
        code: String,
        /// Il nome.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        said: OfficeWords,
        #[command(flatten)]
        acting: Acting,
    },
    /// Gli uffici dell'ente.
    List {
        #[command(flatten)]
        acting: Acting,
    },
    /// Chiude un ufficio: non gli si assegna più niente.
    Close {
        /// Il codice.
        code: String,
        #[command(flatten)]
        acting: Acting,
    },
}

/// What the holder of an account is to the ente.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RoleName {
    /// Lavora le pratiche.
    Operator,
    /// Responsabile di uffici e servizi.
    Head,
    /// Cura impostazioni, uffici e utenze.
    Technical,
    /// Guarda tutto e non cambia niente.
    Auditor,
}

/// What is said of an account, name and roles apart.
#[derive(Debug, clap::Args)]
pub(crate) struct AccountWords {
    /// Codice di un ufficio in cui lavora; si ripete per ciascuno.
    #[arg(long = "office")]
    pub(crate) offices: Vec<String>,
    /// Codice di un servizio su cui lavora; si ripete per ciascuno.
    #[arg(long = "service")]
    pub(crate) services: Vec<String>,
    /// Il codice fiscale, perché non decida sulla propria domanda; si conserva come id.
    #[arg(long)]
    pub(crate) fiscal_code: Option<mattoni_core::FiscalCode>,
    /// L'ultimo giorno.
    #[arg(long, value_parser = day)]
    pub(crate) until: Option<NaiveDate>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountWork {
    /// Crea un'utenza.
    Add {
        /// Il nome, che non cambia: firma gli atti.
        name: String,
        /// Nome e cognome di chi ce l'ha.
        #[arg(long)]
        full_name: String,
        /// Il ruolo; si ripete per ciascuno.
        #[arg(long = "role", required = true)]
        roles: Vec<RoleName>,
        #[command(flatten)]
        said: AccountWords,
        /// Il primo giorno; oggi, se non si dice.
        #[arg(long, value_parser = day)]
        from: Option<NaiveDate>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Modifica un'utenza: quello che non si nomina resta; ruoli, uffici e servizi che si nominano
    /// prendono il posto di tutti quelli che c'erano.
    Change {
        /// Il nome.
        name: String,
        /// Nome e cognome di chi ce l'ha.
        #[arg(long)]
        full_name: Option<String>,
        /// Il ruolo; si ripete per ciascuno.
        #[arg(long = "role")]
        roles: Vec<RoleName>,
        #[command(flatten)]
        said: AccountWords,
        #[command(flatten)]
        acting: Acting,
    },
    /// Le utenze che chi chiede può vedere.
    List {
        /// Codice di un ufficio; tutti, se non si dice.
        #[arg(long)]
        office: Option<String>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Disabilita un'utenza per sempre.
    Disable {
        /// Il nome.
        name: String,
        #[command(flatten)]
        acting: Acting,
    },
}
