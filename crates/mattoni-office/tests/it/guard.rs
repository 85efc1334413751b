//! The counter takes practices of services that exist, as the service says, on every way in.

use std::collections::BTreeMap;

use mattoni_core::record::{Role, Subject};
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Id, SignIn};
use mattoni_desk::counter::Records;
use mattoni_desk::{Acted, Desk, DeskError, DeskParts};
use mattoni_office::{Office, ServiceGuard, open_draft, procedure_of};
use mattoni_practice::{
    Asked, Assignee, Document, IntegrationAnswer, Opening, Practice, Procedure, Saving, ServiceRef,
    State, Verb,
};
use mattoni_service::{OfferedService, Service, ServiceSource};
use mattoni_staff::Office as StaffOffice;
use mattoni_store::{Journal as _, Memory, Sqlite};

use crate::practices::{calendar, person};
use crate::town::{at, by_office, csv, ente, march, service};

fn dogs() -> Service {
    Service::new(source()).unwrap()
}

fn source() -> ServiceSource {
    toml::from_str(include_str!("guard/dogs.toml")).unwrap()
}

/// An office that offers the dogs' service.
async fn office() -> Office {
    office_on(Memory::new()).await
}

async fn office_on(store: impl mattoni_store::Store + 'static) -> Office {
    // Offices and accounts are not what is tried here.
    let parts = DeskParts::new(mattoni_office::bricks()).guard(ServiceGuard);
    let parts = parts.guarding_nothing().delivering_nothing();
    let office = Office::new(Desk::new(store, ente(), parts).unwrap());
    office.offer(&dogs(), &by_office("2027-01-10T09:00:00Z"), "det. 1/2027").await.unwrap();
    office
}

fn citizen(number: u8) -> Actor {
    Actor::Citizen(person(number).id)
}

fn act(number: u8, when: &str) -> Act {
    Act::new(at(when), citizen(number)).identified(SignIn::Spid2)
}

/// The counter of somebody who signed in with SPID.
fn counter(office: &Office, number: u8) -> Records<'_, Practice> {
    let role = Role::Citizen { person: person(number).id };
    let subject = Subject::new(ente(), vec![role]).identified(SignIn::Spid2);
    office.desk().at_counter(subject).of()
}

fn opening(id: u128, number: u8) -> Opening {
    let reference = ServiceRef::new("cani", 1);
    Opening::new(Id::from_u128(id), ente(), reference, procedure_of(&dogs()), person(number))
}

/// An opening for another service or version than the dogs' first one.
fn under(service: ServiceRef) -> Opening {
    let mut opening = opening(1, 1);
    opening.service = service;
    opening
}

fn decimal(text: &str) -> Value {
    let kind = mattoni_core::value::Kind::Decimal { scale: 2, min: None, max: None };
    kind.parse(text).unwrap()
}

fn answers(chip: &str) -> BTreeMap<String, Value> {
    let weight = decimal("12.5");
    [
        ("microchip".to_owned(), Value::Text(chip.to_owned())),
        ("weight".to_owned(), weight),
        ("resident".to_owned(), Value::Boolean(true)),
    ]
    .into()
}

fn codes<T: std::fmt::Debug>(answer: Result<T, DeskError>) -> Vec<String> {
    let error = answer.unwrap_err();
    let problems = error.problems().unwrap_or_else(|| panic!("{error:?}"));
    problems.iter().map(|problem| problem.code.to_string()).collect()
}

async fn save(
    office: &Office,
    id: u128,
    number: u8,
    when: &str,
    answers: BTreeMap<String, Value>,
) -> Result<Practice, DeskError> {
    let act = act(number, when);
    counter(office, number)
        .decide(Id::from_u128(id), Verb::Save, &act, |practice: &Practice, act| {
            practice.save(act, Saving::set(answers.clone()))
        })
        .await
}

async fn submit(office: &Office, id: u128, number: u8, when: &str) -> Result<Practice, DeskError> {
    let act = act(number, when);
    counter(office, number)
        .decide(Id::from_u128(id), Verb::Submit, &act, |practice: &Practice, act| {
            practice.submit(act, practice.summary().digest(), &calendar())
        })
        .await
}

async fn open(office: &Office, id: u128, number: u8) -> Practice {
    let act = act(number, "2027-03-01T09:00:00Z");
    open_draft(&counter(office, number), &act, opening(id, number)).await.unwrap()
}

