//! Keeping what rules answered: the evaluation as a record, each answer on its practice.

use std::collections::BTreeMap;

use mattoni_core::value::Value;
use mattoni_core::{Act, Digest, Id, Problem, Problems, Refusal as _};
use mattoni_desk::{Acted, BulkReport, DeskError, Progress};
use mattoni_practice::{Event, Practice};
use mattoni_rules::{Batch, Description, Evaluation};
use mattoni_service::Service;

use super::ask::{Ask, Asked, row_digest};
use crate::Office;
use crate::evaluation::{EvaluationEvent, EvaluationRecord, evaluation_digest, evaluation_id};

/// Practices noted between two reports of progress.
const PAGE: usize = 1_000;

/// Practices that were asked about, in order of their ids, each with its row.
pub(crate) struct Rows {
    pub(crate) ids: Vec<Id<Practice>>,
    pub(crate) batch: Batch,
}

impl Rows {
    /// The rows of these practices, by what the rule declares.
    ///
    /// # Errors
    /// Every answer that the rule cannot be asked with, named with its practice.
    pub(crate) fn of(
        description: &Description,
        practices: &BTreeMap<Id<Practice>, BTreeMap<String, Value>>,
    ) -> Result<Self, Problems> {
        let mut builder = Batch::builder(description);
        for answers in practices.values() {
            builder.push(|name| answers.get(name));
        }
        let ids: Vec<Id<Practice>> = practices.keys().copied().collect();
        let batch = builder.finish().map_err(|problems| of_practices(problems, &ids))?;
        Ok(Self { ids, batch })
    }
}

/// Answers that are to be noted.
pub(crate) struct Noting<'a> {
    pub(crate) rule: &'a dyn Ask,
    pub(crate) rows: &'a Rows,
    pub(crate) asked: &'a Asked,
    /// The evaluation that they are known by.
    pub(crate) evaluation: Digest,
    pub(crate) act: &'a Act,
}

impl Office {
    /// Keeps an evaluation and the plugin's bytes; the same one once.
    pub(crate) async fn keep_evaluation(
        &self,
        service: &Service,
        evaluation: &Evaluation,
        rule: &dyn Ask,
        bytes: &[u8],
        act: &Act,
    ) -> Result<Digest, DeskError> {
        let digest = evaluation_digest(evaluation);
        let id = evaluation_id(self.desk().ente(), digest);
        if self.desk().load::<EvaluationRecord>(id).await?.is_some() {
            return Ok(digest);
        }
        self.desk().store().put(self.desk().ente(), bytes.to_vec()).await?;
        let record = EvaluationRecord {
            act: act.clone(),
            service: service.code().to_owned(),
            evaluation: evaluation.clone(),
            description: rule.description().clone(),
        };
        let event = EvaluationEvent::Evaluated(Box::new(record));
        self.desk().open(id, act, &[event]).await?;
        Ok(digest)
    }

    /// Notes each practice's answer on it, and does what follows, in one commit. A practice on
    /// which the answer is the latest stays as it is.
    pub(crate) async fn note(
        &self,
        noting: &Noting<'_>,
        then: impl Fn(&Practice, &Event, &Act) -> Result<Option<Event>, Problems>,
        progress: &dyn Progress,
    ) -> Result<BulkReport<Practice>, DeskError> {
        let Noting { rule, rows, asked, evaluation, act } = noting;
        let places: BTreeMap<Id<Practice>, usize> =
            rows.ids.iter().enumerate().map(|(row, id)| (*id, row)).collect();
        let verb = |practice: &Practice, _: u64| {
            // Only ids that were asked about come here, and every row has its answer.
            let Some(row) = places.get(&practice.id()).copied() else { return Ok(None) };
            let inputs = rows.batch.row_digest(row);
            let Some(assessment) = asked.assessment(row, *evaluation, inputs) else {
                return Ok(None);
            };
            let latest = practice.assessment_of(assessment.world());
            if latest.is_some_and(|latest| {
                (latest.evaluation, latest.inputs) == (assessment.evaluation, assessment.inputs)
            }) {
                return Ok(None);
            }
            if row_digest(rule.description(), practice.answers()) != Some(inputs) {
                return Err(changed());
            }
            let event = practice.assess(act, assessment).map_err(|refusal| refusal.problems())?;
            let next = then(practice, &event, act)?;
            let events = std::iter::once(event).chain(next).collect();
            Ok(Some(Acted { act: (*act).clone(), events }))
        };
        let mut noted = BulkReport::default();
        for page in rows.ids.chunks(PAGE) {
            noted.add(self.desk().decide_each(page, verb, None).await?);
            progress.reached(noted.total());
        }
        Ok(noted)
    }
}

/// The answers the plugin declared, and no others: this is all it will see, and all that is kept
/// in memory.
pub(crate) fn declared(
    description: &Description,
    answers: &BTreeMap<String, Value>,
) -> BTreeMap<String, Value> {
    let inputs = description.inputs.iter();
    inputs
        .filter_map(|input| answers.get_key_value(&input.name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Rows become practices: a problem names the application it is about.
fn of_practices(problems: Problems, ids: &[Id<Practice>]) -> Problems {
    let named = problems.into_iter().map(|mut problem| {
        let row = problem.line.take().and_then(|line| usize::try_from(line).ok());
        if let Some(id) = row.and_then(|row| ids.get(row.wrapping_sub(1))) {
            problem.field = format!("{id}.{}", problem.field);
        }
        problem
    });
    match Problems::check(named.collect()) {
        Err(problems) => problems,
        Ok(()) => changed(),
    }
}

fn changed() -> Problems {
    Problem::new(
        "desk.score.changed",
        "answers",
        "the answers changed while they were being scored",
        "score again",
    )
    .into()
}
