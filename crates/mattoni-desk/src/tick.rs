//! The clock's work: what falls due because a day came, whatever the kind of record.
//!
//! Every record says when the clock has something to do ([`Record::next_due`]) and what
//! ([`Record::day_work`]). The desk keeps the list of it, asks each record that is due, and commits
//! what it answers. A clock that is late, that ticks twice, or of which two tick at once, changes
//! nothing: a record has no work left once it is done, and what is begun has an id that follows
//! from what it is about.
//!
//! [`Record::next_due`]: mattoni_core::record::Record::next_due
//! [`Record::day_work`]: mattoni_core::record::Record::day_work

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::calendar::{LegalCalendar, rome_date};
use mattoni_core::record::{ALL, CLOCK, RecordKind, RecordRef, Recording, Span, sort};
use mattoni_core::{Act, Actor, Id, Problems};
use mattoni_store::{Change, CommitError, Conflict, Spot, StoredState, Stream};

use crate::bulk::PAGE;
use crate::desk::ATTEMPTS;
use crate::privacy::FINISHED;
use crate::unreadable::readable;
use crate::{Desk, DeskError, Progress, Unreadable, read_any};

/// What a tick did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TickReport {
    /// How many events of each name the clock recorded.
    pub events: BTreeMap<&'static str, u64>,
    /// Records that were due and refused, each with every reason.
    pub refused: Vec<(RecordRef, Problems)>,
    /// Records on which something is or may be due and which cannot be read; the next tick tries
    /// again.
    pub unreadable: Vec<Unreadable>,
}

impl TickReport {
    /// How many events of this name the clock recorded.
    #[must_use]
    pub fn count(&self, event: &str) -> u64 {
        self.events.get(event).copied().unwrap_or_default()
    }
}

/// How far the records of a kind are read: those that are due, or all.
enum Reading {
    Due(Option<Spot>),
    All(Option<Id<Stream>>),
}

impl Desk {
    /// Does all that is due at `now`, for every kind of record, by the days of this calendar, and
    /// finishes erasures that were stopped half-way.
    ///
    /// # Errors
    /// [`DeskError::Store`] or [`DeskError::Contended`]; what was committed until then stays, and
    /// the next tick does the rest.
    pub async fn tick(
        &self,
        calendar: &LegalCalendar,
        now: DateTime<Utc>,
        progress: &dyn Progress,
    ) -> Result<TickReport, DeskError> {
        let day = Day { act: Act::new(now, Actor::System("clock".into())), calendar };
        let mut report = TickReport::default();
        let erasures = self.finish_erasures(&day.act).await?;
        if erasures.erasures > 0 {
            report.events.insert(FINISHED, erasures.erasures);
        }
        report.refused.extend(erasures.refused);
        let mut looked_at = 0;
        for kind in self.bricks().kinds() {
            // Until every record is in the list of what is due, each is looked at.
            let listed = self.lists_behind(kind.kind()).await? == 0;
            let mut reading = if listed { Reading::Due(None) } else { Reading::All(None) };
            loop {
                let page = self.read_due(kind.kind(), &mut reading, day.today()).await?;
                if page.is_empty() {
                    break;
                }
                looked_at += page.len() as u64;
                self.tick_page(kind, page, &day, &mut report).await?;
                progress.reached(looked_at);
            }
        }
        Ok(report)
    }

    /// The next records on which something may be due.
    async fn read_due(
        &self,
        kind: &str,
        reading: &mut Reading,
        today: NaiveDate,
    ) -> Result<Vec<StoredState>, DeskError> {
        let (store, ente) = (self.store(), self.ente());
        match reading {
            Reading::Due(after) => {
                let tomorrow = today.succ_opt().unwrap_or(today);
                let due = Span::new(CLOCK, ALL).to(sort::date(tomorrow));
                let page = store.page(ente, kind, &due, after.as_ref(), PAGE).await?;
                *after = page.last().map(mattoni_store::Placed::spot).or(after.take());
                Ok(page.into_iter().map(|placed| placed.state).collect())
            }
            Reading::All(after) => {
                let page = store.streams(ente, kind, *after, PAGE).await?;
                *after = page.last().map(|state| state.stream.id).or(*after);
                Ok(page)
            }
        }
    }

