//! Drawing up a service's ranking, publishing it, offering the places, moving up.
//!
//! The run itself is a document, kept among the store's blobs by the digest of its bytes; the
//! `RankingRun` in the journal names it. Places are offered one by one, each an `Offer` of its
//! own, so that thousands of families can answer at once.

mod answer;
mod applicant;
mod file;
mod review;

pub use answer::PlaceAnswer;
pub use file::rank_file;
pub use review::review_id;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::calendar::rome_date;
use mattoni_core::record::{Concerns, RecordRef, Span};
use mattoni_core::{Act, Aggregate as _, Digest, EnteId, Id, Problem, Problems, Refusal, named_id};
use mattoni_desk::{Acted, BulkReport, DeskError, Progress, begun, decided};
use mattoni_practice::Practice;
use mattoni_practice::lists::{NUMBER, STATE, in_state};
use mattoni_ranking::{
    Applicant, Call, Criteria, Explainer, Explanation, MakeRefusal, MayPublish, Method, Offer,
    OfferStatus, Place, PublicList, RUN, RankingRun, Run, next_in_line,
};
use mattoni_rules::Description;
use mattoni_service::{RankingSource, Service, Status};
use mattoni_store::{Change, Loaded};

use crate::import::subject_of;
use crate::rules::row_digest;
use crate::{EvaluationRecord, Office, evaluation_id};

/// Flag of an application that the rules were not asked about yet.
const NOT_SCORED: &str = "not-scored";

/// A run and how it stands.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// Draft or published.
    pub standing: Loaded<RankingRun>,
    /// The run.
    pub run: Run,
}

/// The id of a service's run: `name` distinguishes several, as before and after an appeal.
#[must_use]
pub fn run_id(ente: &EnteId, service: &str, name: &str) -> Id<RankingRun> {
    named_id(ente, &["ranking-run", service, name])
}

/// The id of the offer that a run makes to an application.
#[must_use]
pub fn offer_id(ente: &EnteId, run: Digest, code: &str) -> Id<Offer> {
    named_id(ente, &["offer", &run.to_string(), code])
}

impl Office {
    /// The service's applications as the ranking sees them, from what is known of each and what
    /// the office [found](Office::review). Applications that the service's duplicate key makes equal
    /// are for the same subject: what becomes of them, the criteria say
    /// ([`Duplicates`](mattoni_ranking::Duplicates)).
    ///
    /// # Errors
    /// [`DeskError::Refused`] when the service has no ranking or an application cannot be
    /// published; [`DeskError::Store`] when the machine fails.
    pub async fn applicants(
        &self,
        service: &Service,
        criteria: &Criteria,
    ) -> Result<Vec<Applicant>, DeskError> {
        let setting = setting(service)?;
        let reviews = self.reviews(service.code()).await?;
        let names = self.desk().names().await?;
        let mut descriptions = BTreeMap::new();
        let (mut applicants, mut found) = (Vec::new(), Vec::new());
        for state in applicant::CONCERNED {
            let span = Span::new(STATE, in_state(service.code(), state));
            let mut after = None;
            loop {
                let page = self.desk().page_of::<Practice>(&span, &mut after).await?;
                if page.is_empty() {
                    break;
                }
                for loaded in &page {
                    let stale = self.is_stale(&loaded.state, &mut descriptions).await?;
                    match applicant::applicant(&loaded.state, criteria, setting, &reviews) {
                        Ok(mut applicant) => {
                            applicant.subject = subject_of(&names, service, loaded.state.answers());
                            applicant.received_at = loaded.state.submitted_at();
                            if stale {
                                applicant.open_flags.push("answers-changed".into());
                            }
                            applicants.push(applicant);
                        }
                        Err(problem) => found.push(problem),
                    }
                }
            }
        }
        Problems::check(found)?;
        Ok(applicants)
    }

