//! Carrying out the rules of retention.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use mattoni_core::calendar::rome_date;
use mattoni_core::record::{PART_OF, RecordRef, Retention, Span};
use mattoni_core::{Act, Digest, Id, named_id};
use mattoni_store::Stream;
use serde::Serialize;

use super::erasure::{Erased, Erasure, ErasureEvent, Ground, Held};
use super::rules::{Action, Rule, Schedule};
use crate::bulk::PAGE;
use crate::desk::begun;
use crate::{Desk, DeskError, Progress, Unreadable};

/// What the rules of retention ask for on a day, and what was done of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RetentionReport {
    /// The day.
    pub today: NaiveDate,
    /// By rule, in their order.
    pub rules: Vec<RuleReport>,
    /// Records that are under way: no rule is asked.
    pub under_way: u64,
    /// Records that ended and that no rule fits: someone should write one.
    pub without_rule: u64,
    /// Files whose bytes were removed.
    pub files_removed: u64,
    /// Records that cannot be read, on which nothing was done.
    pub unreadable: Vec<Unreadable>,
}

/// What one rule asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleReport {
    /// Its code.
    pub rule: String,
    /// What it does.
    pub action: Action,
    /// Its legal source.
    pub source: String,
    /// Records it was carried out on before.
    pub earlier: u64,
    /// Records it is due for.
    pub due: u64,
    /// Records it was carried out on now; none in a preview.
    pub done: u64,
    /// Records whose day has not come, or never will.
    pub kept: u64,
    /// The next day it is due for one of those.
    pub next_on: Option<NaiveDate>,
}

/// What is to be done with one record.
struct Due<'a> {
    held: Held,
    rule: &'a Rule,
    place: usize,
    id: Id<Erasure>,
}

