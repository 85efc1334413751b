//! What stands between a person and practices: nothing is shown that a single read hides.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use expect_test::expect;
use mattoni_core::calendar::rome_date;
use mattoni_core::record::{AccessRefusal, Record, Role, Sight, Subject, Verb as _};
use mattoni_core::{Act, Actor, Digest, Id, Problem, Problems, Refusal as _};
use mattoni_desk::counter::{Lists, Records};
use mattoni_desk::{Desk, DeskError};
use mattoni_office::{Office, open_draft};
use mattoni_practice::bulk::Selection;
use mattoni_practice::lists::NUMBER;
use mattoni_practice::*;
use mattoni_store::{Cursor, Memory};
use proptest::prelude::*;

use crate::practices::{
    Spec, anna, at, citizen, desk_on, ente, id, number, office, open_all, person, service, spec,
};

fn role() -> impl Strategy<Value = Role> {
    let some = || prop::collection::btree_set(0..2_u8, 0..3);
    let offices = |set: BTreeSet<u8>| set.into_iter().map(office).collect();
    let services = |set: BTreeSet<u8>| set.into_iter().map(service).collect();
    let account = || prop::sample::select(vec!["anna".to_owned(), "bruno".to_owned()]);
    prop_oneof![
        4 => (0..5_u8).prop_map(|who| Role::Citizen { person: person(who).id }),
        3 => (account(), some(), some()).prop_map(move |(account, o, s)| {
            Role::Operator { account, offices: offices(o), services: services(s) }
        }),
        2 => (account(), some(), some()).prop_map(move |(account, o, s)| {
            Role::OfficeHead { account, offices: offices(o), services: services(s) }
        }),
        1 => Just(Role::TechnicalAdmin { account: "ced".to_owned() }),
        1 => Just(Role::Auditor),
        1 => Just(Role::System),
    ]
}

fn subject() -> impl Strategy<Value = Subject> {
    let ente = prop_oneof![9 => Just(ente()), 1 => Just("c_f051".parse().unwrap())];
    (ente, prop::collection::vec(role(), 0..3)).prop_map(|(ente, roles)| Subject::new(ente, roles))
}

fn query() -> impl Strategy<Value = Query> {
    let services = prop::option::of(0..2_u8);
    let states = prop::collection::btree_set(0..State::ALL.len(), 0..4);
    (services, states, prop::option::of(0..2_u8), prop::option::of(0..5_u8)).prop_map(
        |(of, states, by, who)| {
            let states = states.into_iter().map(|state| State::ALL[state]);
            let mut selection = Selection::all().in_states(states);
            if let Some(of) = of {
                selection = selection.of_service(service(of));
            }
            if let Some(by) = by {
                selection = selection.of_office(office(by));
            }
            let query = Query::new(selection);
            match who {
                Some(who) => query.of_person(person(who).id),
                None => query,
            }
        },
    )
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

pub(crate) async fn desk(specs: &[Spec]) -> Desk {
    let desk = desk_on(Memory::new());
    open_all(&desk, specs).await;
    desk
}

/// The practices, as `who` may see and change them.
pub(crate) fn at_counter<'a>(desk: &'a Desk, who: &Subject) -> Records<'a, Practice> {
    desk.at_counter(who.clone()).of()
}

