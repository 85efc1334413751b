//! The words of the command.
//!
//! What stands above a command or a word is what `--help` prints. It is Italian for what officials
//! read, and English for commands of developers, analysts and whoever runs the machine: `rank`,
//! `rules`, `records`, `facts`, `proof`, `store`, `outbox`, `keys`. The list of all commands is Italian.

pub(crate) mod database;
pub(crate) mod offer;
pub(crate) mod offered;
pub(crate) mod outbox;
pub(crate) mod practice;
pub(crate) mod privacy;
pub(crate) mod proof;
pub(crate) mod ranking;
pub(crate) mod records;
pub(crate) mod rules;
pub(crate) mod staff;
pub(crate) mod store;

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Arg, ArgAction, CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;
use mattoni_core::EnteId;

use crate::db::{Db, USUAL};
use database::{Database, day, instant};

/// Servizi digitali dei comuni: domande, graduatorie, spiegazioni, verifiche.
#[derive(Debug, Parser)]
#[command(name = "mattoni", version, arg_required_else_help = true)]
pub(crate) struct Args {
    /// Risponde in JSON, per i programmi.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Lascia in chiaro i dati personali: non fa nessuna chiave, e usa i documenti in chiaro come
    /// sono. Per prove con persone inventate.
    #[arg(long, global = true)]
    pub(crate) unsealed: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How a page of help is laid out.
const PAGE: &str = "\
{before-help}{about-with-newline}
Uso: {usage}

{all-args}{after-help}";

/// The command as it is read from its words, with the headings of its help in Italian.
pub(crate) fn command() -> clap::Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    let command = Args::command()
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .arg(help.help("Mostra questa pagina (-h in breve, --help per intero)").global(true))
        .arg(version.help("Mostra la versione"));
    headed(command)
}

