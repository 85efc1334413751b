//! Desks of an ente on a store: to look, to change, to do the ente's daily work.

use mattoni_core::EnteId;
use mattoni_core::record::{CancelPayment, Order as _, Register, RequestPayment, Tell};
use mattoni_desk::{Desk, DeskParts, FileMailbox, SystemClock};
use mattoni_office::{ProtocolOffice, guarded};
use mattoni_store::Store;

use super::bricks::bricks;
use super::stores;
use crate::db::Db;
use crate::output::{Failure, refused};

/// What waits in the outbox for whoever takes payments.
const ELSEWHERE: [&str; 2] = [RequestPayment::TOPIC, CancelPayment::TOPIC];

/// The orders that an ente whose clock is this command has carried out: by its
/// [`at_work`] desk, or by the process that takes payments.
pub(crate) fn taken() -> Vec<&'static str> {
    [Register::TOPIC, Tell::TOPIC].into_iter().chain(ELSEWHERE).collect()
}

/// A desk that looks and changes nothing; a file must be there.
pub(crate) async fn to_look(db: &Db, ente: Option<&EnteId>) -> Result<Desk, Failure> {
    let store = stores::open_to_look(db).await?;
    let ente = ente_of(&store, ente, db).await?;
    // What is looked at is held against the clock: days to come are told of.
    Ok(Desk::new(store, ente, quiet().clock(SystemClock))?)
}

/// A desk that changes records and delivers nothing; the store must be there.
pub(crate) async fn to_change(db: &Db, ente: Option<&EnteId>) -> Result<Desk, Failure> {
    let store = stores::open_to_change(db).await?;
    let ente = ente_of(&store, ente, db).await?;
    still(store, ente)
}

/// A desk that also delivers: numbers of the register, and messages into a file beside the store,
/// which is made if there is none. The ente must be in the store, or be `new`.
pub(crate) async fn at_work(db: &Db, ente: EnteId, new: bool) -> Result<Desk, Failure> {
    let store = stores::open_for(db, &ente, new).await?;
    working(store, ente, db)
}

/// As [`at_work`], on an ente that is there.
pub(crate) async fn at_work_there(db: &Db, ente: Option<&EnteId>) -> Result<Desk, Failure> {
    let store = stores::open_to_change(db).await?;
    let ente = ente_of(&store, ente, db).await?;
    working(store, ente, db)
}

fn working(store: impl Store + 'static, ente: EnteId, db: &Db) -> Result<Desk, Failure> {
    let mailbox = FileMailbox::open(db.messages())
        .map_err(|e| Failure::file("non si possono scrivere i messaggi in", &db.messages(), &e))?;
    let parts = guarded(DeskParts::new(bricks())).taker(ProtocolOffice).taker(mailbox);
    let parts = ELSEWHERE.into_iter().fold(parts, DeskParts::taken_elsewhere);
    Ok(Desk::new(store, ente, parts)?)
}

fn still(store: impl Store + 'static, ente: EnteId) -> Result<Desk, Failure> {
    Ok(Desk::new(store, ente, quiet())?)
}

fn quiet() -> DeskParts {
    guarded(DeskParts::new(bricks())).delivering_nothing()
}

/// The ente of the store: the one that is named, or the only one.
async fn ente_of(store: &impl Store, ente: Option<&EnteId>, db: &Db) -> Result<EnteId, Failure> {
    if let Some(ente) = ente {
        stores::known(store, ente, db).await?;
        return Ok(ente.clone());
    }
    match store.entes().await?.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(refused(
            "cli.ente.none",
            &db.to_string(),
            "must hold the records of an ente, and holds none yet",
            "begin with `mattoni call … --new-ente import`",
        )),
        several => {
            let names: Vec<_> = several.iter().map(EnteId::as_str).collect();
            Err(refused(
                "cli.ente",
                "--ente",
                "must be given: the database holds several entes",
                &format!("name one of: {}", names.join(", ")),
            ))
        }
    }
}