pub(crate) fn problems<T: std::fmt::Debug>(answer: Result<T, DeskError>) -> Problems {
    match answer {
        Err(DeskError::Refused(problems)) => problems,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

pub(crate) fn code<T: std::fmt::Debug>(answer: Result<T, DeskError>) -> String {
    problems(answer).iter().next().unwrap().code.to_string()
}

/// What single reads show: the measure of everything else.
async fn reads(
    counter: &Records<'_, Practice>,
    specs: &[Spec],
) -> BTreeMap<Id<Practice>, Practice> {
    let mut seen = BTreeMap::new();
    for place in 0..specs.len() {
        if let Ok(practice) = counter.read(id(place)).await {
            seen.insert(id(place), practice);
        }
    }
    seen
}

async fn pages(counter: &Records<'_, Practice>, query: &Query, limit: usize) -> Vec<Practice> {
    let (mut listed, mut after): (Vec<Practice>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = counter.page(query, after.as_ref(), limit).await.unwrap();
        assert!(page.records.len() <= limit);
        listed.extend(page.records);
        let Some(next) = page.next else { return listed };
        let text = next.to_string();
        let names = |practice: &Practice| format!("{:032x}", practice.id().as_u128());
        assert!(listed.iter().any(|practice| text.contains(&names(practice))), "tells a hidden id");
        after = Some(next);
    }
}

fn screens() -> Vec<Screen> {
    let withins =
        [0, 1].into_iter().flat_map(|n| [Within::Office(office(n)), Within::Service(service(n))]);
    let within = withins.flat_map(|within| {
        let name = |name: &str| Screen::Named { name: name.into(), within: within.clone() };
        let names = ["ros", "MARÌA  r", "rossi luca", ""].map(name);
        [Screen::Work { within }].into_iter().chain(names)
    });
    let states = State::ALL
        .into_iter()
        .flat_map(|state| [0, 1].map(|of| Screen::InState { service: service(of), state }));
    within.chain(states).chain([Screen::Mine]).collect()
}

/// When it was submitted; while it is a draft, when it was last touched.
fn since(practice: &Practice) -> DateTime<Utc> {
    practice.submitted_at().unwrap_or(practice.touched_at())
}

/// What single reads say the search finds, in its order.
fn found<'a>(
    query: &Query,
    who: &Subject,
    seen: impl Iterator<Item = &'a Practice>,
) -> Vec<Practice> {
    let mut found: Vec<Practice> = seen.filter(|p| wanted(query, p)).cloned().collect();
    let Selection { service, office, .. } = &query.selection;
    let everywhere = query.person.is_none() && service.is_none() && office.is_none();
    if who.is_official() && everywhere {
        found.sort_by_key(Practice::id);
    } else {
        found.sort_by_key(|p| (since(p), p.id()));
    }
    found
}

/// What single reads say the screen shows, in its order.
fn shown<'a>(
    screen: &Screen,
    who: &Subject,
    seen: impl Iterator<Item = &'a Practice>,
) -> Vec<Practice> {
    let draft = |p: &Practice| matches!(p.state(), State::Draft | State::Expired);
    let within = |p: &Practice, within: &Within| match within {
        Within::Office(code) => p.assignee().is_some_and(|a| a.office_code() == code),
        Within::Service(code) => p.service().code == *code,
        _ => false,
    };
    let is_me = |p: &Practice| {
        who.roles.iter().any(|role| match role {
            Role::Citizen { person } => wanted(&Query::default().of_person(*person), p),
            _ => false,
        })
    };
    // Everyone here is called Maria Rossi.
    let called = |name: &str| matches!(name, "ros" | "MARÌA  r");
    let is_in = |p: &&Practice| match screen {
        Screen::Mine => is_me(p),
        Screen::Work { within: w } => within(p, w) && !p.state().is_final() && p.due().is_some(),
        Screen::InState { service, state } => p.service().code == *service && p.state() == *state,
        Screen::Named { name, within: w } => within(p, w) && !draft(p) && called(name),
        _ => false,
    };
    let mut shown: Vec<Practice> = seen.filter(is_in).cloned().collect();
    match screen {
        Screen::Work { .. } => shown.sort_by_key(|p| (p.due().map(|due| due.on), p.id())),
        Screen::Named { .. } => shown.sort_by_key(Practice::id),
        Screen::Mine => shown.sort_by_key(|p| std::cmp::Reverse((since(p), p.id()))),
        _ => shown.sort_by_key(|p| (since(p), p.id())),
    }
    shown
}

async fn screen_pages(
    counter: &Records<'_, Practice>,
    screen: &Screen,
    limit: usize,
) -> Vec<Practice> {
    let (mut listed, mut after): (Vec<Practice>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = counter.page(screen, after.as_ref(), limit).await.unwrap();
        assert!(page.records.len() <= limit);
        assert_eq!(page.lists, Lists::Complete);
        listed.extend(page.records);
        let Some(next) = page.next else { return listed };
        // It goes to the browser and back.
        let next: Cursor = next.to_string().parse().unwrap();
        after = Some(next);
    }
}