const MARCH: &str = "2027-03-02T09:00:00Z";

#[tokio::test]
async fn an_application_goes_in_as_the_service_says() {
    let office = office().await;
    open(&office, 1, 1).await;
    save(&office, 1, 1, MARCH, answers("380260000000001")).await.unwrap();
    let sent = submit(&office, 1, 1, MARCH).await.unwrap();
    assert_eq!(sent.state(), State::Submitted);
}

#[tokio::test]
async fn an_invented_service_and_an_invented_procedure_are_refused() {
    let office = office().await;
    let (mine, act) = (counter(&office, 1), act(1, MARCH));
    let of = |code: &str, version| under(ServiceRef::new(code, version));
    let unknown = open_draft(&mine, &act, of("gatti", 1)).await;
    assert_eq!(codes(unknown), ["office.service.unknown"]);
    let no_version = open_draft(&mine, &act, of("cani", 7)).await;
    assert_eq!(codes(no_version), ["office.service.unknown"]);
    let mut in_a_day = opening(1, 1);
    in_a_day.procedure = Procedure::new(1);
    assert_eq!(codes(open_draft(&mine, &act, in_a_day).await), ["office.service.procedure"]);
}

#[tokio::test]
async fn a_draft_of_a_service_takes_no_applications_and_neither_does_an_old_version() {
    let office = office().await;
    let staff = by_office("2027-02-20T09:00:00Z");
    let second = Service::new(ServiceSource { version: 2, ..source() }).unwrap();
    office.import_service(&second, &staff, "det. 2/2027").await.unwrap();
    let under = |version| under(ServiceRef::new("cani", version));
    let (mine, act) = (counter(&office, 1), act(1, MARCH));
    assert_eq!(codes(open_draft(&mine, &act, under(2)).await), ["service.closed"]);

    let id = OfferedService::id_of(&ente(), "cani");
    let from = "2027-03-01".parse().unwrap();
    let publish = |service: &OfferedService| {
        service.publish(&staff, 2, from, "det. 3/2027").map(|event| vec![event])
    };
    office.desk().decide(id, &staff, publish).await.unwrap();
    assert_eq!(codes(open_draft(&mine, &act, under(1)).await), ["service.closed"]);
    open_draft(&mine, &act, under(2)).await.unwrap();
}

#[tokio::test]
async fn answers_are_of_the_form_when_they_are_saved() {
    let office = office().await;
    open(&office, 1, 1).await;
    let with = |name: &str, value| [(name.to_owned(), value)].into();
    for (answer, code) in [
        (with("weight", Value::Text("banana".into())), "value.wrong-type"),
        (with("weight", decimal("12.55")), "value.decimals"),
        (with("microchip", Value::Text("x".repeat(16))), "value.too-long"),
    ] {
        assert_eq!(codes(save(&office, 1, 1, MARCH, answer).await), [code]);
    }
    let both = [
        ("weight".to_owned(), Value::Text("banana".into())),
        ("resident".to_owned(), Value::Integer(1)),
    ];
    let all_at_once = save(&office, 1, 1, MARCH, both.into()).await;
    assert_eq!(codes(all_at_once), ["value.wrong-type", "value.wrong-type"]);
    let draft = counter(&office, 1).read(Id::from_u128(1)).await.unwrap();
    assert!(draft.answers().is_empty(), "nothing is half saved");
}

#[tokio::test]
async fn nothing_goes_in_outside_the_window_or_while_the_service_is_suspended() {
    let office = office().await;
    let early = act(1, "2027-01-20T09:00:00Z");
    let refused = open_draft(&counter(&office, 1), &early, opening(1, 1)).await;
    assert_eq!(codes(refused), ["service.closed"]);
    open(&office, 1, 1).await;
    save(&office, 1, 1, MARCH, answers("1")).await.unwrap();
    let late = "2027-07-01T10:00:00Z";
    assert_eq!(codes(submit(&office, 1, 1, late).await), ["service.closed"]);
    assert_eq!(codes(save(&office, 1, 1, late, answers("1")).await), ["service.closed"]);

    let (id, head) = (OfferedService::id_of(&ente(), "cani"), by_office(MARCH));
    let suspend = |service: &OfferedService| {
        service.suspend(&head, 1, "guasto al registro").map(|event| vec![event])
    };
    office.desk().decide(id, &head, suspend).await.unwrap();
    let refused = submit(&office, 1, 1, "2027-03-03T09:00:00Z").await.unwrap_err();
    let rule = refused.problems().unwrap().iter().next().unwrap().rule.to_string();
    assert!(rule.contains("guasto al registro"), "{rule}");
}

