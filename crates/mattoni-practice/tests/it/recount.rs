//! A holiday known later moves the terms that run.

use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::Record as _;
use mattoni_core::{Act, fold};
use mattoni_practice::lists::DUE;
use mattoni_practice::*;

use crate::fixture::{Life, calendar, citizen, day, office, procedure, system};

/// 17 March 2011 was made a holiday by a decree of 22 February 2011; as if it was another day.
fn known_later(on: &str) -> LegalCalendar {
    calendar().with_holiday(day(on), "Centenario", "D.L. 22 febbraio 2026, n. 5, art. 1")
}

/// When the ente set its calendar.
fn set() -> Act {
    office(3)
}

fn running() -> impl Iterator<Item = State> {
    State::ALL.into_iter().filter(|state| *state != State::Draft && !state.is_final())
}

#[test]
fn every_running_term_moves_once_and_says_why() {
    for state in running() {
        let life = Life::in_state(state, procedure());
        let before = life.practice.due().unwrap().on;
        let calendar = known_later(&before.to_string());
        let life = life.then(|p| p.recount(&system(9), &calendar, &set()));
        let after = life.practice.due().unwrap();
        assert!(after.on > before, "{state}");
        let why = after.steps.last().unwrap().to_string();
        assert!(why.contains("Centenario"), "{why}");
        let Event::TermRecounted(event) = life.journal.last().unwrap() else { panic!("{state}") };
        assert_eq!((&event.calendar, &event.set), (&calendar, &set()));
        assert!(event.to_string().ends_with("è cambiato il 07/09/2026"), "{event}");
        let sorts: Vec<_> = life.practice.projection().entries;
        let due = sorts.iter().filter(|entry| entry.list == DUE.name);
        assert!(due.clone().count() > 0);
        assert!(due.clone().all(|entry| *entry.sort == *after.on.to_string()), "{state}");
        let told = life.practice.orders(life.journal.last().unwrap());
        assert!(matches!(&told[..], [PracticeOrder::Tell(tell)]
            if tell.template == "practice.term-recounted" && tell.details.contains_key("reason")));
        assert_eq!(life.practice.recount(&system(10), &calendar, &set()), Ok(None), "{state}");
        assert_eq!(fold::<Practice>(&life.journal), Some(life.practice));
    }
}

#[test]
fn a_term_whose_day_stays_and_one_that_has_ended_stay_as_they_are() {
    let life = Life::taken(procedure());
    let elsewhere = known_later("2027-03-17");
    assert_eq!(life.practice.recount(&system(9), &elsewhere, &set()), Ok(None));
    for state in State::ALL.into_iter().filter(|state| state.is_final()) {
        let life = Life::in_state(state, procedure());
        let calendar = life.practice.due().map(|due| known_later(&due.on.to_string()));
        let counted = life.practice.recount(&system(400), &calendar.unwrap_or_default(), &set());
        assert!(matches!(counted, Err(RecountRefusal::WrongState(_))), "{state}");
    }
}

#[test]
fn a_holiday_that_is_none_any_more_moves_the_last_day_back() {
    let due = Life::taken(procedure()).practice.due().unwrap().on;
    let calendar = known_later(&due.to_string());
    let life = Life::taken(procedure()).then(|p| p.recount(&system(9), &calendar, &set()));
    let back = life.then(|p| p.recount(&system(10), &LegalCalendar::national(), &set()));
    assert_eq!(back.practice.due().unwrap().on, due);
}

#[test]
fn the_days_for_observations_become_more_and_never_fewer() {
    let life = Life::in_state(State::NoticeGiven, procedure());
    let by = life.practice.notice().unwrap().observations_by;
    let calendar = known_later(&by.to_string());
    let moved = life.then(|p| p.recount(&system(9), &calendar, &set()));
    let later = moved.practice.notice().unwrap().observations_by;
    assert!(later > by);
    let back = moved.then(|p| p.recount(&system(10), &LegalCalendar::national(), &set()));
    assert_eq!(back.practice.notice().unwrap().observations_by, later, "they were told so");
    back.then(|p| p.answer_notice(&citizen(17), "il requisito c'è", &calendar));
}
