//! Lists: made anew while others commit, read on by cursors, and what the clock has to do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::Days;
use expect_test::expect;
use mattoni_core::calendar::rome_date;
use mattoni_core::record::{List, Owners, PEOPLE, Projection, Record, Role, Span, Subject, sort};
use mattoni_core::{Aggregate, fold};
use mattoni_desk::counter::Lists as Listed;
use mattoni_desk::{Desk, DeskError};
use mattoni_practice::lists::{NAME, office, service as of_service};
use mattoni_practice::*;
use mattoni_store::{Cursor, Memory, Reprojected, Sqlite, Version};
use tempfile::TempDir;

use crate::practices::{
    STAGES, Spec, anna, at, desk_on, ente, id, life, office as code, open_all, service,
};

const KIND: &str = Practice::KIND;

fn plain(stage: u8) -> Spec {
    Spec { service: 0, applicant: 0, filer: 0, reader: None, office: 0, stage, noted: false }
}

fn system() -> Subject {
    Subject::new(ente(), vec![Role::System])
}

fn work() -> Screen {
    Screen::Work { within: Within::Office(code(0)) }
}

/// Takes every practice out of every list, as a store is that was made before there were lists.
async fn unlist(desk: &Desk) {
    let states = desk.store().streams(&ente(), KIND, None, 999).await.unwrap();
    let bare = states.into_iter().map(|state| Reprojected {
        stream: state.stream,
        version: state.version,
        projection: Projection::new(),
        owners: Owners::none(),
    });
    desk.store().reproject(&ente(), bare.collect()).await.unwrap();
}

type Places = BTreeMap<(String, String), BTreeSet<(String, u128)>>;

/// Where the journal says every practice stands.
async fn folded(desk: &Desk) -> Places {
    let kind = desk.bricks().kind(KIND).unwrap();
    let mut places = Places::new();
    for state in desk.store().streams(&ente(), KIND, None, 999).await.unwrap() {
        let id = state.stream.id.as_u128();
        let history = desk.store().history(&ente(), &state.stream, Version::NONE, 999).await;
        let history = history.unwrap();
        let events: Vec<&[u8]> = history.iter().map(|row| row.body.as_slice()).collect();
        let folded = kind.fold(&events).unwrap().unwrap();
        for place in folded.projection().unwrap().entries {
            let bucket = (place.list.to_string(), place.bucket);
            places.entry(bucket).or_default().insert((place.sort, id));
        }
    }
    places
}