/// The same as rows, and as practices in turns: one goes on from the other.
async fn row_pages(
    counter: &Records<'_, Practice>,
    screen: &Screen,
    limit: usize,
) -> Vec<(Id<Practice>, PracticeRow)> {
    let (mut told, mut after): (Vec<_>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = counter.rows(screen, after.as_ref(), limit).await.unwrap();
        assert!(page.rows.len() <= limit);
        assert_eq!(page.lists, Lists::Complete);
        told.extend(page.rows);
        let Some(next) = page.next else { return told };
        let page = counter.page(screen, Some(&next), limit).await.unwrap();
        told.extend(page.records.iter().map(row));
        let Some(next) = page.next else { return told };
        after = Some(next);
    }
}

fn row(practice: &Practice) -> (Id<Practice>, PracticeRow) {
    (practice.id(), PracticeRow::of(practice))
}

fn wanted(query: &Query, practice: &Practice) -> bool {
    let on_it = |who: Id<mattoni_core::Person>| {
        practice.speaks_for_applicant(who, rome_date(at(30)))
            || practice.parties().iter().any(|p| p.person.id == who)
    };
    query.person.is_none_or(on_it) && query.selection.picks(practice)
}

/// Someone the subject can act as, or nobody they are.
fn acts(subject: &Subject) -> Vec<Act> {
    let mut actors = vec![Actor::Operator("nobody".into())];
    for actor in subject.roles.iter().filter_map(|role| match role {
        Role::Citizen { person } => Some(Actor::Citizen(*person)),
        Role::Operator { account, .. } | Role::OfficeHead { account, .. } => {
            Some(Actor::Operator(account.clone()))
        }
        Role::System => Some(Actor::System("clock".into())),
        _ => None,
    }) {
        if !actors.contains(&actor) {
            actors.push(actor);
        }
    }
    actors.into_iter().map(|actor| Act::new(at(30), actor)).collect()
}