#[tokio::test]
async fn a_requirement_that_is_not_met_keeps_an_application_back() {
    let office = office().await;
    open(&office, 1, 1).await;
    let mut elsewhere = answers("1");
    elsewhere.insert("resident".to_owned(), Value::Boolean(false));
    save(&office, 1, 1, MARCH, elsewhere).await.unwrap();
    assert_eq!(codes(submit(&office, 1, 1, MARCH).await), ["form.requirement"]);
}

#[tokio::test]
async fn whoever_signed_in_less_strongly_than_the_service_asks_is_sent_back() {
    let office = office().await;
    let role = Role::Citizen { person: person(1).id };
    let weak = Subject::new(ente(), vec![role]).identified(SignIn::Spid1);
    let counter = office.desk().at_counter(weak).of::<Practice>();
    let spid1 = Act::new(at(MARCH), citizen(1)).identified(SignIn::Spid1);
    let refused = open_draft(&counter, &spid1, opening(1, 1)).await;
    assert_eq!(codes(refused), ["office.service.sign-in"]);
    // Claiming more than the session has does not help.
    let claimed = open_draft(&counter, &act(1, MARCH), opening(1, 1)).await;
    assert_eq!(codes(claimed), ["desk.counter.sign-in"]);
}

#[tokio::test]
async fn a_second_application_for_the_same_thing_is_kept_back_until_the_first_is_withdrawn() {
    let office = office().await;
    for number in [1, 2] {
        open(&office, u128::from(number), number).await;
        // Written otherwise, it is still the same microchip.
        let chip = if number == 1 { "abc" } else { " ABC " };
        save(&office, u128::from(number), number, MARCH, answers(chip)).await.unwrap();
    }
    submit(&office, 1, 1, MARCH).await.unwrap();
    assert_eq!(codes(submit(&office, 2, 2, MARCH).await), ["desk.counter.held"]);
    let anna = by_office("2027-03-02T10:00:00Z");
    let register = |practice: &Practice| {
        practice.register(&anna, Document::Application, "2027/1").map(|event| vec![event])
    };
    office.desk().decide::<Practice, _>(Id::from_u128(1), &anna, register).await.unwrap();
    let withdraw = |practice: &Practice, act: &Act| practice.withdraw(act, "sbagliata");
    let act = act(1, "2027-03-03T09:00:00Z");
    counter(&office, 1).decide(Id::from_u128(1), Verb::Withdraw, &act, withdraw).await.unwrap();
    submit(&office, 2, 2, "2027-03-04T09:00:00Z").await.unwrap();
}

#[tokio::test]
async fn what_two_applications_have_in_common_is_kept_as_a_keyed_digest() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("town.sqlite");
    let office = office_on(crate::privacy::vault(Sqlite::open(&file).unwrap()).await).await;
    open(&office, 1, 1).await;
    save(&office, 1, 1, MARCH, answers("380260000000001")).await.unwrap();
    let sent = submit(&office, 1, 1, MARCH).await.unwrap();
    let plain = sent.application_key().unwrap();
    let name = mattoni_practice::lists::APPLICATION;
    let through = office.desk().holder::<Practice>(name, &plain).await.unwrap();
    assert_eq!(through.unwrap().id, Id::from_u128(1));
    let below = Sqlite::open(&file).unwrap();
    let below = below.holder(&ente(), "practice", name, &plain).await;
    assert!(below.unwrap().is_none(), "below the vault the digest alone finds nothing");
}