impl Desk {
    /// What [`retain`](Self::retain) would do on `today`. Nothing is changed.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn retention_preview(
        &self,
        schedule: &Schedule,
        today: NaiveDate,
        progress: &dyn Progress,
    ) -> Result<RetentionReport, DeskError> {
        let mut report = RetentionReport::new(schedule, today);
        for kind in self.bricks().kinds() {
            let read = |stored| Held::read(kind, stored);
            let unreadable = self.each_page(kind.kind(), PAGE, read, async |page| {
                self.due_of(schedule, page, &mut report, progress).await.map(drop)
            });
            let unreadable = unreadable.await?;
            report.unreadable.extend(unreadable);
        }
        Ok(report)
    }

    /// Carries out every rule that is due, five hundred records a transaction, each with an
    /// [`Erasure`] that names the rule. It can stop at any point and be run again, twice, or by
    /// two at once: what is done is not due any more.
    ///
    /// Records that go with another ([`Retention::With`]) are erased with it.
    ///
    /// # Errors
    /// `desk.erase.unsealed` in a store that seals nothing, when a rule erases; nothing changed.
    /// [`DeskError::Store`] or [`DeskError::Contended`]; what was done until then stays.
    pub async fn retain(
        &self,
        schedule: &Schedule,
        act: &Act,
        progress: &dyn Progress,
    ) -> Result<RetentionReport, DeskError> {
        if schedule.rules().iter().any(|rule| rule.source().action == Action::Erase) {
            self.sealed_or_refused().await?;
        }
        self.finish_erasures(act).await?;
        let today = rome_date(act.at);
        let removable = self.removable(schedule, today).await?;
        let mut report = RetentionReport::new(schedule, today);
        for kind in self.bricks().kinds() {
            let read = |stored| Held::read(kind, stored);
            let unreadable = self.each_page(kind.kind(), PAGE, read, async |page| {
                let due = self.due_of(schedule, page, &mut report, progress).await?;
                self.carry_out(due, &removable, act, &mut report).await
            });
            let unreadable = unreadable.await?;
            report.unreadable.extend(unreadable);
        }
        Ok(report)
    }

    async fn carry_out(
        &self,
        due: Vec<Due<'_>>,
        removable: &BTreeSet<Digest>,
        act: &Act,
        report: &mut RetentionReport,
    ) -> Result<(), DeskError> {
        let (mut kept, mut erased) = (Vec::new(), Vec::new());
        for due in &due {
            let erasure = due.erasure(act);
            match due.rule.source().action {
                Action::Keep => kept.push(begun(due.id, act, &[ErasureEvent::Done(erasure)])?),
                Action::Erase | Action::RemoveAttachments => erased.push((due.id, erasure)),
            }
        }
        if !kept.is_empty() {
            self.commit(kept).await?;
        }
        report.files_removed += self.erase(erased, Some(removable), act).await?;
        for due in due {
            report.rules[due.place].done += 1;
        }
        Ok(())
    }

    /// The records that go with this one.
    pub(super) async fn parts_of(&self, whole: &RecordRef) -> Result<Vec<RecordRef>, DeskError> {
        let mut parts = Vec::new();
        let span = Span::new(PART_OF, whole.to_string());
        for kind in self.bricks().kinds() {
            let streams = self.streams_in(kind.kind(), &span).await?;
            let part =
                |stream: Stream| RecordRef::new(kind.kind(), Id::from_u128(stream.id.as_u128()));
            parts.extend(streams.into_iter().map(part));
        }
        Ok(parts)
    }

    /// Files of records that are due which no other record needs.
    async fn removable(
        &self,
        schedule: &Schedule,
        today: NaiveDate,
    ) -> Result<BTreeSet<Digest>, DeskError> {
        let is_due = |held: &Held| match held.state.retention() {
            Retention::Ended(ended) => {
                let rule = schedule.rule_for(&ended);
                rule.and_then(|rule| rule.due_on(&ended)).is_some_and(|day| day <= today)
            }
            _ => false,
        };
        let mut digests = BTreeSet::new();
        for kind in self.bricks().kinds() {
            let read = |stored| Held::read(kind, stored);
            self.each_page(kind.kind(), PAGE, read, async |page| {
                for held in page {
                    if is_due(&held) {
                        digests.extend(held.state.blobs());
                    }
                }
                Ok::<_, DeskError>(())
            })
            .await?;
        }
        self.keep_needed(&mut digests, is_due).await?;
        Ok(digests)
    }

    /// Those of a page that are due, all of it counted.
    async fn due_of<'a>(
        &self,
        schedule: &'a Schedule,
        page: Vec<Held>,
        report: &mut RetentionReport,
        progress: &dyn Progress,
    ) -> Result<Vec<Due<'a>>, DeskError> {
        let mut found = Vec::new();
        for held in page {
            let ended = match held.state.retention() {
                Retention::UnderWay => {
                    report.under_way += 1;
                    continue;
                }
                Retention::Ended(ended) => ended,
                _ => continue,
            };
            let Some(rule) = schedule.rule_for(&ended) else {
                report.without_rule += 1;
                continue;
            };
            let place = schedule.rules().iter().position(|r| r == rule).unwrap_or_default();
            match rule.due_on(&ended) {
                Some(day) if day <= report.today => {
                    let id = self.erasure_id(rule, &held.record);
                    found.push(Due { held, rule, place, id });
                }
                day => {
                    let line = &mut report.rules[place];
                    line.kept += 1;
                    line.next_on = line.next_on.into_iter().chain(day).min();
                }
            }
        }
        let ids: Vec<Id<Erasure>> = found.iter().map(|due| due.id).collect();
        let done: BTreeSet<Id<Erasure>> =
            self.load_many(&ids).await?.into_iter().map(|erasure| erasure.id).collect();
        for due in &found {
            let line = &mut report.rules[due.place];
            *(if done.contains(&due.id) { &mut line.earlier } else { &mut line.due }) += 1;
        }
        found.retain(|due| !done.contains(&due.id));
        progress.reached(report.looked_at());
        Ok(found)
    }

    fn erasure_id(&self, rule: &Rule, record: &RecordRef) -> Id<Erasure> {
        let what = match rule.source().action {
            Action::Erase | Action::Keep => &record.kind,
            Action::RemoveAttachments => "attachments",
        };
        named_id(self.ente(), &["erasure", what, &record.id.to_string()])
    }
}

impl Due<'_> {
    fn erasure(&self, act: &Act) -> Erasure {
        let record = self.held.record.clone();
        let rule = self.rule.source();
        let what = match rule.action {
            Action::RemoveAttachments => Erased::Files { record },
            Action::Erase | Action::Keep => Erased::Record { record },
        };
        let ground = Ground::Retention { rule: rule.code.clone(), source: rule.source.clone() };
        Erasure::new(act, what, ground)
    }
}

impl RetentionReport {
    fn new(schedule: &Schedule, today: NaiveDate) -> Self {
        let rules = schedule.rules().iter().map(|rule| RuleReport {
            rule: rule.source().code.clone(),
            action: rule.source().action,
            source: rule.source().source.clone(),
            earlier: 0,
            due: 0,
            done: 0,
            kept: 0,
            next_on: None,
        });
        let rules = rules.collect();
        Self {
            today,
            rules,
            under_way: 0,
            without_rule: 0,
            files_removed: 0,
            unreadable: Vec::new(),
        }
    }

    /// How many records there are, but for those that go with another or are kept for ever.
    #[must_use]
    pub fn looked_at(&self) -> u64 {
        let ruled: u64 = self.rules.iter().map(|r| r.earlier + r.due + r.kept).sum();
        ruled + self.under_way + self.without_rule
    }
}
