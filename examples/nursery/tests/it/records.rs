//! What is left when a demo has run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mattoni_core::Aggregate;
use mattoni_core::EnteId;
use mattoni_desk::Desk;
use mattoni_desk::practices::{APPLICANT, SERVICE};
use mattoni_desk::ranking::{Drawn, run_id};
use mattoni_practice::Practice;
use mattoni_store::{Journal, Loaded, Numbers, Store};
use nursery::records::{self, Records};
use nursery::town::cast::Household;
use nursery::{life, town};

pub(crate) fn ente() -> EnteId {
    town::ENTE.parse().unwrap()
}

/// The desk of a demo that ended.
pub(crate) async fn desk(folder: &Path) -> Desk<Records> {
    let records = records::open_to_read(&life::database(folder)).await;
    Desk::new(records.unwrap_or_else(|stopped| panic!("{}", stopped.0)), ente())
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
pub(crate) async fn practices<S: Store>(desk: &Desk<S>, service: &str) -> Vec<Practice> {
    let mut practices = Vec::new();
    let mut after = None;
    loop {
        let facet = (SERVICE, service);
        let page = desk.store().find(&ente(), Practice::KIND, facet, after, 1_000).await.unwrap();
        let Some(last) = page.last() else { return practices };
        after = Some(last.stream.id);
        practices.extend(page.iter().map(|stored| Loaded::<Practice>::read(stored).unwrap().state));
    }
}

/// The call's run of this name.
pub(crate) async fn drawn<S: Store>(desk: &Desk<S>, name: &str) -> Drawn {
    desk.drawn(run_id(&ente(), "nido-2027", name)).await.unwrap()
}

/// The practice of a household of the story with this service.
pub(crate) async fn of<S: Store>(desk: &Desk<S>, service: &str, household: &Household) -> Practice {
    let applicant = household.parent.person(&desk.names().await.unwrap()).id.to_string();
    let facet = (APPLICANT, applicant.as_str());
    let found = desk.store().find(&ente(), Practice::KIND, facet, None, 10).await.unwrap();
    let child = household.child.fiscal_code;
    found
        .iter()
        .map(|stored| Loaded::<Practice>::read(stored).unwrap().state)
        .find(|practice| {
            practice.service().code == service
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
        let desk = desk(folder).await;
        let proof = desk.verify(&|_| ()).await.unwrap();
        assert!(proof.is_clean(), "{proof:?}");

        let mut all = Vec::new();
        for service in SERVICES {
            all.extend(practices(&desk, service).await);
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
