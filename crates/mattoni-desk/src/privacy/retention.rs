//! Carrying out the rules of retention.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use mattoni_core::calendar::rome_date;
use mattoni_core::{Act, Aggregate, Digest, Id};
use mattoni_practice::Practice;
use mattoni_store::{Change, Loaded, Store};
use serde::Serialize;

use super::erasure::{Erased, Erasure, Ground, attachments};
use super::schedule::{Action, Rule, Schedule};
use crate::bulk::PAGE;
use crate::{Desk, DeskError, Progress, named_id};

/// What the rules of retention ask for on a day, and what was done of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RetentionReport {
    /// The day.
    pub today: NaiveDate,
    /// By rule, in their order.
    pub rules: Vec<RuleReport>,
    /// Practices that are under way: no rule is asked.
    pub under_way: u64,
    /// Practices that ended and that no rule fits: someone should write one.
    pub without_rule: u64,
    /// Attachments whose bytes were removed.
    pub attachments_removed: u64,
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
    /// Practices it was carried out on before.
    pub earlier: u64,
    /// Practices it is due for.
    pub due: u64,
    /// Practices it was carried out on now; none in a preview.
    pub done: u64,
    /// Practices whose day has not come, or never will.
    pub kept: u64,
    /// The next day it is due for one of those.
    pub next_on: Option<NaiveDate>,
}

/// What is to be done with one practice.
struct Due<'a> {
    practice: Loaded<Practice>,
    rule: &'a Rule,
    place: usize,
    id: Id<Erasure>,
}

impl<S: Store> Desk<S> {
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
        let mut after = None;
        while self.due_page(schedule, &mut report, &mut after, progress).await?.is_some() {}
        Ok(report)
    }

    /// Carries out every rule that is due, five hundred practices a transaction, each with an
    /// [`Erasure`] that names the rule. It can stop at any point and be run again, twice, or by
    /// two at once: what is done is not due any more.
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
        let today = rome_date(act.at);
        let removable = self.removable(schedule, today).await?;
        let mut report = RetentionReport::new(schedule, today);
        let mut after = None;
        while let Some(due) = self.due_page(schedule, &mut report, &mut after, progress).await? {
            // Bytes first: an erasure that is on record is not taken up again.
            let digests: BTreeSet<Digest> =
                due.iter().flat_map(|due| attachments(&due.practice.state)).collect();
            let gone = digests.intersection(&removable).copied().collect();
            report.attachments_removed += self.forget(&gone).await?;
            let changes: Vec<Change> =
                due.iter().map(|due| due.change(act)).collect::<Result<_, _>>()?;
            if !changes.is_empty() {
                self.commit(changes).await?;
            }
            let erased = due.iter().filter(|due| due.rule.source().action == Action::Erase);
            self.unlist(&erased.map(|due| due.practice.id).collect::<Vec<_>>()).await?;
            for due in due {
                report.rules[due.place].done += 1;
            }
        }
        Ok(report)
    }

    /// Attachments of practices that are due which no other practice needs.
    async fn removable(
        &self,
        schedule: &Schedule,
        today: NaiveDate,
    ) -> Result<BTreeSet<Digest>, DeskError> {
        let is_due = |practice: &Practice| {
            let rule = schedule.rule_for(practice);
            rule.and_then(|rule| rule.due_on(practice)).is_some_and(|day| day <= today)
        };
        let (mut digests, mut after) = (BTreeSet::new(), None);
        loop {
            let page = self.store().streams(self.ente(), Practice::KIND, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.stream.id);
            for stored in &page {
                let practice: Loaded<Practice> = Loaded::read(stored)?;
                if is_due(&practice.state) {
                    digests.extend(attachments(&practice.state));
                }
            }
        }
        self.keep_needed(&mut digests, is_due).await?;
        Ok(digests)
    }

    /// The next page of practices, counted, and those of it that are due; `None` after the last.
    async fn due_page<'a>(
        &self,
        schedule: &'a Schedule,
        report: &mut RetentionReport,
        after: &mut Option<Id<mattoni_store::Stream>>,
        progress: &dyn Progress,
    ) -> Result<Option<Vec<Due<'a>>>, DeskError> {
        let page = self.store().streams(self.ente(), Practice::KIND, *after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(None) };
        *after = Some(last.stream.id);
        let mut found = Vec::new();
        for stored in &page {
            let practice: Loaded<Practice> = Loaded::read(stored)?;
            if !practice.state.state().is_final() {
                report.under_way += 1;
                continue;
            }
            let Some(rule) = schedule.rule_for(&practice.state) else {
                report.without_rule += 1;
                continue;
            };
            let place = schedule.rules().iter().position(|r| r == rule).unwrap_or_default();
            let line = &mut report.rules[place];
            match rule.due_on(&practice.state) {
                Some(day) if day <= report.today => {
                    let id = self.erasure_id(rule, practice.id);
                    if self.load(id).await?.is_some() {
                        line.earlier += 1;
                    } else {
                        line.due += 1;
                        found.push(Due { practice, rule, place, id });
                    }
                }
                day => {
                    line.kept += 1;
                    line.next_on = line.next_on.into_iter().chain(day).min();
                }
            }
        }
        progress.reached(report.looked_at());
        Ok(Some(found))
    }

    fn erasure_id(&self, rule: &Rule, practice: Id<Practice>) -> Id<Erasure> {
        let what = match rule.source().action {
            Action::Erase | Action::Keep => "practice",
            Action::RemoveAttachments => "attachments",
        };
        named_id(self.ente(), &["erasure", what, &practice.to_string()])
    }
}

impl Due<'_> {
    fn change(&self, act: &Act) -> Result<Change, mattoni_core::Problems> {
        let practice = self.practice.id;
        let rule = self.rule.source();
        let what = match rule.action {
            Action::RemoveAttachments => Erased::Attachments { practice },
            Action::Erase | Action::Keep => Erased::Practice { practice },
        };
        let ground = Ground::Retention { rule: rule.code.clone(), source: rule.source.clone() };
        Erasure { act: act.clone(), what, ground }.change(self.id)
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
        Self { today, rules, under_way: 0, without_rule: 0, attachments_removed: 0 }
    }

    /// How many practices there are.
    #[must_use]
    pub fn looked_at(&self) -> u64 {
        let ruled: u64 = self.rules.iter().map(|r| r.earlier + r.due + r.kept).sum();
        ruled + self.under_way + self.without_rule
    }
}
