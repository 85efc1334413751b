//! Rules of every world at work on practices, with the plugins of the examples.

mod after;
mod before;
mod services;

use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{Role, Subject};
use mattoni_core::{Act, Actor, Id, named_id};
use mattoni_desk::DeskError;
use mattoni_office::rules::Sending;
use mattoni_office::{Office, procedure_of};
use mattoni_practice::*;
use mattoni_service::Service;
use mattoni_store::Store;
use serde_json::Value as Json;

use crate::practices::{anna, at, citizen, ente, person};
use crate::town::{deliver, town};

fn calendar() -> LegalCalendar {
    LegalCalendar::national()
}

/// A town's office with the rules of the service.
fn office(store: impl Store + 'static, service: &Service) -> Office {
    town(store).with_rules(services::rules(service))
}

fn id(number: u32) -> Id<Practice> {
    named_id(&ente(), &["rules", &number.to_string()])
}

/// A draft of the first citizen, with these answers; typed by anna at the counter where she is the
/// filer.
async fn draft(office: &Office, service: &Service, number: u32, answers: &Json, filer: Filer) {
    let act = match filer {
        Filer::Counter { .. } => anna(0),
        _ => citizen(0, 0),
    };
    let reference = ServiceRef::new(service.code(), service.version());
    let procedure = procedure_of(service);
    let opening = Opening::new(id(number), ente(), reference, procedure, person(0)).filed_by(filer);
    let opened = Practice::open_draft(&act, opening).unwrap();
    let given = service.form().check_draft(answers.as_object().unwrap()).unwrap();
    let draft = mattoni_core::fold::<Practice>([&opened]).unwrap();
    let saved = draft.save(&act, Saving::set(given)).unwrap();
    office.desk().open(id(number), &act, &[opened, saved]).await.unwrap();
}

async fn there(office: &Office, number: u32) -> Practice {
    office.desk().load::<Practice>(id(number)).await.unwrap().unwrap().state
}

/// Sends the draft as the citizen, through the office.
async fn send(office: &Office, service: &Service, number: u32) -> Result<Practice, DeskError> {
    let counter = office
        .desk()
        .at_counter(Subject::new(ente(), vec![Role::Citizen { person: person(0).id }]))
        .of::<Practice>();
    let (seen, calendar) = (there(office, number).await.summary().digest(), calendar());
    let sending = Sending::new(seen, &calendar);
    office.submit(&counter, service, id(number), &citizen(0, 0), sending).await
}

/// A practice with these answers that was sent and has its number.
async fn sent(office: &Office, service: &Service, number: u32, answers: &Json) {
    draft(office, service, number, answers, Filer::Applicant).await;
    send(office, service, number).await.unwrap();
}

async fn numbered(office: &Office, service: &Service, number: u32, answers: &Json) {
    sent(office, service, number, answers).await;
    deliver(office, at(0)).await;
}

/// Does a verb of the office.
async fn does<R: mattoni_core::Refusal, E: Into<Option<Event>>>(
    office: &Office,
    number: u32,
    verb: impl Fn(&Practice, &Act) -> Result<E, R>,
) -> Practice {
    let act = anna(2);
    let done = office
        .desk()
        .decide(id(number), &act, |practice: &Practice| {
            let made = verb(practice, &act).map_err(|refusal| refusal.problems())?;
            Ok::<_, mattoni_core::Problems>(Vec::from_iter(made.into()))
        })
        .await;
    done.unwrap().state
}

async fn take(office: &Office, number: u32) {
    does(office, number, |p, act| p.take_in_charge(act, Assignee::office("scuola"))).await;
}

fn codes(error: &DeskError) -> Vec<String> {
    let problems = error.problems().unwrap_or_else(|| panic!("{error:?}"));
    problems.iter().map(|problem| problem.code.to_string()).collect()
}

fn is_rules(act: &Act) -> bool {
    act.by == Actor::System("rules".into())
}
