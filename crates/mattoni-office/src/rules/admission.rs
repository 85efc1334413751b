//! The rules that are asked before a draft is submitted: what is wrong with its answers, and
//! whether they may have it.
//!
//! What they find refuses the submission, with their sentences. It refuses nobody for good: an
//! official at the counter can let the application in and says why. An automated refusal alone
//! would be a decision without a person (GDPR, art. 22), and an application that was made has a
//! right to an answer (L. 241/1990, art. 2).

use mattoni_core::calendar::LegalCalendar;
use mattoni_core::{Act, Digest, Id, Problem, Problems, Refusal as _, RuleWorld};
use mattoni_desk::DeskError;
use mattoni_desk::counter::Records;
use mattoni_practice::{
    Admission, Assessment, Event, Objection, Practice, SubmitBar, SubmitRefusal, Verb,
};
use mattoni_rules::Description;
use mattoni_rules::description::Declared;
use mattoni_service::{Moment, Service};

use super::ask::row_of;
use super::installed::{Rule, ServiceRules, absent, failure};
use crate::Office;

/// A draft that is to be sent.
#[derive(Debug, Clone)]
pub struct Sending<'a> {
    confirmed: Digest,
    calendar: &'a LegalCalendar,
    let_in: Option<String>,
}

impl<'a> Sending<'a> {
    /// A draft whose summary with this digest the applicant has seen.
    #[must_use]
    pub fn new(confirmed: Digest, calendar: &'a LegalCalendar) -> Self {
        Self { confirmed, calendar, let_in: None }
    }

    /// By an official who lets it in for this reason, although a rule speaks against it or cannot
    /// be asked.
    #[must_use]
    pub fn let_in_because(mut self, reason: impl Into<String>) -> Self {
        self.let_in = Some(reason.into());
        self
    }
}

/// What the rules said of a draft.
#[derive(Default)]
struct Heard {
    assessments: Vec<Assessment>,
    /// Sentences for what was found, in the order of the objections.
    objections: Vec<Problem>,
    /// Why a rule could not be asked.
    unasked: Vec<Problem>,
}

impl Office {
    /// Sends a draft at the counter, after asking the rules that its procedure asks before.
    ///
    /// ```text
    /// office.submit(&counter, &service, id, &act, Sending::new(seen, &calendar)).await?;
    /// ```
    ///
    /// # Errors
    /// [`DeskError::Refused`] with everything at once: what the rules found
    /// (`rules.validation.*` with the field, `rules.eligibility.*` with the requirement), what
    /// keeps a rule from being asked, and the refusals of [`Practice::submit_admitted`];
    /// `desk.rules.absent` when the office has not the service's rules; those of
    /// [`Records::decide`]. [`DeskError::Store`] when the machine fails.
    pub async fn submit(
        &self,
        counter: &Records<'_, Practice>,
        service: &Service,
        id: Id<Practice>,
        act: &Act,
        sending: Sending<'_>,
    ) -> Result<Practice, DeskError> {
        self.keep_admission(service, act).await?;
        let rules = self.rules_of(service)?;
        let send = |practice: &Practice, act: &Act| submitted(rules, practice, act, &sending);
        counter.decide(id, Verb::Submit, act, send).await
    }

    /// What the rules would say if the draft were sent as it is: nothing is changed. Answers that
    /// a rule needs and that are not given yet are the form's matter, and are not named.
    ///
    /// # Errors
    /// `desk.rules.absent` when the office has not the service's rules.
    pub fn objections(
        &self,
        service: &Service,
        practice: &Practice,
    ) -> Result<Vec<Problem>, Problems> {
        let heard = hear(self.rules_of(service)?, practice);
        Ok(heard.objections)
    }

    /// Keeps the records of the rules that are asked before submission.
    pub(crate) async fn keep_admission(
        &self,
        service: &Service,
        act: &Act,
    ) -> Result<(), DeskError> {
        for rule in self.rules_of(service)?.iter().flat_map(|rules| rules.at(Moment::Submission)) {
            self.keep_evaluation(service, &rule.standing, &*rule.ask, &rule.bytes, act).await?;
        }
        Ok(())
    }
}