    /// Whether the answers are no longer those that were scored, as after an integration.
    async fn is_stale(
        &self,
        practice: &Practice,
        descriptions: &mut BTreeMap<Digest, Option<Description>>,
    ) -> Result<bool, DeskError> {
        let Some(assessment) = practice.assessment() else { return Ok(false) };
        let description = match descriptions.entry(assessment.evaluation) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let id = evaluation_id(self.desk().ente(), assessment.evaluation);
                let record = self.desk().load::<EvaluationRecord>(id).await?;
                new.insert(record.map(|loaded| loaded.state.description))
            }
        };
        // Points noted by someone else's rules have no record here, and can't be compared.
        let Some(description) = description else { return Ok(false) };
        Ok(row_digest(description, practice.answers()) != Some(assessment.inputs))
    }

    /// Draws the ranking up as a draft, or again while it is a draft. The same applications give
    /// the same run; then nothing is written.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with everything that is wrong with criteria, places and
    /// applications, open flags among them; `desk.rank.window-open` while applications can still
    /// come; `desk.rank.not-scored`; or because the run is published.
    pub async fn draw_up(
        &self,
        service: &Service,
        name: &str,
        call: &Call,
        act: &Act,
    ) -> Result<Drawn, DeskError> {
        if let Status::Open { closes: Some(closes) } = service.status(act.at) {
            return Err(still_open(service, closes).into());
        }
        let applicants = self.applicants(service, &call.criteria).await?;
        scored(&applicants)?;
        let run = Run::draw_up(call, applicants)?;
        // A run is made of strings, numbers and dates: JSON always takes it.
        let bytes = serde_json::to_vec(&run).unwrap_or_default();
        let body = self.desk().store().put(self.desk().ente(), bytes).await?;
        let id = run_id(self.desk().ente(), service.code(), name);
        let standing = match self.desk().load(id).await? {
            None => self
                .desk()
                .open(id, act, &[RankingRun::draft(act, service.code(), &run, body)])
                .await?
                .into_loaded(),
            Some(there) if there.state.run() == run.digest() => there,
            Some(_) => {
                let verb =
                    |there: &RankingRun| there.redraw(act, &run, body).map(|event| vec![event]);
                self.desk().decide(id, act, verb).await?
            }
        };
        Ok(Drawn { standing, run })
    }

    /// A run and how it stands.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with `desk.rank.not-drawn` when there is none; [`DeskError::Store`]
    /// when its document is missing or altered.
    pub async fn drawn(&self, id: Id<RankingRun>) -> Result<Drawn, DeskError> {
        let standing = self.desk().load(id).await?.ok_or_else(not_drawn)?;
        let run = self.run_of(&standing.state).await?;
        Ok(Drawn { standing, run })
    }

    pub(crate) async fn run_of(&self, standing: &RankingRun) -> Result<Run, DeskError> {
        let lost = || {
            mattoni_store::Error::new(
                mattoni_store::ErrorKind::Corrupt,
                "a run's document is wrong",
            )
            .with("run", standing.run())
            .with("document", standing.document())
        };
        let bytes = self
            .desk()
            .store()
            .get(self.desk().ente(), standing.document())
            .await?
            .ok_or_else(lost)?;
        let run: Run = serde_json::from_slice(&bytes).map_err(|e| lost().caused_by(e))?;
        if run.digest() == standing.run() { Ok(run) } else { Err(lost().into()) }
    }

    /// Publishes a run, once, and answers with the public list.
    ///
    /// # Errors
    /// [`DeskError::Refused`] when it is published already, `act` is not by who may publish, or
    /// the list would identify people.
    pub async fn publish(
        &self,
        id: Id<RankingRun>,
        act: &Act,
        may: &MayPublish,
    ) -> Result<PublicList, DeskError> {
        let Drawn { run, .. } = self.drawn(id).await?;
        let list = PublicList::of(&run, None)?;
        self.desk()
            .decide(id, act, |standing: &RankingRun| {
                standing.publish(act, may, &run).map(|event| vec![event])
            })
            .await?;
        Ok(list)
    }

    /// The public list of a run that was published, as it is to be shown today: where another run
    /// took its place, it says so.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with `desk.rank.not-published` for a draft, or `desk.rank.not-drawn`.
    pub async fn published_list(&self, id: Id<RankingRun>) -> Result<PublicList, DeskError> {
        let Drawn { standing, run } = self.drawn(id).await?;
        if standing.state.published().is_none() {
            return Err(not_published("the public list is that of a published run").into());
        }
        Ok(PublicList::of(&run, None)?.standing_as(&standing.state))
    }

    /// The run with this id, or with this digest or the beginning of it.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with `desk.rank.not-drawn` when there is none, or
    /// `desk.rank.ambiguous` when several begin so.
    pub async fn run_named(&self, name: &str) -> Result<Id<RankingRun>, DeskError> {
        if let Ok(id) = name.parse::<Id<RankingRun>>() {
            return Ok(id);
        }
        let mut found = Vec::new();
        let read = |stored| Loaded::read(&stored);
        self.desk()
            .each_page(RankingRun::KIND, 100, read, async |page: Vec<Loaded<RankingRun>>| {
                for standing in &page {
                    if !name.is_empty() && standing.state.run().to_string().starts_with(name) {
                        found.push(standing.id);
                    }
                }
                Ok::<_, DeskError>(())
            })
            .await?;
        match found.as_slice() {
            [only] => Ok(*only),
            [] => Err(not_drawn()),
            several => {
                let rule = format!("must name one ranking, and {} begin so", several.len());
                let remedy = "write more digits of the digest, or the id";
                Err(Problems::from(Problem::new("desk.rank.ambiguous", "run", rule, remedy)).into())
            }
        }
    }

    /// Publishes the draft `by` and lets it take the place of the published run `id`, in one
    /// transaction: at no moment two rankings hold, or none. Where `by` is published already, it
    /// takes the place all the same.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with the refusals of [`RankingRun::publish`] and
    /// [`RankingRun::supersede`], or `desk.rank.not-drawn`; [`DeskError::Contended`] when either
    /// run was changed meanwhile.
    pub async fn supersede(
        &self,
        id: Id<RankingRun>,
        by: Id<RankingRun>,
        act: &Act,
        may: &MayPublish,
        reason: &str,
    ) -> Result<PublicList, DeskError> {
        let old = self.drawn(id).await?.standing;
        let Drawn { standing: mut new, run } = self.drawn(by).await?;
        let list = PublicList::of(&run, None)?;
        let mut changes = Vec::with_capacity(2);
        if new.state.published().is_none() {
            let event = new.state.publish(act, may, &run).map_err(|r| r.problems())?;
            let (change, next) = decided(new, act, &[event])?;
            changes.push(change);
            new = next;
        }
        let event = old.state.supersede(act, may, &new.state, reason).map_err(|r| r.problems())?;
        changes.push(decided(old, act, &[event])?.0);
        self.desk().commit(changes).await?;
        Ok(list)
    }

    /// Offers every place that a published run gives, to be answered by `answer_by`. Safe to run
    /// twice: an offer that was made stays as it is.
    ///
    /// # Errors
    /// `desk.rank.not-published` for a draft, `desk.rank.superseded`; the refusals of
    /// [`Offer::make`].
    pub async fn offer_places(
        &self,
        drawn: &Drawn,
        answer_by: NaiveDate,
        act: &Act,
        progress: &dyn Progress,
    ) -> Result<u64, DeskError> {
        published(drawn)?;
        let mut new = Vec::new();
        let lines = drawn.run.lines().iter();
        let placed = lines.filter(|line| Place::of(&line.outcome).is_some());
        let codes: Vec<&str> = placed.map(|line| line.code()).collect();
        let concerns = self.concerns_of(&codes).await?;
        for line in drawn.run.lines() {
            if let Some(place) = Place::of(&line.outcome) {
                let id = offer_id(self.desk().ente(), drawn.run.digest(), line.code());
                let about = concerns.get(line.code()).cloned();
                let event = Offer::make(act, &drawn.run, line.code(), place, answer_by, about)
                    .map_err(|refusal| refusal.problems())?;
                let event = event.in_service(drawn.standing.state.of());
                new.push((id, act.clone(), vec![event]));
            }
        }
        self.desk().open_all(new, progress).await
    }

    /// The practice of each application, by its number of the register, and its applicant.
    async fn concerns_of(&self, codes: &[&str]) -> Result<BTreeMap<String, Concerns>, DeskError> {
        let mut concerns = BTreeMap::new();
        for code in codes {
            if let Some(practice) = self.desk().holder::<Practice>(NUMBER, code).await? {
                concerns.insert((*code).to_owned(), concerns_of(&practice));
            }
        }
        Ok(concerns)
    }

    /// All offers of a run, by application.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn offers(&self, run: Digest) -> Result<Vec<Loaded<Offer>>, DeskError> {
        let mut offers = self.desk().all_of::<Offer>(&Span::new(RUN, run.to_string())).await?;
        offers.sort_by(|a, b| a.state.code().cmp(b.state.code()));
        Ok(offers)
    }

    /// Closes every offer of the run that nobody answered by its last day.
    ///
    /// # Errors
    /// As [`sweep`](mattoni_desk::Desk::sweep).
    pub async fn lapse_offers(
        &self,
        run: Digest,
        act: &Act,
        progress: &dyn Progress,
    ) -> Result<BulkReport<Offer>, DeskError> {
        let verb = |offer: &Offer| match (offer.status(), offer.lapse(act)) {
            (OfferStatus::Open, Ok(event)) => Ok(Some(Acted::one(act, event))),
            _ => Ok(None),
        };
        self.desk().sweep(&Span::new(RUN, run.to_string()), verb, progress).await
    }

    /// Gives freed places to the next in line (*scorrimento*), all in one transaction. Answers
    /// how many applications got a place or a better one; none when no place is free.
    ///
    /// # Errors
    /// `desk.rank.not-published` for a draft, `desk.rank.superseded`; `ranking.offer.past-term` for
    /// a last day that is past; the problems of [`next_in_line`].
    pub async fn move_up(
        &self,
        drawn: &Drawn,
        method: Method,
        answer_by: NaiveDate,
        act: &Act,
    ) -> Result<u64, DeskError> {
        published(drawn)?;
        if rome_date(act.at) > answer_by {
            return Err(DeskError::refused(&MakeRefusal::PastTerm { answer_by }));
        }
        let run = &drawn.run;
        let mut offers = self.offers(run.digest()).await?;
        let moves = next_in_line(run, offers.iter().map(|offer| &offer.state), method)?;
        let codes: Vec<&str> = moves.iter().map(|next| next.code.as_str()).collect();
        let concerns = self.concerns_of(&codes).await?;
        let mut changes: Vec<Change> = Vec::with_capacity(moves.len());
        for next in &moves {
            let held = offers.iter().position(|offer| offer.state.code() == next.code);
            let place = next.to.clone();
            changes.push(match held.map(|place| offers.swap_remove(place)) {
                None => {
                    let about = concerns.get(next.code.as_str()).cloned();
                    let event = Offer::make(act, run, &next.code, place, answer_by, about);
                    let event = event.map_err(|refusal| refusal.problems())?;
                    let event = event.in_service(drawn.standing.state.of());
                    let id = offer_id(self.desk().ente(), run.digest(), &next.code);
                    begun(id, act, &[event])?
                }
                Some(offer) => {
                    let event = if next.is_reseating() {
                        offer.state.reseat(act, place.pool).map_err(|refusal| refusal.problems())?
                    } else {
                        let improved = offer.state.improve(act, run, place, answer_by);
                        improved.map_err(|refusal| refusal.problems())?
                    };
                    decided(offer, act, &[event])?.0
                }
            });
        }
        if !changes.is_empty() {
            self.desk().commit(changes).await?;
        }
        Ok(moves.iter().filter(|next| !next.is_reseating()).count() as u64)
    }

    /// What the family behind an application may know of its line in a run.
    #[must_use]
    pub fn explain_line(run: &Run, code: &str) -> Option<Explanation> {
        Explainer::new(run).explain(code)
    }
}

