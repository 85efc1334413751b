//! Terms of administrative procedure (L. 7 August 1990, n. 241).

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::law::{self, LegalStandstill};
use super::{LegalCalendar, Step, rome_date};

/// Why a term stood still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SuspensionKind {
    /// The ente asked for something it does not hold: once, for at most 30 days (L. 241/1990,
    /// art. 2, c. 7). A second request is possible but stops nothing.
    Integration,
    /// Notice before rejection (*preavviso di rigetto*): since D.L. 76/2020 it suspends, and the
    /// term runs again ten days after the observations, or after the ten days to make them
    /// (L. 241/1990, art. 10-bis). Not in every procedure: see [`TermRules`](super::TermRules).
    RejectionNotice,
}

impl SuspensionKind {
    /// Longest time the term may stand still, in days; longer when the ten days for observations
    /// end on a holiday.
    #[must_use]
    pub const fn max_days(self) -> u64 {
        // Widening; `From` is not const.
        match self {
            Self::Integration => law::INTEGRATION.days as u64,
            Self::RejectionNotice => (law::OBSERVATIONS.days + law::AFTER_OBSERVATIONS.days) as u64,
        }
    }
}

/// A time during which the term stood still.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Why.
    pub kind: SuspensionKind,
    /// The day the request or notice reached the applicant; the term stands still from the day
    /// after.
    pub from: NaiveDate,
    /// The day the answer arrived; `None` while it hasn't. Observations after their last day
    /// count as none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_on: Option<NaiveDate>,
}

/// A term made longer (*proroga*).
///
/// L. 241/1990 gives an ente no general power to do so, so an extension names the rule that
/// does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The day it was decided, before the term had run out.
    pub decided_on: NaiveDate,
    /// By how many days.
    pub days: u32,
    /// The rule that allows it, as the applicant should read it.
    pub source: String,
}

/// A term: so many days from the day an application was received.
///
/// ```
/// use mattoni_core::calendar::{Extension, LegalCalendar, Term, TermRules};
///
/// // Received after midnight in Italy, when it was still the day before in Greenwich.
/// let mut term = Term::received_at("2026-06-30T22:30:00Z".parse()?, 60);
/// term.extensions.push(Extension {
///     decided_on: "2026-08-20".parse()?,
///     days: 30,
///     source: "D.P.R. 380/2001, art. 20, c. 3".to_owned(),
/// });
/// let calendar = LegalCalendar::national();
/// term.check(&TermRules::ordinary(), &calendar)?;
/// let due = term.due(&calendar);
/// assert_eq!(due.on.to_string(), "2026-09-29");
/// assert_eq!(
///     due.steps[1].to_string(),
///     "prorogato il 20/08/2026 di 30 giorni: 29/09/2026 (D.P.R. 380/2001, art. 20, c. 3)"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The day the application was received (L. 241/1990, art. 2, c. 6). It is not counted.
    pub received_on: NaiveDate,
    /// Length in days: 30 where nothing else is set, up to 90, up to 180 for complex cases
    /// (art. 2, c. 2–4).
    pub days: u32,
    /// In the order they happened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspensions: Vec<Suspension>,
    /// In the order they were decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
}

/// The last day for an answer, and how it comes about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Last day for the answer, included.
    pub on: NaiveDate,
    /// The chain of reasons, in order; at least one.
    pub steps: Vec<Step>,
}

/// Last day for observations on a notice before rejection that reached the applicant on
/// `notified_on`: the tenth day after, or the next working day (L. 241/1990, art. 10-bis).
#[must_use]
pub fn observations_by(notified_on: NaiveDate, calendar: &LegalCalendar) -> NaiveDate {
    open_day_from(tenth_day(notified_on), calendar)
}

fn tenth_day(notified_on: NaiveDate) -> NaiveDate {
    counted_later(notified_on, law::OBSERVATIONS.days.into())
}

