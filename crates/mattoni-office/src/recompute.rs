//! Running every stored evaluation again: the rules are asked once more what they were asked then,
//! with the plugin and the parameters of then, and each answer is held against the one on record.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::record::{AnyRecord, RecordRef};
use mattoni_core::value::Value;
use mattoni_core::{Aggregate as _, Digest, Id, Person};
use mattoni_desk::privacy::{Erased, Erasure};
use mattoni_desk::{DeskError, Progress};
use mattoni_practice::{Assessment, Event, Practice};
use mattoni_ranking::Points;
use mattoni_rules::Batch;
use mattoni_store::Loaded;

use crate::Office;
use crate::evaluation::{EvaluationRecord, evaluation_id};
use crate::rules::{Ask, granted_again, row_digest};

/// Practices looked at between two reports of progress.
const PAGE: usize = 500;

/// What running the evaluations again showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recomputation {
    /// Evaluations that were run again.
    pub evaluations: u64,
    /// Of those, how many were run on every application they were about, so that their digests were
    /// compared too. The others were about applications that were erased since, or on which the
    /// answer was never noted.
    pub whole: u64,
    /// Answers that came out the same, bit for bit.
    pub same: u64,
    /// Answers of applications whose people were erased: what was asked is gone for good.
    pub erased: u64,
    /// Answers that name an evaluation of which there is no record: of somebody else's rules.
    pub unrecorded: u64,
    /// What came out otherwise.
    pub differing: Vec<Differing>,
}

/// An answer on record that the rules do not give.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Differing {
    /// The application, by its number of the register or its id; `None` where it is about the
    /// evaluation as a whole.
    pub practice: Option<String>,
    /// The evaluation.
    pub evaluation: Digest,
    /// Name of the rule.
    pub rule: String,
    /// Version of the rule.
    pub version: String,
    /// What differs.
    pub what: Discrepancy,
}

/// What differs between a record and the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Discrepancy {
    /// The plugin's bytes are not in the store, or are others.
    NoPlugin,
    /// The plugin cannot be run: the cause.
    Unusable(String),
    /// The application's answers at that time are not those that were asked about.
    Inputs,
    /// Points or the reason under a criterion, as on record and as computed.
    Points {
        /// The criterion.
        criterion: String,
        /// On record.
        was: String,
        /// Computed again.
        is: String,
    },
    /// A tie key, the class, or another part by its name.
    Part {
        /// Which.
        name: String,
        /// On record.
        was: String,
        /// Computed again.
        is: String,
    },
}

/// One answer on record, with what was asked.
struct Answered {
    practice: String,
    asked: BTreeMap<String, Value>,
    stored: Assessment,
}

/// Whose answers are gone.
#[derive(Default)]
struct Gone {
    people: BTreeSet<Id<Person>>,
    records: BTreeSet<Id<AnyRecord>>,
}

impl Gone {
    fn has(&self, practice: &Practice) -> bool {
        let beneficiary = practice.beneficiary().map(|person| person.id);
        let mut people = beneficiary.into_iter().chain([practice.applicant().id]);
        people.any(|person| self.people.contains(&person))
            || self.records.contains(&RecordRef::of(practice.id()).id)
    }
}

impl Office {
    /// Runs every evaluation on record again, on the answers that each application had then.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails. What is found is no error: it is in the answer.
    pub async fn recompute(&self, progress: &dyn Progress) -> Result<Recomputation, DeskError> {
        let mut done = Recomputation::default();
        let answers = self.answers_by_evaluation(&mut done, progress).await?;
        let mut ready: BTreeMap<Vec<u8>, Result<Box<dyn Ask>, Discrepancy>> = BTreeMap::new();
        for (digest, answers) in answers {
            let id = evaluation_id(self.desk().ente(), digest);
            let Some(record) = self.desk().load::<EvaluationRecord>(id).await? else {
                done.unrecorded += answers.len() as u64;
                continue;
            };
            let record = record.state;
            // One compiled plugin for all evaluations with the same parameters.
            let evaluation = &record.evaluation;
            let key = (evaluation.plugin, &evaluation.world, &evaluation.parameters);
            let key = serde_json::to_vec(&key).unwrap_or_default();
            if !ready.contains_key(&key) {
                let made = self.plugin_of(&record).await?;
                ready.insert(key.clone(), made);
            }
            match &ready[&key] {
                Ok(rule) => again(&**rule, digest, &record, &answers, &mut done),
                Err(what) => done.differing.push(of_rule(digest, &record, None, what.clone())),
            }
        }
        Ok(done)
    }

