//! The chain of an ente's journal.

use std::collections::VecDeque;
use std::fmt;

use mattoni_core::{Digest, EnteId};
use serde::{Deserialize, Serialize};

use crate::verify::{JobProgress, MAX_FINDINGS, with_cause};
use crate::{Error, ErrorKind, Head, Journal, Recorded, Stream};

/// Which row of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowName {
    /// Its place in the journal.
    pub seq: u64,
    /// The stream it says it belongs to.
    pub stream: Stream,
    /// The event it says it is.
    pub event: String,
}

impl RowName {
    fn of(row: &Recorded) -> Self {
        Self { seq: row.seq, stream: row.stream.clone(), event: row.name.clone() }
    }
}

impl fmt::Display for RowName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {} ({} of {})", self.seq, self.event, self.stream)
    }
}

/// One thing that was done to a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "finding")]
#[non_exhaustive]
pub enum Finding {
    /// What the row says is not what was hashed, or the row before it was rewritten together with
    /// its hash.
    Changed {
        /// The row.
        row: RowName,
    },
    /// The row's hash was altered; what it says was not.
    HashChanged {
        /// The row.
        row: RowName,
    },
    /// Two rows have changed places.
    Swapped {
        /// One.
        first: RowName,
        /// The other.
        second: RowName,
    },
    /// The row was put in.
    Added {
        /// The row.
        row: RowName,
    },
    /// Rows are gone. The one after them cannot be held against them any more.
    Missing {
        /// The first place without a row.
        first: u64,
        /// The last.
        last: u64,
    },
    /// From this row on all have other places than they were written to: rows before it were
    /// taken out or put in, and the rest renumbered.
    Renumbered {
        /// The first of them.
        row: RowName,
        /// How far from their places, upwards when positive.
        by: i64,
    },
    /// The row cannot be read at all.
    Unreadable {
        /// Its place.
        seq: u64,
        /// Why.
        error: String,
    },
    /// The end of the chain as kept beside the journal is not where the journal ends.
    Head {
        /// As kept.
        kept: Option<Head>,
        /// Where the journal ends.
        journal: Head,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { row } => write!(
                f,
                "{row} does not follow from the row before it: it was changed, or that one rewritten"
            ),
            Self::HashChanged { row } => write!(f, "{row} has another hash than it had"),
            Self::Swapped { first, second } => write!(f, "{first} and {second} were swapped"),
            Self::Added { row } => write!(f, "{row} was added"),
            Self::Missing { first, last } if first == last => write!(f, "row {first} is missing"),
            Self::Missing { first, last } => write!(f, "rows {first} to {last} are missing"),
            Self::Renumbered { row, by } => {
                write!(f, "from {row} on, all rows were moved by {by:+}")
            }
            Self::Unreadable { seq, error } => write!(f, "row {seq} cannot be read: {error}"),
            Self::Head { kept: Some(kept), journal } => write!(
                f,
                "the journal ends with row {} and hash {}, not {} and {}",
                journal.seq,
                journal.hash.short(),
                kept.seq,
                kept.hash.short()
            ),
            Self::Head { kept: None, journal } => {
                write!(f, "the journal has {} rows and no head", journal.seq)
            }
        }
    }
}

/// What a look at the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// Whose journal.
    pub ente: EnteId,
    /// How many rows it has.
    pub rows: u64,
    /// The end of the chain. Only whoever kept an earlier head elsewhere can tell whether rows
    /// were cut off the end *and* the head set back.
    pub head: Option<Head>,
    /// Everything found, the first 10,000.
    pub findings: Vec<Finding>,
    /// How many more there are.
    pub more: u64,
}

impl Report {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Walks the ente's chain from its first row to its head, page by page, also while others commit,
/// and finds every row that was changed, removed, added or moved.
///
/// Unique keys, lists, the outbox and sequences are working data and no part of the proof.
///
/// # Errors
/// When the machine fails. What was done to the journal is not an error but a finding.
pub async fn verify(
    store: &(impl Journal + ?Sized),
    ente: &EnteId,
    mut on_progress: impl FnMut(JobProgress) + Send,
) -> Result<Report, Error> {
    let head = store.head(ente).await?;
    let mut walk = Walk {
        ente,
        pages: Pages { store, ente, after: 0, rows: VecDeque::new(), whole: true },
        head,
        previous: Some(Digest::ZERO),
        place: 0,
        shift: 0,
        suspects: Vec::new(),
        report: Report { ente: ente.clone(), rows: 0, head, findings: Vec::new(), more: 0 },
    };
    loop {
        while walk.run().await? == RUN as u64 {
            on_progress(walk.progress());
        }
        let Some(row) = walk.next().await? else { break };
        walk.take(row).await?;
        if walk.report.rows.is_multiple_of(PAGE as u64) {
            on_progress(walk.progress());
        }
    }
    walk.finish().await?;
    on_progress(JobProgress { done: walk.report.rows, total: Some(walk.report.rows) });
    Ok(walk.report)
}

/// How many rows are followed at a time while the chain holds.
const RUN: usize = 20_000;
/// How many rows are looked at one by one where it does not.
const PAGE: usize = 1000;
/// How far rows may have been renumbered to be recognised.
const MAX_SHIFT: i64 = 64;
/// How many broken rows are kept to find out which of them changed places.
const MAX_SUSPECTS: usize = 128;

/// The journal, row by row, with a look at the next.
struct Pages<'a, J: ?Sized> {
    store: &'a J,
    ente: &'a EnteId,
    after: u64,
    rows: VecDeque<Recorded>,
    /// Whether the last page was read as a whole; after one that could not be, rows are read one
    /// by one up to the one that cannot.
    whole: bool,
}

