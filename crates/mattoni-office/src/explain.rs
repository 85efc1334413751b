//! Why a practice is where it is: everything that decided, read from the journal and the records.

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::calendar::rome_date;
use mattoni_core::record::{Record as _, Sight, Subject};
use mattoni_core::{Aggregate as _, Digest, DomainEvent, Id, Problem};
use mattoni_desk::DeskError;
use mattoni_practice::lists::NUMBER;
use mattoni_practice::{Assessment, Event, Practice};
use mattoni_ranking::italian::{self, Words};
use mattoni_ranking::{Explainer, Explanation, Offer, RankingRun, SupersededBy};
use mattoni_store::Loaded;
use serde::Serialize;

use crate::Office;
use crate::evaluation::{EvaluationRecord, evaluation_id};
use crate::explain_rules::RuleExplained;
use crate::ranking::offer_id;

/// Everything that decided about one practice. For the office: it names dates, officials and the
/// plugin; what the family reads is in [`RankingExplained::sentences`] and the labels.
#[derive(Debug, Clone, Serialize)]
pub struct PracticeExplained {
    /// Form of this document.
    pub version: u32,
    /// The practice.
    pub id: Id<Practice>,
    /// Its number in the register.
    pub number: Option<String>,
    /// Service and version it was opened under.
    pub service: String,
    /// Name of the state.
    pub state: &'static str,
    /// The state in Italian.
    pub state_italian: &'static str,
    /// Last day for the answer.
    pub answer_due_on: Option<NaiveDate>,
    /// How that day comes about, in Italian.
    pub due_reasons: Vec<String>,
    /// Everything that happened, in order.
    pub history: Vec<Happened>,
    /// The points, latest evaluation.
    pub assessment: Option<AssessmentExplained>,
    /// What the rules of the other worlds answered, latest of each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleExplained>,
    /// Its line in each run it took part in, published or not.
    pub rankings: Vec<RankingExplained>,
}

/// One event of a practice's history.
#[derive(Debug, Clone, Serialize)]
pub struct Happened {
    /// When.
    pub at: DateTime<Utc>,
    /// The day in Italy.
    pub on: NaiveDate,
    /// Who.
    pub by: String,
    /// What.
    pub event: &'static str,
    /// The same, in Italian.
    pub italian: &'static str,
    /// Its place among the events that are shown, from 1.
    pub number: u64,
    /// Its place in the ente's journal; for those alone who see the whole practice, because these
    /// places count what is hidden from others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// Its link in the chain, for the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<Digest>,
}

/// What the rules answered, with the sentences behind the codes.
#[derive(Debug, Clone, Serialize)]
pub struct AssessmentExplained {
    /// Plugin by name and version.
    pub plugin: String,
    /// Digest of the plugin.
    pub plugin_digest: Digest,
    /// The evaluation this answer is from.
    pub evaluation: Digest,
    /// Digest of the answers the rules saw.
    pub inputs: Digest,
    /// Parameters, by name.
    pub parameters: Vec<(String, String)>,
    /// Points by criterion.
    pub points: Vec<PointsLine>,
    /// All points, in hundredths.
    pub total_hundredths: i64,
    /// Class, where the rules give one.
    pub class: Option<String>,
}

/// Points under one criterion.
#[derive(Debug, Clone, Serialize)]
pub struct PointsLine {
    /// Italian label.
    pub label: String,
    /// Legal source.
    pub source: String,
    /// Points in hundredths.
    pub hundredths: i64,
    /// The reason, as an Italian sentence.
    pub reason: String,
}

/// A practice's line in a run.
#[derive(Debug, Clone, Serialize)]
pub struct RankingExplained {
    /// Whether the run is published.
    pub published: bool,
    /// That another run took its place: it does not hold any more. The sentences begin with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded: Option<SupersededBy>,
    /// Everything that decided its line.
    pub explanation: Explanation,
    /// The same in sentences, for the family.
    pub sentences: Vec<String>,
    /// The offer it got, if any.
    pub offer: Option<Offer>,
}

/// Which runs a reader may know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Published {
    /// Those everyone can read.
    Only,
    /// Drafts as well.
    OrNot,
}

/// There is no practice of this name: said alike of one that is hidden.
pub(crate) fn nowhere(name: &str) -> DeskError {
    match name.parse::<Id<Practice>>() {
        Ok(id) => DeskError::Refused(mattoni_desk::no_such(Practice::KIND, id)),
        Err(_) => DeskError::Refused(
            Problem::new(
                "desk.unknown",
                "practice",
                format!("there is no practice {name} here"),
                "give its number of the register, e.g. 2027/0000042, or its id",
            )
            .into(),
        ),
    }
}

impl Office {
    /// The practice with this number of the register or id.
    ///
    /// # Errors
    /// `desk.unknown` when there is none; [`DeskError::Store`] when the machine fails.
    pub async fn practice(&self, name: &str) -> Result<Loaded<Practice>, DeskError> {
        let found = match name.parse::<Id<Practice>>() {
            Ok(id) => self.desk().load(id).await?,
            Err(_) => self.desk().holder::<Practice>(NUMBER, name).await?,
        };
        found.ok_or_else(|| nowhere(name))
    }

    /// Everything that decided about a practice, by number or id.
    ///
    /// # Errors
    /// As [`practice`](Self::practice).
    pub async fn explain(&self, name: &str) -> Result<PracticeExplained, DeskError> {
        let practice = self.practice(name).await?.state;
        self.explain_as(&practice, Published::OrNot, |_| true).await
    }