/// The event of sending the draft, the rules having been asked.
pub(crate) fn submitted(
    rules: Option<&ServiceRules>,
    practice: &Practice,
    act: &Act,
    sending: &Sending<'_>,
) -> Result<Event, Problems> {
    let Heard { assessments, objections, unasked } = hear(rules, practice);
    let admission = Admission { assessments, let_in: sending.let_in.clone() };
    let tried = practice.submit_admitted(act, sending.confirmed, sending.calendar, admission);
    let refusal = match tried {
        Ok(event) => return Ok(event),
        Err(refusal) => refusal,
    };
    let SubmitRefusal::NotReady(bars) = refusal else { return Err(refusal.problems()) };
    let is_rules =
        |bar: &SubmitBar| matches!(bar, SubmitBar::Objected { .. } | SubmitBar::NotAsked { .. });
    let spoken = bars.iter().any(is_rules);
    let own = bars
        .into_iter()
        .filter(|bar| !is_rules(bar))
        .flat_map(|bar| SubmitRefusal::NotReady(vec![bar]).problems());
    let mut found: Vec<Problem> = own.collect();
    if spoken {
        // An answer that is missing is named once, by the form.
        let named: Vec<String> = found.iter().map(|problem| problem.field.clone()).collect();
        found.extend(objections);
        found.extend(unasked.into_iter().filter(|problem| !named.contains(&problem.field)));
    }
    Problems::check(found)?;
    // A rule that nobody has: what the practice says of it.
    Err(SubmitRefusal::NotReady(
        practice
            .procedure()
            .admission
            .iter()
            .map(|world| SubmitBar::NotAsked { world: *world })
            .collect(),
    )
    .problems())
}

/// Asks the rules that the practice's procedure asks before submission.
fn hear(rules: Option<&ServiceRules>, practice: &Practice) -> Heard {
    let mut heard = Heard::default();
    for world in practice.procedure().admission.iter().copied() {
        match rules.and_then(|rules| rules.of(world)) {
            None => heard.unasked.push(absent(&practice.service().code, world)),
            Some(rule) => ask(rule, practice, &mut heard),
        }
    }
    heard
}

fn ask(rule: &Rule, practice: &Practice, heard: &mut Heard) {
    let description = rule.ask.description();
    let row = match row_of(description, practice.answers()) {
        Ok(row) => row,
        Err(problems) => return heard.unasked.extend(problems),
    };
    let asked = match rule.ask.ask(&row) {
        Ok(asked) => asked,
        Err(error) => return heard.unasked.push(failure(&error)),
    };
    let Some(assessment) = asked.assessment(0, rule.standing_digest(), row.row_digest(0)) else {
        return;
    };
    let objections = assessment.objections();
    heard.objections.extend(objections.iter().map(|o| sentence(rule.world, description, o)));
    heard.assessments.push(assessment);
}

/// An objection as the citizen reads it.
fn sentence(world: RuleWorld, description: &Description, objection: &Objection) -> Problem {
    let Objection { about, reason } = objection;
    let text = reason.as_deref().and_then(|code| description.reason_text(code));
    let code = reason.as_deref().unwrap_or(about);
    let (rule, remedy) = match &description.answers {
        Declared::Eligibility(eligibility) => {
            let requirement = eligibility.requirements.iter().find(|one| one.code == *about);
            let label = requirement.map_or(about.as_str(), |one| one.label.as_str());
            let source = requirement.map_or("", |one| one.source.as_str());
            let rule = text.map_or_else(|| format!("Requisito mancante: {label}."), str::to_owned);
            (rule, format!("correggere le risposte, o chiedere allo sportello ({label}, {source})"))
        }
        _ => {
            let input = description.inputs.iter().find(|input| input.name == *about);
            let label = input.map_or(about.as_str(), |input| input.label.as_str());
            let rule = text.unwrap_or(code).to_owned();
            (rule, format!("correggere “{label}”, o chiedere allo sportello"))
        }
    };
    Problem::new(format!("rules.{world}.{code}"), about, rule, remedy)
}