impl<J: Journal + ?Sized> Pages<'_, J> {
    /// Reads on when nothing is left.
    async fn fill(&mut self) -> Result<(), Error> {
        if !self.rows.is_empty() {
            return Ok(());
        }
        if self.whole {
            match self.store.scan(self.ente, self.after, PAGE).await {
                Err(e) if e.kind() == ErrorKind::Corrupt => self.whole = false,
                page => self.rows.extend(page?),
            }
        }
        if !self.whole {
            self.rows.extend(self.store.scan(self.ente, self.after, 1).await?);
        }
        if let Some(last) = self.rows.back() {
            self.after = last.seq;
        }
        Ok(())
    }
}

/// A row that does not follow, and the hash it should have followed.
struct Suspect {
    row: Recorded,
    previous: Digest,
}

struct Walk<'a, J: ?Sized> {
    ente: &'a EnteId,
    pages: Pages<'a, J>,
    head: Option<Head>,
    /// The hash the next row has to follow; `None` where the row before is gone.
    previous: Option<Digest>,
    /// The place of the last row.
    place: u64,
    /// How much higher the rows' places were when they were written.
    shift: i64,
    suspects: Vec<Suspect>,
    report: Report,
}

impl<J: Journal + ?Sized> Walk<'_, J> {
    fn progress(&self) -> JobProgress {
        JobProgress { done: self.report.rows, total: self.head.map(|head| head.seq) }
    }

    /// Follows the chain as far as the head while it holds, and answers how many rows that were. A
    /// row that does not simply follow is left to [`take`](Self::take).
    async fn run(&mut self) -> Result<u64, Error> {
        let (Some(hash), Some(head)) = (self.previous, self.head) else { return Ok(0) };
        if self.shift != 0 || !self.pages.whole || !self.pages.rows.is_empty() {
            return Ok(0);
        }
        let left = usize::try_from(head.seq.saturating_sub(self.place)).unwrap_or(RUN).min(RUN);
        let start = Head { seq: self.place, hash };
        let end = self.pages.store.follow(self.ente, start, left).await?;
        let rows = end.seq.saturating_sub(start.seq);
        (self.place, self.previous, self.pages.after) = (end.seq, Some(end.hash), end.seq);
        self.report.rows += rows;
        Ok(rows)
    }

    async fn next(&mut self) -> Result<Option<Recorded>, Error> {
        loop {
            match self.pages.fill().await {
                Ok(()) => return Ok(self.pages.rows.pop_front()),
                Err(e) if e.kind() == ErrorKind::Corrupt => {
                    self.pages.after += 1;
                    self.pages.whole = true;
                    self.place = self.pages.after;
                    self.previous = None;
                    self.found(Finding::Unreadable { seq: self.place, error: with_cause(&e) });
                    // The place of an unreadable row is not known. Beyond the head nothing is
                    // reported.
                    if self.head.is_none_or(|head| self.place > head.seq) {
                        return Ok(None);
                    }
                }
                Err(e) => return Err(e),
            }
        }
    }

    /// The next row, left where it is.
    async fn peek(&mut self) -> Result<Option<Recorded>, Error> {
        match self.pages.fill().await {
            Err(e) if e.kind() == ErrorKind::Corrupt => Ok(None),
            filled => filled.map(|()| self.pages.rows.front().cloned()),
        }
    }

    async fn take(&mut self, row: Recorded) -> Result<(), Error> {
        self.report.rows += 1;
        if row.seq > self.place + 1 {
            self.found(Finding::Missing { first: self.place + 1, last: row.seq - 1 });
            self.previous = None;
        }
        self.place = row.seq;
        if self.beyond_head(&row).await? {
            self.found(Finding::Added { row: RowName::of(&row) });
            return Ok(());
        }
        match self.previous {
            Some(previous) if !self.follows(&row, &previous, self.shift) => {
                self.explain(row, previous).await
            }
            _ => {
                self.previous = Some(row.hash);
                Ok(())
            }
        }
    }

    /// Whether the row lies beyond the head. The head moves while others commit, but always
    /// together with the rows: one that was seen before the head was read is not beyond it.
    async fn beyond_head(&mut self, row: &Recorded) -> Result<bool, Error> {
        let beyond = |head: Option<Head>, shift: i64| {
            head.is_some_and(|head| row.seq.saturating_add_signed(shift) > head.seq)
        };
        if beyond(self.head, self.shift) {
            self.head = self.pages.store.head(self.ente).await?;
        }
        Ok(beyond(self.head, self.shift))
    }

    fn follows(&self, row: &Recorded, previous: &Digest, shift: i64) -> bool {
        let written = row.seq.saturating_add_signed(shift);
        row.link_at(self.ente, previous, written) == row.hash
    }

    /// Finds out from the next row what was done to a row that does not follow.
    async fn explain(&mut self, row: Recorded, previous: Digest) -> Result<(), Error> {
        let name = RowName::of(&row);
        let computed = row.link_at(self.ente, &previous, row.seq.saturating_add_signed(self.shift));
        let Some(next) = self.peek().await? else {
            if self.head.is_some_and(|head| head.hash == computed) {
                self.previous = Some(computed);
                self.found(Finding::HashChanged { row: name });
            } else {
                self.changed(row, previous);
            }
            return Ok(());
        };
        if self.follows(&next, &previous, self.shift - 1) {
            // The next row belongs here; this one belongs after it, or was added.
            if self.follows(&row, &next.hash, self.shift + 1) {
                self.pages.rows.pop_front();
                self.report.rows += 1;
                self.place = next.seq;
                self.previous = Some(row.hash);
                self.found(Finding::Swapped { first: name, second: RowName::of(&next) });
            } else {
                self.shift -= 1;
                self.found(Finding::Added { row: name });
            }
            return Ok(());
        }
        if self.follows(&next, &computed, self.shift) {
            self.previous = Some(computed);
            self.found(Finding::HashChanged { row: name });
            return Ok(());
        }
        let moved = (1..=MAX_SHIFT)
            .flat_map(|by| [by, -by])
            .find(|by| self.follows(&next, &row.hash, self.shift + by));
        if let Some(by) = moved {
            self.previous = Some(row.hash);
            self.shift += by;
            self.found(Finding::Renumbered { row: name, by: -by });
            return Ok(());
        }
        self.changed(row, previous);
        Ok(())
    }

    /// The row does not follow, and the rows after it do not explain why.
    fn changed(&mut self, row: Recorded, previous: Digest) {
        self.previous = Some(row.hash);
        self.found(Finding::Changed { row: RowName::of(&row) });
        if self.suspects.len() < MAX_SUSPECTS {
            self.suspects.push(Suspect { row, previous });
        }
    }

    async fn finish(&mut self) -> Result<(), Error> {
        self.pair_up();
        let head = self.pages.store.head(self.ente).await?;
        self.report.head = head;
        let Some(head) = head else {
            if self.report.rows > 0 {
                let hash = self.previous.unwrap_or(Digest::ZERO);
                let journal = Head { seq: self.place, hash };
                self.found(Finding::Head { kept: None, journal });
            }
            return Ok(());
        };
        // Commits made after the last page was read are not verified.
        let until = self.head.map_or(0, |head| head.seq);
        let end = self.place.saturating_add_signed(self.shift);
        if end < until {
            self.found(Finding::Missing { first: self.place + 1, last: until });
        } else if let (Some(kept), Some(hash)) = (self.head, self.previous)
            && end == kept.seq
            && hash != kept.hash
        {
            let journal = Head { seq: end, hash };
            self.found(Finding::Head { kept: Some(head), journal });
        }
        Ok(())
    }

    /// Rows that changed places further apart: each follows what the other was held against.
    fn pair_up(&mut self) {
        let suspects = std::mem::take(&mut self.suspects);
        let belongs = |row: &Recorded, at: &Suspect| {
            row.link_at(self.ente, &at.previous, at.row.seq) == row.hash
        };
        let mut swaps = Vec::new();
        for (i, one) in suspects.iter().enumerate() {
            for other in &suspects[i + 1..] {
                if belongs(&other.row, one) && belongs(&one.row, other) {
                    swaps.push((&one.row, &other.row));
                }
            }
        }
        for (first, second) in swaps {
            if second.seq == self.place {
                // The row that belongs at the end was found at the place of the other.
                self.previous = Some(first.hash);
            }
            // The rows right after the two were compared with the wrong predecessor.
            let innocent = |suspect: &Suspect| {
                [(first, second), (second, first)].iter().any(|(here, was_here)| {
                    suspect.row.seq == here.seq + 1
                        && suspect.row.link(self.ente, &was_here.hash) == suspect.row.hash
                })
            };
            let cleared: Vec<u64> = suspects
                .iter()
                .filter(|suspect| innocent(suspect))
                .map(|suspect| suspect.row.seq)
                .chain([second.seq])
                .collect();
            self.report.findings.retain(|finding| match finding {
                Finding::Changed { row } => !cleared.contains(&row.seq),
                _ => true,
            });
            for finding in &mut self.report.findings {
                if matches!(finding, Finding::Changed { row } if row.seq == first.seq) {
                    *finding =
                        Finding::Swapped { first: RowName::of(first), second: RowName::of(second) };
                }
            }
        }
    }

    fn found(&mut self, finding: Finding) {
        if self.report.findings.len() < MAX_FINDINGS {
            self.report.findings.push(finding);
        } else {
            self.report.more += 1;
        }
    }
}
