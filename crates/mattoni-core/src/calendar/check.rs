//! Whether a term is as the law wants it.

use super::{LegalCalendar, Step, SuspensionKind, Term, law};
use crate::{Problem, Problems, text};

/// What kind of procedure a term belongs to, as far as the law on terms asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProcedureKind {
    /// Any other.
    Ordinary,
    /// Competitive (*procedura concorsuale*): rankings, competitions, calls for a budget. No
    /// notice before rejection (L. 241/1990, art. 10-bis, last sentence).
    Competitive,
    /// Social security and assistance, started by a party and run by the bodies of social
    /// security. No notice before rejection either.
    SocialSecurity,
}

/// The rules a term is held against.
///
/// ```
/// use mattoni_core::calendar::{LegalCalendar, Suspension, SuspensionKind, Term, TermRules};
///
/// let mut term = Term::new("2026-09-04".parse()?, 30);
/// term.suspensions.push(Suspension {
///     kind: SuspensionKind::RejectionNotice,
///     from: "2026-09-20".parse()?,
///     answered_on: None,
/// });
/// let calendar = LegalCalendar::national();
/// assert!(term.check(&TermRules::ordinary(), &calendar).is_ok());
/// let refused = term.check(&TermRules::competitive(), &calendar).unwrap_err();
/// assert_eq!(refused.iter().next().unwrap().code, "core.term.notice-excluded");
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct TermRules {
    /// The kind of procedure.
    pub kind: ProcedureKind,
    /// The longest term it may have, in days.
    pub max_days: u32,
}

impl TermRules {
    /// Of an ordinary procedure, up to 90 days.
    #[must_use]
    pub const fn ordinary() -> Self {
        Self { kind: ProcedureKind::Ordinary, max_days: law::LONGEST_TERM.days }
    }

    /// Of a competitive procedure, up to 90 days.
    #[must_use]
    pub const fn competitive() -> Self {
        Self { kind: ProcedureKind::Competitive, ..Self::ordinary() }
    }

    /// Of a procedure of social security, up to 90 days.
    #[must_use]
    pub const fn social_security() -> Self {
        Self { kind: ProcedureKind::SocialSecurity, ..Self::ordinary() }
    }

    /// With up to 180 days, for procedures of particular complexity (art. 2, c. 4), or as long
    /// as a law on the matter says.
    #[must_use]
    pub const fn with_max_days(mut self, days: u32) -> Self {
        self.max_days = days;
        self
    }
}

impl Term {
    /// Whether the term is as the law wants it. [`due`](Self::due) answers in any case.
    ///
    /// A second request for integration is no problem: it may be made, it just stops nothing.
    ///
    /// # Errors
    /// Everything that isn't: its length (`core.term.days`), a notice where there can be none
    /// (`core.term.notice-excluded`, `core.term.notice-before-2020`), dates out of order
    /// (`core.term.before-receipt`, `core.term.answered-before-asked`), an extension without a
    /// rule or without days (`core.term.extension-source`, `core.term.extension-days`), anything
    /// done after the term had run out (`core.term.expired`).
    pub fn check(&self, rules: &TermRules, calendar: &LegalCalendar) -> Result<(), Problems> {
        let mut found = Vec::new();
        if self.days == 0 || self.days > rules.max_days {
            found.push(Problem::new(
                "core.term.days",
                "days",
                format!("is 1 to {} days, found {}", rules.max_days, self.days),
                "look up the regulation that sets the term (L. 241/1990, art. 2, c. 2-4)",
            ));
        }
        self.check_suspensions(rules, &mut found);
        for (index, extension) in self.extensions.iter().enumerate() {
            let field = format!("extensions[{index}]");
            if text::is_blank(&extension.source) {
                found.push(Problem::new(
                    "core.term.extension-source",
                    field.clone(),
                    "names the rule that allows it",
                    "L. 241/1990 knows no general power to extend: name the law on the matter",
                ));
            }
            if extension.days == 0 {
                let rule = "is at least one day";
                found.push(Problem::new("core.term.extension-days", field, rule, "leave it out"));
            }
        }
        for step in self.due(calendar).steps {
            if let Step::TooLate { from, expired_on } = step {
                found.push(Problem::new(
                    "core.term.expired",
                    "",
                    format!("nothing moves a term that ran out on {expired_on}, found {from}"),
                    "answer now; the head of the substitute power can be asked to \
                     (L. 241/1990, art. 2, c. 9-bis)",
                ));
            }
        }
        Problems::check(found)
    }

    fn check_suspensions(&self, rules: &TermRules, found: &mut Vec<Problem>) {
        for (index, suspension) in self.suspensions.iter().enumerate() {
            let mut refuse = |code, rule: &str, remedy| {
                found.push(Problem::new(code, format!("suspensions[{index}]"), rule, remedy));
            };
            let notice = suspension.kind == SuspensionKind::RejectionNotice;
            if notice && rules.kind != ProcedureKind::Ordinary {
                refuse(
                    "core.term.notice-excluded",
                    "this kind of procedure has no notice before rejection",
                    "decide with reasons (L. 241/1990, art. 10-bis, last sentence)",
                );
            }
            if notice && suspension.from < law::AFTER_OBSERVATIONS.from {
                refuse(
                    "core.term.notice-before-2020",
                    "before D.L. 76/2020 a notice interrupted the term, from 17 July 2020 it suspends",
                    "count this term by the rules of its time",
                );
            }
            if suspension.from < self.received_on {
                refuse(
                    "core.term.before-receipt",
                    "nothing is asked before the application is there",
                    "check the dates",
                );
            }
            if suspension.answered_on.is_some_and(|answer| answer < suspension.from) {
                refuse(
                    "core.term.answered-before-asked",
                    "an answer comes after its question",
                    "check the dates",
                );
            }
        }
    }
}
