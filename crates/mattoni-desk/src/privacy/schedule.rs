//! Rules of retention, as the ente writes them.

use std::collections::BTreeSet;

use chrono::{Months, NaiveDate};
use mattoni_core::calendar::rome_date;
use mattoni_core::{Problem, Problems};
use mattoni_practice::{Practice, State};
use serde::{Deserialize, Serialize};

/// An ente's rules of retention (*massimario di conservazione e scarto*, D.P.R. 445/2000,
/// art. 68), as they stand in a file.
///
/// ```
/// use mattoni_desk::privacy::{Schedule, ScheduleSource};
///
/// let source: ScheduleSource = toml::from_str(r#"
///     [[rule]]
///     code = "nursery-refused"
///     services = ["nido-*"]
///     states = ["rejected", "withdrawn"]
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
/// assert_eq!(Schedule::new(source)?.rules().len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleSource {
    /// The rules; of those that fit a practice, the first counts.
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
    /// States that are final. Empty: any of them.
    #[serde(default)]
    pub states: BTreeSet<State>,
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
    /// The day the practice came into its final state.
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
    /// The people are erased from it, and its attachments removed.
    Erase,
    /// Its attachments are removed, the rest stays.
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
    /// `.state` (not a final one).
    pub fn new(source: ScheduleSource) -> Result<Self, Problems> {
        let mut found = Vec::new();
        let mut problem = |code, field: String, rule: &str, remedy: &str| {
            found.push(Problem::new(code, field, rule.to_owned(), remedy.to_owned()));
        };
        if source.rule.is_empty() {
            let remedy = "add a [[rule]]";
            problem("retention.empty", "rule".into(), "there is at least one rule", remedy);
        }
        let mut codes = BTreeSet::new();
        for (n, rule) in source.rule.iter().enumerate() {
            let field = |name: &str| format!("rule[{n}].{name}");
            if rule.code.trim().is_empty() || !codes.insert(&rule.code) {
                let remedy = "give each rule one of its own";
                problem("retention.code", field("code"), "a rule has a code no other has", remedy);
            }
            if rule.source.trim().is_empty() {
                let remedy = "name the article or the class of the plan";
                problem("retention.source", field("source"), "a rule has a legal source", remedy);
            }
            let years = match (rule.action, rule.years) {
                (Action::Keep, None) => true,
                (Action::Keep, Some(_)) | (_, None) => false,
                (_, Some(years)) => (1..=200).contains(&years),
            };
            if !years {
                let rule = "1 to 200 years, and none for what is kept for ever";
                problem("retention.years", field("years"), rule, "correct the years");
            }
            for state in rule.states.iter().filter(|state| !state.is_final()) {
                let remedy = "take it out: nothing under way is erased";
                let rule = format!("“{state}” is no final state");
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

    /// The rule that counts for the practice; `None` while it is under way, and where no rule
    /// fits.
    #[must_use]
    pub fn rule_for(&self, practice: &Practice) -> Option<&Rule> {
        if !practice.state().is_final() {
            return None;
        }
        self.0.iter().find(|rule| rule.fits(practice))
    }
}

impl Rule {
    /// As it was written.
    #[must_use]
    pub fn source(&self) -> &RuleSource {
        &self.0
    }

    fn fits(&self, practice: &Practice) -> bool {
        let code = &practice.service().code;
        let is = |service: &String| match service.strip_suffix('*') {
            Some(beginning) => code.starts_with(beginning),
            None => service == code,
        };
        (self.0.services.is_empty() || self.0.services.iter().any(is))
            && (self.0.states.is_empty() || self.0.states.contains(&practice.state()))
    }

    /// The day from which the rule is to be carried out; `None` when it never is.
    #[must_use]
    pub fn due_on(&self, practice: &Practice) -> Option<NaiveDate> {
        let ended = rome_date(practice.changes().last()?.act.at);
        let since = match self.0.since {
            Since::Outcome => ended,
            Since::YearAfterOutcome => {
                let year = chrono::Datelike::year(&ended);
                NaiveDate::from_ymd_opt(year + 1, 1, 1)?
            }
            Since::Submission => practice.submitted_at().map_or(ended, rome_date),
        };
        since.checked_add_months(Months::new(self.0.years?.checked_mul(12)?))
    }
}
