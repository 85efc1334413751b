//! Where the records are: a file or a server, by name.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use mattoni_core::{EnteId, Problem};
use mattoni_desk::Desk;
use mattoni_store::{Layer, ObjectBlobs, Sqlite, Store, Vault, WithBlobs};

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

/// Names the folder with the attachments, where they are not in the database.
const ATTACHMENTS: &str = "MATTONI_ATTACHMENTS";

/// Names a file with the authorities that the PostgreSQL server's certificate is to be from. With
/// it the server is spoken to over TLS or not at all.
#[cfg(feature = "postgres")]
const AUTHORITIES: &str = "MATTONI_DB_CA";

/// Whichever store it is.
pub(crate) struct Backend(Box<dyn Store>);

impl Layer for Backend {
    type Below = dyn Store;

    fn below(&self) -> &Self::Below {
        &*self.0
    }
}

/// The store, made if there is none, behind the key that is there for it.
pub(crate) async fn open(db: &Db) -> Result<Vault<Backend>, Failure> {
    let backend = match db {
        Db::File(path) => beside(Sqlite::open(path)?)?,
        Db::Server(url) => server(url).await?,
    };
    let store = keys::vault(db, backend).await?;
    keys::not_missing(db, &store).await?;
    Ok(store)
}

/// The store, to read from; a file must be there.
pub(crate) async fn open_to_read(db: &Db) -> Result<Vault<Backend>, Failure> {
    let backend = match db {
        Db::File(path) if !path.exists() => {
            return Err(refused(
                "cli.file.unreadable",
                &path.display().to_string(),
                "there is no such database",
                "check the path and the rights on it",
            ));
        }
        Db::File(path) => beside(Sqlite::open_read_only(path)?)?,
        Db::Server(url) => server(url).await?,
    };
    keys::vault(db, backend).await
}

/// The store with its attachments, wherever they are.
fn beside(store: impl Store + 'static) -> Result<Backend, Failure> {
    let Some(folder) = std::env::var_os(ATTACHMENTS) else {
        return Ok(Backend(Box::new(store)));
    };
    // Made where it is missing, it would hide a slip in its name: everything would be missing.
    if !Path::new(&folder).is_dir() {
        let (rule, remedy) = ("there is no such folder", "name the folder with the attachments");
        return Err(refused("cli.attachments.folder", ATTACHMENTS, rule, remedy));
    }
    Ok(Backend(Box::new(WithBlobs::new(store, ObjectBlobs::folder(folder)?))))
}

#[cfg(feature = "postgres")]
async fn server(url: &str) -> Result<Backend, Failure> {
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
    beside(mattoni_store::Postgres::open_with(url, &options).await?)
}

#[cfg(not(feature = "postgres"))]
async fn server(_: &str) -> Result<Backend, Failure> {
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
