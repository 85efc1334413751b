//! Every kind of record that an office keeps passes the suite that tries any brick, with histories
//! that it really had.

use mattoni_core::record::{Brick, List, PEOPLE, Record, Role, Subject};
use mattoni_core::value::Value;
use mattoni_core::{Actor, Aggregate, Id, Person};
use mattoni_desk::conformance::{Sample, brick};
use mattoni_desk::intake::{Inspection, Upload, inspection_id};
use mattoni_desk::privacy::{BY_RULE, Erasure};
use mattoni_desk::{BulkRecord, Desk};
use mattoni_office::ranking::{review_id, run_id};
use mattoni_office::{EVALUATIONS, EvaluationRecord, Office, attachment, evaluation_id};
use mattoni_practice::bulk::Selection;
use mattoni_practice::lists::{NUMBER, STATE, in_state};
use mattoni_practice::{Practice, Reminder, State, Verb};
use mattoni_ranking::{Afterwards, Correction, MayPublish, Offer, Points, RUN, SERVICE, Standing};
use mattoni_service::ServiceWatch;
use mattoni_store::Memory;

use crate::practices::{
    Spec, anna, at, calendar, citizen, desk_on, ente, id, life, open_all, person,
};
use crate::privacy::{rejected, sealed, with_file};
use crate::ranking::{published, run};
use crate::scoring::score;
use crate::town::{by_office, plugin, registered, service, town};

fn role(role: Role) -> Subject {
    Subject::new(ente(), vec![role])
}

fn of_person(person: Id<Person>) -> Subject {
    role(Role::Citizen { person })
}

fn operator(services: &[&str]) -> Subject {
    let services = services.iter().map(|code| (*code).to_owned()).collect();
    role(Role::Operator { account: "bruno".into(), offices: [].into(), services })
}

fn head() -> Subject {
    role(Role::OfficeHead { account: "anna".into(), offices: [].into(), services: [].into() })
}

fn stranger() -> Subject {
    of_person(Id::from_u128(99))
}

/// The sample with everything that happened to the record at this desk.
async fn lived<A: Record>(desk: &Desk, id: Id<A>, sample: Sample<A>) -> Sample<A> {
    let history = desk.history::<A>(id).await.unwrap();
    assert!(!history.is_empty(), "{id}");
    history.into_iter().fold(sample, |sample, past| sample.event(past.act, past.event))
}

/// The one record of the kind at this desk.
async fn only<A: Aggregate>(desk: &Desk) -> Id<A> {
    let there = desk.store().streams(&ente(), A::KIND, None, 1).await.unwrap().remove(0);
    Id::from_u128(there.stream.id.as_u128())
}

pub(crate) async fn passes<A: Record<Event: Clone>>(of: impl Fn() -> Brick, sample: Sample<A>) {
    brick(of, &sample).await.unwrap_or_else(|failures| panic!("{}:\n{failures}", A::KIND));
}

pub(crate) fn listed<A: Record>(
    sample: Sample<A>,
    list: List,
    bucket: impl Into<String>,
) -> Sample<A> {
    assert!(A::LISTS.contains(&list));
    sample.listed(list, bucket)
}

#[tokio::test]
async fn a_practice_that_was_refused() {
    let mut sample = Sample::new(id(0), person(0).id);
    for event in life(0, &rejected()) {
        sample = sample.event(event.act().clone(), event);
    }
    let offices = ["tributi".to_owned()].into();
    let elsewhere = Role::Operator { account: "bruno".into(), offices, services: [].into() };
    let sample = sample
        .secret("nota segreta")
        .secret("buongiorno")
        .secret("per questi motivi")
        .seen_by(of_person(person(0).id))
        .seen_by(of_person(person(1).id))
        .seen_by(of_person(person(2).id))
        .seen_by(operator(&["nido"]))
        .seen_by(role(Role::Auditor))
        .hidden_from(of_person(person(3).id))
        .hidden_from(role(elsewhere))
        .hidden_from(role(Role::TechnicalAdmin { account: "ced".to_owned() }))
        .due("2027-04-02".parse().unwrap());
    let sample = listed(sample, STATE, in_state("nido", State::Rejected));
    let sample = listed(sample, PEOPLE, person(0).id.to_string());
    passes(mattoni_practice::brick, sample).await;
}

#[tokio::test]
async fn a_practice_with_a_file() {
    let desk = sealed(Memory::new()).await;
    with_file(&desk, 0, b"%PDF mia").await;
    let sample = lived(&desk, id(0), Sample::new(id(0), person(0).id)).await;
    let sample = sample
        .secret("busta paga.pdf")
        .file(b"%PDF mia")
        .seen_by(of_person(person(0).id))
        .hidden_from(stranger());
    passes(mattoni_practice::brick, sample).await;
}