/// The first day from `date` on, on which a term can end: no holiday, and not one of those that a
/// standstill moves it over.
fn open_day_from(date: NaiveDate, calendar: &LegalCalendar) -> NaiveDate {
    let day = calendar.working_day_from(date);
    match standstill_on(day).filter(|_| day != date) {
        Some(standstill) => calendar.working_day_from(later(standstill.to, 1)),
        None => day,
    }
}

fn standstill_on(date: NaiveDate) -> Option<&'static LegalStandstill> {
    law::LEGAL_STANDSTILLS.iter().find(|standstill| standstill.holds_on(date))
}

/// The standstill whose days come between `from`, not counted itself, and `to`; with the first of
/// its days that do, and how many they are.
fn standstill_between(
    from: NaiveDate,
    to: NaiveDate,
) -> Option<(&'static LegalStandstill, NaiveDate, u64)> {
    let standstill = law::LEGAL_STANDSTILLS
        .iter()
        .find(|standstill| from < to && from < standstill.to && to >= standstill.from)?;
    let first = later(from, 1).max(standstill.from);
    Some((standstill, first, 1 + days_between(first, standstill.to)))
}

/// So many days later, of those that count.
fn counted_later(date: NaiveDate, days: u64) -> NaiveDate {
    let plain = later(date, days);
    standstill_between(date, plain).map_or(plain, |(.., more)| later(plain, more))
}

/// How many days after `from`, up to `to`, count.
fn counted_between(from: NaiveDate, to: NaiveDate) -> u64 {
    let days = from.iter_days().skip(1).take_while(|day| *day <= to);
    match standstill_between(from, to) {
        None => days_between(from, to),
        Some((standstill, ..)) => {
            u64::try_from(days.filter(|day| !standstill.holds_on(*day)).count()).unwrap_or(0)
        }
    }
}

impl Term {
    /// `days` days from `received_on`, nothing suspended.
    #[must_use]
    pub fn new(received_on: NaiveDate, days: u32) -> Self {
        Self { received_on, days, suspensions: Vec::new(), extensions: Vec::new() }
    }

    /// `days` days from the civil date in Italy at which the application came in.
    #[must_use]
    pub fn received_at(at: DateTime<Utc>, days: u32) -> Self {
        Self::new(rome_date(at), days)
    }

    /// The last day for the answer, with its reasons.
    ///
    /// Total: whatever the term holds, there is an answer, and what has no effect in law is said
    /// to have none. [`check`](Self::check) says whether the term is as the law wants it. While
    /// papers are awaited, this is the latest day it can come to; while observations are, the
    /// day it comes to without them.
    #[must_use]
    pub fn due(&self, calendar: &LegalCalendar) -> Due {
        let mut count = Count::of(self, calendar);
        let mut extensions = self.extensions.iter().peekable();
        for suspension in &self.suspensions {
            while let Some(earlier) = extensions.next_if(|e| e.decided_on < suspension.from) {
                count.extend(earlier);
            }
            count.suspend(suspension);
        }
        extensions.for_each(|extension| count.extend(extension));
        count.end()
    }
}

/// A term being counted.
struct Count<'a> {
    calendar: &'a LegalCalendar,
    /// Where the count ends, holidays not looked at.
    until: NaiveDate,
    /// The last day on which the term stands still, as far as is known.
    still_until: NaiveDate,
    integrated: bool,
    steps: Vec<Step>,
}

impl<'a> Count<'a> {
    fn of(term: &Term, calendar: &'a LegalCalendar) -> Self {
        let (received_on, days) = (term.received_on, term.days);
        let steps = Vec::with_capacity(2 + 2 * term.suspensions.len() + term.extensions.len());
        let (until, still_until) = (received_on, received_on);
        let mut count = Self { calendar, until, still_until, integrated: false, steps };
        count.add(received_on, days.into(), |until| Step::Counted { received_on, days, until });
        count
    }

    /// Whether something done on `from` still meets a running term; says so if it doesn't.
    fn runs_on(&mut self, from: NaiveDate) -> bool {
        let expired_on = open_day_from(self.until, self.calendar);
        if from > expired_on {
            self.steps.push(Step::TooLate { from, expired_on });
        }
        from <= expired_on
    }

