//! The same verb over thousands of records: preview, decide, a result for each.

use mattoni_core::record::{AnyRecord, Question, Record, Subject, Verb as _};
use mattoni_core::{Act, Id, Problem, Problems, Refusal};
use mattoni_store::{Change, CommitError, Conflict, Loaded, Spot};

use super::walk::Walk;
use super::{Records, other_event};
use crate::bulk::PAGE;
use crate::bulk_run::{BulkEvent, BulkOrder, BulkRecord};
use crate::desk::{ATTEMPTS, decided, unknown};
use crate::join::join;
use crate::{BulkReport, DeskError, Progress, Unreadable};

/// What a bulk run would do, before it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkPreview<A> {
    /// Records it would decide.
    pub decided: Vec<Id<A>>,
    /// Records it would be refused for, each with every reason.
    pub refused: Vec<(Id<A>, Problems)>,
    /// How many it has gone through already.
    pub done: u64,
    /// Records it would leave out because they cannot be read.
    pub unreadable: Vec<Id<A>>,
}

/// An order in the hands of who gave it.
struct Job<'a, A: Record, Q, F> {
    order: BulkOrder,
    verb: A::Verb,
    question: &'a Q,
    act: &'a Act,
    acting: Subject,
    decide: F,
}

/// A page of records, decided and not yet committed.
struct Prepared<A> {
    /// The last record it goes through.
    last: Option<Spot>,
    ids: Vec<Id<A>>,
    changes: Vec<Change>,
    decided: Vec<Id<A>>,
    refused: Vec<(Id<A>, Problems)>,
    /// Records of the page that cannot be read.
    unreadable: Vec<Id<A>>,
}

impl<A> Prepared<A> {
    fn after(last: Option<Spot>) -> Self {
        let (ids, changes, decided, refused) = (vec![], vec![], vec![], vec![]);
        Self { last, ids, changes, decided, refused, unreadable: vec![] }
    }
}

/// What became of a page.
enum Settled<A> {
    /// Committed.
    Committed(Loaded<BulkRecord>, BulkReport<A>),
    /// Someone else goes on with the same run.
    Overtaken(Loaded<BulkRecord>),
}

