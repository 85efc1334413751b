//! A file of applications: imported whole, or refused whole.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use mattoni_core::EnteId;
use mattoni_core::value::Notation;
use mattoni_desk::{Desk, DeskError, DeskParts};
use mattoni_office::Office;
use mattoni_service::Service;
use mattoni_store::Memory;

use crate::{form, said_in_full};

static SERVICE: LazyLock<Service> = LazyLock::new(|| {
    let text = include_str!("../../crates/mattoni-office/tests/it/town/service.toml");
    Service::new(toml::from_str(text).unwrap()).unwrap()
});

/// While the service takes applications.
static NOW: LazyLock<DateTime<Utc>> = LazyLock::new(|| "2027-03-10T09:00:00Z".parse().unwrap());

/// The first line says how numbers and dates are written: `plain` or `italian`.
pub(crate) fn target(bytes: &[u8]) {
    let notation = match form(bytes) {
        Some(("plain", _)) => Notation::Plain,
        Some(("italian", _)) => Notation::Italian,
        _ => return,
    };
    let Some((_, file)) = form(bytes) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(import(file, notation));
}

async fn import(file: &[u8], notation: Notation) {
    let ente: EnteId = SERVICE.ente().clone();
    let parts = DeskParts::new(mattoni_office::bricks()).unguarded("practice").delivering_nothing();
    let office = Office::new(Desk::new(Memory::new(), ente.clone(), parts).unwrap());
    let taken = || office.import_in(&SERVICE, file, notation, *NOW, &|_| ());
    match taken().await {
        Ok(report) => {
            let count = report.practices.len() as u64;
            assert_eq!((report.opened, report.existing), (count, 0));
            let again = taken().await.unwrap();
            assert_eq!((again.opened, again.existing), (0, count));
        }
        Err(DeskError::Refused(problems)) => {
            said_in_full(&problems);
            assert_eq!(office.desk().store().head(&ente).await.unwrap(), None);
        }
        Err(other) => panic!("{other:?}"),
    }
}
