//! Opening a store, a file or a server, with its attachments and behind its key.

use std::path::Path;

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

/// The store that is there, to be changed; one that older software made is brought up to date.
pub(crate) async fn open_to_change(db: &Db) -> Result<Vault<Backend>, Failure> {
    there(db)?;
    open(db).await
}

/// The store, to read from; a file must be there.
pub(crate) async fn open_to_read(db: &Db) -> Result<Vault<Backend>, Failure> {
    there(db)?;
    let backend = match db {
        Db::File(path) => beside(Sqlite::open_read_only(path)?)?,
        Db::Server(url) => server(url).await?,
    };
    keys::vault(db, backend).await
}

/// That a file is there.
fn there(db: &Db) -> Result<(), Failure> {
    match db {
        Db::File(path) if !path.exists() => Err(refused(
            "cli.file.unreadable",
            &path.display().to_string(),
            "there is no such database",
            "check the path and the rights on it",
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