pub(crate) fn reached() -> Problems {
    Problem::new("reached", "", "the verb was asked", "").into()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn no_list_count_search_history_explanation_or_export_shows_what_one_read_hides(
        specs in prop::collection::vec(spec(), 1..14), who in subject(), query in query(),
        limit in 1..5_usize,
    ) {
        run(async {
            let (desk, nothing) = (desk(&specs).await, desk(&[]).await);
            let (counter, stranger) = (at_counter(&desk, &who), at_counter(&nothing, &who));
            let (offices, empty) = (Office::new(desk.clone()), Office::new(nothing.clone()));
            let seen = reads(&counter, &specs).await;
            let expected = found(&query, &who, seen.values());

            let listed = pages(&counter, &query, limit).await;
            assert_eq!(listed, expected);
            assert_eq!(counter.count(&query).await.unwrap(), expected.len() as u64);
            let mut out = Vec::new();
            counter.export(&query, &mut out).await.unwrap();
            let lines: Vec<Practice> = String::from_utf8(out).unwrap().lines()
                .map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(lines, expected);

            for screen in screens() {
                let expected = shown(&screen, &who, seen.values());
                assert_eq!(screen_pages(&counter, &screen, limit).await, expected, "{screen:?}");
                let told: Vec<_> = expected.iter().map(row).collect();
                assert_eq!(row_pages(&counter, &screen, limit).await, told, "{screen:?}");
                assert_eq!(counter.count(&screen).await.unwrap(), expected.len() as u64);
            }

            for (place, spec) in specs.iter().enumerate() {
                let (id, number) = (id(place), number(place));
                let Some(practice) = seen.get(&id) else {
                    assert_eq!(problems(counter.read(id).await), problems(stranger.read(id).await));
                    let hidden = problems(counter.holder(NUMBER, &number).await);
                    assert_eq!(hidden, problems(stranger.holder(NUMBER, &number).await));
                    for name in [number, id.to_string()] {
                        let hidden = problems(offices.explain_to(&who, &name).await);
                        assert_eq!(hidden, problems(empty.explain_to(&who, &name).await));
                    }
                    let hidden = problems(counter.history(id).await);
                    assert_eq!(hidden, problems(stranger.history(id).await));
                    continue;
                };
                if (2..=8).contains(&spec.stage) {
                    let held = counter.holder(NUMBER, &number).await.unwrap();
                    assert_eq!(&held, practice);
                    let explained = offices.explain_to(&who, &number).await.unwrap();
                    assert_eq!(explained.id, id);
                }
                let history = counter.history(id).await.unwrap();
                let explained = offices.explain_to(&who, &id.to_string()).await.unwrap();
                assert_eq!(history.len(), explained.history.len());
                let notes = practice.messages().iter().any(|m| m.audience == Audience::Office);
                let told = format!("{history:?}");
                assert_eq!(told.contains("segreta"), notes);
                assert_eq!(told.contains("capo"), notes, "who read a note is hidden with it");
            }
        });
    }

    #[test]
    fn who_sees_no_notes_cannot_tell_whether_there_are_any(
        specs in prop::collection::vec(spec(), 1..6), who in subject(),
    ) {
        run(async {
            let noted = |noted: bool| -> Vec<Spec> {
                specs.iter().map(|spec| Spec { noted, ..*spec }).collect()
            };
            let mut told = Vec::new();
            for specs in [noted(true), noted(false)] {
                let desk = desk(&specs).await;
                let (counter, office) = (at_counter(&desk, &who), Office::new(desk.clone()));
                let mut seen = String::new();
                for place in 0..specs.len() {
                    let whole = desk.load::<Practice>(id(place)).await.unwrap().unwrap().state;
                    if whole.sight(&who) != Sight::WithoutNotes {
                        continue;
                    }
                    let practice = counter.read(id(place)).await.unwrap();
                    seen += &serde_json::to_string(&practice).unwrap();
                    let history = counter.history(id(place)).await.unwrap();
                    let numbers = history.iter().map(|entry| entry.number);
                    assert!(numbers.eq(1..=history.len() as u64));
                    seen += &format!("{history:?}");
                    let name = id(place).to_string();
                    let explained = office.explain_to(&who, &name).await.unwrap();
                    seen += &serde_json::to_string(&explained).unwrap();
                }
                told.push(seen);
            }
            assert_eq!(told[0], told[1]);
        });
    }

    #[test]
    fn a_verb_is_asked_exactly_where_whoever_acts_may(
        specs in prop::collection::vec(spec(), 1..5), who in subject(),
    ) {
        run(async {
            let (desk, nothing) = (desk(&specs).await, desk(&[]).await);
            let counter = at_counter(&desk, &who);
            let head = desk.store().head(&ente()).await.unwrap();
            let seen = reads(&counter, &specs).await;
            for act in acts(&who) {
                for verb in Verb::ALL.iter().copied() {
                    for place in 0..specs.len() {
                        let asked = |_: &Practice, _: &Act| Err::<Event, _>(reached());
                        let answer = problems(counter.decide(id(place), verb, &act, asked).await);
                        let stranger = at_counter(&nothing, &who);
                        let whole = desk.load::<Practice>(id(place)).await;
                        let whole = whole.unwrap().unwrap().state;
                        let expected = if !seen.contains_key(&id(place)) {
                            problems(stranger.decide(id(place), verb, &act, asked).await)
                        } else {
                            match whole.may(&as_actor(&who, &act.by), verb) {
                                Ok(()) => reached(),
                                Err(conflict @ AccessRefusal::Conflict { .. }) => conflict.problems(),
                                Err(_) => {
                                    let verb = verb.name();
                                    AccessRefusal::NotTheirs { kind: "practice", verb }.problems()
                                }
                            }
                        };
                        assert_eq!(answer, expected);
                    }
                }
            }
            assert_eq!(desk.store().head(&ente()).await.unwrap(), head);
        });
    }

    #[test]
    fn a_bulk_verb_does_what_its_preview_says_to_what_is_seen_and_nothing_else(
        specs in prop::collection::vec(spec(), 1..14), who in subject(), query in query(),
    ) {
        run(async {
            let desk = desk(&specs).await;
            let counter = at_counter(&desk, &who);
            let seen = reads(&counter, &specs).await;
            let picked: BTreeSet<_> = seen.values()
                .filter(|practice| query.selection.picks(practice)).map(Practice::id).collect();
            let selection = &query.selection;
            let why = |p: &Practice, act: &Act| p.accept(act, Decision::new("ha i requisiti"));
            for (turn, act) in acts(&who).into_iter().enumerate() {
                let run = Id::from_u128(turn as u128 + 1);
                let head = desk.store().head(&ente()).await.unwrap();
                let preview = counter.preview(run, Verb::Accept, selection, &act, why).await.unwrap();
                assert_eq!(desk.store().head(&ente()).await.unwrap(), head);
                let refused = preview.refused.iter().map(|(id, _)| *id);
                let named: Vec<_> = preview.decided.iter().copied().chain(refused).collect();
                let mentioned: BTreeSet<_> = named.iter().copied().collect();
                assert_eq!(mentioned.len(), named.len(), "named twice");
                assert!(mentioned.is_subset(&picked));
                if turn == 0 {
                    assert_eq!(mentioned, picked);
                    assert_eq!(preview.decided, [], "nobody is nobody");
                }
                let report = counter.bulk(run, Verb::Accept, selection, &act, why, &|_| ()).await;
                let report = report.unwrap();
                assert_eq!(report.done, preview.decided.len() as u64);
                assert_eq!(report.refused, preview.refused);
                for place in 0..specs.len() {
                    let practice = desk.load::<Practice>(id(place)).await;
                    let outcome = practice.unwrap().unwrap().state.outcomes().last().cloned();
                    let now = outcome.is_some_and(|outcome| outcome.act == act);
                    assert_eq!(now, preview.decided.contains(&id(place)));
                }
            }
        });
    }
}

