//! Screens and searches: where they look, and what they pick there.

use mattoni_core::record::{PEOPLE, Question, Record as _, Role, Span, Spans, Subject};
use mattoni_core::{Aggregate as _, Id};
use mattoni_practice::bulk::Selection;
use mattoni_practice::lists::{self, DUE, NAME, OFFICE, in_state};
use mattoni_practice::*;

use crate::fixture::{Life, maria, mario, opening, procedure};

fn subject(roles: Vec<Role>) -> Subject {
    Subject::new("c_f051".parse().unwrap(), roles)
}

fn citizen(id: u128) -> Role {
    Role::Citizen { person: Id::from_u128(id) }
}

fn operator(offices: &[&str], services: &[&str]) -> Role {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let account = "anna.bianchi".to_owned();
    Role::Operator { account, offices: set(offices), services: set(services) }
}

fn named(name: &str) -> Screen {
    Screen::Named { name: name.into(), within: Within::Service("nido".into()) }
}

#[test]
fn a_screen_looks_at_one_list() {
    let who = subject(vec![citizen(2), citizen(1), citizen(2)]);
    let mine: Vec<_> = [1, 2]
        .map(|id: u128| Id::<mattoni_core::Person>::from_u128(id).to_string())
        .map(|id| Span::new(PEOPLE, id).downwards())
        .into();
    assert_eq!(Screen::Mine.spans(&who), Spans::Of(mine));

    let work = Screen::Work { within: Within::Office("scuola".into()) };
    assert_eq!(work.spans(&who), Spans::Of(vec![Span::new(DUE, "office/scuola")]));
    let state = Screen::InState { service: "nido".into(), state: State::Registered };
    let bucket = in_state("nido", State::Registered);
    assert_eq!(state.spans(&who), Spans::Of(vec![Span::new(lists::STATE, bucket)]));
    let span = Span::new(NAME, "service/nido").beginning_with("dangelo");
    assert_eq!(named("Ro D'Àngelo").spans(&who), Spans::Of(vec![span]));
    assert_eq!(named(" ., ").spans(&who), Spans::Of(vec![]));

    let all = [work.picks_all(), state.picks_all(), Screen::Mine.picks_all()];
    assert_eq!(all, [true, true, false]);
    assert!(!named("rossi").picks_all());
}

#[test]
fn a_name_is_found_by_all_its_words_and_shown_once() {
    let mut opening = opening(procedure());
    opening.applicant.given_name = "Rosa Maria".into();
    opening.applicant.family_name = "Ròssi".into();
    let mut life = Life::open_with(opening);
    let submitted = Life::submitted(procedure());
    for event in &submitted.journal[1..] {
        life.practice.apply(event);
    }
    let picks = |name: &str, sort: &str| named(name).picks(&life.practice, sort);
    assert!(picks("rossi", "rossi") && picks("mar ROSS", "rossi") && picks("ross'i", "rossi"));
    assert!(!picks("rossi bianchi", "rossi") && !picks("", "rossi"));
    // Two words begin with it: shown at the first.
    assert!(picks("ros", "rosa") && !picks("ros", "rossi"));
    // In a sealed store, at a digest.
    assert!(picks("ros", "0123abcd"));
    let draft = Life::draft(procedure()).practice;
    assert!(!named("rossi").picks(&draft, "rossi"));
}

#[test]
fn a_search_looks_at_the_narrowest_list() {
    let official = subject(vec![operator(&["scuola"], &["nido"])]);
    let of_service = Selection::all().of_service("nido");
    let states = Selection::all().of_service("nido").in_states([State::Draft, State::Accepted]);
    let buckets = |states: &[State]| {
        let span = |state: &State| Span::new(lists::STATE, in_state("nido", *state));
        Spans::Of(states.iter().map(span).collect())
    };
    assert_eq!(of_service.spans(&official), buckets(&State::ALL));
    assert_eq!(states.spans(&official), buckets(&[State::Draft, State::Accepted]));
    let in_office = Selection::all().of_office("scuola");
    let office_span = Spans::Of(vec![Span::new(OFFICE, "office/scuola")]);
    assert_eq!(in_office.spans(&official), office_span);
    assert_eq!(Selection::all().spans(&official), Spans::All);
    assert_eq!(Query::new(of_service.clone()).spans(&official), buckets(&State::ALL));

    let theirs =
        |person: Id<mattoni_core::Person>| Spans::Of(vec![Span::new(PEOPLE, person.to_string())]);
    let query = Query::from(of_service.clone()).of_person(mario().id);
    assert_eq!(query.spans(&official), theirs(mario().id));
    assert_eq!(of_service.spans(&subject(vec![citizen(1)])), theirs(maria().id));
    assert_eq!(
        of_service.spans(&subject(vec![Role::TechnicalAdmin { account: "ced".to_owned() }])),
        Spans::Of(vec![])
    );
}

