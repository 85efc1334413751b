//! The words of `mattoni service` about services that the ente keeps.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;

use super::database::{Database, day, pair};
use super::staff::Whoever;

#[derive(Debug, Subcommand)]
pub(crate) enum Offered {
    /// Importa la cartella di un servizio nel catalogo dell'ente, come bozza.
    Import {
        /// La cartella.
        folder: PathBuf,
        /// L'atto dell'ente che lo dispone, per esempio `det. 12/2027`.
        #[arg(long)]
        basis: String,
        /// L'ente del servizio qui è nuovo; il database si fa se non c'è.
        #[arg(long)]
        new_ente: bool,
        #[command(flatten)]
        acting: Whoever,
    },
    /// Scrive una nuova versione in bozza, uguale all'ultima, da cambiare con `set`.
    NewVersion {
        /// Codice del servizio.
        code: String,
        /// L'atto dell'ente che lo dispone.
        #[arg(long)]
        basis: String,
        #[command(flatten)]
        acting: Whoever,
    },
    /// Cambia le impostazioni: tutte quelle nominate insieme, o nessuna.
    Set {
        /// Codice del servizio.
        code: String,
        /// Una voce di `service.toml` e che cosa ci va, come `sheet.title=Iscrizione al nido` o
        /// `procedure.term_days=60`; niente dopo `=` toglie quello che c'è.
        #[arg(value_name = "PLACE=VALUE", required = true, value_parser = pair)]
        set: Vec<(String, String)>,
        /// La versione, dove ce n'è più d'una.
        #[arg(long)]
        version: Option<u32>,
        /// L'atto dell'ente che lo dispone.
        #[arg(long, required_unless_present = "preview")]
        basis: Option<String>,
        /// Dice soltanto che cosa cambierebbe.
        #[arg(long)]
        preview: bool,
        #[command(flatten)]
        acting: Whoever,
    },
    /// Pubblica una versione: subito, o da un giorno in poi.
    Publish {
        /// Codice del servizio.
        code: String,
        /// La versione; l'ultima bozza, se non si dice.
        #[arg(long)]
        version: Option<u32>,
        /// Il primo giorno in cui vale; oggi, o quello che la versione dice.
        #[arg(long, value_parser = day)]
        from: Option<NaiveDate>,
        /// L'atto dell'ente che lo dispone.
        #[arg(long)]
        basis: String,
        #[command(flatten)]
        acting: Whoever,
    },
    /// Sospende le domande.
    Suspend {
        /// Codice del servizio.
        code: String,
        /// Perché, come lo legge il cittadino.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        acting: Whoever,
    },
    /// Riprende le domande.
    Resume {
        /// Codice del servizio.
        code: String,
        /// Perché.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        acting: Whoever,
    },
    /// Elenca il catalogo, tutto o una parte.
    List {
        /// Di questa categoria, con il suo codice.
        #[arg(long)]
        category: Option<String>,
        /// Di questo evento della vita.
        #[arg(long)]
        life_event: Option<String>,
        /// Di questo argomento.
        #[arg(long)]
        topic: Option<String>,
        /// Di cui è responsabile questo ufficio, con il nome che ha nella scheda.
        #[arg(long)]
        office: Option<String>,
        /// Con parole che cominciano così nel titolo o nella descrizione.
        #[arg(long)]
        words: Option<String>,
        #[command(flatten)]
        database: Database,
    },
    /// Mostra un servizio: versioni, stato, e chi ha cambiato che cosa.
    Show {
        /// Codice del servizio.
        code: String,
        #[command(flatten)]
        database: Database,
    },
    /// Scrive una versione come `service.toml`.
    Export {
        /// Codice del servizio.
        code: String,
        /// La versione; l'ultima, se non si dice.
        #[arg(long)]
        version: Option<u32>,
        #[command(flatten)]
        database: Database,
    },
    /// Che cosa cambia fra due versioni.
    Diff {
        /// Codice del servizio.
        code: String,
        /// Una versione.
        one: u32,
        /// L'altra.
        other: u32,
        #[command(flatten)]
        database: Database,
    },
}
