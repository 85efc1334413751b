//! The same decision on thousands, page by page.

use std::collections::BTreeSet;

use mattoni_core::record::{Record, Span};
use mattoni_core::{Act, Id, Problems};
use mattoni_store::{Change, CommitError, Conflict, Loaded, Placed, SequenceClaim, Spot, Stream};

use crate::desk::{ATTEMPTS, begun, decided};
use crate::{Desk, DeskError, Unreadable};

/// Records decided on in one transaction.
pub(crate) const PAGE: usize = 500;

/// What came of a bulk decision: one result for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkReport<A> {
    /// Decided, committed.
    pub done: u64,
    /// There was nothing to do, as when the work runs a second time.
    pub unchanged: u64,
    /// Refused, each with every reason.
    pub refused: Vec<(Id<A>, Problems)>,
    /// Left out, because they cannot be read; [`Desk::verify`] says why.
    pub unreadable: Vec<Id<A>>,
}

impl<A> Default for BulkReport<A> {
    fn default() -> Self {
        Self { done: 0, unchanged: 0, refused: Vec::new(), unreadable: Vec::new() }
    }
}

impl<A> BulkReport<A> {
    /// How many were looked at.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.done + self.unchanged + self.refused.len() as u64
    }

    /// And what came of another part of the work.
    pub fn add(&mut self, other: Self) {
        self.done += other.done;
        self.unchanged += other.unchanged;
        self.refused.extend(other.refused);
        self.unreadable.extend(other.unreadable);
    }
}

/// What a bulk decision makes of one aggregate: who did what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acted<E> {
    /// When, and by whom.
    pub act: Act,
    /// What happened.
    pub events: Vec<E>,
}

impl<E> Acted<E> {
    /// `event` happened by `act`.
    pub fn one(act: &Act, event: E) -> Self {
        Self { act: act.clone(), events: vec![event] }
    }
}

/// What a bulk decision answers for each: what happened, `None` when there is nothing to do, or
/// why not.
pub type Verdict<A> = Result<Option<Acted<<A as mattoni_core::Aggregate>::Event>>, Problems>;

/// Hears after every page how many are through.
pub trait Progress: Send + Sync {
    /// `done` so far.
    fn reached(&self, done: u64);
}

impl<F: Fn(u64) + Send + Sync> Progress for F {
    fn reached(&self, done: u64) {
        self(done);
    }
}

impl Desk {
    /// Decides on every `A` in `span`, in its order, five hundred a transaction. Can be killed and
    /// run again: what is done is not found again, or says there is nothing to do.
    ///
    /// # Errors
    /// [`DeskError::Store`] or [`DeskError::Contended`]; what was committed until then stays.
    /// Refusals are in the report.
    pub async fn sweep<A: Record>(
        &self,
        span: &Span,
        verb: impl Fn(&A) -> Verdict<A>,
        progress: &dyn Progress,
    ) -> Result<BulkReport<A>, DeskError> {
        let (mut report, mut unreadable) = (BulkReport::default(), Vec::new());
        let mut after = None;
        while let Some(page) = self.readable_page_of(span, &mut after, &mut unreadable).await? {
            report.unreadable.extend(unreadable.drain(..).map(|one| one.id()));
            report.add(self.decide_all(page, &|state, _| verb(state), None).await?);
            progress.reached(report.total());
        }
        Ok(report)
    }

    /// The next page of records in a span; empty after the last. Nothing is left out: a ranking
    /// that lacks somebody whose record cannot be read would be a wrong one.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails or one of them cannot be read.
    pub async fn page_of<A: Record>(
        &self,
        span: &Span,
        after: &mut Option<Spot>,
    ) -> Result<Vec<Loaded<A>>, DeskError> {
        let page = self.store().page(self.ente(), A::KIND, span, after.as_ref(), PAGE).await?;
        if let Some(last) = page.last() {
            *after = Some(last.spot());
        }
        let read = |placed: &Placed| Loaded::read(&placed.state);
        Ok(page.iter().map(read).collect::<Result<_, _>>()?)
    }

    /// All records in a span, in its order, as [`page_of`](Self::page_of) gives them.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails or one of them cannot be read.
    pub async fn all_of<A: Record>(&self, span: &Span) -> Result<Vec<Loaded<A>>, DeskError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.page_of(span, &mut after).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    /// Which records of a kind stand in a span, in its order.
    pub(crate) async fn streams_in(
        &self,
        kind: &str,
        span: &Span,
    ) -> Result<Vec<Stream>, DeskError> {
        let (mut streams, mut after) = (Vec::new(), None);
        loop {
            let page = self.store().page(self.ente(), kind, span, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(streams) };
            after = Some(last.spot());
            streams.extend(page.into_iter().map(|placed| placed.state.stream));
        }
    }