#[test]
fn a_search_picks_the_people_who_are_on_a_practice() {
    let practice = Life::draft(procedure()).practice;
    for (person, is_on_it) in [(maria().id, true), (mario().id, true), (Id::from_u128(55), false)] {
        assert_eq!(Query::default().of_person(person).picks(&practice), is_on_it);
    }
    let other = Query::new(Selection::all().of_service("mensa")).of_person(maria().id);
    assert!(!other.picks(&practice));
}

/// Where someone sees a whole bucket, they see each practice in it: what is in the bucket and
/// hidden from them would be counted.
#[test]
fn a_bucket_that_is_seen_whole_hides_nothing_in_it() {
    let office_head = |offices: &[&str], services: &[&str]| {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let account = "capo".to_owned();
        Role::OfficeHead { account, offices: set(offices), services: set(services) }
    };
    let subjects = [
        citizen(1),
        operator(&["scuola"], &[]),
        operator(&[], &["nido"]),
        operator(&["tributi"], &["tari"]),
        office_head(&["scuola"], &[]),
        office_head(&[], &["nido"]),
        Role::Auditor,
        Role::System,
        Role::TechnicalAdmin { account: "ced".to_owned() },
    ];
    let mut whole = 0;
    for state in State::ALL {
        let practice = Life::in_state(state, procedure()).practice;
        for role in &subjects {
            let who = subject(vec![role.clone()]);
            for entry in practice.projection().entries {
                if Practice::sees_whole(&who, &entry.list, &entry.bucket) {
                    whole += 1;
                    assert!(practice.shown_to(&who).is_some(), "{role:?} {entry:?}");
                }
            }
        }
    }
    assert!(whole > 100, "{whole}");
    let who = subject(vec![operator(&["scuola"], &[])]);
    assert!(Practice::sees_whole(&who, "due", "office/scuola"));
    assert!(!Practice::sees_whole(&who, "due", "service/nido"));
    assert!(!Practice::sees_whole(&who, "name", "office/scuola"));
    assert!(!Practice::sees_whole(&who, "state", "nido/registered"));
    let who = subject(vec![operator(&[], &["nido"])]);
    assert!(Practice::sees_whole(&who, "state", "nido/registered"));
    assert!(!Practice::sees_whole(&who, "state", "nido/draft"));
    assert!(!Practice::sees_whole(&who, "state", "nido"));
}

#[test]
fn work_is_found_by_whose_it_is_and_by_its_day() {
    let roles = [operator(&["scuola"], &["nido"])];
    let who = subject(roles.to_vec());
    let within = Within::work_of(&roles);
    let today = "2026-10-05".parse().unwrap();
    let due = Screen::Due { within: within.clone(), from: None, to: today };
    let Spans::Of(spans) = due.spans(&who) else { panic!("of lists") };
    let buckets: Vec<_> = spans.iter().map(|span| span.bucket.as_str()).collect();
    assert_eq!(buckets, ["office/scuola", "service/nido"]);
    assert!(spans.iter().all(|span| span.to.as_deref() == Some("2026-10-06")), "{spans:?}");

    let registered = Life::registered(procedure()).practice;
    let taken = Life::taken(procedure()).practice;
    let waiting = Life::awaiting_integration(procedure()).practice;
    let stands = |practice: &Practice, screen: &Screen| {
        let Spans::Of(spans) = screen.spans(&who) else { panic!("of lists") };
        let entries = practice.projection().entries;
        spans.iter().any(|span| {
            entries.iter().any(|entry| {
                entry.list == span.list
                    && entry.bucket == span.bucket
                    && entry.sort >= span.from
                    && span.to.as_ref().is_none_or(|to| entry.sort < *to)
            })
        })
    };
    let unassigned = Screen::Unassigned { services: ["nido".to_owned()].into() };
    assert!(stands(&registered, &unassigned) && !stands(&taken, &unassigned));
    let waits = Screen::Waiting { within: within.clone() };
    assert!(stands(&waiting, &waits) && !stands(&taken, &waits));
    let day_before = "2026-10-04".parse().unwrap();
    let overdue = Screen::Due { within, from: None, to: day_before };
    assert!(stands(&taken, &due) && !stands(&taken, &overdue), "due on 5 October");
}

#[test]
fn whoever_has_a_practice_in_charge_finds_it_among_theirs() {
    let mut practice = Life::registered(procedure()).practice;
    let to = Assignee::official("scuola", "anna");
    practice.apply(&practice.take_in_charge(&crate::fixture::office(3), to).unwrap());
    let entry = practice.projection().entries.into_iter().find(|entry| entry.list == "assigned");
    let entry = entry.unwrap();
    assert_eq!((entry.bucket.as_str(), entry.sort.as_str()), ("account/anna", "2026-10-05"));
    let sees = |account: &str| {
        let (account, offices) = (account.to_owned(), [].into());
        let role = Role::Operator { account, offices, services: [].into() };
        Practice::sees_whole(&subject(vec![role]), "assigned", "account/anna")
    };
    assert!(sees("anna") && !sees("bruno"));
}