fn as_actor(who: &Subject, actor: &Actor) -> Subject {
    let is = |role: &&Role| match role {
        Role::Citizen { person } => *actor == Actor::Citizen(*person),
        Role::Operator { account, .. } | Role::OfficeHead { account, .. } => {
            *actor == Actor::Operator(account.clone())
        }
        Role::System => matches!(actor, Actor::System(_)),
        _ => false,
    };
    let acting = Subject::new(who.ente.clone(), who.roles.iter().filter(is).cloned().collect());
    // Who they are stays known.
    who.people().fold(acting, Subject::being)
}

pub(crate) fn plain(stage: u8) -> Spec {
    Spec { service: 0, applicant: 0, filer: 0, reader: None, office: 0, stage, noted: false }
}

fn maria() -> Subject {
    Subject::new(ente(), vec![Role::Citizen { person: person(0).id }])
}

pub(crate) fn scuola() -> Subject {
    let (offices, services) = ([office(0)].into(), [].into());
    Subject::new(ente(), vec![Role::OfficeHead { account: "anna".into(), offices, services }])
}

fn opening(number: usize, filer: Filer) -> Opening {
    let procedure = Procedure::new(30);
    let reference = ServiceRef::new(service(0), 1);
    Opening::new(id(number), ente(), reference, procedure, person(0)).filed_by(filer)
}