    /// `days` more, for this reason. Done on the working day a term moved on to, it counts from
    /// there. Days of a standstill are not counted.
    fn add(&mut self, from: NaiveDate, days: u64, step: impl FnOnce(NaiveDate) -> Step) {
        let base = self.until.max(from);
        self.until = later(base, days);
        self.steps.push(step(self.until));
        if let Some((standstill, first, more)) = standstill_between(base, self.until) {
            self.until = later(self.until, more);
            self.steps.push(self.not_counted(standstill, first));
        }
    }

    fn not_counted(&self, standstill: &LegalStandstill, from: NaiveDate) -> Step {
        let (to, source) = (standstill.to, standstill.source.to_owned());
        Step::NotCounted { from, to, source, until: self.until }
    }

    fn extend(&mut self, extension: &Extension) {
        let &Extension { decided_on, days, ref source } = extension;
        if self.runs_on(decided_on) {
            let source = source.clone();
            self.add(decided_on, days.into(), |until| Step::Extended {
                decided_on,
                days,
                source,
                until,
            });
        }
    }

    fn suspend(&mut self, suspension: &Suspension) {
        let &Suspension { kind, from, .. } = suspension;
        if kind == SuspensionKind::Integration && self.integrated {
            self.steps.push(Step::NotSuspendedAgain { from });
            return;
        }
        if !self.runs_on(from) {
            return;
        }
        let last = match kind {
            SuspensionKind::Integration => {
                self.integrated = true;
                let longest = counted_later(from, kind.max_days());
                suspension.answered_on.map_or(longest, |answer| answer.min(longest))
            }
            SuspensionKind::RejectionNotice => self.last_day_of_notice(suspension),
        };
        let days = counted_between(from.max(self.still_until), last);
        self.still_until = self.still_until.max(last);
        self.add(from, days, |until| Step::Suspended { kind, from, days, until });
        // Asked for on the last days before a standstill, and answered within it.
        if self.until < self.still_until
            && let Some(standstill) = standstill_on(self.still_until)
        {
            self.until = later(standstill.to, 1);
            self.steps.push(self.not_counted(standstill, standstill.from));
        }
    }

    fn last_day_of_notice(&mut self, notice: &Suspension) -> NaiveDate {
        let tenth = tenth_day(notice.from);
        if let Some(answer) = notice.answered_on
            && answer <= tenth
        {
            return counted_later(answer, law::AFTER_OBSERVATIONS.days.into());
        }
        let closes = open_day_from(tenth, self.calendar);
        if closes != tenth
            && let Some(holiday) = self.calendar.holiday(tenth)
        {
            let (from, holiday) = (tenth, holiday.name);
            self.steps.push(Step::ObservationsMovedOn { from, holiday, until: closes });
        }
        match notice.answered_on {
            Some(answer) if answer <= closes => {
                counted_later(answer, law::AFTER_OBSERVATIONS.days.into())
            }
            _ => closes,
        }
    }

    fn end(mut self) -> Due {
        while let Some(holiday) = self.calendar.holiday(self.until) {
            let next = later(self.until, 1);
            if next == self.until {
                break;
            }
            self.steps.push(Step::MovedOn { from: self.until, holiday: holiday.name, until: next });
            self.until = next;
            if let Some(standstill) = standstill_on(next) {
                self.until = later(standstill.to, 1);
                self.steps.push(self.not_counted(standstill, next));
            }
        }
        Due { on: self.until, steps: self.steps }
    }
}

/// Saturates at the end of chrono's calendar (the year 262142).
fn later(date: NaiveDate, days: u64) -> NaiveDate {
    date.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

/// None when `to` is not after `from`.
fn days_between(from: NaiveDate, to: NaiveDate) -> u64 {
    u64::try_from(to.signed_duration_since(from).num_days()).unwrap_or(0)
}