    /// The plugin of an evaluation, with its parameters.
    async fn plugin_of(
        &self,
        record: &EvaluationRecord,
    ) -> Result<Result<Box<dyn Ask>, Discrepancy>, DeskError> {
        let evaluation = &record.evaluation;
        let stored = self.desk().store().get(self.desk().ente(), evaluation.plugin).await?;
        let Some(bytes) = stored.filter(|bytes| Digest::of(bytes) == evaluation.plugin) else {
            return Ok(Err(Discrepancy::NoPlugin));
        };
        Ok(granted_again(&bytes, evaluation).map_err(Discrepancy::Unusable))
    }

    /// Every answer on record, by evaluation, in order of the applications' ids.
    async fn answers_by_evaluation(
        &self,
        done: &mut Recomputation,
        progress: &dyn Progress,
    ) -> Result<BTreeMap<Digest, Vec<Answered>>, DeskError> {
        let gone = self.gone().await?;
        let mut by_evaluation: BTreeMap<Digest, Vec<Answered>> = BTreeMap::new();
        let mut seen = 0;
        // One that cannot be read is among the findings on states.
        let read = |stored| Loaded::read(&stored);
        self.desk()
            .each_page(Practice::KIND, PAGE, read, async |page: Vec<Loaded<Practice>>| {
                for practice in &page {
                    let noted = practice.state.assessments().len() as u64;
                    if noted == 0 {
                        continue;
                    }
                    if gone.has(&practice.state) {
                        done.erased += noted;
                        continue;
                    }
                    for answered in self.answers_of(practice).await? {
                        let digest = answered.stored.evaluation;
                        by_evaluation.entry(digest).or_default().push(answered);
                    }
                }
                seen += page.len() as u64;
                progress.reached(seen);
                Ok::<_, DeskError>(())
            })
            .await?;
        Ok(by_evaluation)
    }

    /// What the rules answered about a practice, each time, with its answers at that time.
    async fn answers_of(&self, practice: &Loaded<Practice>) -> Result<Vec<Answered>, DeskError> {
        let name = practice.state.protocol_number();
        let name = name.map_or_else(|| practice.id.to_string(), str::to_owned);
        let mut answered = Vec::new();
        let mut at_the_time: Option<Practice> = None;
        for past in self.desk().history::<Practice>(practice.id).await? {
            match &mut at_the_time {
                None => at_the_time = Practice::open(&past.event),
                Some(state) => {
                    let noted = match &past.event {
                        Event::Assessed(assessed) => std::slice::from_ref(&assessed.assessment),
                        Event::Submitted(submitted) => &submitted.assessments,
                        _ => &[],
                    };
                    answered.extend(noted.iter().map(|stored| Answered {
                        practice: name.clone(),
                        asked: state.answers().clone(),
                        stored: stored.clone(),
                    }));
                    state.apply(&past.event);
                }
            }
        }
        Ok(answered)
    }

    /// Who and what was erased.
    async fn gone(&self) -> Result<Gone, DeskError> {
        let mut gone = Gone::default();
        let read = |stored| Loaded::read(&stored);
        self.desk()
            .each_page(Erasure::KIND, PAGE, read, async |page: Vec<Loaded<Erasure>>| {
                for erasure in page {
                    match erasure.state.what {
                        Erased::Person { person } => _ = gone.people.insert(person),
                        Erased::Record { record } => _ = gone.records.insert(record.id),
                        Erased::Practice { practice } => _ = gone.records.insert(practice),
                        _ => {}
                    }
                }
                Ok::<_, DeskError>(())
            })
            .await?;
        Ok(gone)
    }
}

fn of_rule(
    evaluation: Digest,
    record: &EvaluationRecord,
    practice: Option<&str>,
    what: Discrepancy,
) -> Differing {
    let rules = &record.evaluation;
    Differing {
        practice: practice.map(str::to_owned),
        evaluation,
        rule: rules.name.clone(),
        version: rules.version.clone(),
        what,
    }
}

