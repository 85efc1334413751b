//! The office: a desk, and what is done there with several bricks.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{Brick, Bricks, PersonalData};
use mattoni_core::{Act, Actor, Aggregate as _, EnteId, Id, Person, Problem, Problems, TaxCode};
use mattoni_desk::intake::Received;
use mattoni_desk::{Desk, DeskError, DeskParts, Names, Progress, Proof, TickReport};
use mattoni_practice::Attachment;
use mattoni_ranking::{RankingRun, Superseded};
use mattoni_service::{Service, ServiceWatch, StatusChange, WatchEvent, WatchedStatus};
use mattoni_store::Loaded;

use crate::EvaluationRecord;
use crate::ente::RecountReport;
use crate::recompute::Recomputation;
use crate::rules::{RuleReport, ServiceRules, as_problems};

/// The bricks that an office joins: services, practices, rankings, and its own evaluations.
#[must_use]
pub fn bricks() -> Bricks {
    Bricks::new()
        .with(mattoni_service::brick())
        .with(mattoni_practice::brick())
        .with(mattoni_ranking::brick())
        .with(mattoni_staff::brick())
        .with(brick())
}

/// The parts of an office's desk: its [`bricks`], the [`ServiceGuard`](crate::ServiceGuard) that
/// lets a practice hold only what its service says, and the guards that let records name only
/// offices and accounts which exist. Takers are yet to be added.
#[must_use]
pub fn parts() -> DeskParts {
    guarded(DeskParts::new(bricks()))
}

/// These parts with the guards of an office's desk, for bricks of which some are an integrator's.
#[must_use]
pub fn guarded(parts: DeskParts) -> DeskParts {
    parts
        .guard(crate::ServiceGuard)
        .guard(crate::AssigneeGuard)
        .guard(crate::AccountGuard)
        .guard(crate::OfficeGuard)
}

/// What is personal in all records of an office and its desk. A vault around their store is opened
/// with it.
#[must_use]
pub fn personal() -> PersonalData {
    bricks().with(mattoni_desk::brick()).personal()
}

/// The office's own kind of record: evaluations by rules.
fn brick() -> Brick {
    Brick::new("rules").with::<EvaluationRecord>()
}

/// What an ente's offices do with several bricks at once.
#[derive(Debug, Clone)]
pub struct Office {
    desk: Desk,
    /// The rules of services, by code and version.
    pub(crate) rules: Arc<BTreeMap<(String, u32), ServiceRules>>,
}

/// What a tick of the office did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OfficeTick {
    /// Services that stand otherwise than at the last tick.
    pub statuses: Vec<StatusChange>,
    /// What a calendar that was set moved, where that was yet to be done.
    pub recounted: RecountReport,
    /// What fell due.
    pub due: TickReport,
    /// What the services' rules answered.
    pub rules: Vec<RuleReport>,
    /// Services whose rules could not be asked, each with what keeps them.
    pub rules_not_asked: Vec<(String, Problems)>,
}

/// What a proof of the office found.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OfficeProof {
    /// Chain and states.
    pub journal: Proof,
    /// Ranking runs whose document was read and drawn up again with the same result.
    pub runs: u64,
    /// Ranking runs that came out otherwise, each with what differs.
    pub altered_runs: Vec<(Id<RankingRun>, Problems)>,
    /// Published runs that another took the place of: which run, what was ranked, and by what it was
    /// superseded. They are no finding; whoever reads the list has to know.
    pub superseded_runs: Vec<(Id<RankingRun>, String, Superseded)>,
    /// The evaluations by rules, run again.
    pub evaluations: Recomputation,
}

impl OfficeProof {
    /// Whether nothing at all was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.journal.is_clean()
            && self.altered_runs.is_empty()
            && self.evaluations.differing.is_empty()
    }
}

impl Office {
    /// The office that works at this desk.
    #[must_use]
    pub fn new(desk: Desk) -> Self {
        Self { desk, rules: Arc::default() }
    }

    /// The desk.
    #[must_use]
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// Whether the desk can carry out what the service's chain orders: every brick is there, and
    /// somebody takes every order. Whatever opens practices for a service asks this first.
    ///
    /// # Errors
    /// Every problem at once, as [`check_chain`](crate::check_chain) names them.
    pub fn check_chain(&self, service: &Service) -> Result<(), Problems> {
        crate::check_chain(service, self.desk.bricks(), &self.desk.taken())
    }