/// The same places, as the lists have them.
async fn listed(desk: &Desk, buckets: &Places) -> Places {
    let store = desk.store();
    let mut places = Places::new();
    for (list, bucket) in buckets.keys() {
        let known = Practice::LISTS.iter().chain(&[mattoni_core::record::CLOCK]);
        let named: Vec<&List> = known.filter(|known| known.name == list).collect();
        let span = Span::new(*named[0], bucket.clone());
        let page = store.page(&ente(), KIND, &span, None, 999).await.unwrap();
        let tally = store.tally(&ente(), KIND, list, bucket).await.unwrap();
        assert_eq!(tally, page.len() as u64, "{list} {bucket}");
        let spots = page.iter().map(|p| (p.sort.clone(), p.state.stream.id.as_u128()));
        places.insert((list.clone(), bucket.clone()), spots.collect());
    }
    places
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lists_made_anew_while_others_commit_are_what_the_journal_says() {
    const PRACTICES: usize = 60;
    let dir = TempDir::new().unwrap();
    let desk = Arc::new(desk_on(Sqlite::open(dir.path().join("town.db")).unwrap()));
    open_all(&desk, &vec![plain(2); PRACTICES]).await;
    unlist(&desk).await;
    assert_eq!(desk.lists_behind(KIND).await.unwrap(), PRACTICES as u64);
    let page = desk
        .at_counter(system())
        .of::<Practice>()
        .page(&Screen::InState { service: service(0), state: State::Submitted }, None, 9)
        .await
        .unwrap();
    assert_eq!((page.records, page.lists), (vec![], Listed::BeingRebuilt));

    let writers = (0..3).map(|writer| {
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            for place in (writer..PRACTICES).step_by(3).rev() {
                let (id, act) = (id(place), anna(2));
                let taken = |p: &Practice| {
                    p.take_in_charge(&act, Assignee::office(code(0))).map(|event| vec![event])
                };
                desk.decide(id, &act, taken).await.unwrap();
                if place % 2 == 0 {
                    let decided = Decision::new("ha i requisiti");
                    let accepted =
                        |p: &Practice| p.accept(&act, decided.clone()).map(|event| vec![event]);
                    desk.decide(id, &act, accepted).await.unwrap();
                }
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    let rebuilt = desk.rebuild_lists(KIND, &|_| ()).await.unwrap();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!((rebuilt.looked_at, rebuilt.behind), (PRACTICES as u64, 0));
    assert_eq!(desk.lists_behind(KIND).await.unwrap(), 0);
    let expected = folded(&desk).await;
    assert_eq!(listed(&desk, &expected).await, expected);
    let again = desk.rebuild_lists(KIND, &|_| ()).await.unwrap();
    assert_eq!(again.relisted, PRACTICES as u64);
    assert_eq!(listed(&desk, &expected).await, expected, "twice is once");
    assert!(desk.verify(&|_| ()).await.unwrap().is_clean());
}

#[tokio::test]
async fn a_cursor_is_good_for_its_screen_and_its_reader_and_no_other() {
    let desk = desk_on(Memory::new());
    open_all(&desk, &vec![plain(3); 5]).await;
    let counter = desk.at_counter(system()).of::<Practice>();
    let page = counter.page(&work(), None, 2).await.unwrap();
    let cursor = page.next.unwrap();
    let refused = async |subject: Subject, screen: &Screen| match desk
        .at_counter(subject)
        .of::<Practice>()
        .page(screen, Some(&cursor), 2)
        .await
    {
        Err(DeskError::Refused(problems)) => {
            problems.iter().next().map(|problem| problem.code.to_string())
        }
        other => panic!("a refusal was expected, not {other:?}"),
    };
    let other = Screen::Work { within: Within::Service(service(0)) };
    let auditor = Subject::new(ente(), vec![Role::Auditor]);
    let expected = Some("store.cursor.other-list".to_owned());
    assert_eq!(refused(system(), &other).await, expected);
    assert_eq!(refused(auditor, &work()).await, expected);
    let text = cursor.to_string();
    for at in 0..text.len() {
        let mut altered = text.clone().into_bytes();
        altered[at] = if altered[at] == b'0' { b'1' } else { b'0' };
        let altered = String::from_utf8(altered).unwrap();
        assert!(altered.parse::<Cursor>().is_err(), "{altered}");
    }
    assert_eq!(counter.page(&work(), Some(&cursor), 9).await.unwrap().records.len(), 3);
    let page = counter.page(&work(), None, 0).await.unwrap();
    assert_eq!(page.records.len(), 1, "a page has at least a row");
}

#[tokio::test]
async fn erasing_a_person_leaves_no_word_of_their_name_in_any_list() {
    let desk = desk_on(Memory::new());
    open_all(&desk, &[plain(3), plain(3)]).await;
    let store = desk.store();
    let named = async |bucket: &str| store.tally(&ente(), KIND, NAME.name, bucket).await.unwrap();
    let (service, office) = (of_service(&service(0)), office(&code(0)));
    assert_eq!((named(&service).await, named(&office).await), (4, 4), "two words each");
    let state = store.streams(&ente(), KIND, None, 1).await.unwrap().remove(0);
    let practice: Practice = serde_json::from_slice(&state.body).unwrap();
    let stored = desk.bricks().kind(KIND).unwrap().read(&state.body).unwrap();
    let (projection, owners) = (stored.projection().unwrap().without_personal(), stored.owners());
    let (stream, version) = (state.stream, state.version);
    let bare = Reprojected { stream, version, projection, owners };
    store.reproject(&ente(), vec![bare]).await.unwrap();
    assert_eq!((named(&service).await, named(&office).await), (2, 2));
    let mine = practice.applicant().id.to_string();
    assert_eq!(store.tally(&ente(), KIND, PEOPLE.name, &mine).await.unwrap(), 2);
}

fn row(practice: &Practice) -> String {
    serde_json::to_string(&practice.row()).unwrap()
}

#[test]
fn a_row_is_stored_like_this() {
    let taken_in_charge = fold::<Practice>(&life(0, &plain(3))).unwrap();
    expect![[r#"{"f":"nido","s":"taken-in-charge","n":"2027/0000000","a":{"id":"00000000-0000-0000-0000-000000000001","name":"Maria Rossi"},"o":"scuola","t":"2027-03-01T09:00:00Z","d":"2027-03-31"}"#]].assert_eq(&row(&taken_in_charge));
    let draft = fold::<Practice>(&life(0, &plain(0))).unwrap();
    expect![[r#"{"f":"nido","s":"draft","a":{"id":"00000000-0000-0000-0000-000000000001","name":"Maria Rossi"},"t":"2027-03-01T09:00:00Z"}"#]].assert_eq(&row(&draft));
}

#[test]
fn the_first_day_with_a_chore_is_the_first_day_with_a_chore() {
    for stage in 0..STAGES {
        let events = life(0, &plain(stage));
        for known in 1..=events.len() {
            let practice = fold::<Practice>(&events[..known]).unwrap();
            let next = practice.next_chore_on();
            for days in 0..800 {
                let day = rome_date(at(0)) + Days::new(days);
                let due = next.is_some_and(|next| next <= day);
                assert_eq!(!practice.chores(day).is_empty(), due, "{stage}, {known}: {day}");
            }
        }
    }
}

#[tokio::test]
async fn the_clock_does_the_same_work_with_lists_and_before_there_were_any() {
    let mut ends = Vec::new();
    for lists in [true, false] {
        let desk = desk_on(Memory::new());
        let specs: Vec<Spec> = (0..STAGES).map(plain).collect();
        open_all(&desk, &specs).await;
        if !lists {
            unlist(&desk).await;
        }
        let calendar = crate::practices::calendar();
        let mut told = Vec::new();
        for days in [20, 29, 60, 340, 380] {
            told.push(desk.tick(&calendar, at(days), &|_| ()).await.unwrap());
        }
        ends.push((told, desk.store().head(&ente()).await.unwrap()));
    }
    assert_eq!(ends[0], ends[1]);
}

#[test]
fn sort_keys_are_in_the_order_of_what_they_stand_for() {
    let instants = [at(0), at(1), at(400)].map(sort::instant);
    let days = [0, 9, 400].map(|days| sort::date(rome_date(at(days))));
    assert!(instants.is_sorted() && days.is_sorted());
}
