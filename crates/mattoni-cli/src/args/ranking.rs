//! The words for rankings that were drawn up.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::database::Database;

/// Look at rankings that were drawn up.
#[derive(Debug, clap::Args)]
pub(crate) struct Ranking {
    #[command(subcommand)]
    pub(crate) verb: RankingVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RankingVerb {
    /// Tutte: di quale servizio, se in bozza, pubblicate o sostituite, e da quale.
    List {
        #[command(flatten)]
        database: Database,
    },
    /// L'elenco pubblico di una pubblicata, come si affigge. Una sostituita lo dice.
    Show {
        #[command(flatten)]
        which: Which,
        /// Come testo, tabella (CSV) o pagina (HTML). Con `--json`, in JSON.
        #[arg(long, default_value = "text")]
        format: Format,
        /// Il file da scrivere; non deve esserci ancora. Se non si dice, la mostra.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Ne scrive una intera, con le regole e le domande com'erano, perché si possa rifare con il
    /// solo Python: `python3 docs/scripts/rederive.py FILE`. Contiene i dati di tutti: è per chi ha
    /// diritto di vederli.
    Export {
        #[command(flatten)]
        which: Which,
        /// Il file da scrivere; non deve esserci ancora.
        #[arg(long)]
        out: PathBuf,
    },
}

/// Which ranking.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// L'id, o l'impronta o il suo inizio, come li mostra `ranking list`.
    pub(crate) run: String,
    #[command(flatten)]
    pub(crate) database: Database,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Csv,
    Html,
}