fn headed(command: clap::Command) -> clap::Command {
    let heading = |arg: Arg| {
        let heading = if arg.is_positional() { "Argomenti" } else { "Opzioni" };
        arg.help_heading(heading)
    };
    command
        .help_template(PAGE)
        .subcommand_help_heading("Comandi")
        .subcommand_value_name("COMANDO")
        .mut_args(heading)
        .mut_subcommands(headed)
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Comincia: una cartella con un primo servizio, il database, la sua chiave e l'ente.
    Init(Init),
    /// Perché una pratica sta dove sta: storia, punti con i motivi, posto in ogni elenco.
    Explain(Explain),
    /// Guarda i documenti di ogni tipo: quali tipi ci sono, gli elenchi, un documento, la sua
    /// storia.
    Records(records::Records),
    /// Scrive in una tabella (CSV) ciò che non è personale nei documenti di un tipo, per chi fa
    /// analisi.
    Facts(records::Facts),
    /// Prova che niente è stato cambiato: giornale, stati, graduatorie.
    Verify(Verify),
    /// Mette in ordine le domande di un file CSV con una regola e un file di criteri, senza
    /// database.
    Rank(Rank),
    /// Guarda le graduatorie formate: le elenca, ne mostra una come si pubblica, la scrive perché
    /// chiunque la possa rifare.
    Ranking(ranking::Ranking),
    /// Prova un solo evento, o controlla una prova.
    Proof(proof::Proof),
    /// Controlla un servizio, ne fa uno da un altro, tiene il catalogo dell'ente e ne cambia le
    /// impostazioni.
    Service(Service),
    /// Porta avanti il bando di un servizio, un passo alla volta.
    Call(Call),
    /// Lavora le pratiche: elenchi, presa in carico, richieste, risposte, decisioni.
    Practice(practice::Practice),
    /// Risponde ai posti offerti, per una famiglia che viene allo sportello.
    Offer(offer::Offer),
    /// Cura uffici e utenze, e guarda che cosa ha fatto un'utenza.
    Staff(staff::Staff),
    /// Fa ciò che scade: aperture, bozze, termini, offerte. Si lancia ogni ora o quasi.
    Tick(Tick),
    /// Scrive, costruisce, esamina, prova e usa le regole.
    Rules(rules::Rules),
    /// Cura il database: prova, copia, ripristina, firma, rifà gli elenchi.
    Store(store::Store),
    /// Guarda che cosa aspetta di essere consegnato, e riprende ciò che non si è potuto.
    Outbox(outbox::Outbox),
    /// Cura le chiavi con cui sono sigillati i dati personali.
    Keys(privacy::Keys),
    /// Mostra ciò che si conserva di una persona, o la cancella.
    Person(privacy::Person),
    /// Applica il massimario di scarto.
    Retention(privacy::Retention),
    /// Completamenti per una shell, da caricare all'avvio.
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// La cartella da fare, con il servizio.
    pub(crate) folder: PathBuf,
    /// Codice IPA dell'ente, come su indicepa.gov.it.
    #[arg(long)]
    pub(crate) ente: EnteId,
    /// Il file SQLite, che si fa se non c'è, o il database PostgreSQL come
    /// `postgres://utente@host/nome`.
    #[arg(long, default_value = USUAL, env = "MATTONI_DB")]
    pub(crate) db: Db,
    /// L'istante in cui si agisce, per le prove; ora, se non si dice.
    #[arg(long, value_parser = instant)]
    pub(crate) at: Option<DateTime<Utc>>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// Numero di protocollo (2027/0000042) o id della pratica.
    pub(crate) practice: String,
    #[command(flatten)]
    pub(crate) by: staff::ReadBy,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// I documenti vengono da un backup, e con loro la copia più nuova delle chiavi: alcune possono
    /// essere state cancellate dopo. Si contano, e non sono un'anomalia.
    #[arg(long)]
    pub(crate) restored: bool,
    #[command(flatten)]
    pub(crate) database: Database,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Rank {
    /// The applications: column `code`, the plugin's inputs, and with `--places` the columns
    /// `group` and `preference_1`, `preference_2`, …
    #[arg(long)]
    pub(crate) csv: PathBuf,
    /// The rule plugin (`.wasm`).
    #[arg(long)]
    pub(crate) plugin: PathBuf,
    /// Criteria, classes, tie-breaks and draw (`criteria.toml`).
    #[arg(long)]
    pub(crate) criteria: PathBuf,
    /// Facilities and places (`places.toml`); without it, the order alone.
    #[arg(long)]
    pub(crate) places: Option<PathBuf>,
    /// A parameter of the plugin, `name=value`; again for each.
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub(crate) parameters: Vec<String>,
    /// Digest the plugin must have.
    #[arg(long)]
    pub(crate) digest: Option<mattoni_core::Digest>,
    /// Show only the first so many lines.
    #[arg(long, default_value_t = 20)]
    pub(crate) top: usize,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Service {
    #[command(subcommand)]
    pub(crate) verb: ServiceVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ServiceVerb {
    /// Controlla la cartella di un servizio (service.toml, criteri, posti): tutti i problemi
    /// insieme. Mostra di quali mattoni è fatto e che cosa segue a ogni esito.
    Check {
        /// La cartella.
        folder: PathBuf,
        /// La cartella con le regole costruite.
        #[arg(long, default_value = "target/plugins", env = "MATTONI_PLUGINS")]
        plugins: PathBuf,
        /// Disegna anche che cosa segue a ogni esito (SVG), in questo file.
        #[arg(long)]
        draw: Option<PathBuf>,
        /// L'istante in cui qualcuno invia una domanda, per mostrare entro quando ha risposta; ora,
        /// se non si dice.
        #[arg(long)]
        at: Option<DateTime<Utc>>,
    },
    /// Duplica la cartella di un servizio con un codice nuovo, come bozza da cambiare.
    Duplicate {
        /// La cartella da duplicare.
        from: PathBuf,
        /// La cartella da fare.
        to: PathBuf,
        /// Codice del nuovo servizio, per esempio `centri-estivi-2027`.
        #[arg(long)]
        code: String,
    },
    /// Le colonne di un file CSV di domande, come riga di intestazione.
    Columns {
        /// La cartella.
        folder: PathBuf,
    },
    #[command(flatten)]
    Offered(offered::Offered),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Tick {
    /// L'istante in cui si agisce, per le prove; ora, se non si dice.
    #[arg(long)]
    pub(crate) at: Option<DateTime<Utc>>,
    #[command(flatten)]
    pub(crate) database: Database,
    /// La cartella con le regole costruite, per i servizi che le applicano da soli.
    #[arg(long, default_value = "target/plugins", env = "MATTONI_PLUGINS")]
    pub(crate) plugins: PathBuf,
}

/// Carry a service's call through its steps.
#[derive(Debug, clap::Args)]
pub(crate) struct Call {
    /// La cartella del servizio.
    #[arg(long)]
    pub(crate) service: PathBuf,
    /// Il file SQLite, o il database PostgreSQL come `postgres://utente@host/nome`.
    #[arg(long, default_value = USUAL, env = "MATTONI_DB")]
    pub(crate) db: Db,
    /// L'utenza che agisce; ci vuole da quando l'ente ha delle utenze.
    #[arg(long = "as", value_name = "ACCOUNT", env = "MATTONI_ACCOUNT", global = true)]
    pub(crate) account: Option<String>,
    /// L'istante in cui si agisce, per le prove; ora, se non si dice.
    #[arg(long, value_parser = instant)]
    pub(crate) at: Option<DateTime<Utc>>,
    /// Nome della graduatoria: un altro ne comincia una nuova, come dopo un ricorso.
    #[arg(long, default_value = "1", global = true)]
    pub(crate) run: String,
    /// L'ente del servizio qui è nuovo; il database si fa se non c'è.
    #[arg(long, global = true)]
    pub(crate) new_ente: bool,
    /// La cartella con le regole costruite.
    #[arg(long, default_value = "target/plugins", env = "MATTONI_PLUGINS", global = true)]
    pub(crate) plugins: PathBuf,
    #[command(subcommand)]
    pub(crate) step: CallStep,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CallStep {
    /// Acquisisce le domande di un file CSV, le invia e le protocolla.
    Import {
        /// Il file.
        csv: PathBuf,
        /// Numeri e date del file sono scritti all'italiana: 1.234,56 e 31/03/2027.
        #[arg(long)]
        italian: bool,
    },
    /// Dà i punti a tutte le domande complete, con la regola del servizio.
    Score,
    /// Chiede alle regole che si applicano da sole (requisiti, ufficio, importi) di tutte le
    /// pratiche che le aspettano, come fa `tick`, e mostra che cosa hanno risposto.
    Rules,
    /// Forma la graduatoria, come bozza.
    DrawUp {
        /// La stringa pubblicata per il sorteggio.
        #[arg(long)]
        seed: Option<String>,
    },
    /// Pubblica la graduatoria e mostra l'elenco pubblico.
    Publish,
    /// Confronta la graduatoria, riga per riga, con una precedente.
    Compare {
        /// Nome della graduatoria precedente.
        #[arg(long)]
        with: String,
    },
    /// Pubblica la graduatoria al posto di una pubblicata.
    Supersede {
        /// Nome della graduatoria di cui prende il posto.
        #[arg(long)]
        old: String,
        /// Perché, per esempio il ricorso accolto.
        #[arg(long)]
        reason: String,
    },
    /// Offre i posti alle famiglie.
    Offer {
        /// L'ultimo giorno per rispondere.
        #[arg(long, value_parser = day)]
        answer_by: NaiveDate,
    },
    /// Chiude le offerte senza risposta e fa salire chi segue.
    MoveUp {
        /// L'ultimo giorno per rispondere alle nuove offerte.
        #[arg(long, value_parser = day)]
        answer_by: NaiveDate,
    },
}
