//! The same verb over thousands of practices: preview, decide, a result for each.

use mattoni_core::{Act, Id, Problem, Problems, Refusal};
use mattoni_practice::access::Subject;
use mattoni_practice::bulk::{BulkResult, decide as bulk_decide};
use mattoni_practice::{Event, Practice};
use mattoni_store::{Change, CommitError, Conflict, Loaded, Store};

use super::list::Query;
use super::walk::Walk;
use crate::both::both;
use crate::bulk::PAGE;
use crate::bulk_run::{BulkEvent, BulkOrder, BulkRecord};
use crate::desk::{ATTEMPTS, decided};
use crate::{BulkReport, Counter, DeskError, Progress};

/// What a bulk run would do, before it is done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BulkPreview {
    /// Practices it would decide.
    pub decided: Vec<Id<Practice>>,
    /// Practices it would be refused for, each with every reason.
    pub refused: Vec<(Id<Practice>, Problems)>,
    /// How many it has gone through already.
    pub done: u64,
}

/// An order in the hands of who gave it.
struct Job<'a, F> {
    order: &'a BulkOrder,
    query: Query,
    act: &'a Act,
    acting: Subject,
    decide: F,
}

/// A page of practices, decided and not yet committed.
#[derive(Default)]
struct Prepared {
    /// The last practice it goes through.
    last: Option<Id<Practice>>,
    ids: Vec<Id<Practice>>,
    changes: Vec<Change>,
    decided: Vec<Id<Practice>>,
    refused: Vec<(Id<Practice>, Problems)>,
    unchanged: u64,
}

/// What became of a page.
enum Settled {
    /// Committed.
    Committed(Loaded<BulkRecord>, BulkReport<Practice>),
    /// Someone else goes on with the same run.
    Overtaken(Loaded<BulkRecord>),
}

