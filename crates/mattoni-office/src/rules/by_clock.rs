//! The rules that are asked by themselves once a practice was let in: requirements, routing,
//! amounts, dues.
//!
//! What waits is read off the practices: whoever has no answer yet, or answers that have changed
//! since. Nothing is lost when the machine stops half-way, and running twice changes nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use mattoni_core::{
    Act, Actor, Aggregate as _, Digest, Id, Money, Problem, Problems, Refusal as _, RuleWorld,
};
use mattoni_desk::{BulkReport, DeskError, Progress, Unreadable};
use mattoni_practice::{AmountPart, Event, Practice, Registering, RuleAnswer, State};
use mattoni_rules::Description;
use mattoni_rules::description::Declared;
use mattoni_service::{Moment, Service};

use super::ask::row_of;
use super::installed::{Rule, failure};
use super::note::{Noting, Rows, declared};
use super::scoring::SCOREABLE;
use crate::{Office, italian};

/// Practices that one rule can keep failing at before it counts as broken.
const FAILURES: usize = 100;

/// What a rule that was asked by itself did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleReport {
    /// Code of the service.
    pub service: String,
    /// The world of the rule.
    pub world: RuleWorld,
    /// The plugin by name and version.
    pub plugin: String,
    /// Practices on which an answer was noted.
    pub noted: u64,
    /// Practices that wait, each with what keeps the rule from answering.
    pub refused: Vec<(Id<Practice>, Problems)>,
    /// Practices that cannot be read, which the rule was not asked about.
    pub unreadable: Vec<Unreadable>,
    /// Fuel used.
    pub fuel: u64,
}

impl Office {
    /// Asks the service's rules about every practice that waits for their answer, in one batch a
    /// rule, notes the answers, and does what follows from them:
    ///
    /// - **eligibility**, where it is asked after submission: requirements that are not met are
    ///   noted and proposed to the office, which decides;
    /// - **routing**: a practice that nobody has is taken in charge by the office the rule names;
    /// - **benefit**: the amount is noted, and the acceptance will refer to it;
    /// - **tariff**: once the practice is in charge, what is due is asked for. It is asked for
    ///   once: when the answers change later the new amount is noted, and the office decides.
    ///
    /// A practice that a rule cannot be asked about, or that it fails at, waits; the others do
    /// not wait for it.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with `desk.rules.absent` when the office has not the service's
    /// rules; [`DeskError::Part`] when a plugin fails at more than single practices;
    /// [`DeskError::Store`] when the machine fails. What was noted until then stays.
    pub async fn apply_rules(
        &self,
        service: &Service,
        at: DateTime<Utc>,
        progress: &dyn Progress,
    ) -> Result<Vec<RuleReport>, DeskError> {
        let Some(rules) = self.rules_of(service)? else { return Ok(Vec::new()) };
        let act = Act::new(at, Actor::System("rules".into()));
        let mut reports = Vec::new();
        for rule in rules.at(Moment::Assessment) {
            reports.push(self.apply_rule(service, rule, &act, progress).await?);
        }
        Ok(reports)
    }

    async fn apply_rule(
        &self,
        service: &Service,
        rule: &Rule,
        act: &Act,
        progress: &dyn Progress,
    ) -> Result<RuleReport, DeskError> {
        let description = rule.ask.description();
        let evaluation = rule.standing_digest();
        let mut refused = Vec::new();
        let mut waiting = BTreeMap::new();
        let unreadable = self.each_in_states(service, &SCOREABLE, |practice| {
            if !waits_for(practice, rule.world) {
                return;
            }
            match row_of(description, practice.answers()) {
                Err(problems) => refused.push((practice.id(), problems)),
                Ok(row) if has_answer(practice, rule, evaluation, row.row_digest(0)) => {}
                Ok(_) => {
                    waiting.insert(practice.id(), declared(description, practice.answers()));
                }
            }
        });
        let unreadable = unreadable.await?;
        let mut report = RuleReport {
            service: service.code().to_owned(),
            world: rule.world,
            plugin: format!("{} {}", description.name, description.version),
            noted: 0,
            refused,
            unreadable,
            fuel: 0,
        };
        let mut failures = 0;
        let (rows, asked) = loop {
            if waiting.is_empty() {
                return Ok(report);
            }
            let rows = Rows::of(description, &waiting)?;
            match rule.ask.ask(&rows.batch) {
                Ok(asked) => break (rows, asked),
                // The one it fails at waits, and the others are asked about again.
                Err(error) => match error.rows() {
                    Some(range) if range.len() == 1 && failures < FAILURES => {
                        failures += 1;
                        for id in &rows.ids[range] {
                            waiting.remove(id);
                            report.refused.push((*id, failure(&error).into()));
                        }
                    }
                    _ => return Err(DeskError::part(error)),
                },
            }
        };
        self.keep_evaluation(service, &rule.standing, &*rule.ask, &rule.bytes, act).await?;
        let noting = Noting { rule: &*rule.ask, rows: &rows, asked: &asked, evaluation, act };
        let title = &service.source().sheet.title;
        let then = |before: &Practice, noted: &Event, act: &Act| match rule.world {
            RuleWorld::Routing => routed(&after(before, noted), act),
            RuleWorld::Tariff => billed(before, &after(before, noted), act, title, description),
            _ => Ok(None),
        };
        let noted: BulkReport<Practice> = self.note(&noting, then, progress).await?;
        report.noted = noted.done;
        report.refused.extend(noted.refused);
        report.fuel = asked.evaluation.fuel;
        Ok(report)
    }
}

