//! The page for officials says what the code does.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::expect_file;
use mattoni_core::Id;
use mattoni_core::record::{Record as _, Role, Side, Subject, Verb as _};
use mattoni_practice::*;

use crate::fixture::{Life, maria, procedure};

/// Puts what the code prints between the marks `<!-- name -->` and `<!-- fine name -->`.
fn printed(mut page: String, name: &str, text: &str) -> String {
    let (start, end) = (format!("<!-- {name} -->\n\n"), format!("<!-- fine {name} -->"));
    let from = page.find(&start).unwrap() + start.len();
    let to = page.find(&end).unwrap();
    page.replace_range(from..to, &format!("{text}\n"));
    page
}

fn states() -> String {
    let mut text = "| stato | che cosa significa |\n| --- | --- |\n".to_owned();
    for state in State::ALL {
        writeln!(text, "| **{}** | {} |", state.italian(), state.italian_meaning()).unwrap();
    }
    text
}

/// Who may do the verb in at least one state, the system and the counter apart.
fn who(verb: Verb) -> String {
    let names = || ["scuola".to_owned()].into();
    let services = || ["nido".to_owned()].into();
    let account = || "un.altro".to_owned();
    let operator = Role::Operator { account: account(), offices: names(), services: services() };
    let head = Role::OfficeHead { account: account(), offices: names(), services: services() };
    let citizen = Role::Citizen { person: maria().id };
    let can = |role: &Role| {
        let who = Subject::new("c_f051".parse().unwrap(), vec![role.clone()]);
        State::ALL.into_iter().any(|state| {
            let practice = Life::in_state(state, procedure()).practice;
            !after(verb, state).is_empty() && practice.may(&who, verb).is_ok()
        })
    };
    let counter = verb.is_applicants() && !verb.by().contains(&Side::Office);
    let all = [
        ("cittadino", can(&citizen)),
        ("operatore", can(&operator) && !counter),
        ("operatore per il cittadino", can(&operator) && counter),
        ("responsabile", can(&head) && !can(&operator)),
        ("sistema", can(&Role::System)),
    ];
    all.into_iter().filter_map(|(name, can)| can.then_some(name)).collect::<Vec<_>>().join(", ")
}

/// States in words: those between submission and answer together are “in corso”, as in the
/// picture.
fn when(from: &[State]) -> String {
    let out: Vec<_> = State::ALL.into_iter().filter(|state| !from.contains(state)).collect();
    let names = |states: &[State]| {
        states.iter().map(|state| state.italian()).collect::<Vec<_>>().join(", ")
    };
    let running = |state: &State| *state != State::Draft && !state.is_final();
    if out.is_empty() {
        "sempre".to_owned()
    } else if out.len() <= 3 {
        format!("sempre, tranne: {}", names(&out))
    } else if State::ALL.iter().filter(|state| running(state)).all(|state| from.contains(state)) {
        let others: Vec<_> = from.iter().copied().filter(|state| !running(state)).collect();
        let others = names(&others);
        if others.is_empty() { "in corso".to_owned() } else { format!("{others}, in corso") }
    } else {
        names(from)
    }
}

fn verbs() -> String {
    let mut text = "| atto | chi | quando | dove porta |\n| --- | --- | --- | --- |\n".to_owned();
    for verb in Verb::ALL.iter().copied() {
        let from: Vec<_> =
            State::ALL.into_iter().filter(|state| !after(verb, *state).is_empty()).collect();
        let moves: BTreeSet<_> = from
            .iter()
            .flat_map(|from| after(verb, *from).iter().filter(move |to| *to != from))
            .collect();
        let stays = from.iter().any(|from| after(verb, *from).contains(from));
        let mut to: Vec<_> = moves.into_iter().map(|state| state.italian()).collect();
        if stays {
            to.push("resta dov'è");
        }
        let when = when(&from);
        writeln!(text, "| **{}** | {} | {when} | {} |", verb.italian(), who(verb), to.join("; "))
            .unwrap();
    }
    text
}

fn annulment() -> String {
    let mut text = "| mesi | per gli atti dal | al | dove sta scritto |\n\
                    | ---: | --- | --- | --- |\n"
        .to_owned();
    for limit in ANNULMENT_LIMITS {
        let to = limit.to.map_or("oggi".to_owned(), |to| to.format("%d/%m/%Y").to_string());
        let from = limit.from.format("%d/%m/%Y");
        writeln!(text, "| {} | {from} | {to} | {} |", limit.months, limit.source).unwrap();
    }
    text
}

#[test]
fn the_page_for_officials_is_printed_from_the_code() {
    let page = include_str!("../../../../docs/practice.md").to_owned();
    let page = printed(page, "stati", &states());
    let page = printed(page, "atti", &verbs());
    let page = printed(page, "annullamento", &annulment());
    expect_file!["../../../../docs/practice.md"].assert_eq(&page);
}

#[test]
fn every_verb_has_someone_who_may_do_it() {
    for verb in Verb::ALL.iter().copied() {
        assert!(!who(verb).is_empty(), "{verb}");
    }
}

#[test]
fn a_stranger_stands_nowhere_on_the_page() {
    let stranger = Role::Citizen { person: Id::from_u128(99) };
    let stranger = Subject::new("c_f051".parse().unwrap(), vec![stranger]);
    for state in State::ALL {
        let practice = Life::in_state(state, procedure()).practice;
        assert!(Verb::ALL.iter().copied().all(|verb| practice.may(&stranger, verb).is_err()));
    }
}
