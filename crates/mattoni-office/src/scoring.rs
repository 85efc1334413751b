//! Asking the rules about all practices of a service at once, and keeping the answers as facts.

use std::collections::BTreeMap;

use mattoni_core::record::Span;
use mattoni_core::value::Value;
use mattoni_core::{Act, Digest, Id, Problem, Problems, Refusal};
use mattoni_desk::{Acted, BulkReport, DeskError, Progress};
use mattoni_practice::lists::{STATE, in_state};
use mattoni_practice::{Assessment, CriterionPoints, PluginRef, Practice, State};
use mattoni_ranking::RankingRun;
use mattoni_rules::{
    Batch, Description, Evaluation, Grant, Loaded as LoadedPlugin, PublisherKey, Ready, ScoredRow,
    Signature,
};
use mattoni_service::{RulesSource, Service};

use crate::Office;
use crate::evaluation::{EvaluationEvent, EvaluationRecord, evaluation_digest, evaluation_id};

/// States in which an application is complete enough to be scored. One that waits for a missing
/// paper is not: its answers may still change.
pub const SCOREABLE: [State; 4] =
    [State::Submitted, State::Registered, State::TakenInCharge, State::IntegrationAnswered];

/// Practices noted between two reports of progress.
const PAGE: usize = 1_000;

/// What came of scoring.
#[derive(Debug, Clone)]
pub struct ScoringReport {
    /// The record of the evaluation.
    pub evaluation: Evaluation,
    /// The digest it is known by.
    pub digest: Digest,
    /// What came of noting the answers on the practices.
    pub noted: BulkReport<Practice>,
}

/// One practice's row in the batch.
struct Asked {
    inputs: Digest,
    row: usize,
}

impl Office {
    /// Scores all complete practices of the service in one batch, records the evaluation and
    /// notes each practice's answer on it. `plugin` is the plugin's bytes, kept in the store so
    /// that the evaluation can be computed again. Can be killed and run again: the same question
    /// is the same evaluation, and a practice on which it is the latest does not note it again.
    /// Going back to rules or parameters used before is scoring with them once more.
    ///
    /// # Errors
    /// Each practice whose answers changed meanwhile (`desk.score.changed`) is in the report.
    /// [`DeskError::Refused`] when an answer the rules need is missing or of another kind, named
    /// with its practice, or `desk.score.published` when a published ranking stands on the points
    /// there are; [`DeskError::Part`] when the plugin fails; [`DeskError::Store`] when the
    /// machine does.
    pub async fn score(
        &self,
        service: &Service,
        ready: &Ready,
        plugin: &[u8],
        act: &Act,
        progress: &dyn Progress,
    ) -> Result<ScoringReport, DeskError> {
        if Digest::of(plugin) != ready.digest() {
            return Err(other_plugin().into());
        }
        self.not_published(service).await?;
        let (ids, batch) = self.ask(service, ready).await?;
        let scored = ready.score(&batch).map_err(DeskError::part)?;
        let evaluation = Evaluation::of(ready, &batch, &scored);
        let digest = evaluation_digest(&evaluation);

        self.desk().store().put(self.desk().ente(), plugin.to_vec()).await?;
        let record = EvaluationRecord {
            act: act.clone(),
            service: service.code().to_owned(),
            evaluation: evaluation.clone(),
            description: ready.description().clone(),
        };
        let event = EvaluationEvent::Evaluated(Box::new(record));
        self.desk().open(evaluation_id(self.desk().ente(), digest), act, &[event]).await?;

        let asked: BTreeMap<Id<Practice>, Asked> = ids
            .iter()
            .enumerate()
            .map(|(row, id)| (*id, Asked { inputs: batch.row_digest(row), row }))
            .collect();
        let verb = |practice: &Practice, _: u64| {
            // Only ids that were asked about come here, and every row has its answer.
            let Some(asked) = asked.get(&practice.id()) else { return Ok(None) };
            if practice.assessment().is_some_and(|latest| latest.evaluation == digest) {
                return Ok(None);
            }
            if row_digest(ready.description(), practice.answers()) != Some(asked.inputs) {
                return Err(changed());
            }
            let Some(answer) = scored.row(asked.row) else { return Ok(None) };
            let assessment = assessment(&evaluation, digest, asked.inputs, answer);
            let event = practice.assess(act, assessment).map_err(|refusal| refusal.problems())?;
            Ok(Some(Acted::one(act, event)))
        };
        let mut noted = BulkReport::default();
        for page in ids.chunks(PAGE) {
            noted.add(self.desk().decide_each(page, verb, None).await?);
            progress.reached(noted.total());
        }
        Ok(ScoringReport { evaluation, digest, noted })
    }

    /// Points that a published ranking stands on stay as they are.
    async fn not_published(&self, service: &Service) -> Result<(), DeskError> {
        let span = Span::new(mattoni_ranking::SERVICE, service.code());
        for run in self.desk().all_of::<RankingRun>(&span).await? {
            if run.state.published().is_some() && run.state.superseded().is_none() {
                return Err(published(service).into());
            }
        }
        Ok(())
    }

