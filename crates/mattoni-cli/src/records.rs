//! Where the records are: a file or a server, by name.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use mattoni_core::{EnteId, Problem};
use mattoni_desk::Desk;
use mattoni_store::{Sqlite, Store, Vault};

use crate::keys;
use crate::output::Failure;

/// The name of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Db {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL database, as a URL.
    Server(String),
}

impl FromStr for Db {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let server = ["postgres://", "postgresql://"].iter().any(|start| text.starts_with(start));
        Ok(if server { Self::Server(text.to_owned()) } else { Self::File(text.into()) })
    }
}

impl fmt::Display for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            // Its URL may hold a password.
            Self::Server(_) => f.write_str("the PostgreSQL database"),
        }
    }
}

impl Db {
    /// The file that messages to people are left in, beside the records or in this folder.
    pub(crate) fn messages(&self) -> PathBuf {
        match self {
            Self::File(path) => path.with_extension("messages.jsonl"),
            Self::Server(_) => "mattoni.messages.jsonl".into(),
        }
    }
}

/// An open store.
pub(crate) enum Records {
    Sqlite(Vault<Sqlite>),
    #[cfg(feature = "postgres")]
    Postgres(Vault<mattoni_store::Postgres>),
}

/// Runs the same on whichever store it is.
macro_rules! on {
    ($records:expr, $store:ident => $run:expr) => {
        match $records {
            $crate::records::Records::Sqlite($store) => $run,
            #[cfg(feature = "postgres")]
            $crate::records::Records::Postgres($store) => $run,
        }
    };
}
pub(crate) use on;

impl Records {
    /// The store, made if there is none, behind the key that is there for it.
    pub(crate) async fn open(db: &Db) -> Result<Self, Failure> {
        let records = match db {
            Db::File(path) => Self::Sqlite(keys::vault(db, Sqlite::open(path)?).await?),
            Db::Server(url) => server(db, url).await?,
        };
        on!(&records, store => keys::not_missing(db, store).await?);
        Ok(records)
    }

    /// The store, to read from; a file must be there.
    pub(crate) async fn open_to_read(db: &Db) -> Result<Self, Failure> {
        match db {
            Db::File(path) if !path.exists() => Err(refused(
                "cli.file.unreadable",
                &path.display().to_string(),
                "there is no such database",
                "check the path and the rights on it",
            )),
            Db::File(path) => {
                Ok(Self::Sqlite(keys::vault(db, Sqlite::open_read_only(path)?).await?))
            }
            Db::Server(url) => server(db, url).await,
        }
    }
}

/// Names a file with the authorities that the PostgreSQL server's certificate is to be from. With
/// it the server is spoken to over TLS or not at all.
#[cfg(feature = "postgres")]
const AUTHORITIES: &str = "MATTONI_DB_CA";

#[cfg(feature = "postgres")]
async fn server(db: &Db, url: &str) -> Result<Records, Failure> {
    use mattoni_store::postgres::{Options, Tls};

    let mut options = Options::default();
    if let Some(path) = std::env::var_os(AUTHORITIES) {
        let pem = crate::files::bytes(path.as_ref())?;
        let tls = Tls::trusting(&pem).map_err(|_| {
            let (rule, remedy) = ("no certificate can be read in it", "name a PEM file");
            refused("cli.db.authorities", AUTHORITIES, rule, remedy)
        })?;
        options = options.with_tls(tls);
    }
    let store = mattoni_store::Postgres::open_with(url, &options).await?;
    Ok(Records::Postgres(keys::vault(db, store).await?))
}

#[cfg(not(feature = "postgres"))]
async fn server(_: &Db, _: &str) -> Result<Records, Failure> {
    Err(refused(
        "cli.db.postgres",
        "--db",
        "this command was built without PostgreSQL",
        "install it with the feature `postgres`",
    ))
}

/// A refusal with one problem.
pub(crate) fn refused(code: &'static str, field: &str, rule: &str, remedy: &str) -> Failure {
    Failure::Refused(Problem::new(code, field, rule, remedy).into())
}

/// The desk of an ente of the store: the one that is named, or the only one.
pub(crate) async fn desk<S: Store>(store: S, ente: Option<&EnteId>) -> Result<Desk<S>, Failure> {
    let there = store.entes().await?;
    let ente = match (ente, there.as_slice()) {
        (Some(ente), _) => ente.clone(),
        (None, [only]) => only.clone(),
        (None, several) => {
            let names: Vec<_> = several.iter().map(EnteId::as_str).collect();
            return Err(refused(
                "cli.ente",
                "--ente",
                &format!("the database holds {} entes", several.len()),
                &format!("name one of: {}", names.join(", ")),
            ));
        }
    };
    Ok(Desk::new(store, ente))
}
