//! Rules of retention, as the ente writes them.

use std::collections::BTreeSet;

use chrono::{Months, NaiveDate};
use mattoni_core::record::{Bricks, Ended};
use mattoni_core::{Problem, Problems};
use serde::{Deserialize, Serialize};

/// An ente's rules of retention (*massimario di conservazione e scarto*, D.P.R. 445/2000,
/// art. 68), as they stand in a file.
///
/// ```
/// use mattoni_core::record::Bricks;
/// use mattoni_desk::privacy::{Schedule, ScheduleSource};
///
/// let source: ScheduleSource = toml::from_str(r#"
///     [[rule]]
///     code = "nursery-refused"
///     services = ["nido-*"]
///     years = 5
///     since = "outcome"
///     action = "erase"
///     source = "Massimario di scarto, tit. VII, cl. 3"
///
///     [[rule]]
///     code = "all-else"
///     action = "keep"
///     source = "D.Lgs. 42/2004, art. 30"
/// "#)?;
/// assert_eq!(Schedule::new(source, &Bricks::new())?.rules().len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleSource {
    /// The rules; of those that fit a record, the first counts.
    pub rule: Vec<RuleSource>,
}

/// One rule, as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSource {
    /// Its code, by which the journal names it.
    pub code: String,
    /// Codes of services, `nido-*` for all that begin so. Empty: any.
    #[serde(default)]
    pub services: Vec<String>,
    /// Stable names of final states. Empty: any of them.
    #[serde(default)]
    pub states: BTreeSet<String>,
    /// How many years to keep; none for what is kept for ever.
    #[serde(default)]
    pub years: Option<u32>,
    /// From when they count.
    #[serde(default)]
    pub since: Since,
    /// What is done then.
    pub action: Action,
    /// The norm or plan it comes of.
    pub source: String,
}

/// From when years count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Since {
    /// The day the record came into its final state.
    #[default]
    Outcome,
    /// The first of January after it, as most plans count.
    YearAfterOutcome,
    /// The day it was submitted; of one that never was, the day it ended.
    Submission,
}

/// What is done when the years are over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Action {
    /// The people are erased from it, and its files removed.
    Erase,
    /// Its files are removed, the rest stays.
    RemoveAttachments,
    /// Nothing, ever.
    Keep,
}

/// Rules that were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(Vec<Rule>);

/// A rule that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule(RuleSource);

impl Schedule {
    /// Checks the rules.
    ///
    /// # Errors
    /// Every problem: `retention.empty`, `.code` (missing, or there twice), `.source`, `.years`,
    /// `.state` (not a final one of any kind of record that the bricks bring).
    pub fn new(source: ScheduleSource, bricks: &Bricks) -> Result<Self, Problems> {
        let finals: BTreeSet<&str> =
            bricks.kinds().flat_map(|kind| kind.final_states().iter().copied()).collect();
        let mut found = Vec::new();
        let mut problem = |code, field: String, rule: &str, remedy: &str| {
            found.push(Problem::new(code, field, rule.to_owned(), remedy.to_owned()));
        };
        if source.rule.is_empty() {
            let remedy = "add a [[rule]]";
            problem("retention.empty", "rule".into(), "there must be at least one rule", remedy);
        }
        let mut codes = BTreeSet::new();
        for (n, rule) in source.rule.iter().enumerate() {
            let field = |name: &str| format!("rule[{n}].{name}");
            if mattoni_core::text::is_blank(&rule.code) || !codes.insert(&rule.code) {
                let remedy = "give each rule one of its own";
                problem(
                    "retention.code",
                    field("code"),
                    "a rule must have a code that no other has",
                    remedy,
                );
            }
            if mattoni_core::text::is_blank(&rule.source) {
                let remedy = "name the article or the class of the plan";
                problem(
                    "retention.source",
                    field("source"),
                    "a rule must have a legal source",
                    remedy,
                );
            }
            let years = match (rule.action, rule.years) {
                (Action::Keep, None) => true,
                (Action::Keep, Some(_)) | (_, None) => false,
                (_, Some(years)) => (1..=200).contains(&years),
            };
            if !years {
                let rule = "must be 1 to 200 years, and none for what is kept for ever";
                problem("retention.years", field("years"), rule, "correct the years");
            }
            for state in rule.states.iter().filter(|state| !finals.contains(state.as_str())) {
                let remedy = "take it out: nothing under way is erased";
                let rule = format!("must be final states; “{state}” is none");
                problem("retention.state", field("states"), &rule, remedy);
            }
        }
        Problems::check(found)?;
        Ok(Self(source.rule.into_iter().map(Rule).collect()))
    }

    /// The rules, in order.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.0
    }

    /// The rule that counts for a record at its end; `None` where no rule fits.
    #[must_use]
    pub fn rule_for(&self, ended: &Ended) -> Option<&Rule> {
        self.0.iter().find(|rule| rule.fits(ended))
    }
}

impl Rule {
    /// As it was written.
    #[must_use]
    pub fn source(&self) -> &RuleSource {
        &self.0
    }

    fn fits(&self, ended: &Ended) -> bool {
        let code = &ended.service;
        let is = |service: &String| match service.strip_suffix('*') {
            Some(beginning) => code.starts_with(beginning),
            None => service == code,
        };
        (self.0.services.is_empty() || self.0.services.iter().any(is))
            && (self.0.states.is_empty() || self.0.states.contains(ended.state))
    }

    /// The day from which the rule is to be carried out; `None` when it never is.
    #[must_use]
    pub fn due_on(&self, ended: &Ended) -> Option<NaiveDate> {
        let since = match self.0.since {
            Since::Outcome => ended.on,
            Since::YearAfterOutcome => {
                NaiveDate::from_ymd_opt(chrono::Datelike::year(&ended.on) + 1, 1, 1)?
            }
            Since::Submission => ended.submitted_on.unwrap_or(ended.on),
        };
        since.checked_add_months(Months::new(self.0.years?.checked_mul(12)?))
    }
}