impl<A: Record> Records<'_, A> {
    /// What the run would do now. Writes nothing. Records the subject cannot see are not meant and
    /// not mentioned.
    ///
    /// # Errors
    /// `desk.bulk.other-order` when the run's id was given to another order;
    /// [`DeskError::Store`] when the machine fails.
    pub async fn preview<Q: Question<A>, R: Refusal>(
        &self,
        run: Id<mattoni_core::record::BulkRun>,
        verb: A::Verb,
        question: &Q,
        act: &Act,
        decide: impl Fn(&A, &Act) -> Result<A::Event, R>,
    ) -> Result<BulkPreview<A>, DeskError> {
        let job = self.job(BulkOrder::new(run, verb, question), verb, question, act, decide);
        let (decided, refused, unreadable) = (Vec::new(), Vec::new(), Vec::new());
        let mut preview = BulkPreview { decided, refused, done: 0, unreadable };
        let mut after = None;
        if let Some(record) = self.desk.load(record_id(&job.order)).await? {
            same_order(&record.state, &job.order, act)?;
            preview.done = record.state.decided + record.state.refused;
            if record.state.finished.is_some() {
                return Ok(preview);
            }
            after = through(&record.state);
        }
        let mut walk = self.walk(question, after);
        while let Some((_, loaded)) = self.next(&mut walk, question, PAGE).await? {
            match self.result(&job, &loaded) {
                Ok(_) => preview.decided.push(loaded.id),
                Err(problems) => preview.refused.push((loaded.id, problems)),
            }
        }
        preview.unreadable = walk.take_unreadable();
        Ok(preview)
    }

    /// Does `verb` with everything `question` asks for, five hundred records a transaction, and
    /// answers what became of each; `decide` makes each event, by this very act. Can be killed and
    /// run again, or be run by two at once: under one run id every record is gone through once, and
    /// what was gone through before counts as unchanged.
    ///
    /// # Errors
    /// `desk.bulk.other-order` when the run's id was given to another order or by someone else;
    /// [`DeskError::Store`] or [`DeskError::Contended`]: what was committed until then stays.
    /// Refusals are in the report.
    pub async fn bulk<Q: Question<A>, R: Refusal>(
        &self,
        run: Id<mattoni_core::record::BulkRun>,
        verb: A::Verb,
        question: &Q,
        act: &Act,
        decide: impl Fn(&A, &Act) -> Result<A::Event, R>,
        progress: &dyn Progress,
    ) -> Result<BulkReport<A>, DeskError> {
        let job = self.job(BulkOrder::new(run, verb, question), verb, question, act, decide);
        let id = record_id(&job.order);
        let begun = BulkEvent::Begun { act: act.clone(), order: job.order.clone() };
        let mut record = self.desk.open(id, act, &[begun]).await?.into_loaded();
        same_order(&record.state, &job.order, act)?;
        let before = record.state.decided + record.state.refused;
        let mut report = BulkReport { unchanged: before, ..BulkReport::default() };
        if record.state.finished.is_some() {
            return Ok(report);
        }
        let mut walk = self.walk(question, through(&record.state));
        let mut page = self.prepare_next(&job, &mut walk).await?;
        while page.last.is_some() {
            // What comes next is read and decided while this page is being made durable.
            let (settled, next) =
                join(self.settle(&job, record, page), self.prepare_next(&job, &mut walk)).await;
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
                    walk = self.walk(question, through(&record.state));
                    page = self.prepare_next(&job, &mut walk).await?;
                }
            }
            progress.reached(report.total());
        }
        report.unreadable.append(&mut page.unreadable);
        let finished = |record: &BulkRecord| {
            let end = BulkEvent::Finished { act: act.clone() };
            Ok::<_, Problems>(if record.finished.is_some() { vec![] } else { vec![end] })
        };
        self.desk.decide(id, act, finished).await?;
        Ok(report)
    }

    fn job<'a, Q, F>(
        &self,
        order: BulkOrder,
        verb: A::Verb,
        question: &'a Q,
        act: &'a Act,
        decide: F,
    ) -> Job<'a, A, Q, F> {
        Job { order, verb, question, act, acting: self.acting(act), decide }
    }

    fn result<Q, F, R>(&self, job: &Job<'_, A, Q, F>, of: &Loaded<A>) -> Result<A::Event, Problems>
    where
        F: Fn(&A, &Act) -> Result<A::Event, R>,
        R: Refusal,
    {
        let event = self.decided(of.id, &job.acting, job.verb, job.act, &of.state, &job.decide)?;
        event.ok_or_else(|| other_event(job.verb.name()))
    }

    async fn prepare_next<Q, F, R>(
        &self,
        job: &Job<'_, A, Q, F>,
        walk: &mut Walk<'_, A>,
    ) -> Result<Prepared<A>, DeskError>
    where
        Q: Question<A>,
        F: Fn(&A, &Act) -> Result<A::Event, R>,
        R: Refusal,
    {
        let mut prepared = Prepared::after(None);
        while prepared.ids.len() < PAGE {
            let Some((spot, loaded)) = self.next(walk, job.question, PAGE).await? else { break };
            self.prepare(job, loaded, &mut prepared)?;
            prepared.last = Some(spot);
        }
        prepared.unreadable = walk.take_unreadable();
        Ok(prepared)
    }

    fn prepare<Q, F, R>(
        &self,
        job: &Job<'_, A, Q, F>,
        loaded: Loaded<A>,
        into: &mut Prepared<A>,
    ) -> Result<(), DeskError>
    where
        F: Fn(&A, &Act) -> Result<A::Event, R>,
        R: Refusal,
    {
        let id = loaded.id;
        into.ids.push(id);
        match self.result(job, &loaded) {
            Ok(event) => {
                into.changes.push(decided(loaded, job.act, &[event])?.0);
                into.decided.push(id);
            }
            Err(problems) => into.refused.push((id, problems)),
        }
        Ok(())
    }

    /// Leaves out what a guard refuses, as what the verb itself refuses.
    async fn leave_refused_out(&self, page: &mut Prepared<A>) -> Result<(), DeskError> {
        for (change, problems) in self.desk.take_refused(&mut page.changes).await? {
            let id = Id::from_u128(change.stream.id.as_u128());
            page.decided.retain(|decided| *decided != id);
            page.refused.push((id, problems));
        }
        Ok(())
    }

    /// Commits a page with the run's own event; decides again on what is there then, when
    /// someone else was faster.
    async fn settle<Q, F, R>(
        &self,
        job: &Job<'_, A, Q, F>,
        mut record: Loaded<BulkRecord>,
        mut page: Prepared<A>,
    ) -> Result<Settled<A>, DeskError>
    where
        Q: Question<A>,
        F: Fn(&A, &Act) -> Result<A::Event, R>,
        R: Refusal,
    {
        let mut attempt = 1;
        loop {
            let began_after = through(&record.state);
            self.leave_refused_out(&mut page).await?;
            let Some(event) = page.event() else { return Ok(Settled::Overtaken(record)) };
            let ids = std::mem::take(&mut page.ids);
            let (change, moved) = decided(record, job.act, &[event])?;
            let mut changes = std::mem::take(&mut page.changes);
            changes.push(change);
            match self.desk.commit_guarded(changes).await {
                Ok(()) => return Ok(Settled::Committed(moved, page.report())),
                Err(CommitError::Conflict(Conflict::Version { .. })) if attempt < ATTEMPTS => {
                    attempt += 1;
                    let id = record_id(&job.order);
                    record = self.desk.load(id).await?.ok_or_else(|| unknown::<BulkRecord>(id))?;
                    if through(&record.state) != began_after || record.state.finished.is_some() {
                        return Ok(Settled::Overtaken(record));
                    }
                    let mut unreadable = Vec::new();
                    let loaded = self.desk.load_readable(&ids, &mut unreadable).await?;
                    let mut left_out = page.unreadable;
                    left_out.extend(unreadable.iter().map(Unreadable::id));
                    page = Prepared { unreadable: left_out, ..Prepared::after(page.last) };
                    for loaded in loaded {
                        if self.finds(job.question, &loaded.state, "") {
                            self.prepare(job, loaded, &mut page)?;
                        }
                    }
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
}

impl<A> Prepared<A> {
    fn event(&self) -> Option<BulkEvent> {
        let any = |id: &Id<A>| Id::<AnyRecord>::from_u128(id.as_u128());
        let last = self.last.as_ref()?;
        Some(BulkEvent::WentOn {
            through: Id::from_u128(last.id.as_u128()),
            sort: Some(last.sort.clone()).filter(|sort| !sort.is_empty()),
            decided: self.decided.iter().map(any).collect(),
            refused: self.refused.iter().map(|(id, why)| (any(id), why.clone())).collect(),
        })
    }

    fn report(self) -> BulkReport<A> {
        let done = self.decided.len() as u64;
        BulkReport { done, unchanged: 0, refused: self.refused, unreadable: self.unreadable }
    }
}

/// How far a run came.
fn through(record: &BulkRecord) -> Option<Spot> {
    let id = Id::from_u128(record.through?.as_u128());
    Some(Spot { sort: record.sort.clone().unwrap_or_default(), id })
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
        "a run's id must stand for one order by one person",
        "give this order an id of its own",
    )
    .into())
}