#[tokio::test]
async fn a_draft_is_opened_by_its_applicant_its_delegate_or_its_typist() {
    let desk = desk(&[]).await;
    let typed = Filer::counter("anna", office(0));
    let by_anna = at_counter(&desk, &scuola());
    open_draft(&by_anna, &anna(0), opening(1, typed.clone())).await.unwrap();
    let maria = at_counter(&desk, &maria());
    open_draft(&maria, &citizen(0, 0), opening(2, Filer::Applicant)).await.unwrap();
    let mandate =
        Mandate::new(person(3), MandateKind::Entrusted).with_paper(Digest::of(b"incarico"));
    let delegated = Filer::Delegate(mandate);
    let delegate = Subject::new(ente(), vec![Role::Citizen { person: person(3).id }]);
    let delegate = at_counter(&desk, &delegate);
    open_draft(&delegate, &citizen(3, 0), opening(3, delegated.clone())).await.unwrap();

    // In the name of others, and where others type, nobody opens anything.
    let head = desk.store().head(&ente()).await.unwrap();
    for (act, filer) in [(anna(0), Filer::Applicant), (anna(0), typed), (citizen(3, 0), delegated)]
    {
        let refused = open_draft(&maria, &act, opening(4, filer)).await;
        assert_eq!(code(refused), "practice.access.not-theirs");
    }
    let refused = open_draft(&by_anna, &anna(0), opening(4, Filer::Applicant)).await;
    assert_eq!(code(refused), "practice.access.not-theirs");
    let mut elsewhere = opening(4, Filer::Applicant);
    elsewhere.ente = "c_f051".parse().unwrap();
    let refused = open_draft(&maria, &citizen(0, 0), elsewhere).await;
    assert_eq!(code(refused), "desk.counter.ente");
    assert_eq!(desk.store().head(&ente()).await.unwrap(), head);
}

#[tokio::test]
async fn opening_under_the_id_of_someone_elses_practice_shows_nothing_of_it() {
    let desk = desk(&[Spec { applicant: 2, ..plain(0) }]).await;
    let maria = at_counter(&desk, &maria());
    let refused = open_draft(&maria, &citizen(0, 0), opening(0, Filer::Applicant)).await;
    expect!["id: 3f77dc11-4c3b-8b2e-a9ae-50e8e8bbfdbd cannot be used; open it under another id; where ids follow from names, it was applied for already [desk.counter.taken]"]
    .assert_eq(&problems(refused).to_string());
}

#[tokio::test]
async fn what_is_recorded_is_the_verb_that_was_allowed_by_who_asked() {
    let desk = desk(&[plain(3)]).await;
    let counter = at_counter(&desk, &scuola());
    let head = desk.store().head(&ente()).await.unwrap();
    let accept = |p: &Practice, act: &Act| p.accept(act, Decision::new("sì"));
    let other_verb = counter.decide(id(0), Verb::Write, &anna(3), accept).await;
    assert_eq!(code(other_verb), "desk.counter.other-event");
    let bruno = Act::new(at(3), Actor::Operator("bruno".into()));
    let other_act = |p: &Practice, _: &Act| p.accept(&bruno, Decision::new("sì"));
    let other_act = counter.decide(id(0), Verb::Accept, &anna(3), other_act).await;
    assert_eq!(code(other_act), "desk.counter.other-event");
    assert_eq!(desk.store().head(&ente()).await.unwrap(), head);
    let accepted = counter.decide(id(0), Verb::Accept, &anna(3), accept).await.unwrap();
    assert_eq!(accepted.state(), State::Accepted);
}

#[tokio::test]
async fn a_citizen_cannot_find_out_by_reading_that_a_note_was_written() {
    let desk = desk(&[Spec { noted: true, ..plain(3) }]).await;
    let counter = at_counter(&desk, &maria());
    let read = async |number| {
        let read = |p: &Practice, act: &Act| p.mark_read(act, number);
        problems(counter.decide(id(0), Verb::MarkRead, &citizen(0, 3), read).await)
    };
    // The office counts three, with a note; a citizen counts the two that they see.
    let (note, none) = (read(3).await, read(77).await);
    let said = |problems: &Problems| problems.to_string().replace("77", "3");
    assert_eq!(said(&note), said(&none));
}

#[tokio::test]
async fn a_number_that_someone_hidden_has_is_refused_without_naming_them() {
    let tributi = Spec { office: 1, service: 1, ..plain(3) };
    let desk = desk(&[tributi, Spec { stage: 1, ..plain(1) }]).await;
    let services = [service(0)].into();
    let role = Role::Operator { account: "anna".into(), offices: [].into(), services };
    let counter = at_counter(&desk, &Subject::new(ente(), vec![role]));
    let register = |p: &Practice, act: &Act| p.register(act, Document::Application, &number(0));
    let refused = problems(counter.decide(id(1), Verb::Register, &anna(0), register).await);
    expect!["number: one record alone may have this; give another [desk.counter.held]"]
        .assert_eq(&refused.to_string());
}