    /// The rows to ask about, in order of the practices' ids.
    async fn ask(
        &self,
        service: &Service,
        ready: &Ready,
    ) -> Result<(Vec<Id<Practice>>, Batch), DeskError> {
        let mut rows: BTreeMap<Id<Practice>, BTreeMap<String, Value>> = BTreeMap::new();
        for state in SCOREABLE {
            let span = Span::new(STATE, in_state(service.code(), state));
            let mut after = None;
            loop {
                let page = self.desk().page_of::<Practice>(&span, &mut after).await?;
                if page.is_empty() {
                    break;
                }
                for loaded in page {
                    rows.insert(loaded.id, declared(ready, loaded.state.answers()));
                }
            }
        }
        let mut builder = Batch::builder(ready.description());
        for answers in rows.values() {
            builder.push(|name| answers.get(name));
        }
        let ids: Vec<Id<Practice>> = rows.into_keys().collect();
        let batch = builder.finish().map_err(|problems| of_practices(problems, &ids))?;
        Ok((ids, batch))
    }
}

/// The answers the plugin declared, and no others: this is all it will see, and all that is kept
/// in memory.
fn declared(ready: &Ready, answers: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let inputs = ready.description().inputs.iter();
    inputs
        .filter_map(|input| answers.get_key_value(&input.name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The digest of what the rules see of these answers; `None` when they can't be asked about them.
pub(crate) fn row_digest(
    description: &Description,
    answers: &BTreeMap<String, Value>,
) -> Option<Digest> {
    let mut builder = Batch::builder(description);
    builder.push(|name| answers.get(name));
    builder.finish().ok().map(|batch| batch.row_digest(0))
}

pub(crate) fn assessment(
    evaluation: &Evaluation,
    digest: Digest,
    inputs: Digest,
    answer: ScoredRow,
) -> Assessment {
    let points = answer.criteria.into_iter().map(|score| CriterionPoints {
        criterion: score.code,
        hundredths: i64::from(score.points),
        reason: score.reason.unwrap_or_default(),
    });
    Assessment {
        evaluation: digest,
        plugin: PluginRef {
            name: evaluation.name.clone(),
            version: evaluation.version.clone(),
            digest: evaluation.plugin,
        },
        contract: evaluation.contract.clone(),
        // Parameters are values by name: JSON always takes them.
        parameters: Digest::of(&serde_json::to_vec(&evaluation.parameters).unwrap_or_default()),
        inputs,
        points: points.collect(),
        tie_keys: answer.ties,
        class: answer.class,
        fuel: evaluation.fuel,
    }
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

fn other_plugin() -> Problems {
    Problem::new(
        "desk.score.plugin",
        "plugin",
        "must be the bytes of the plugin that scores",
        "hand over the bytes it was loaded from",
    )
    .into()
}

/// Lets a plugin score for a service as its configuration says: the pinned one, with its
/// parameters, signed by one of its publishers where it names any.
///
/// # Errors
/// Every parameter and publisher's key that cannot be read, and whatever
/// [`LoadedPlugin::grant`] refuses.
pub fn grant(
    rules: &RulesSource,
    plugin: LoadedPlugin,
    signature: Option<Signature>,
) -> Result<Ready, Problems> {
    let mut found = Vec::new();
    let mut publishers = Vec::new();
    for key in &rules.publishers {
        match key.parse::<PublisherKey>() {
            Ok(key) => publishers.push(key),
            Err(problem) => found.push(problem.in_field("rules.publishers")),
        }
    }
    let given = parameters(plugin.description(), &rules.parameters);
    let given = given.map_err(|problems| found.extend(problems)).unwrap_or_default();
    Problems::check(found)?;
    let mut grant = Grant::pinned(rules.digest.unwrap_or(plugin.digest()));
    for (name, value) in given {
        grant = grant.with_parameter(name, value);
    }
    if !publishers.is_empty() {
        grant = grant.signed_by(publishers, signature);
    }
    Ok(plugin.grant(&grant)?.ready())
}

/// The parameters as they stand in `service.toml`, of the kinds the plugin declares.
///
/// # Errors
/// Every parameter that the plugin does not declare or that is of another kind.
pub fn parameters(
    description: &Description,
    given: &BTreeMap<String, serde_json::Value>,
) -> Result<BTreeMap<String, Value>, Problems> {
    let mut found = Vec::new();
    let mut parameters = BTreeMap::new();
    for (name, json) in given {
        match description.parameters.iter().find(|declared| declared.name == *name) {
            Some(declared) => match declared.kind.from_json(json) {
                Ok(value) => {
                    parameters.insert(name.clone(), value);
                }
                Err(problem) => found.push(problem.in_field(format!("rules.parameters.{name}"))),
            },
            None => found.push(Problem::new(
                "rules.grant.parameter",
                format!("rules.parameters.{name}"),
                "must be a parameter that the plugin declares",
                "leave it out, or check its name",
            )),
        }
    }
    Problems::check(found)?;
    Ok(parameters)
}

fn published(service: &Service) -> Problems {
    Problem::new(
        "desk.score.published",
        "service",
        format!("a ranking of {} is published and stands on the points there are", service.code()),
        "correct single applications by a new run that supersedes it",
    )
    .into()
}