    /// Counts running terms by a calendar that was set
    /// ([`recount_terms`](Self::recount_terms)), does all that is due at `now`, notes which of `services` opened or closed since, and
    /// [asks their rules](Self::apply_rules) about the practices that wait for them. Rules that
    /// fail keep nothing else from being done.
    ///
    /// # Errors
    /// As [`Desk::tick`].
    pub async fn tick(
        &self,
        services: &[Service],
        calendar: &LegalCalendar,
        now: DateTime<Utc>,
        progress: &dyn Progress,
    ) -> Result<OfficeTick, DeskError> {
        let act = Act::new(now, Actor::System("clock".into()));
        let mut statuses = Vec::new();
        for service in services {
            statuses.extend(self.watch(service, &act).await?);
        }
        let recounted = self.recount_terms(now).await?;
        let due = self.desk.tick(calendar, now, progress).await?;
        let mut tick = OfficeTick { statuses, recounted, due, ..OfficeTick::default() };
        for service in services {
            match self.apply_rules(service, now, progress).await {
                Ok(reports) => tick.rules.extend(reports),
                Err(error) => {
                    let problems = as_problems(error)?;
                    tick.rules_not_asked.push((service.code().to_owned(), problems));
                }
            }
        }
        Ok(tick)
    }

    /// Records how the service stands, when that is not what was recorded last.
    async fn watch(&self, service: &Service, act: &Act) -> Result<Option<StatusChange>, DeskError> {
        let id = ServiceWatch::id(self.desk.ente(), service.code());
        let to = WatchedStatus { version: service.version(), status: service.status(act.at) };
        let there = self.desk.load(id).await?.map(|loaded| loaded.state.standing);
        if there.as_ref() == Some(&to) {
            return Ok(None);
        }
        let service = service.code().to_owned();
        let change = StatusChange { act: act.clone(), service, from: there, to };
        let event = WatchEvent::Changed(change.clone());
        if change.from.is_none() {
            self.desk.open(id, act, &[event]).await?;
        } else {
            let changed = |watch: &ServiceWatch| {
                let same = watch.standing == change.to;
                Ok::<_, Problems>(if same { vec![] } else { vec![event.clone()] })
            };
            self.desk.decide(id, act, changed).await?;
        }
        Ok(Some(change))
    }

    /// Walks the whole journal of the ente, folds every history, draws every ranking run up again
    /// from its own document, and runs every evaluation by rules again with its plugin.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails. What is found is no error: it is in the
    /// [`OfficeProof`].
    pub async fn verify(&self, progress: &dyn Progress) -> Result<OfficeProof, DeskError> {
        let journal = self.desk.verify(progress).await?;
        let evaluations = match self.recompute(progress).await {
            // What was asked then is read off the journal: one that cannot be read is found above.
            Err(DeskError::Store(_)) if !journal.is_clean() => Recomputation::default(),
            ran => ran?,
        };
        let mut proof = OfficeProof {
            journal,
            runs: 0,
            altered_runs: Vec::new(),
            superseded_runs: Vec::new(),
            evaluations,
        };
        // One that cannot be read is among the findings on states.
        let read = |stored| Loaded::<RankingRun>::read(&stored);
        self.desk
            .each_page(RankingRun::KIND, 100, read, async |page| {
                for standing in &page {
                    if let Some(by) = standing.state.superseded() {
                        let of = standing.state.of().to_owned();
                        proof.superseded_runs.push((standing.id, of, by.clone()));
                    }
                    match self.run_of(&standing.state).await {
                        Ok(run) => match run.verify() {
                            Ok(()) => proof.runs += 1,
                            Err(problems) => proof.altered_runs.push((standing.id, problems)),
                        },
                        Err(DeskError::Store(error)) => {
                            proof.altered_runs.push((standing.id, document_wrong(&error)));
                        }
                        Err(other) => return Err(other),
                    }
                }
                Ok(())
            })
            .await?;
        Ok(proof)
    }
}

/// A file as a practice knows it, for no paper of the form in particular:
/// [`Attachment::for_paper`] says which one.
#[must_use]
pub fn attachment(file: &Received) -> Attachment {
    Attachment::new(&file.name, &file.media_type, file.bytes, file.digest)
}

/// The id under which the ente's journal knows the person with this code, in a store that
/// seals nothing; otherwise ask [`Desk::names`].
///
/// A pseudonym: it keeps the code out of every line, but whoever has the code can make it too.
#[must_use]
pub fn person_id<C: Copy + Into<TaxCode>>(ente: &EnteId, fiscal_code: &C) -> Id<Person> {
    Names::plain(ente.clone()).person(fiscal_code)
}

fn document_wrong(error: &mattoni_store::Error) -> Problems {
    Problem::new(
        "desk.verify.run-document",
        "run",
        error.to_string(),
        "restore the document from a backup",
    )
    .into()
}