#[tokio::test]
async fn what_is_answered_to_a_request_is_of_the_form_too() {
    let office = office().await;
    open(&office, 1, 1).await;
    save(&office, 1, 1, MARCH, answers("1")).await.unwrap();
    submit(&office, 1, 1, MARCH).await.unwrap();
    let (id, anna) = (Id::from_u128(1), by_office("2027-03-05T09:00:00Z"));
    let details = mattoni_staff::OfficeDetails::new("Ufficio animali");
    let opened = StaffOffice::open_office(&anna, &ente(), "animali", details).unwrap();
    let animals = StaffOffice::id_of(&ente(), "animali");
    office.desk().open(animals, &anna, &[opened]).await.unwrap();
    let in_charge = |practice: &Practice| {
        let mut after = practice.clone();
        let mut events = Vec::new();
        let mut then = |event| {
            mattoni_core::Aggregate::apply(&mut after, &event);
            events.push(event);
            after.clone()
        };
        let registered = then(practice.register(&anna, Document::Application, "2027/1").unwrap());
        let taken = then(registered.take_in_charge(&anna, Assignee::office("animali")).unwrap());
        let asked = Asked::Field { key: "weight".into(), why: "non è chiaro".into() };
        let by = "2027-03-20".parse().unwrap();
        then(taken.request_integration(&anna, vec![asked], by, &calendar()).unwrap());
        Ok::<_, mattoni_core::Problems>(events)
    };
    office.desk().decide(id, &anna, in_charge).await.unwrap();
    let answer = async |value: Value| {
        let act = act(1, "2027-03-06T09:00:00Z");
        let set: BTreeMap<_, _> = [("weight".to_owned(), value)].into();
        let decide = |practice: &Practice, act: &Act| {
            let answer = IntegrationAnswer { set: set.clone(), ..Default::default() };
            practice.answer_integration(act, answer, &calendar())
        };
        counter(&office, 1).decide(id, Verb::AnswerIntegration, &act, decide).await
    };
    assert_eq!(codes(answer(Value::Text("banana".into())).await), ["value.wrong-type"]);
    answer(decimal("12")).await.unwrap();
}

#[tokio::test]
async fn files_and_bulk_runs_come_in_by_the_same_door() {
    let office = office().await;
    let file = csv(3);
    let refused = office.import(&service(), file.as_bytes(), march(), &|_| ()).await;
    let found = codes(refused);
    assert!(!found.is_empty() && found.iter().all(|code| code == "office.service.unknown"));
    office.offer(&service(), &by_office("2027-01-10T09:00:00Z"), "det. 4/2027").await.unwrap();
    let report = office.import(&service(), file.as_bytes(), march(), &|_| ()).await.unwrap();
    assert_eq!(report.opened, 3);

    // One of two drafts does not meet the requirement: it alone is refused, with why.
    for number in [1, 2] {
        open(&office, u128::from(number), number).await;
        let mut answers = answers(&format!("{number}"));
        answers.insert("resident".to_owned(), Value::Boolean(number == 1));
        save(&office, u128::from(number), number, MARCH, answers).await.unwrap();
    }
    let send = |practice: &Practice, _| {
        let act = Act::new(at(MARCH), Actor::Citizen(practice.applicant().id))
            .identified(SignIn::InPerson);
        let confirmed = practice.summary().digest();
        let sent = practice.submit(&act, confirmed, &calendar());
        sent.map(|event| Some(Acted::one(&act, event)))
            .map_err(|refusal| mattoni_core::Refusal::problems(&refusal))
    };
    let both = [Id::from_u128(1), Id::from_u128(2)];
    let report = office.desk().decide_each(&both, send, None).await.unwrap();
    assert_eq!(report.done, 1);
    let (id, problems) = &report.refused[0];
    assert_eq!((*id, &*problems.iter().next().unwrap().code), (both[1], "form.requirement"));
}

#[tokio::test]
async fn a_version_that_is_published_is_not_overwritten() {
    let office = office().await;
    let staff = by_office("2027-01-11T09:00:00Z");
    // The same again changes nothing.
    let head = office.desk().store().head(&ente()).await.unwrap();
    office.offer(&dogs(), &staff, "det. 1/2027").await.unwrap();
    assert_eq!(office.desk().store().head(&ente()).await.unwrap(), head);
    let mut other = source();
    other.procedure.term_days = 60;
    let refused = office.offer(&Service::new(other).unwrap(), &staff, "det. 1/2027").await;
    assert_eq!(codes(refused), ["office.service.differs"]);
}

#[test]
fn a_desk_that_keeps_practices_without_a_guard_does_not_start() {
    let parts = DeskParts::new(mattoni_office::bricks()).delivering_nothing();
    let refused = Desk::new(Memory::new(), ente(), parts).unwrap_err();
    let found: Vec<_> = refused.iter().map(|problem| (&*problem.code, &*problem.field)).collect();
    assert_eq!(found, [("desk.guard.none", "practice")]);
}
