//! Making the term longer (*proroga*).

use mattoni_core::calendar::{Due, Extension, LegalCalendar, Term, rome_date};
use mattoni_core::record::Personal;
use mattoni_core::text::is_blank;
use mattoni_core::{Act, Problem, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, all, problem};
use crate::{Event, Practice, Verb};

/// The term was made longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct TermExtended {
    /// When, and by whom.
    pub act: Act,
    /// Number of the extension within the practice, from 1.
    pub number: u32,
    /// Why this practice needs it.
    #[personal]
    pub reason: String,
    /// The term as it stands now; its last extension is this one.
    pub term: Term,
    /// The last day for the answer.
    pub due: Due,
}

impl TermExtended {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.extensions = self.number;
        practice.set_term(&self.term, &self.due);
    }
}

/// Why the term is not made longer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExtendTermRefusal {
    /// No term runs in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// Everything that stands in the way.
    #[error("the term cannot be extended")]
    Barred(Vec<ExtensionBar>),
}

/// One thing that stands in the way of an extension.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExtensionBar {
    /// No reason is given.
    #[error("a reason must be given")]
    NoReason,
    /// The law on terms does not have it: no rule is named, no days, or the term has run out.
    #[error("{}", .0.rule)]
    Unlawful(Problem),
}

impl Refusal for ExtendTermRefusal {
    fn problems(&self) -> Problems {
        let bars = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::Barred(bars) => bars,
        };
        let verb = Verb::ExtendTerm;
        let found = bars.iter().map(|bar| match bar {
            ExtensionBar::NoReason => {
                problem(verb, "no-reason", "reason", bar.to_string(), "say why it is needed")
            }
            ExtensionBar::Unlawful(found) => {
                let (what, field) = match found.code.as_ref() {
                    "core.term.extension-source" => ("no-source", "source"),
                    "core.term.extension-days" => ("no-days", "days"),
                    "core.term.expired" => ("expired", "term"),
                    _ => ("unlawful", "term"),
                };
                problem(verb, what, field, bar.to_string(), found.remedy.clone())
            }
        });
        all(verb, found.collect())
    }
}

impl Practice {
    /// Makes the term `days` longer, by the rule that `source` names. L. 241/1990 knows no
    /// general power to do so: it is for the law on the matter to give it, and for the office to
    /// use it before the term runs out.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// let law = "D.P.R. 380/2001, art. 20, c. 3";
    /// practice.apply(&practice.extend_term(&office, 30, law, "progetto complesso", &calendar)?);
    /// assert_eq!(practice.due().unwrap().on.to_string(), "2026-11-03");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ExtendTermRefusal`] with everything that stands in the way.
    pub fn extend_term(
        &self,
        act: &Act,
        days: u32,
        source: &str,
        reason: &str,
        calendar: &LegalCalendar,
    ) -> Result<Event, ExtendTermRefusal> {
        self.ready(Verb::ExtendTerm)?;
        self.theirs(Verb::ExtendTerm, act)?;
        let mut bars = Vec::new();
        if is_blank(reason) {
            bars.push(ExtensionBar::NoReason);
        }
        let decided_on = rome_date(act.at);
        let before = self.running_term(decided_on);
        let mut term = before.clone();
        term.extensions.push(Extension { decided_on, days, source: source.trim().to_owned() });
        // What was wrong with the term before is not this verb's to refuse.
        let rules = self.procedure.term_rules();
        let known = before.check(&rules, calendar).err().map_or(Vec::new(), Problems::into_vec);
        let found = term.check(&rules, calendar).err().map_or(Vec::new(), Problems::into_vec);
        bars.extend(found.into_iter().filter(|p| !known.contains(p)).map(ExtensionBar::Unlawful));
        if !bars.is_empty() {
            return Err(ExtendTermRefusal::Barred(bars));
        }
        let due = term.due(calendar);
        let number = self.extensions.saturating_add(1);
        Ok(TermExtended { act: act.clone(), number, reason: reason.to_owned(), term, due }.into())
    }
}
