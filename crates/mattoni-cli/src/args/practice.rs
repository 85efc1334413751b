//! The words for the daily work on practices.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{ArgGroup, Subcommand, ValueEnum};

use super::database::{day, pair};
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
    /// Quelle che ho in carico.
    #[arg(long, group = "which")]
    pub(crate) mine: bool,
    /// Quelle che nessuno ha in carico.
    #[arg(long, group = "which")]
    pub(crate) unassigned: bool,
    /// Quelle il cui ultimo giorno per rispondere è passato.
    #[arg(long, group = "which")]
    pub(crate) overdue: bool,
    /// Quelle il cui ultimo giorno viene entro questi giorni.
    #[arg(long, group = "which", value_name = "DAYS")]
    pub(crate) due_in: Option<u32>,
    /// Quelle che aspettano chi ha fatto domanda.
    #[arg(long, group = "which")]
    pub(crate) suspended: bool,
    /// Quelle per cui è arrivato un pagamento non dovuto, per esempio dopo la fine: rimborso o
    /// riapertura da decidere.
    #[arg(long, group = "which")]
    pub(crate) surplus: bool,
    /// Solo quelle che questo ufficio ha in carico.
    #[arg(long)]
    pub(crate) office: Option<String>,
    /// Solo quelle di questo servizio.
    #[arg(long, conflicts_with = "office")]
    pub(crate) service: Option<String>,
    /// Al massimo tante.
    #[arg(long, default_value_t = 20)]
    pub(crate) limit: usize,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PracticeVerb {
    /// Elenchi del lavoro: mie, dell'ufficio, non assegnate, in ritardo, in scadenza, in attesa,
    /// pagate senza dovere.
    List {
        #[command(flatten)]
        listed: Listed,
        #[command(flatten)]
        acting: Acting,
    },
    /// Una pratica con tutto quello che se ne sa. La lettura resta scritta.
    Show {
        /// Numero di protocollo o id.
        number: String,
        /// Perché si legge; ci vuole per chi non la lavora.
        #[arg(long)]
        why: Option<String>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Prende in carico una pratica.
    Take {
        /// Numero di protocollo o id.
        number: String,
        /// Per quale ufficio, se l'utenza lavora in più d'uno.
        #[arg(long)]
        office: Option<String>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Assegna una pratica a un collega o a un ufficio.
    Assign {
        /// Numero di protocollo o id.
        number: String,
        /// L'utenza del collega.
        #[arg(long, required_unless_present = "office")]
        to: Option<String>,
        /// Codice dell'ufficio.
        #[arg(long)]
        office: Option<String>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Chiede a chi ha fatto domanda quello che manca.
    Ask {
        /// Numero di protocollo o id.
        number: String,
        /// Nome di un allegato; si ripete per ciascuno.
        #[arg(long = "paper", required_unless_present = "fields")]
        papers: Vec<String>,
        /// Nome di un campo del modulo; si ripete per ciascuno.
        #[arg(long = "field")]
        fields: Vec<String>,
        /// Perché.
        #[arg(long)]
        why: String,
        /// L'ultimo giorno per rispondere.
        #[arg(long, value_parser = day)]
        by: NaiveDate,
        #[command(flatten)]
        acting: Acting,
    },
    /// Consegna, per chi ha fatto domanda, quello che era stato chiesto.
    Answer(ForApplicant),
    /// Ritira la domanda, per chi l'ha fatta.
    Withdraw {
        /// Numero di protocollo o id.
        number: String,
        /// Perché.
        #[arg(long)]
        reason: String,
        /// Il file con la richiesta firmata da chi ha fatto domanda.
        #[arg(long)]
        signed: PathBuf,
        #[command(flatten)]
        acting: Acting,
    },
    /// Dà il preavviso di rigetto.
    Notice {
        /// Numero di protocollo o id.
        number: String,
        /// I motivi.
        #[arg(long)]
        reasons: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Annota il rimborso di quello che non era dovuto.
    Refund {
        /// Numero di protocollo o id.
        number: String,
        /// Il riferimento della ricevuta.
        #[arg(long)]
        reference: String,
        /// Come, e con quale atto dell'ente.
        #[arg(long)]
        note: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Accoglie.
    Accept(Decided),
    /// Rigetta.
    Reject(Decided),
    /// Scrive a chi ha fatto domanda.
    Write {
        /// Numero di protocollo o id.
        number: String,
        /// Il testo.
        text: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Annota per l'ufficio, che solo la vede.
    Note {
        /// Numero di protocollo o id.
        number: String,
        /// Il testo.
        text: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Decide su molte pratiche insieme.
    #[command(subcommand)]
    Bulk(Bulk),
    /// Proroga il termine per rispondere, dove una legge lo permette.
    Extend {
        /// Numero di protocollo o id.
        number: String,
        /// Di quanti giorni.
        #[arg(long)]
        days: u32,
        /// La norma che lo permette, per esempio `D.P.R. 380/2001, art. 20, c. 3`.
        #[arg(long)]
        source: String,
        /// Perché questa pratica ne ha bisogno.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Riapre una pratica a cui si è risposto, o ritirata.
    Reopen {
        /// Numero di protocollo o id.
        number: String,
        /// Perché.
        #[arg(long)]
        reason: String,
        /// L'utenza che la esamina; chi la riapre, se non si dice niente.
        #[arg(long)]
        to: Option<String>,
        /// Codice dell'ufficio che la esamina.
        #[arg(long)]
        office: Option<String>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Toglie un sì: revoca, decadenza, annullamento.
    Revoke {
        /// Numero di protocollo o id.
        number: String,
        /// A quale titolo.
        #[arg(long)]
        ground: Ground,
        /// Perché.
        #[arg(long)]
        motivation: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Si astiene da una pratica in cui ha un interesse.
    Abstain {
        /// Numero di protocollo o id.
        number: String,
        /// Quale interesse.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Ritira quello che si era chiesto.
    CancelRequest {
        /// Numero di protocollo o id.
        number: String,
        /// Perché.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Va avanti senza quello che si era chiesto, passato il tempo.
    Lapse {
        /// Numero di protocollo o id.
        number: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Chiede un pagamento.
    AskPayment {
        /// Numero di protocollo o id.
        number: String,
        /// Quanto, in euro; quello che ha calcolato la regola, se non si dice.
        #[arg(long)]
        amount: Option<String>,
        /// Per che cosa.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Registra che un pagamento è fatto, o fallito.
    RecordPayment(Paid),
    /// Ritira la richiesta di pagamento.
    CancelPayment {
        /// Numero di protocollo o id.
        number: String,
        /// Perché.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Mette un file dell'ufficio nella pratica.
    Attach {
        /// Numero di protocollo o id.
        number: String,
        /// Il file.
        file: PathBuf,
        /// L'allegato del modulo che è.
        #[arg(long)]
        paper: Option<String>,
        #[command(flatten)]
        acting: Acting,
    },
    /// Registra, per chi ha fatto domanda, la delega che dà.
    Delegate(Delegated),
    /// Revoca, per chi ha fatto domanda, una delega che ha dato.
    RevokeDelegation {
        /// Numero di protocollo o id.
        number: String,
        /// Codice fiscale del delegato.
        #[arg(long)]
        fiscal_code: String,
        /// Il file con la revoca firmata.
        #[arg(long)]
        signed: PathBuf,
        #[command(flatten)]
        acting: Acting,
    },
    /// Consegna, per chi ha fatto domanda, le osservazioni al preavviso.
    Observe {
        /// Numero di protocollo o id.
        number: String,
        /// Le osservazioni.
        text: String,
        /// Il file con le osservazioni firmate.
        #[arg(long)]
        signed: PathBuf,
        #[command(flatten)]
        acting: Acting,
    },
    /// Cambia, per chi ha fatto domanda, i recapiti: quello che non si nomina resta.
    Contacts(NewContacts),
    /// Aggiunge una persona alla pratica: chi fa domanda insieme, o chi può leggere.
    AddPerson {
        /// Numero di protocollo o id.
        number: String,
        #[command(flatten)]
        person: PersonWords,
        /// Come che cosa.
        #[arg(long)]
        role: PartyName,
        #[command(flatten)]
        acting: Acting,
    },
    /// Toglie una persona aggiunta.
    RemovePerson {
        /// Numero di protocollo o id.
        number: String,
        /// Il codice fiscale della persona.
        #[arg(long)]
        fiscal_code: String,
        #[command(flatten)]
        acting: Acting,
    },
    /// Prende visione di un messaggio.
    Read {
        /// Numero di protocollo o id.
        number: String,
        /// Numero del messaggio, come lo mostra `practice show`.
        message: u32,
        #[command(flatten)]
        acting: Acting,
    },
    /// Mette una pratica sotto un'altra, come i fratelli sotto la famiglia.
    Relate {
        /// Numero di protocollo o id.
        number: String,
        /// Numero o id della pratica che sta sopra.
        #[arg(long)]
        under: String,
        #[command(flatten)]
        acting: Acting,
    },
}

/// On what ground a yes is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ground {
    /// Revoca: è cambiato l'interesse pubblico (L. 241/1990, art. 21-quinquies).
    PublicInterest,
    /// Annullamento di un'autorizzazione o di un vantaggio economico dati illegittimamente (art.
    /// 21-nonies, c. 1).
    Unlawful,
    /// Annullamento di quanto ottenuto con dichiarazioni false, reato accertato in giudicato (c.
    /// 2-bis).
    UnlawfulByCrime,
    /// Annullamento di un altro atto, in un tempo ragionevole.
    UnlawfulOther,
    /// Decadenza: i requisiti sono persi, o non c'erano.
    Forfeiture,
}

/// What another person is to a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PartyName {
    /// Fa domanda insieme.
    CoApplicant,
    /// Può leggere, e basta.
    Reader,
}

/// On what ground somebody acts for the applicant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MandateName {
    /// Delegato, per iscritto.
    Delegated,
    /// Incaricato, per professione.
    Entrusted,
    /// Per legge: un genitore, un tutore.
    Guardian,
}

/// Who a person is.
#[derive(Debug, clap::Args)]
pub(crate) struct PersonWords {
    /// Codice fiscale.
    #[arg(long)]
    pub(crate) fiscal_code: String,
    /// Nome.
    #[arg(long)]
    pub(crate) given_name: String,
    /// Cognome.
    #[arg(long)]
    pub(crate) family_name: String,
    /// Data di nascita.
    #[arg(long, value_parser = day)]
    pub(crate) born_on: NaiveDate,
}

/// A mandate, and who has it.
#[derive(Debug, clap::Args)]
pub(crate) struct Delegated {
    /// Numero di protocollo o id.
    pub(crate) number: String,
    #[command(flatten)]
    pub(crate) person: PersonWords,
    /// A quale titolo.
    #[arg(long, default_value = "delegated")]
    pub(crate) kind: MandateName,
    /// Il primo giorno; quello in cui si dà, se non si dice.
    #[arg(long, value_parser = day)]
    pub(crate) from: Option<NaiveDate>,
    /// L'ultimo giorno; fino alla revoca, se non si dice.
    #[arg(long, value_parser = day)]
    pub(crate) until: Option<NaiveDate>,
    /// Il delegato può anche ritirare la domanda.
    #[arg(long)]
    pub(crate) may_withdraw: bool,
    /// Il file con la delega firmata.
    #[arg(long)]
    pub(crate) signed: PathBuf,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

/// How a payment went.
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("how").required(true))]
pub(crate) struct Paid {
    /// Numero di protocollo o id.
    pub(crate) number: String,
    /// Pagato: quanto, in euro.
    #[arg(long, group = "how", requires = "reference")]
    pub(crate) amount: Option<String>,
    /// Riferimento della ricevuta.
    #[arg(long)]
    pub(crate) reference: Option<String>,
    /// Regolato in altro modo: come.
    #[arg(long, group = "how")]
    pub(crate) otherwise: Option<String>,
    /// Fallito: perché.
    #[arg(long, group = "how")]
    pub(crate) failed: Option<String>,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

/// How a person is reached.
#[derive(Debug, clap::Args)]
pub(crate) struct NewContacts {
    /// Numero di protocollo o id.
    pub(crate) number: String,
    /// Indirizzo e-mail.
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// Indirizzo PEC.
    #[arg(long)]
    pub(crate) pec: Option<String>,
    /// Numero di telefono.
    #[arg(long)]
    pub(crate) phone: Option<String>,
    /// Via e numero civico.
    #[arg(long, requires = "postcode", requires = "town")]
    pub(crate) street: Option<String>,
    /// CAP.
    #[arg(long, requires = "street")]
    pub(crate) postcode: Option<String>,
    /// Comune.
    #[arg(long, requires = "street")]
    pub(crate) town: Option<String>,
    /// La lingua in cui si scrive loro, con le sue due lettere.
    #[arg(long)]
    pub(crate) language: Option<String>,
    /// Il canale scelto.
    #[arg(long)]
    pub(crate) channel: Option<ChannelName>,
    /// Il file con la richiesta firmata da chi ha fatto domanda.
    #[arg(long)]
    pub(crate) signed: PathBuf,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

/// How a person wants to hear from the ente.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChannelName {
    /// Posta elettronica.
    Email,
    /// PEC.
    Pec,
    /// SMS.
    Sms,
    /// Posta.
    Post,
    /// App IO.
    AppIo,
    /// Area personale del portale.
    Portal,
}

/// What an applicant gives in at the counter.
#[derive(Debug, clap::Args)]
pub(crate) struct ForApplicant {
    /// Numero di protocollo o id.
    pub(crate) number: String,
    /// Una risposta del modulo, come `campo=valore`; si ripete per ciascuna.
    #[arg(long = "set", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
    /// Un allegato, come `nome=file`; si ripete per ciascuno.
    #[arg(long = "paper", value_parser = pair)]
    pub(crate) papers: Vec<(String, String)>,
    /// Quello che chi ha fatto domanda aggiunge a parole.
    #[arg(long, default_value = "")]
    pub(crate) note: String,
    /// Il file con la richiesta firmata da chi ha fatto domanda.
    #[arg(long)]
    pub(crate) signed: PathBuf,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

/// The answer to one practice.
#[derive(Debug, clap::Args)]
pub(crate) struct Decided {
    /// Numero di protocollo o id.
    pub(crate) number: String,
    /// Perché.
    #[arg(long)]
    pub(crate) motivation: String,
    /// Perché le osservazioni non cambiano nulla.
    #[arg(long)]
    pub(crate) on_observations: Option<String>,
    #[command(flatten)]
    pub(crate) acting: Acting,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Bulk {
    /// Accoglie tutte quelle che corrispondono.
    Accept(BulkWork),
    /// Rigetta tutte quelle che corrispondono.
    Reject(BulkWork),
}

/// Which practices are decided on, and why.
#[derive(Debug, clap::Args)]
pub(crate) struct BulkWork {
    /// Codice del servizio.
    #[arg(long)]
    pub(crate) service: String,
    /// Una condizione sulle risposte: `isee <= 15000 e children >= 2`.
    #[arg(long = "where")]
    pub(crate) condition: Option<String>,
    /// Perché: sta nell'ordine e in ogni decisione.
    #[arg(long)]
    pub(crate) motivation: String,
    /// Dice soltanto che cosa si farebbe.
    #[arg(long)]
    pub(crate) preview: bool,
    /// Nome del lavoro: lo stesso ordine nello stesso giorno è un lavoro solo, se non ha un altro
    /// nome.
    #[arg(long, default_value = "")]
    pub(crate) run: String,
    /// Un file CSV con l'esito di ogni pratica; non deve esserci ancora.
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) acting: Acting,
}
