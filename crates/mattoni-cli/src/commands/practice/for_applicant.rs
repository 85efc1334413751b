//! What an official does for an applicant who comes to the counter with a signed request.

use std::collections::BTreeMap;
use std::path::Path;

use mattoni_core::value::{Notation, Value};
use mattoni_core::{Act, Problem, Problems};
use mattoni_desk::intake::Received;
use mattoni_office::{Office, attachment};
use mattoni_practice::{Attachment, IntegrationAnswer, Practice, Verb};

use super::official::{find, official};
use super::work::stands;
use crate::args::practice::ForApplicant;
use crate::args::staff::Acting;
use crate::output::{Failure, Reader};
use crate::store_access::files;

/// Gives in what was asked for.
pub(super) async fn answer(given: &ForApplicant, reader: Reader) -> Result<(), Failure> {
    let who = official(&given.acting).await?;
    let counter = who.counter();
    let practices = counter.of::<Practice>();
    let practice = find(&practices, &given.number).await?;
    let office = Office::new(who.desk.clone());
    let set = answers(&office, &practice, &given.set).await?;
    let mut uploads = Vec::new();
    for (_, file) in &given.papers {
        uploads.push(files::upload(Path::new(file))?);
    }
    let calendar = who.calendar().await?;
    let act = who.for_person(practice.applicant().id, &given.signed).await?;
    let names: Vec<&String> = given.papers.iter().map(|(name, _)| name).collect();
    let answer = |p: &Practice, act: &Act, files: &[Received]| {
        let paper = |(name, file): (&&String, &Received)| ((*name).clone(), attachment(file));
        let papers: BTreeMap<String, Attachment> = names.iter().zip(files).map(paper).collect();
        let mut answer = IntegrationAnswer::default();
        (answer.set, answer.papers) = (set.clone(), papers);
        answer.note.clone_from(&given.note);
        p.answer_integration(act, answer, &calendar)
    };
    let (id, verb) = (practice.id(), Verb::AnswerIntegration);
    let after = practices.hand_in(id, verb, &act, uploads, None, answer).await?;
    stands(&after, verb, reader);
    Ok(())
}

/// Gives in what the applicant says to the notice before rejection.
pub(super) async fn observe(
    acting: &Acting,
    number: &str,
    text: &str,
    signed: &Path,
    reader: Reader,
) -> Result<(), Failure> {
    let who = official(acting).await?;
    let practices = who.counter().of::<Practice>();
    let practice = find(&practices, number).await?;
    let calendar = who.calendar().await?;
    let act = who.for_person(practice.applicant().id, signed).await?;
    let observe = |p: &Practice, act: &Act| p.answer_notice(act, text, &calendar);
    let after = practices.decide(practice.id(), Verb::AnswerNotice, &act, observe).await?;
    stands(&after, Verb::AnswerNotice, reader);
    Ok(())
}

/// Withdraws the application.
pub(super) async fn withdraw(
    acting: &Acting,
    number: &str,
    reason: &str,
    signed: &Path,
    reader: Reader,
) -> Result<(), Failure> {
    let who = official(acting).await?;
    let counter = who.counter();
    let practices = counter.of::<Practice>();
    let practice = find(&practices, number).await?;
    let act = who.for_person(practice.applicant().id, signed).await?;
    let withdraw = |p: &Practice, act: &Act| p.withdraw(act, reason);
    let after = practices.decide(practice.id(), Verb::Withdraw, &act, withdraw).await?;
    stands(&after, Verb::Withdraw, reader);
    Ok(())
}

/// The answers as the form of the practice's own version of the service reads them.
async fn answers(
    office: &Office,
    practice: &Practice,
    given: &[(String, String)],
) -> Result<BTreeMap<String, Value>, Failure> {
    let under = practice.service();
    let offered = office.offered(&under.code).await?;
    let version = offered.version(under.version).transpose()?;
    let (mut set, mut found) = (BTreeMap::new(), Vec::new());
    for (key, text) in given {
        match version.as_ref().and_then(|version| version.form().field(key)) {
            None => found.push(Problem::new(
                "form.unknown-field",
                key.clone(),
                "must be a field of the form",
                "look at the form with `mattoni service show`",
            )),
            Some(field) => match field.kind.parse_in(text, Notation::Italian) {
                Ok(value) => {
                    set.insert(key.clone(), value);
                }
                Err(problem) => found.push(problem.in_field(key)),
            },
        }
    }
    Problems::check(found)?;
    Ok(set)
}
