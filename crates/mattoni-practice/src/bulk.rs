//! The same verb over thousands of practices: which ones are meant, and which a run has decided.
//!
//! The shell previews, decides, commits and shows progress.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use mattoni_core::Id;
use mattoni_core::calendar::rome_date;
use mattoni_core::record::BulkRun;
use mattoni_core::value::Value;
use serde::{Deserialize, Serialize};

use crate::{Condition, Practice, State};

/// Which practices are meant: those that fit every criterion that is set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Selection {
    /// Code of the service.
    #[serde(default)]
    pub service: Option<String>,
    /// States, any of them; empty for all.
    #[serde(default)]
    pub states: BTreeSet<State>,
    /// First day of submission, included.
    #[serde(default)]
    pub submitted_from: Option<NaiveDate>,
    /// Last day of submission, included.
    #[serde(default)]
    pub submitted_to: Option<NaiveDate>,
    /// Last day for the answer not after this.
    #[serde(default)]
    pub due_by: Option<NaiveDate>,
    /// Code of the office that has it in charge.
    #[serde(default)]
    pub office: Option<String>,
    /// At least so many hundredths of a point in the latest assessment.
    #[serde(default)]
    pub hundredths_from: Option<i64>,
    /// Class in the latest assessment.
    #[serde(default)]
    pub class: Option<String>,
    /// Answers, all of them equal.
    #[serde(default)]
    pub answers: BTreeMap<String, Value>,
    /// A condition on the answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
}

impl Selection {
    /// Every practice.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Of this service.
    #[must_use]
    pub fn of_service(mut self, code: impl Into<String>) -> Self {
        self.service = Some(code.into());
        self
    }

    /// In one of these states.
    #[must_use]
    pub fn in_states(mut self, states: impl IntoIterator<Item = State>) -> Self {
        self.states.extend(states);
        self
    }

    /// Submitted between these days, both included.
    #[must_use]
    pub fn submitted_between(mut self, from: NaiveDate, to: NaiveDate) -> Self {
        self.submitted_from = Some(from);
        self.submitted_to = Some(to);
        self
    }

    /// With a last day for the answer not after this one.
    #[must_use]
    pub fn due_by(mut self, on: NaiveDate) -> Self {
        self.due_by = Some(on);
        self
    }

    /// In charge of this office.
    #[must_use]
    pub fn of_office(mut self, office: impl Into<String>) -> Self {
        self.office = Some(office.into());
        self
    }

    /// With at least so many hundredths of a point.
    #[must_use]
    pub fn with_hundredths_from(mut self, least: i64) -> Self {
        self.hundredths_from = Some(least);
        self
    }

    /// Assessed as of this class.
    #[must_use]
    pub fn of_class(mut self, class: impl Into<String>) -> Self {
        self.class = Some(class.into());
        self
    }

    /// With this answer.
    #[must_use]
    pub fn with_answer(mut self, key: impl Into<String>, value: Value) -> Self {
        self.answers.insert(key.into(), value);
        self
    }

    /// With answers of which this holds.
    #[must_use]
    pub fn with_condition(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }

    /// Whether the practice is meant.
    #[must_use]
    pub fn picks(&self, practice: &Practice) -> bool {
        let submitted = practice.submitted_at().map(rome_date);
        let due = practice.due().map(|due| due.on);
        let office = practice.assignee().map(|assignee| assignee.office_code());
        let assessed = practice.assessment();
        self.service.as_ref().is_none_or(|code| *code == practice.service().code)
            && (self.states.is_empty() || self.states.contains(&practice.state()))
            && self.submitted_from.is_none_or(|from| submitted.is_some_and(|day| day >= from))
            && self.submitted_to.is_none_or(|to| submitted.is_some_and(|day| day <= to))
            && self.due_by.is_none_or(|by| due.is_some_and(|day| day <= by))
            && self.office.as_ref().is_none_or(|code| office == Some(code.as_str()))
            && self
                .hundredths_from
                .is_none_or(|least| assessed.is_some_and(|a| a.total_hundredths() >= least))
            && self
                .class
                .as_ref()
                .is_none_or(|class| assessed.is_some_and(|a| a.class.as_ref() == Some(class)))
            && self.answers.iter().all(|(key, value)| practice.answers().get(key) == Some(value))
            && self.condition.as_ref().is_none_or(|holds| holds.matches(practice.answers()))
    }
}

impl Practice {
    /// Whether this bulk run has decided the practice already.
    #[must_use]
    pub fn decided_in(&self, run: Id<BulkRun>) -> bool {
        self.outcomes().iter().any(|outcome| outcome.decision.run == Some(run))
    }
}
