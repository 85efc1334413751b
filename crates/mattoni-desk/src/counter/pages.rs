//! Questions at the counter: pages, rows, counts and exports, all by the single read.

use std::io::Write;

use mattoni_core::record::{Question, Record, Spans, Subject};
use mattoni_core::{Digest, DigestBuilder, Id, Refusal};
use mattoni_store::{Cursor, ListRow, Loaded, Spot};
use serde::{Deserialize, Serialize};

use super::Records;
use super::walk::Walk;
use crate::DeskError;
use crate::bulk::PAGE;

/// The most records of a page.
pub const MAX_ROWS: usize = 200;
/// Entries read at a time, beyond what the page still lacks.
const SPARE: usize = 8;

/// A page of records.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<A> {
    /// The records, as the subject sees them.
    pub records: Vec<A>,
    /// What to hand back for the next page; `None` at the end.
    pub next: Option<Cursor>,
    /// Whether every record there is can be in it.
    pub lists: Lists,
    /// How many records were left out of this page because they cannot be read. Which, is for
    /// whoever runs the store: [`Desk::verify`](crate::Desk::verify) names them.
    pub unreadable: u64,
}

/// A page of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowsPage<A: Record> {
    /// What the subject may see of each record in a list, with its id.
    pub rows: Vec<(Id<A>, A::Row)>,
    /// What to hand back for the next page; `None` at the end.
    pub next: Option<Cursor>,
    /// Whether every record there is can be in it.
    pub lists: Lists,
    /// How many records were left out of this page because they, or their rows, cannot be read.
    pub unreadable: u64,
}

/// What an export wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Exported {
    /// Records.
    pub written: u64,
    /// Records that were left out because they cannot be read.
    pub unreadable: u64,
}

/// Whether the lists are up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lists {
    /// They are.
    Complete,
    /// Some records are not in them yet: see [`Desk::rebuild_lists`](crate::Desk::rebuild_lists).
    BeingRebuilt,
}