    /// Everything that decided about a practice and that `who` may know of: who does not see the
    /// office's notes does not see its draft rankings either.
    ///
    /// # Errors
    /// As [`practice`](Self::practice), also for a practice that `who` may not see.
    pub async fn explain_to(
        &self,
        who: &Subject,
        name: &str,
    ) -> Result<PracticeExplained, DeskError> {
        let practice = self.practice(name).await?.state;
        let sight = practice.sight(who);
        let published = if sight == Sight::Everything { Published::OrNot } else { Published::Only };
        let shown = practice.shown_to(who).ok_or_else(|| nowhere(name))?;
        self.explain_as(&shown, published, |event| practice.knows(who, event)).await
    }

    /// As much of it as the reader may know: the events that `knows` says, the rankings that are
    /// `published`.
    pub(crate) async fn explain_as(
        &self,
        practice: &Practice,
        published: Published,
        knows: impl Fn(&Event) -> bool,
    ) -> Result<PracticeExplained, DeskError> {
        let id = practice.id();
        let history = self.desk().history::<Practice>(id).await?;
        let recounts = recounts(history.iter().map(|past| &past.event));
        let whole = published == Published::OrNot;
        let known = history.into_iter().filter(|past| knows(&past.event));
        let history = (1..)
            .zip(known)
            .map(|(number, past)| Happened {
                number,
                at: past.act.at,
                on: rome_date(past.act.at),
                by: past.act.by.to_string(),
                event: past.event.name(),
                italian: Practice::event_italian(&past.event),
                seq: whole.then_some(past.seq),
                hash: whole.then_some(past.hash),
            })
            .collect();
        let mut words = Words::default();
        let assessment = match practice.assessment() {
            None => None,
            Some(assessment) => Some(self.explain_assessment(assessment, &mut words).await?),
        };
        let rules = self.explain_rules(practice).await?;
        let rankings = match practice.protocol_number() {
            None => Vec::new(),
            Some(number) => self.explain_rankings(number, words, published).await?,
        };
        Ok(PracticeExplained {
            version: 2,
            id,
            number: practice.protocol_number().map(str::to_owned),
            service: format!("{}@{}", practice.service().code, practice.service().version),
            state: practice.state().name(),
            state_italian: practice.state().italian(),
            answer_due_on: practice.due().map(|due| due.on),
            due_reasons: practice
                .due()
                .map(|due| due.steps.iter().map(ToString::to_string).chain(recounts).collect())
                .unwrap_or_default(),
            history,
            assessment,
            rules,
            rankings,
        })
    }

    async fn explain_assessment(
        &self,
        assessment: &Assessment,
        words: &mut Words,
    ) -> Result<AssessmentExplained, DeskError> {
        let id = evaluation_id(self.desk().ente(), assessment.evaluation);
        let record = self.desk().load::<EvaluationRecord>(id).await?.map(|loaded| loaded.state);
        let description = record.as_ref().map(|record| &record.description);
        for reason in description.iter().flat_map(|description| &description.reasons) {
            // The sentence is quoted inside others, which have a full stop of their own.
            let text = reason.text.trim_end_matches('.').to_owned();
            words.reasons.insert(reason.code.clone(), text);
        }
        let points = assessment.points.iter().map(|points| {
            let criterion = description.and_then(|d| d.criterion(&points.criterion));
            PointsLine {
                label: criterion.map_or(points.criterion.clone(), |c| c.label.clone()),
                source: criterion.map(|c| c.source.clone()).unwrap_or_default(),
                hundredths: points.hundredths,
                reason: description
                    .and_then(|d| d.reason_text(&points.reason))
                    .unwrap_or(&points.reason)
                    .to_owned(),
            }
        });
        let parameters = record.iter().flat_map(|record| &record.evaluation.parameters);
        Ok(AssessmentExplained {
            plugin: format!("{} {}", assessment.plugin.name, assessment.plugin.version),
            plugin_digest: assessment.plugin.digest,
            evaluation: assessment.evaluation,
            inputs: assessment.inputs,
            points: points.collect(),
            parameters: parameters.map(|(name, value)| (name.clone(), value.to_string())).collect(),
            total_hundredths: assessment.total_hundredths(),
            class: assessment.class.clone(),
        })
    }

    async fn explain_rankings(
        &self,
        number: &str,
        words: Words,
        wanted: Published,
    ) -> Result<Vec<RankingExplained>, DeskError> {
        let mut explained = Vec::new();
        let read = |stored| Loaded::<RankingRun>::read(&stored);
        self.desk()
            .each_page(RankingRun::KIND, 100, read, async |runs| {
                for standing in &runs {
                    let published = standing.state.published().is_some();
                    if wanted == Published::Only && !published {
                        continue;
                    }
                    let run = self.run_of(&standing.state).await?;
                    let Some(explanation) = Explainer::new(&run).explain(number) else { continue };
                    let id = offer_id(self.desk().ente(), run.digest(), number);
                    let offer = self.desk().load(id).await?;
                    let superseded = standing.state.superseded().map(SupersededBy::from);
                    let mut sentences: Vec<String> =
                        superseded.iter().map(italian::superseded).collect();
                    sentences.extend(italian::explanation(&explanation, &words));
                    explained.push(RankingExplained {
                        published,
                        superseded,
                        sentences,
                        explanation,
                        offer: offer.map(|loaded| loaded.state),
                    });
                }
                Ok::<_, DeskError>(())
            })
            .await?;
        Ok(explained)
    }
}

/// How often and why the term that runs was counted again, in Italian.
fn recounts<'a>(history: impl Iterator<Item = &'a Event>) -> Vec<String> {
    let mut found = Vec::new();
    for event in history {
        match event {
            Event::TermRecounted(recounted) => {
                let on = rome_date(recounted.act.at).format("%d/%m/%Y");
                found.push(format!("ricontato il {on}: {recounted}"));
            }
            // A new term, counted by the calendar of the day.
            Event::Reopened(_) => found.clear(),
            _ => {}
        }
    }
    found
}