    /// Decides on each of these, five hundred a transaction. Where `sequence` is named, every
    /// decision may take its next number: gapless, in the same transaction.
    ///
    /// # Errors
    /// As [`sweep`](Self::sweep).
    pub async fn decide_each<A: Record>(
        &self,
        ids: &[Id<A>],
        verb: impl Fn(&A, u64) -> Verdict<A>,
        sequence: Option<&str>,
    ) -> Result<BulkReport<A>, DeskError> {
        let mut report = BulkReport::default();
        for page in ids.chunks(PAGE) {
            let mut unreadable = Vec::new();
            let loaded = self.load_readable(page, &mut unreadable).await?;
            report.unreadable.extend(unreadable.iter().map(Unreadable::id));
            report.add(self.decide_all(loaded, &verb, sequence).await?);
        }
        Ok(report)
    }

    /// Begins all of these, five hundred a transaction, and answers how many are new. Safe to
    /// run twice: what is there stays as it is.
    ///
    /// # Errors
    /// As [`open`](Desk::open); what was committed until then stays.
    pub async fn open_all<A: Record>(
        &self,
        new: Vec<(Id<A>, Act, Vec<A::Event>)>,
        progress: &dyn Progress,
    ) -> Result<u64, DeskError> {
        self.kind(A::KIND)?;
        let (mut opened, mut reached) = (0, 0);
        for page in new.chunks(PAGE) {
            let ids: Vec<Id<A>> = page.iter().map(|(id, ..)| *id).collect();
            let streams: Vec<Stream> = ids.iter().copied().map(Stream::of).collect();
            // What is there stays as it is, whether it can be read or not.
            let there = self.store().load_many(self.ente(), &streams).await?;
            let there: BTreeSet<Id<A>> = there.iter().map(|s| of_stream(&s.stream)).collect();
            let missing = page.iter().filter(|(id, ..)| !there.contains(id));
            let changes: Vec<Change> = missing
                .map(|(id, act, events)| begun::<A>(*id, act, events))
                .collect::<Result<_, _>>()?;
            opened += changes.len() as u64;
            reached += page.len() as u64;
            if !changes.is_empty() {
                self.commit(changes).await?;
            }
            progress.reached(reached);
        }
        Ok(opened)
    }

    /// Decides on these in one transaction; again, on what is there then, when someone else was
    /// faster.
    ///
    /// # Errors
    /// As [`sweep`](Self::sweep).
    pub async fn decide_all<A: Record>(
        &self,
        mut loaded: Vec<Loaded<A>>,
        verb: &impl Fn(&A, u64) -> Verdict<A>,
        sequence: Option<&str>,
    ) -> Result<BulkReport<A>, DeskError> {
        self.kind(A::KIND)?;
        let mut ids: Vec<Id<A>> = loaded.iter().map(|loaded| loaded.id).collect();
        let mut refused: Vec<(Id<A>, Problems)> = Vec::new();
        let (mut attempt, mut unreadable) = (1, Vec::new());
        loop {
            let last = match sequence {
                Some(sequence) => self.store().last(self.ente(), sequence).await?,
                None => 0,
            };
            let (mut changes, mut report) = decide_page(loaded, verb, sequence, last)?;
            let guarded = self.take_refused(&mut changes).await?;
            if !guarded.is_empty() {
                // The others are decided on again: they take the numbers of those left out.
                refused.extend(guarded.into_iter().map(|(c, why)| (of_stream(&c.stream), why)));
                ids.retain(|id| refused.iter().all(|(left_out, _)| left_out != id));
                unreadable.clear();
                loaded = self.load_readable(&ids, &mut unreadable).await?;
                continue;
            }
            report.refused.append(&mut refused.clone());
            report.unreadable.extend(unreadable.iter().map(Unreadable::id));
            if changes.is_empty() {
                return Ok(report);
            }
            match self.commit_guarded(changes).await {
                Ok(()) => return Ok(report),
                Err(CommitError::Conflict(Conflict::Version { .. } | Conflict::Number { .. }))
                    if attempt < ATTEMPTS =>
                {
                    attempt += 1;
                    unreadable.clear();
                    loaded = self.load_readable(&ids, &mut unreadable).await?;
                }
                Err(other) => return Err(other.into()),
            }
        }
    }
}

fn of_stream<A>(stream: &Stream) -> Id<A> {
    Id::from_u128(stream.id.as_u128())
}

/// What the verb makes of each, with the numbers after `last` given out in turn.
fn decide_page<A: Record>(
    loaded: Vec<Loaded<A>>,
    verb: &impl Fn(&A, u64) -> Verdict<A>,
    sequence: Option<&str>,
    last: u64,
) -> Result<(Vec<Change>, BulkReport<A>), DeskError> {
    let mut changes = Vec::with_capacity(loaded.len());
    let mut report = BulkReport::default();
    for one in loaded {
        let number = last + report.done + 1;
        match verb(&one.state, number) {
            Ok(None) => report.unchanged += 1,
            Ok(Some(Acted { act, events })) => {
                let change = decided(one, &act, &events)?.0;
                changes.push(match sequence {
                    Some(name) => change.with_claim(SequenceClaim::new(name.to_owned(), number)),
                    None => change,
                });
                report.done += 1;
            }
            Err(problems) => report.refused.push((one.id, problems)),
        }
    }
    Ok((changes, report))
}