    /// Does what is due for these records, in one transaction; again, on what is there then, when
    /// someone else was faster.
    async fn tick_page(
        &self,
        kind: &dyn RecordKind,
        mut page: Vec<StoredState>,
        day: &Day<'_>,
        report: &mut TickReport,
    ) -> Result<(), DeskError> {
        // By id, whichever way they were read: the same work writes the same journal.
        page.sort_by_key(|stored| stored.stream.id);
        let streams: Vec<Stream> = page.iter().map(|stored| stored.stream.clone()).collect();
        let mut attempt = 1;
        loop {
            let PageWork { work, refused, unreadable } = day.work_of(kind, page);
            let work = self.without_begun(work).await?;
            match self.record_due(work).await? {
                Recorded::All(events) => {
                    for (name, count) in events {
                        *report.events.entry(name).or_default() += count;
                    }
                    report.refused.extend(refused);
                    report.unreadable.extend(unreadable);
                    return Ok(());
                }
                Recorded::Overtaken(_) if attempt < ATTEMPTS => {
                    attempt += 1;
                    page = self.store().load_many(self.ente(), &streams).await?;
                }
                Recorded::Overtaken(conflict) => return Err(DeskError::Contended(conflict)),
                Recorded::Refused(problems) if streams.len() == 1 => {
                    report.unreadable.extend(unreadable);
                    let due = streams.iter().map(record_of);
                    report.refused.extend(due.map(|record| (record, problems.clone())));
                    return Ok(());
                }
                Recorded::Refused(_) => {
                    // One of them is refused by a guard or the store: the others do not wait for it.
                    for stream in &streams {
                        let one = std::slice::from_ref(stream);
                        let one = self.store().load_many(self.ente(), one).await?;
                        Box::pin(self.tick_page(kind, one, day, report)).await?;
                    }
                    return Ok(());
                }
            }
        }
    }

    /// Records the work in one transaction.
    async fn record_due(&self, work: Vec<Recording>) -> Result<Recorded, DeskError> {
        let mut events: BTreeMap<&'static str, u64> = BTreeMap::new();
        for (name, _) in work.iter().flat_map(|recording| &recording.events) {
            *events.entry(*name).or_default() += 1;
        }
        if work.is_empty() {
            return Ok(Recorded::All(events));
        }
        match self.commit(work.into_iter().map(Change::of).collect()).await {
            Ok(()) => Ok(Recorded::All(events)),
            Err(CommitError::Conflict(conflict @ Conflict::Version { .. })) => {
                Ok(Recorded::Overtaken(conflict))
            }
            Err(other) => match DeskError::from(other) {
                DeskError::Refused(problems) => Ok(Recorded::Refused(problems)),
                other => Err(other),
            },
        }
    }

    /// Without the records that are to begin and are there already.
    async fn without_begun(&self, work: Vec<Recording>) -> Result<Vec<Recording>, DeskError> {
        let stream = |r: &Recording| Stream::new(r.kind, Id::from_u128(r.id.as_u128()));
        let new: Vec<Stream> = work.iter().filter(|r| r.expected == 0).map(stream).collect();
        if new.is_empty() {
            return Ok(work);
        }
        let there = self.store().load_many(self.ente(), &new).await?;
        let begun = |r: &Recording| r.expected == 0 && there.iter().any(|s| s.stream == stream(r));
        Ok(work.into_iter().filter(|recording| !begun(recording)).collect())
    }
}

/// What came of recording a page's work.
enum Recorded {
    /// It is on record: how many events of each name.
    All(BTreeMap<&'static str, u64>),
    /// Someone else was faster.
    Overtaken(Conflict),
    /// Some of it is not allowed.
    Refused(Problems),
}

/// What is due for a page of records.
#[derive(Default)]
struct PageWork {
    work: Vec<Recording>,
    refused: Vec<(RecordRef, Problems)>,
    unreadable: Vec<Unreadable>,
}

fn record_of(stream: &Stream) -> RecordRef {
    RecordRef::new(stream.kind.clone(), Id::from_u128(stream.id.as_u128()))
}

/// The day of a tick.
struct Day<'a> {
    act: Act,
    calendar: &'a LegalCalendar,
}

impl Day<'_> {
    fn today(&self) -> NaiveDate {
        rome_date(self.act.at)
    }

    fn work_of(&self, kind: &dyn RecordKind, page: Vec<StoredState>) -> PageWork {
        let mut found = PageWork::default();
        let read = |stored: StoredState| Ok((read_any(kind, &stored)?, stored));
        for (state, stored) in readable(page, &read, &mut found.unreadable) {
            let id = Id::from_u128(stored.stream.id.as_u128());
            let version = stored.version.get();
            match state.day_work(id, version, &self.act, self.calendar, self.today()) {
                Ok(recordings) => found.work.extend(recordings),
                Err(problems) => found.refused.push((record_of(&stored.stream), problems)),
            }
        }
        found
    }
}
