//! The whole life of the call, once and once more.

use std::collections::BTreeMap;

use mattoni_desk::ranking::run_id;
use mattoni_practice::State;
use mattoni_ranking::{OfferStatus, Outcome};
use nursery::life;

use crate::records::{Remains, desk, ente, live, practices};

const FAMILIES: usize = 200;

#[tokio::test]
async fn every_family_is_answered_once_and_the_counts_agree() {
    let folder = tempfile::tempdir().unwrap();
    let said = live(folder.path(), FAMILIES).await;
    let remains = Remains::of(folder.path()).await;
    assert_eq!(remains.practices, FAMILIES);

    let desk = desk(folder.path());
    let drawn = desk.drawn(run_id(&ente(), "nido-2027", life::RUN)).await.unwrap();
    assert_eq!(drawn.run.lines().len(), FAMILIES);
    let count = |wanted: fn(&Outcome) -> bool| {
        drawn.run.lines().iter().filter(|line| wanted(&line.outcome)).count()
    };
    let placed = count(|outcome| matches!(outcome, Outcome::Placed { .. }));
    let waiting = count(|outcome| matches!(outcome, Outcome::Waiting { .. }));
    let excluded = count(|outcome| matches!(outcome, Outcome::Excluded { .. }));
    assert_eq!(placed + waiting + excluded, FAMILIES);
    assert!(placed > 100 && excluded > 0, "{placed} placed, {excluded} excluded");
    assert!(said.contains(&format!("{placed} placed (")), "{said}");

    let mut answered: BTreeMap<State, usize> = BTreeMap::new();
    let practices = practices(&desk, "nido-2027").await;
    for practice in &practices {
        *answered.entry(practice.state()).or_default() += 1;
        assert_eq!(practice.outcomes().len(), 1, "one answer each");
        assert_eq!(practice.assessments().len(), 1, "scored once");
    }
    let offers = desk.offers(drawn.run.digest()).await.unwrap();
    let taken: Vec<&str> = offers
        .iter()
        .filter(|offer| matches!(offer.state.status(), OfferStatus::Accepted { .. }))
        .map(|offer| offer.state.code())
        .collect();
    assert!(offers.iter().all(|offer| offer.state.status() != OfferStatus::Open));
    assert_eq!(answered.get(&State::Accepted), Some(&taken.len()));
    assert_eq!(answered.values().sum::<usize>(), FAMILIES);
    assert_eq!(answered.get(&State::Rejected), Some(&(FAMILIES - taken.len())));
    for practice in practices.iter().filter(|practice| practice.state() == State::Accepted) {
        assert!(taken.contains(&practice.protocol_number().unwrap()));
    }
    assert!(said.contains(&format!("{} children have a place", taken.len())), "{said}");
}

#[tokio::test]
async fn running_it_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    live(folder.path(), FAMILIES).await;
    let first = Remains::of(folder.path()).await;
    let messages = std::fs::read(folder.path().join("messages.jsonl")).unwrap();
    live(folder.path(), FAMILIES).await;
    assert_eq!(Remains::of(folder.path()).await, first);
    assert_eq!(std::fs::read(folder.path().join("messages.jsonl")).unwrap(), messages);
}

#[tokio::test]
async fn the_public_list_says_nothing_of_any_family_but_its_number() {
    let folder = tempfile::tempdir().unwrap();
    live(folder.path(), FAMILIES).await;
    let text = std::fs::read_to_string(folder.path().join("graduatoria.txt")).unwrap();
    // A nursery may bear the name of a family.
    let places = std::fs::read_to_string(nursery::folder().join("places.toml")).unwrap();
    let labels = places.lines().filter_map(|line| line.strip_prefix("label = \"Nido "));
    let list = labels.fold(text.clone(), |list, label| {
        let name = label.trim_end_matches('"');
        list.replace(&format!("Nido {name}"), "").replace(&name.to_lowercase(), "")
    });
    let words: Vec<&str> = list.split(|c: char| !c.is_alphanumeric() && c != '\'').collect();

    let csv = std::fs::read_to_string(folder.path().join("applications.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let mut families = 0;
    for record in reader.records() {
        let record = record.unwrap();
        families += 1;
        for person in [0, 4] {
            let cell = |place: usize| record.get(person + place).unwrap();
            assert!(!list.contains(cell(0)), "a fiscal code is on the list");
            for name in [cell(1), cell(2)] {
                assert!(!words.contains(&name), "the name {name} is on the list");
            }
            let date: chrono::NaiveDate = cell(3).parse().unwrap();
            for form in ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"] {
                let date = date.format(form).to_string();
                assert!(!list.contains(&date), "the date {date} is on the list");
            }
        }
    }
    assert_eq!(families, FAMILIES);
    // And it is a list: every number is there, once.
    for number in 1..=FAMILIES {
        let number = format!("2027/{number:07}");
        let lines = text.lines().filter(|line| line.contains(&number)).count();
        assert_eq!(lines, 1, "{number}");
    }
}