/// A practice and its applicant, as reviews and offers name them.
pub(crate) fn concerns_of(practice: &Loaded<Practice>) -> Concerns {
    Concerns { record: RecordRef::of(practice.id), person: practice.state.applicant().id }
}

fn setting(service: &Service) -> Result<&RankingSource, Problems> {
    service.source().ranking.as_ref().ok_or_else(|| {
        Problem::new(
            "desk.rank.no-ranking",
            "ranking",
            format!("{} does not decide by a ranking", service.code()),
            "add [ranking] to the service",
        )
        .into()
    })
}

/// A ranking over applications that can still come would have to be drawn again.
fn still_open(service: &Service, closes: DateTime<Utc>) -> Problems {
    let local = closes.with_timezone(&chrono_tz::Europe::Rome).format("%d/%m/%Y %H:%M");
    Problem::new(
        "desk.rank.window-open",
        "service",
        format!("{} takes applications until {local}", service.code()),
        "draw the ranking up after that",
    )
    .into()
}

/// One problem for all, not one for each: the remedy is the same.
fn scored(applicants: &[Applicant]) -> Result<(), Problems> {
    let flagged = |applicant: &&Applicant| applicant.open_flags.iter().any(|f| f == NOT_SCORED);
    let count = applicants.iter().filter(flagged).count();
    if count == 0 {
        return Ok(());
    }
    let rule = format!("{count} of {} applications have no points yet", applicants.len());
    Err(Problem::new("desk.rank.not-scored", "practices", rule, "score them first").into())
}

fn not_drawn() -> DeskError {
    DeskError::Refused(
        Problem::new(
            "desk.rank.not-drawn",
            "run",
            "there is no ranking of this name yet",
            "draw it up first",
        )
        .into(),
    )
}

fn published(drawn: &Drawn) -> Result<(), Problems> {
    if let Some(superseded) = drawn.standing.state.superseded() {
        let rule = format!("another ranking, {}, took its place", superseded.by_run.short());
        let remedy = "offer the places of that one";
        return Err(Problem::new("desk.rank.superseded", "run", rule, remedy).into());
    }
    if drawn.standing.state.published().is_some() {
        return Ok(());
    }
    Err(not_published("places are offered in public"))
}

fn not_published(rule: &str) -> Problems {
    Problem::new("desk.rank.not-published", "run", rule, "publish the run first").into()
}
