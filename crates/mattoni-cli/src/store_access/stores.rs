//! Opening a store, a file or a server, with its attachments and behind its key.

use std::path::Path;

use mattoni_core::EnteId;
use mattoni_store::{Layer, ObjectBlobs, Sqlite, Store, Vault, WithBlobs};

use super::keys;
use crate::db::Db;
use crate::output::{Failure, refused};

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

/// The store of an ente, to be changed. One that is not there is made, and an ente that is not in it
/// is let in, where `new` says so: a slip in a name would begin another store, or another ente.
pub(crate) async fn open_for(db: &Db, ente: &EnteId, new: bool) -> Result<Vault<Backend>, Failure> {
    let absent = matches!(db, Db::File(path) if !path.exists());
    if absent && !new {
        return Err(unknown(ente, db, &[]));
    }
    let backend = match db {
        Db::File(path) => beside(Sqlite::open(path)?)?,
        Db::Server(url) => server(url).await?,
    };
    if !new {
        known(&backend, ente, db).await?;
    }
    keys::for_records(db, backend).await
}

/// The store that is there, to change its records; one that older software made is brought up to
/// date.
pub(crate) async fn open_to_change(db: &Db) -> Result<Vault<Backend>, Failure> {
    keys::for_records(db, writable(db).await?).await
}

/// The store that is there, to read its records.
pub(crate) async fn open_to_look(db: &Db) -> Result<Vault<Backend>, Failure> {
    keys::for_records(db, readable(db).await?).await
}

/// The store that is there, to change what is not personal, with its key where that is there.
pub(crate) async fn open_keys(db: &Db) -> Result<Vault<Backend>, Failure> {
    keys::vault(db, writable(db).await?).await
}

/// The store that is there, to read what is not personal, with its key where that is there.
pub(crate) async fn open_to_prove(db: &Db) -> Result<Vault<Backend>, Failure> {
    keys::vault(db, readable(db).await?).await
}

async fn writable(db: &Db) -> Result<Backend, Failure> {
    there(db)?;
    match db {
        Db::File(path) => beside(Sqlite::open(path)?),
        Db::Server(url) => server(url).await,
    }
}

async fn readable(db: &Db) -> Result<Backend, Failure> {
    there(db)?;
    match db {
        Db::File(path) => beside(Sqlite::open_read_only(path)?),
        Db::Server(url) => server(url).await,
    }
}

/// That the ente is in the store.
pub(crate) async fn known(store: &impl Store, ente: &EnteId, db: &Db) -> Result<(), Failure> {
    let there = store.entes().await?;
    if there.contains(ente) { Ok(()) } else { Err(unknown(ente, db, &there)) }
}

fn unknown(ente: &EnteId, db: &Db, there: &[EnteId]) -> Failure {
    let names: Vec<_> = there.iter().map(EnteId::as_str).collect();
    let names = if names.is_empty() { "—".to_owned() } else { names.join(", ") };
    refused(
        "cli.ente.unknown",
        "ente",
        &format!("must be an ente of {db}, and {ente} is not; there are: {names}"),
        "name one of those; a new one begins with --new-ente",
    )
}

/// That a file is there.
fn there(db: &Db) -> Result<(), Failure> {
    match db {
        Db::File(path) if !path.exists() => Err(refused(
            "cli.file.unreadable",
            &path.display().to_string(),
            "must be a database that is there",
            "check the path; `mattoni call … --new-ente` makes a new one",
        )),
        _ => Ok(()),
    }
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
        let pem = super::files::bytes(path.as_ref())?;
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