impl<S: Store> Counter<'_, S> {
    /// What `order` would do now. Writes nothing. Practices the subject cannot see are not meant
    /// and not mentioned.
    ///
    /// # Errors
    /// `desk.bulk.other-order` when the run's id was given to another order;
    /// [`DeskError::Store`] when the machine fails.
    pub async fn preview<R: Refusal>(
        &self,
        order: &BulkOrder,
        act: &Act,
        decide: impl Fn(&Practice, &Act) -> Result<Event, R>,
    ) -> Result<BulkPreview, DeskError> {
        let job = self.job(order, act, decide);
        let mut preview = BulkPreview::default();
        let mut after = None;
        if let Some(record) = self.desk.load(record_id(order)).await? {
            same_order(&record.state, order, act)?;
            preview.done = record.state.decided + record.state.refused;
            if record.state.finished.is_some() {
                return Ok(preview);
            }
            after = record.state.through;
        }
        let mut walk = self.walk(&job.query, after);
        while let Some(loaded) = self.next(&mut walk, &job.query).await? {
            match self.result(&job, &loaded.state) {
                BulkResult::Decided(_) => preview.decided.push(loaded.id),
                BulkResult::Refused(problems) => preview.refused.push((loaded.id, problems)),
                _ => preview.done += 1,
            }
        }
        Ok(preview)
    }

    /// Carries `order` out, five hundred practices a transaction, and answers what became of
    /// each; `decide` makes each event, by this very act. Can be killed and run again, or be
    /// run by two at once: under one run id every practice is gone through once, and what was
    /// gone through before counts as unchanged.
    ///
    /// # Errors
    /// `desk.bulk.other-order` when the run's id was given to another order or by someone else;
    /// [`DeskError::Store`] or [`DeskError::Contended`]: what was committed until then stays.
    /// Refusals are in the report.
    pub async fn bulk<R: Refusal>(
        &self,
        order: &BulkOrder,
        act: &Act,
        decide: impl Fn(&Practice, &Act) -> Result<Event, R>,
        progress: &dyn Progress,
    ) -> Result<BulkReport<Practice>, DeskError> {
        let job = self.job(order, act, decide);
        let begun = BulkEvent::Begun { act: act.clone(), order: order.clone() };
        let mut record = self.desk.open(record_id(order), act, &[begun]).await?.into_loaded();
        same_order(&record.state, order, act)?;
        let before = record.state.decided + record.state.refused;
        let mut report = BulkReport { unchanged: before, ..BulkReport::default() };
        if record.state.finished.is_some() {
            return Ok(report);
        }
        let mut walk = self.walk(&job.query, record.state.through);
        let mut page = self.prepare_next(&job, &mut walk).await?;
        while page.last.is_some() {
            // What comes next is read and decided while this page is being made durable.
            let (settled, next) =
                both(self.settle(&job, record, page), self.prepare_next(&job, &mut walk)).await;
            match settled? {
                Settled::Committed(moved, came_of_it) => {
                    record = moved;
                    report.add(came_of_it);
                    page = next?;
                }
                Settled::Overtaken(moved) => {
                    if moved.state.finished.is_some() {
                        return Ok(report);
                    }
                    record = moved;
                    walk = self.walk(&job.query, record.state.through);
                    page = self.prepare_next(&job, &mut walk).await?;
                }
            }
            progress.reached(report.total());
        }
        self.finish(order, act).await?;
        Ok(report)
    }

    async fn finish(&self, order: &BulkOrder, act: &Act) -> Result<(), DeskError> {
        let finished = |record: &BulkRecord| {
            let end = BulkEvent::Finished { act: act.clone() };
            Ok::<_, Problems>(if record.finished.is_some() { vec![] } else { vec![end] })
        };
        self.desk.decide(record_id(order), act, finished).await.map(drop)
    }

    fn job<'a, F>(&self, order: &'a BulkOrder, act: &'a Act, decide: F) -> Job<'a, F> {
        let query = Query::new(order.selection.clone());
        Job { order, query, act, acting: self.acting(&act.by), decide }
    }

    fn result<F, R>(&self, job: &Job<'_, F>, practice: &Practice) -> BulkResult
    where
        F: Fn(&Practice, &Act) -> Result<Event, R>,
        R: Refusal,
    {
        bulk_decide(job.order.run, practice, |practice| {
            self.decided(&job.acting, job.order.verb, job.act, practice, &job.decide)
        })
    }

    async fn prepare_next<F, R>(
        &self,
        job: &Job<'_, F>,
        walk: &mut Walk<'_, S>,
    ) -> Result<Prepared, DeskError>
    where
        F: Fn(&Practice, &Act) -> Result<Event, R>,
        R: Refusal,
    {
        let mut prepared = Prepared::default();
        while prepared.ids.len() < PAGE {
            let Some(loaded) = self.next(walk, &job.query).await? else { break };
            self.prepare(job, loaded, &mut prepared)?;
        }
        Ok(prepared)
    }

    fn prepare<F, R>(
        &self,
        job: &Job<'_, F>,
        loaded: Loaded<Practice>,
        into: &mut Prepared,
    ) -> Result<(), DeskError>
    where
        F: Fn(&Practice, &Act) -> Result<Event, R>,
        R: Refusal,
    {
        let id = loaded.id;
        into.ids.push(id);
        into.last = into.last.max(Some(id));
        match self.result(job, &loaded.state) {
            BulkResult::Decided(event) => {
                into.changes.push(decided(loaded, job.act, &[*event])?.0);
                into.decided.push(id);
            }
            BulkResult::Refused(problems) => into.refused.push((id, problems)),
            _ => into.unchanged += 1,
        }
        Ok(())
    }

    /// Commits a page with the run's own event; decides again on what is there then, when
    /// someone else was faster.
    async fn settle<F, R>(
        &self,
        job: &Job<'_, F>,
        mut record: Loaded<BulkRecord>,
        mut page: Prepared,
    ) -> Result<Settled, DeskError>
    where
        F: Fn(&Practice, &Act) -> Result<Event, R>,
        R: Refusal,
    {
        let mut attempt = 1;
        loop {
            let through = record.state.through;
            let Some(event) = page.event() else { return Ok(Settled::Overtaken(record)) };
            let ids = std::mem::take(&mut page.ids);
            let (change, moved) = decided(record, job.act, &[event])?;
            let mut changes = std::mem::take(&mut page.changes);
            changes.push(change);
            match self.desk.commit(changes).await {
                Ok(()) => return Ok(Settled::Committed(moved, page.report())),
                Err(CommitError::Conflict(Conflict::Version { .. })) if attempt < ATTEMPTS => {
                    attempt += 1;
                    let there = self.desk.load(record_id(job.order)).await?;
                    record = there.ok_or_else(|| crate::desk::unknown(record_id(job.order)))?;
                    if record.state.through != through || record.state.finished.is_some() {
                        return Ok(Settled::Overtaken(record));
                    }
                    page = Prepared { last: page.last, ..Prepared::default() };
                    for loaded in self.desk.load_all(&ids).await? {
                        if self.finds(&job.query, &loaded.state) {
                            self.prepare(job, loaded, &mut page)?;
                        }
                    }
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
}

impl Prepared {
    fn event(&self) -> Option<BulkEvent> {
        Some(BulkEvent::WentOn {
            through: self.last?,
            decided: self.decided.clone(),
            refused: self.refused.clone(),
        })
    }

    fn report(self) -> BulkReport<Practice> {
        let done = self.decided.len() as u64;
        BulkReport { done, unchanged: self.unchanged, refused: self.refused }
    }
}

fn record_id(order: &BulkOrder) -> Id<BulkRecord> {
    Id::from_u128(order.run.as_u128())
}

fn same_order(record: &BulkRecord, order: &BulkOrder, act: &Act) -> Result<(), Problems> {
    if record.order == *order && record.begun.by == act.by {
        return Ok(());
    }
    Err(Problem::new(
        "desk.bulk.other-order",
        "run",
        "a run's id stands for one order by one person",
        "give this order an id of its own",
    )
    .into())
}
