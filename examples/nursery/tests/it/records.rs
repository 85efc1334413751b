//! What is left when a demo has run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mattoni_core::EnteId;
use mattoni_core::record::{PEOPLE, Span};
use mattoni_desk::Desk;
use mattoni_office::Office;
use mattoni_office::ranking::{Drawn, run_id};
use mattoni_practice::lists::{STATE, in_state};
use mattoni_practice::{Practice, State};
use nursery::town::cast::Household;
use nursery::{life, records, town};

pub(crate) fn ente() -> EnteId {
    town::ENTE.parse().unwrap()
}

/// The office of a demo that ended.
pub(crate) async fn office(folder: &Path) -> Office {
    let records = records::open_to_read(&life::database(folder)).await;
    let records = records.unwrap_or_else(|stopped| panic!("{}", stopped.0));
    let parts = mattoni_office::parts().delivering_nothing();
    Office::new(Desk::new(records, ente(), parts).unwrap())
}

/// The published data, where they are.
pub(crate) fn real_data() -> Option<PathBuf> {
    let data = std::env::var_os("MATTONI_REAL_DATA").map(PathBuf::from);
    if data.is_none() {
        eprintln!("MATTONI_REAL_DATA is not set: this test was left out");
    }
    data
}

/// Carries the demo in `folder` as far as it goes; answers with what it said.
pub(crate) async fn live(folder: &Path, families: usize) -> String {
    let mut said = String::new();
    let mut say = |line: &str| said.push_str(&format!("{line}\n"));
    life::run(folder, families, &mut say).await.unwrap_or_else(|stopped| panic!("{}", stopped.0));
    said
}

/// All practices of a service, by id.
pub(crate) async fn practices(office: &Office, service: &str) -> Vec<Practice> {
    let mut practices = Vec::new();
    for state in State::ALL {
        let span = Span::new(STATE, in_state(service, state));
        let found = office.desk().all_of::<Practice>(&span).await.unwrap();
        practices.extend(found.into_iter().map(|loaded| loaded.state));
    }
    practices.sort_by_key(Practice::id);
    practices
}

/// The call's run of this name.
pub(crate) async fn drawn(office: &Office, name: &str) -> Drawn {
    office.drawn(run_id(&ente(), "nido-2027", name)).await.unwrap()
}

/// The practice of a household of the story with this service.
pub(crate) async fn of(office: &Office, service: &str, household: &Household) -> Practice {
    let names = office.desk().names().await.unwrap();
    let applicant = household.parent.person(&names).id;
    let span = Span::new(PEOPLE, applicant.to_string());
    let found = office.desk().all_of::<Practice>(&span).await.unwrap();
    let child = household.child.fiscal_code.into();
    found
        .into_iter()
        .map(|loaded| loaded.state)
        .find(|practice| {
            practice.service().code == service
                && practice.applicant().id == applicant
                && practice.beneficiary().is_some_and(|person| person.fiscal_code == child)
        })
        .unwrap()
}

/// The codes of the story's services.
pub(crate) const SERVICES: [&str; 3] = ["nido-2027", life::late::CODE, "retta-nido-2027"];

/// Everything that must come out the same, however often the demo was killed. Not the hashes of
/// the journal: what is sealed is sealed under keys drawn for it.
#[derive(Debug, PartialEq)]
pub(crate) struct Remains {
    pub(crate) rows: u64,
    pub(crate) practices: Vec<Practice>,
    pub(crate) numbers: u64,
    pub(crate) list: Vec<u8>,
    pub(crate) messages: BTreeSet<String>,
}

impl Remains {
    /// Reads them, and checks what must hold of each by itself: the proof is clean, the numbers
    /// of the register have no gap and no twin, no message is there twice.
    pub(crate) async fn of(folder: &Path) -> Self {
        let office = office(folder).await;
        let desk = office.desk();
        let proof = office.verify(&|_| ()).await.unwrap();
        assert!(proof.is_clean(), "{proof:?}");

        let mut all = Vec::new();
        for service in SERVICES {
            all.extend(practices(&office, service).await);
        }
        let mut numbers: Vec<String> = all
            .iter()
            .flat_map(Practice::registrations)
            .map(|registration| registration.number.clone())
            .collect();
        numbers.sort();
        let expected: Vec<_> = (1..=numbers.len()).map(|n| format!("2027/{n:07}")).collect();
        assert_eq!(numbers, expected, "no gap and no twin");
        let last = desk.store().last(&ente(), "protocol/2027").await.unwrap();
        assert_eq!(last, numbers.len() as u64);

        let text = std::fs::read_to_string(folder.join("messages.jsonl")).unwrap();
        let mut messages = BTreeSet::new();
        for line in text.lines() {
            // A line that a kill cut short is followed by its message, whole.
            if let Ok(letter) = serde_json::from_str::<serde_json::Value>(line) {
                let key = letter["key"].as_str().unwrap().to_owned();
                assert!(messages.insert(key), "a message is there twice: {line}");
            }
        }
        Self {
            rows: desk.store().head(&ente()).await.unwrap().unwrap().seq,
            practices: all,
            numbers: last,
            list: std::fs::read(folder.join("graduatoria.txt")).unwrap(),
            messages,
        }
    }
}