/// Whether a rule of this world has something to do with a practice that stands so.
fn waits_for(practice: &Practice, world: RuleWorld) -> bool {
    match world {
        // An office that took it, or was named by a person, keeps it. The number comes first.
        RuleWorld::Routing => {
            let unnumbered = practice.procedure().registering == Registering::NotNeeded;
            let ready = practice.state() == State::Registered
                || (practice.state() == State::Submitted && unnumbered);
            ready && practice.assignee().is_none()
        }
        // A payment can be asked for by who examines it.
        RuleWorld::Tariff => {
            matches!(practice.state(), State::TakenInCharge | State::IntegrationAnswered)
        }
        _ => SCOREABLE.contains(&practice.state()),
    }
}

fn has_answer(practice: &Practice, rule: &Rule, evaluation: Digest, inputs: Digest) -> bool {
    practice
        .assessment_of(rule.world)
        .is_some_and(|latest| (latest.evaluation, latest.inputs) == (evaluation, inputs))
}

fn after(before: &Practice, noted: &Event) -> Practice {
    let mut after = before.clone();
    after.apply(noted);
    after
}

fn routed(after: &Practice, act: &Act) -> Result<Option<Event>, Problems> {
    after.take_in_charge_by_route(act).map(Some).map_err(|refusal| refusal.problems())
}

/// The payment of what the rule worked out, unless one was asked for before or nothing is due.
fn billed(
    before: &Practice,
    after: &Practice,
    act: &Act,
    title: &str,
    description: &Description,
) -> Result<Option<Event>, Problems> {
    let owes = |answer: &RuleAnswer| {
        answer.world() == RuleWorld::Tariff && answer.amount().is_some_and(|due| due > Money::ZERO)
    };
    let billed = before.assessments().iter().filter_map(|a| a.answer.as_ref()).any(owes);
    let latest = after.assessment_of(RuleWorld::Tariff).and_then(|a| a.answer.as_ref());
    let Some(answer) = latest.filter(|answer| owes(answer) && !billed) else { return Ok(None) };
    let reason = reason(title, answer, description);
    after.request_due(act, &reason).map(Some).map_err(|refusal| refusal.problems())
}

/// What the payment is for, as the citizen reads it: *Mensa scolastica: Pasti 110,00 euro;
/// Riduzione ISEE -45,00 euro*.
fn reason(title: &str, answer: &RuleAnswer, description: &Description) -> String {
    let RuleAnswer::Tariff { charges, reductions } = answer else { return title.to_owned() };
    let Declared::Tariff(tariff) = &description.answers else { return title.to_owned() };
    let items = tariff.charges.iter().chain(&tariff.reductions);
    let labels: BTreeMap<&str, &str> =
        items.map(|item| (item.code.as_str(), item.label.as_str())).collect();
    let said = |sign: &str, part: &AmountPart| {
        let label = labels.get(part.code.as_str()).copied().unwrap_or(&part.code);
        format!("{label} {sign}{} euro", italian::euro(part.amount))
    };
    let owed = |part: &&AmountPart| part.amount != Money::ZERO;
    let parts: Vec<_> = charges
        .iter()
        .filter(owed)
        .map(|part| said("", part))
        .chain(reductions.iter().filter(owed).map(|part| said("-", part)))
        .collect();
    format!("{title}: {}", parts.join("; "))
}

/// What keeps the rules of a service from being asked, as problems: a part that failed is said in
/// words.
pub(crate) fn as_problems(error: DeskError) -> Result<Problems, DeskError> {
    match error {
        DeskError::Refused(problems) => Ok(problems),
        DeskError::Part(cause) => Ok(Problem::new(
            "desk.rules.failed",
            "rules",
            format!("must be answered, and a rule failed: {cause}"),
            "have its author look at it",
        )
        .into()),
        other => Err(other),
    }
}