#[tokio::test]
async fn a_reminder() {
    let desk = desk_on(Memory::new());
    open_all(&desk, &[Spec { stage: 3, filer: 0, reader: None, ..rejected() }]).await;
    desk.tick(&calendar(), at(29), &|_| ()).await.unwrap();
    let id = only::<Reminder>(&desk).await;
    let sample = lived(&desk, id, Sample::of_nobody(id)).await;
    let sample = sample.seen_by(operator(&["nido"])).hidden_from(of_person(person(0).id));
    passes(mattoni_practice::brick, sample).await;
}

/// A town with a published ranking, and the first of its offers with whom it is about.
async fn offered() -> (Office, Id<Offer>, Offer, Id<Person>) {
    let (office, drawn) = published(Memory::new(), 30).await;
    let by = "2027-05-17".parse().unwrap();
    office.offer_places(&drawn, by, &by_office("2027-05-06T08:00:00Z"), &|_| ()).await.unwrap();
    let offer = office.offers(drawn.run.digest()).await.unwrap().remove(0);
    let person = offer.state.concerns().unwrap().person;
    (office, offer.id, offer.state, person)
}

fn with_watchers(sample: Sample<Offer>, offer: &Offer, person: Id<Person>) -> Sample<Offer> {
    let sample = sample
        .seen_by(of_person(person))
        .seen_by(operator(&["nido-2027"]))
        .seen_by(role(Role::Auditor))
        .hidden_from(stranger())
        .hidden_from(operator(&["mensa"]));
    let sample = listed(sample, PEOPLE, person.to_string());
    listed(sample, RUN, offer.run().to_string())
}

#[tokio::test]
async fn an_offer_that_was_revoked() {
    let (office, id, offer, person) = offered().await;
    let act = by_office("2027-05-10T08:00:00Z");
    let family = mattoni_core::Act::new(act.at, Actor::Citizen(person));
    let accepted = |o: &Offer| o.accept(&family, Afterwards::StopsWaiting).map(|e| vec![e]);
    office.desk().decide(id, &family, accepted).await.unwrap();
    let revoked = |o: &Offer| o.revoke(&act, "documento falso").map(|event| vec![event]);
    office.desk().decide(id, &act, revoked).await.unwrap();
    let sample = lived(office.desk(), id, Sample::new(id, person)).await;
    let sample = with_watchers(sample, &offer, person).secret("documento falso");
    passes(mattoni_ranking::brick, sample).await;
}

#[tokio::test]
async fn an_offer_that_lapsed() {
    let (office, id, offer, person) = offered().await;
    let late = mattoni_core::Act::new(
        "2027-05-18T08:00:00Z".parse().unwrap(),
        Actor::System("clock".into()),
    );
    let lapsed = |o: &Offer| o.lapse(&late).map(|event| vec![event]);
    office.desk().decide(id, &late, lapsed).await.unwrap();
    let sample = lived(office.desk(), id, Sample::new(id, person)).await;
    let sample = with_watchers(sample, &offer, person).due("2027-05-18".parse().unwrap());
    passes(mattoni_ranking::brick, sample).await;
}

#[tokio::test]
async fn a_review() {
    const NUMBER_3: &str = "2027/0000003";
    let office = registered(Memory::new(), 4).await;
    let act = by_office("2027-05-04T06:00:00Z");
    let found = Correction { value: Points::ZERO, reason: "contratto cessato".into() };
    let out = Standing::Excluded { reason: "documento falso".into() };
    let service = service();
    office
        .review(&service, NUMBER_3, &act, |r| r.flag(&act, "work", "il datore non conferma"))
        .await
        .unwrap();
    office
        .review(&service, NUMBER_3, &act, |r| r.correct_points(&act, "work", found.clone()))
        .await
        .unwrap();
    office
        .review(&service, NUMBER_3, &act, |r| r.resolve(&act, "work", "sentito il datore"))
        .await
        .unwrap();
    office
        .review(&service, NUMBER_3, &act, |r| r.decide_standing(&act, out.clone()))
        .await
        .unwrap();
    let id = review_id(&ente(), service.code(), NUMBER_3);
    let practice = office.desk().holder::<Practice>(NUMBER, NUMBER_3).await.unwrap().unwrap();
    let applicant = practice.state.applicant().id;
    let sample = lived(office.desk(), id, Sample::new(id, applicant)).await;
    let sample = sample
        .secret("il datore non conferma")
        .secret("sentito il datore")
        .secret("contratto cessato")
        .secret("documento falso")
        .seen_by(operator(&["nido-2027"]))
        .seen_by(role(Role::Auditor))
        // What the office looks into is its own note; the dossier tells of it.
        .hidden_from(of_person(applicant))
        .hidden_from(operator(&["mensa"]));
    let sample = listed(sample, SERVICE, service.code());
    passes(mattoni_ranking::brick, sample).await;
}

