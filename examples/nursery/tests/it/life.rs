//! The whole life of the call, once and once more.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_practice::State;
use mattoni_ranking::{OfferStatus, Outcome};
use nursery::life::ranking::FINAL;
use nursery::town::cast;

use crate::records::{Remains, drawn, live, office, practices};

const FAMILIES: usize = 200;

/// Those of the file and those with a name; one withdraws before the ranking, and one never sends
/// his draft.
fn everyone() -> usize {
    FAMILIES + cast::in_time().len() + 1
}

#[tokio::test]
async fn every_family_is_answered_and_the_counts_agree() {
    let folder = tempfile::tempdir().unwrap();
    let said = live(folder.path(), FAMILIES).await;
    let office = office(folder.path()).await;
    let drawn = drawn(&office, FINAL).await;
    assert_eq!(drawn.run.lines().len(), everyone() - 2);
    let count = |wanted: fn(&Outcome) -> bool| {
        drawn.run.lines().iter().filter(|line| wanted(&line.outcome)).count()
    };
    let placed = count(|outcome| matches!(outcome, Outcome::Placed { .. }));
    let waiting = count(|outcome| matches!(outcome, Outcome::Waiting { .. }));
    let excluded = count(|outcome| matches!(outcome, Outcome::Excluded { .. }));
    let below = count(|outcome| matches!(outcome, Outcome::BelowThreshold { .. }));
    assert_eq!(placed + waiting + excluded + below, everyone() - 2);
    assert!(placed > 40 && waiting > 40 && excluded > 0 && below > 0, "{said}");
    assert!(said.contains(&format!("published in its place: {placed} placed (")), "{said}");

    let practices = practices(&office, "nido-2027").await;
    assert_eq!(practices.len(), everyone());
    let mut states: BTreeMap<State, usize> = BTreeMap::new();
    for practice in &practices {
        *states.entry(practice.state()).or_default() += 1;
    }
    let offers = office.offers(drawn.run.digest()).await.unwrap();
    assert!(offers.iter().all(|offer| offer.state.status() != OfferStatus::Open));
    let taken: BTreeSet<&str> = offers
        .iter()
        .filter(|offer| matches!(offer.state.status(), OfferStatus::Accepted { .. }))
        .map(|offer| offer.state.code())
        .collect();
    let ends = [State::Accepted, State::Rejected, State::Withdrawn, State::Revoked, State::Expired];
    assert_eq!(ends.iter().filter_map(|state| states.get(state)).sum::<usize>(), everyone());
    assert_eq!(states.get(&State::Accepted), Some(&taken.len()));
    for practice in practices.iter().filter(|practice| practice.state() == State::Accepted) {
        assert!(taken.contains(practice.protocol_number().unwrap()));
        assert_eq!(practice.assessments().len(), 1, "scored once");
    }
}

#[tokio::test]
async fn no_section_gives_more_places_than_it_has() {
    let folder = tempfile::tempdir().unwrap();
    live(folder.path(), FAMILIES).await;
    let office = office(folder.path()).await;
    let drawn = drawn(&office, FINAL).await;
    let mut held: BTreeMap<(String, String), i64> = BTreeMap::new();
    for offer in office.offers(drawn.run.digest()).await.unwrap() {
        if offer.state.holds() {
            let group = drawn.run.line(offer.state.code()).unwrap().applicant.group.clone();
            let section = (offer.state.place().facility.clone(), group.unwrap());
            *held.entry(section).or_default() += 1;
        }
    }
    for facility in &drawn.run.facilities().unwrap().source().facility {
        for seats in &facility.seats {
            let section = (facility.code.clone(), seats.group.clone().unwrap());
            let held = held.remove(&section).unwrap_or(0);
            assert!(held <= seats.places, "{section:?}: {held} of {}", seats.places);
        }
    }
    assert!(held.is_empty(), "{held:?}");
}

#[tokio::test]
async fn running_it_again_changes_nothing_and_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let said = live(folder.path(), FAMILIES).await;
    let first = Remains::of(folder.path()).await;
    let messages = std::fs::read(folder.path().join("messages.jsonl")).unwrap();
    assert_eq!(live(folder.path(), FAMILIES).await, said);
    assert_eq!(Remains::of(folder.path()).await, first);
    assert_eq!(std::fs::read(folder.path().join("messages.jsonl")).unwrap(), messages);
}

/// The text with `…` for every id in it, and for every digest of a run: its document names the
/// children by pseudonyms, which are made with the ente's key.
fn without_ids(text: String) -> String {
    let word = |word: &str| {
        let bare = word.trim_end_matches(',');
        let is_id = bare.len() == 36 && bare.matches('-').count() == 4;
        let is_digest =
            matches!(bare.len(), 12 | 64) && bare.bytes().all(|b| b.is_ascii_hexdigit());
        if is_id || is_digest { "…".to_owned() } else { word.to_owned() }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_same_families_live_the_same_year_whatever_the_keys_their_ids_are_made_with() {
    let [one, other] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let [told, again] =
        [live(one.path(), FAMILIES).await, live(other.path(), FAMILIES).await].map(without_ids);
    assert_eq!(told, again);
    let list = |folder: &tempfile::TempDir| {
        without_ids(std::fs::read_to_string(folder.path().join("graduatoria.txt")).unwrap())
    };
    assert_eq!(list(&one), list(&other));
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
    // And it is a list: every number that is ranked is there, once.
    let drawn = drawn(&office(folder.path()).await, FINAL).await;
    assert_eq!(drawn.run.lines().len(), everyone() - 2);
    for line in drawn.run.lines() {
        let lines = text.lines().filter(|text| text.contains(line.code())).count();
        assert_eq!(lines, 1, "{}", line.code());
    }
}