/// Runs one evaluation again on the answers that are there.
fn again(
    rule: &dyn Ask,
    digest: Digest,
    record: &EvaluationRecord,
    answers: &[Answered],
    done: &mut Recomputation,
) {
    let evaluation = &record.evaluation;
    let mut found = Vec::new();
    let mut asked: Vec<&Answered> = Vec::with_capacity(answers.len());
    for answer in answers {
        if row_digest(rule.description(), &answer.asked) == Some(answer.stored.inputs) {
            asked.push(answer);
        } else {
            found.push(of_rule(digest, record, Some(&answer.practice), Discrepancy::Inputs));
        }
    }
    // An application that was scored, scored otherwise and scored back has noted the answer twice,
    // and was asked about once.
    let mut batch = Batch::builder(rule.description());
    for same in asked.chunk_by(|a, b| is_same_question(a, b)) {
        batch.push(|name| same[0].asked.get(name));
    }
    let answered = match batch.finish() {
        Ok(batch) => rule.ask(&batch).map(|is| (batch, is)).map_err(|error| error.to_string()),
        Err(problems) => Err(problems.to_string()),
    };
    let (batch, answered) = match answered {
        Ok(answered) => answered,
        Err(error) => {
            found.push(of_rule(digest, record, None, Discrepancy::Unusable(error)));
            done.differing.append(&mut found);
            return;
        }
    };
    done.evaluations += 1;
    for (row, noted) in asked.chunk_by(|a, b| is_same_question(a, b)).enumerate() {
        let Some(is) = answered.assessment(row, digest, noted[0].stored.inputs) else { continue };
        for answer in noted {
            // A rule that is asked practice by practice has no fuel on record but the practice's:
            // that of the call, in which others may have been asked about too.
            let alone = evaluation.rows == 0;
            let fuel = if alone { answer.stored.fuel } else { evaluation.fuel };
            let is = Assessment { fuel, ..is.clone() };
            match discrepancy(&answer.stored, &is) {
                None => done.same += 1,
                Some(what) => found.push(of_rule(digest, record, Some(&answer.practice), what)),
            }
        }
    }
    if batch.rows() as u64 == evaluation.rows && batch.digest() == evaluation.inputs {
        done.whole += 1;
        let part = |name: &str, was: String, is: String| {
            let part = Discrepancy::Part { name: name.to_owned(), was, is };
            (found.is_empty()).then(|| of_rule(digest, record, None, part))
        };
        let (results, fuel) = (answered.evaluation.results, answered.evaluation.fuel);
        let whole = if results != evaluation.results {
            part("results", evaluation.results.to_string(), results.to_string())
        } else if fuel != evaluation.fuel {
            part("fuel", evaluation.fuel.to_string(), fuel.to_string())
        } else {
            None
        };
        found.extend(whole);
    }
    done.differing.append(&mut found);
}

fn is_same_question(a: &Answered, b: &Answered) -> bool {
    (&a.practice, a.stored.inputs) == (&b.practice, b.stored.inputs)
}

/// The first difference between what is on record and what the rules answer.
fn discrepancy(was: &Assessment, is: &Assessment) -> Option<Discrepancy> {
    if was == is {
        return None;
    }
    let points = |of: &Assessment, criterion: &str| {
        let found = of.points.iter().find(|points| points.criterion == criterion);
        found.map_or_else(String::new, |points| {
            format!("{} {}", Points::hundredths(points.hundredths), points.reason)
        })
    };
    for given in is.points.iter().chain(&was.points) {
        let criterion = &given.criterion;
        let (was, is) = (points(was, criterion), points(is, criterion));
        if was != is {
            return Some(Discrepancy::Points { criterion: criterion.clone(), was, is });
        }
    }
    let ties = |of: &Assessment, name: &str| {
        of.tie_keys.get(name).map_or_else(String::new, ToString::to_string)
    };
    let part = |name: &str, was: String, is: String| {
        (was != is).then(|| Discrepancy::Part { name: name.to_owned(), was, is })
    };
    let names = is.tie_keys.keys().chain(was.tie_keys.keys());
    let class = |of: &Assessment| of.class.clone().unwrap_or_default();
    // Codes, numbers and texts: JSON takes them.
    let answer = |of: &Assessment| serde_json::to_string(&of.answer).unwrap_or_default();
    names
        .into_iter()
        .find_map(|name| part(name, ties(was, name), ties(is, name)))
        .or_else(|| part("class", class(was), class(is)))
        .or_else(|| part("answer", answer(was), answer(is)))
        .or_else(|| part("version", was.plugin.version.clone(), is.plugin.version.clone()))
        .or_else(|| part("plugin", was.plugin.digest.to_string(), is.plugin.digest.to_string()))
        .or_else(|| part("parameters", was.parameters.to_string(), is.parameters.to_string()))
        .or_else(|| part("fuel", was.fuel.to_string(), is.fuel.to_string()))
        .or_else(|| part("contract", was.contract.clone(), is.contract.clone()))
        // The same parts in another order.
        .or(Some(Discrepancy::Part {
            name: "order".to_owned(),
            was: "as noted".to_owned(),
            is: "as answered".to_owned(),
        }))
}