impl<A: Record> Records<'_, A> {
    /// A page of what `question` asks for and the subject may see: up to `rows`, at least 1 and at
    /// most [`MAX_ROWS`], after `cursor`. Reading page after page shows none twice that stays where
    /// it is, whatever is committed meanwhile.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with `store.cursor.other-list` for the cursor of another question or
    /// another subject; [`DeskError::Store`] when the machine fails.
    pub async fn page(
        &self,
        question: &impl Question<A>,
        cursor: Option<&Cursor>,
        rows: usize,
    ) -> Result<Page<A>, DeskError> {
        let page = self.found(question, cursor, rows).await?;
        let Page { records, next, lists, unreadable } = page;
        let records = records.into_iter().map(|loaded| loaded.state).collect();
        Ok(Page { records, next, lists, unreadable })
    }

    /// The same page as rows: what a table of records shows. Its cursors and those of
    /// [`page`](Self::page) go on from one another.
    ///
    /// Where the subject sees everything in the list, as an official does in the work of their
    /// office, no record is read for it, and it costs the same wherever in a list of whatever
    /// length; otherwise it is made of the records.
    ///
    /// # Errors
    /// As [`page`](Self::page).
    pub async fn rows(
        &self,
        question: &impl Question<A>,
        cursor: Option<&Cursor>,
        rows: usize,
    ) -> Result<RowsPage<A>, DeskError> {
        let rows = rows.clamp(1, MAX_ROWS);
        let lists = self.lists().await?;
        // What was listed before there were rows has none until it is listed anew.
        let whole = self.whole(question).filter(|_| lists == Lists::Complete);
        let spans = match whole {
            Some(Spans::Of(spans)) => spans,
            _ => Vec::new(),
        };
        let [span] = &spans[..] else {
            let page = self.found(question, cursor, rows).await?;
            let Page { records, next, lists, unreadable } = page;
            let rows = records.iter().map(|loaded| (loaded.id, loaded.state.row())).collect();
            return Ok(RowsPage { rows, next, lists, unreadable });
        };
        let asked = self.asked(question);
        let after = begin(cursor, asked)?;
        let (store, ente) = (self.desk.store(), self.desk.ente());
        let page = store.rows(ente, A::KIND, span, after.as_ref(), rows).await?;
        let more = page.len() == rows;
        let last = page.last().filter(|_| more).map(|row| row.spot.clone());
        let next = last.map(|spot| Cursor::new(asked, spot));
        let rows: Vec<(Id<A>, A::Row)> = page.iter().filter_map(read::<A>).collect();
        let unreadable = (page.len() - rows.len()) as u64;
        Ok(RowsPage { rows, next, lists, unreadable })
    }

    /// How many records [`page`](Self::page) shows over all its pages; records that cannot be
    /// read may be counted, too. Where the subject sees
    /// everything in the lists this costs the same however many they are.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn count(&self, question: &impl Question<A>) -> Result<u64, DeskError> {
        // What is counted is whole buckets.
        if let Some(Spans::Of(spans)) = self.whole(question)
            && let [span] = &spans[..]
            && (span.from.is_empty() && span.to.is_none())
            && self.lists().await? == Lists::Complete
        {
            let (store, ente) = (self.desk.store(), self.desk.ente());
            return Ok(store.tally(ente, A::KIND, &span.list, &span.bucket).await?);
        }
        let mut walk = self.walk(question, None);
        let mut count = 0;
        while self.next(&mut walk, question, PAGE).await?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    /// Writes the records [`page`](Self::page) would show, each as a line of JSON exactly as a
    /// single read gives it, and answers how many. Those that cannot be read are left out and
    /// counted.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails or `out` takes no more.
    pub async fn export(
        &self,
        question: &impl Question<A>,
        out: &mut impl Write,
    ) -> Result<Exported, DeskError> {
        let failed = |error: std::io::Error| {
            let kind = mattoni_store::ErrorKind::Io;
            mattoni_store::Error::new(kind, "failed to write an export").caused_by(error)
        };
        let mut walk = self.walk(question, None);
        let mut exported = Exported::default();
        while let Some((_, loaded)) = self.next(&mut walk, question, PAGE).await? {
            if let Some(record) = self.shown(loaded.state) {
                serde_json::to_writer(&mut *out, &record).map_err(|e| failed(e.into()))?;
                out.write_all(b"\n").map_err(failed)?;
                exported.written += 1;
            }
        }
        exported.unreadable = walk.take_unreadable().len() as u64;
        Ok(exported)
    }

    /// A page of what is found, as the subject sees it, with ids and versions.
    async fn found(
        &self,
        question: &impl Question<A>,
        cursor: Option<&Cursor>,
        rows: usize,
    ) -> Result<Page<Loaded<A>>, DeskError> {
        let rows = rows.clamp(1, MAX_ROWS);
        let lists = self.lists().await?;
        let asked = self.asked(question);
        let mut walk = self.walk(question, begin(cursor, asked)?);
        let (mut records, mut last) = (Vec::new(), None);
        while records.len() < rows {
            let wanted = rows - records.len() + SPARE;
            let Some((spot, loaded)) = self.next(&mut walk, question, wanted).await? else {
                let unreadable = walk.take_unreadable().len() as u64;
                return Ok(Page { records, next: None, lists, unreadable });
            };
            let Loaded { id, version, state } = loaded;
            if let Some(state) = self.shown(state) {
                // The cursor is of a record that is shown: no other id may leave.
                last = Some(spot);
                records.push(Loaded { id, version, state });
            }
        }
        let next = last.map(|spot| Cursor::new(asked, spot));
        Ok(Page { records, next, lists, unreadable: walk.take_unreadable().len() as u64 })
    }

    pub(super) fn walk(&self, question: &impl Question<A>, after: Option<Spot>) -> Walk<'_, A> {
        Walk::new(self.desk, question.spans(&self.subject), after)
    }

    /// The next record that is asked for and seen. It is what the subject sees that has to fit the
    /// question, so that asking cannot find out what is hidden.
    pub(super) async fn next(
        &self,
        walk: &mut Walk<'_, A>,
        question: &impl Question<A>,
        wanted: usize,
    ) -> Result<Option<(Spot, Loaded<A>)>, DeskError> {
        while let Some((spot, loaded)) = walk.next(wanted).await? {
            if self.finds(question, &loaded.state, &spot.sort) {
                return Ok(Some((spot, loaded)));
            }
        }
        Ok(None)
    }

    pub(super) fn finds(&self, question: &impl Question<A>, record: &A, sort: &str) -> bool {
        record.shown_to(&self.subject).is_some_and(|seen| question.picks(&seen, sort))
    }

    /// The spans of the question, when they hold exactly what the subject sees of it.
    fn whole(&self, question: &impl Question<A>) -> Option<Spans> {
        let Spans::Of(spans) = question.spans(&self.subject) else { return None };
        let all = question.picks_all()
            && spans.iter().all(|s| A::sees_whole(&self.subject, &s.list, &s.bucket));
        all.then_some(Spans::Of(spans))
    }

    async fn lists(&self) -> Result<Lists, DeskError> {
        let behind = self.desk.lists_behind(A::KIND).await?;
        Ok(if behind == 0 { Lists::Complete } else { Lists::BeingRebuilt })
    }

    /// What a cursor is good for: this question, for whoever asks it now. The day on which they
    /// look is no part of it: a page can follow after midnight.
    fn asked(&self, question: &impl Question<A>) -> Digest {
        let subject = Subject { day: None, ..self.subject.clone() };
        // Texts and enums, which JSON always takes.
        let json = serde_json::to_vec(&(question, &subject)).unwrap_or_default();
        DigestBuilder::new("mattoni.screen.v1").field(&json).finish()
    }
}

/// Where a page begins after.
fn begin(cursor: Option<&Cursor>, asked: Digest) -> Result<Option<Spot>, DeskError> {
    let after = cursor.map(|cursor| cursor.spot(asked)).transpose();
    after.map_err(|refusal| DeskError::Refused(refusal.problems()))
}

/// What a list shows of a record, if it can be read.
fn read<A: Record>(row: &ListRow) -> Option<(Id<A>, A::Row)> {
    let read = serde_json::from_str(&row.row).ok().filter(|_| row.fault.is_none())?;
    Some((Id::from_u128(row.spot.id.as_u128()), read))
}