#[tokio::test]
async fn a_ranking_run() {
    let (office, drawn) = published(Memory::new(), 20).await;
    let act = by_office("2027-05-12T08:00:00Z");
    let mut call = crate::town::call();
    call.criteria = call.criteria.with_seed("another lottery").unwrap();
    office.draw_up(&service(), "2", &call, &act).await.unwrap();
    let other = run_id(&ente(), service().code(), "2");
    let may = MayPublish::granted_to(act.by.clone());
    office.supersede(run(), other, &act, &may, "accolto il ricorso").await.unwrap();
    let document = drawn.standing.state.document();
    let bytes = office.desk().store().get(&ente(), document).await.unwrap().unwrap();
    let sample = lived(office.desk(), run(), Sample::of_nobody(run())).await;
    let sample = sample
        .secret("accolto il ricorso")
        .file(bytes)
        .seen_by(operator(&["nido-2027"]))
        .seen_by(role(Role::System))
        .hidden_from(stranger())
        .hidden_from(operator(&["mensa"]));
    let sample = listed(sample, SERVICE, service().code());
    passes(mattoni_ranking::brick, sample).await;
}

#[tokio::test]
async fn a_service_watch() {
    let office = town(Memory::new());
    for month in ["02", "03", "04"] {
        let now = format!("2027-{month}-10T09:00:00Z").parse().unwrap();
        office.tick(&[service()], &calendar(), now, &|_| ()).await.unwrap();
    }
    let id = ServiceWatch::id(&ente(), service().code());
    let sample = lived(office.desk(), id, Sample::of_nobody(id)).await;
    let sample = sample
        .seen_by(role(Role::TechnicalAdmin { account: "ced".to_owned() }))
        .hidden_from(stranger());
    passes(mattoni_service::brick, sample).await;
}

#[tokio::test]
async fn an_evaluation() {
    let office = registered(Memory::new(), 4).await;
    let digest = score(&office).await.digest;
    let id = evaluation_id(&ente(), digest);
    let sample = lived(office.desk(), id, Sample::of_nobody(id)).await;
    let sample = sample
        .file(plugin())
        .seen_by(operator(&["nido-2027"]))
        .hidden_from(stranger())
        .hidden_from(operator(&["mensa"]));
    let sample = listed(sample, EVALUATIONS, service().code());
    passes(|| Brick::new("rules").with::<EvaluationRecord>(), sample).await;
}

#[tokio::test]
async fn a_bulk_run() {
    let desk = desk_on(Memory::new());
    open_all(&desk, &[Spec { stage: 3, ..rejected() }, Spec { stage: 7, ..rejected() }]).await;
    let offices = ["scuola".to_owned()].into();
    let role_of_anna = Role::OfficeHead { account: "anna".into(), offices, services: [].into() };
    let counter = desk.at_counter(role(role_of_anna)).of::<Practice>();
    let asked = Selection::all().with_answer("name", Value::Text("Bea Segreta".into()));
    let write = |p: &Practice, act: &mattoni_core::Act| p.write(act, "chiusi");
    let run = Id::from_u128(5);
    counter.bulk(run, Verb::Write, &asked, &anna(4), write, &|_| ()).await.unwrap();
    let id = Id::<BulkRecord>::from_u128(5);
    let sample = lived(&desk, id, Sample::of_nobody(id)).await;
    let sample = sample
        .secret("Bea Segreta")
        .seen_by(head())
        .seen_by(role(Role::Auditor))
        .hidden_from(operator(&["nido"]))
        .hidden_from(of_person(person(0).id));
    passes(mattoni_desk::brick, sample).await;
}

#[tokio::test]
async fn an_inspection() {
    let desk = desk_on(Memory::new());
    open_all(&desk, &[Spec { stage: 0, filer: 0, reader: None, ..rejected() }]).await;
    let counter = desk.at_counter(of_person(person(0).id)).of::<Practice>();
    let (name, media_type) = ("carta.pdf".to_owned(), "application/pdf".to_owned());
    let upload = Upload { name, media_type, bytes: b"%PDF-1.7".to_vec() };
    let digest = upload.received().digest;
    counter
        .hand_in(id(0), Verb::Attach, &citizen(0, 1), vec![upload], None, |p, act, files| {
            p.attach(act, attachment(&files[0]))
        })
        .await
        .unwrap();
    let id = inspection_id(&ente(), digest);
    let sample = lived(&desk, id, Sample::<Inspection>::of_nobody(id)).await;
    let sample = sample
        .seen_by(role(Role::TechnicalAdmin { account: "ced".to_owned() }))
        .hidden_from(of_person(person(0).id));
    passes(mattoni_desk::brick, sample).await;
}

#[tokio::test]
async fn an_erasure() {
    let desk = sealed(Memory::new()).await;
    open_all(&desk, &[rejected()]).await;
    desk.erase_person(person(0).id, "art. 17", &anna(9)).await.unwrap();
    let id = only::<Erasure>(&desk).await;
    let sample = lived(&desk, id, Sample::of_nobody(id)).await;
    let sample = sample.seen_by(head()).hidden_from(operator(&["nido"]));
    passes(mattoni_desk::brick, listed(sample, BY_RULE, "request")).await;
}
