//! A practice as an applicant of a ranking: facts in, facts out.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use mattoni_core::value::Value;
use mattoni_core::{Money, Problem};
use mattoni_practice::{Assessment, Practice, State};
use mattoni_ranking::{
    Applicant, Criteria, KeyKind, Points, Preference, Review, Score, Siblings, Standing, TieKey,
    TieOn, TieValue, Together,
};
use mattoni_service::{RankingSource, SiblingsSource};

use mattoni_core::named_id;

/// States of practices that take part, or could once something is settled.
pub(super) const CONCERNED: [State; 5] = [
    State::Submitted,
    State::Registered,
    State::TakenInCharge,
    State::AwaitingIntegration,
    State::IntegrationAnswered,
];

/// What `practice` brings to the ranking. What is still to be settled becomes a flag, and flags
/// block the run.
///
/// # Errors
/// `desk.rank.not-registered` for a practice without the number it would be published under.
pub(super) fn applicant(
    practice: &Practice,
    criteria: &Criteria,
    setting: &RankingSource,
    reviews: &BTreeMap<String, Review>,
) -> Result<Applicant, Problem> {
    let number = practice.protocol_number().ok_or_else(|| {
        Problem::new(
            "desk.rank.not-registered",
            practice.id().to_string(),
            "an application is published under its number of the register",
            "deliver what waits in the outbox first",
        )
    })?;
    let mut applicant = Applicant::new(number);
    if practice.state() == State::AwaitingIntegration {
        applicant.open_flags.push("integration".into());
    }
    match practice.assessment() {
        None => {
            applicant.open_flags.push(super::NOT_SCORED.into());
            // Without the group it competes in, what it asks for can't be looked at.
            return Ok(applicant);
        }
        Some(assessment) => {
            score(&mut applicant, &Answer::of(assessment), criteria);
            sort_out(&mut applicant, &assessment.points, setting);
        }
    }
    let answers = practice.answers();
    applicant.amount = setting.amount.as_ref().and_then(|field| match answers.get(field) {
        Some(Value::Money(amount)) => Some(*amount),
        _ => None,
    });
    if let Some(review) = reviews.get(number) {
        review.put_on(&mut applicant);
    }
    if matches!(applicant.standing, Standing::Excluded { .. }) {
        // Kept on the list of entrants, and asking for no place.
        return Ok(applicant);
    }
    applicant.preferences = setting
        .preferences
        .iter()
        .filter_map(|field| match answers.get(field) {
            Some(Value::Choice(code) | Value::Text(code)) => Some(Preference::new(code)),
            _ => None,
        })
        .collect();
    applicant.reserves = setting
        .reserves
        .iter()
        .filter(|(_, field)| answers.get(*field) == Some(&Value::Boolean(true)))
        .map(|(pool, _)| pool.clone())
        .collect();
    applicant.siblings = setting.siblings.as_ref().and_then(|asked| siblings(practice, asked));
    Ok(applicant)
}

/// What the family asks for, under a code that is the same for all its children.
fn siblings(practice: &Practice, asked: &SiblingsSource) -> Option<Siblings> {
    let answers = practice.answers();
    let ask = match answers.get(&asked.ask)?.to_string().as_str() {
        "preferred" => Together::Preferred,
        "or-not-at-all" => Together::OrNotAtAll,
        _ => return None,
    };
    let mut names = vec!["family".to_owned(), practice.service().code.clone()];
    if asked.family.is_empty() {
        names.push(practice.applicant().id.to_string());
    }
    for field in &asked.family {
        names.push(answers.get(field)?.to_string().trim().to_uppercase());
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Some(Siblings::new(named_id::<Siblings>(practice.ente(), &names).to_string(), ask))
}

/// Points, class and ties of one application, as the rules answered.
pub(super) struct Answer<'a> {
    pub(super) points: &'a [mattoni_practice::CriterionPoints],
    pub(super) tie_keys: &'a BTreeMap<String, i64>,
    pub(super) class: Option<&'a String>,
}

impl<'a> Answer<'a> {
    fn of(assessment: &'a Assessment) -> Self {
        Self {
            points: &assessment.points,
            tie_keys: &assessment.tie_keys,
            class: assessment.class.as_ref(),
        }
    }
}

/// Puts the answer of the rules on the applicant.
pub(super) fn score(applicant: &mut Applicant, answer: &Answer<'_>, criteria: &Criteria) {
    for points in answer.points {
        // A criterion that can give nothing only notes something, such as the age group. One
        // that gives points and is not in the criteria is left in: the ranking refuses it.
        if points.hundredths != 0 || criteria.criterion(&points.criterion).is_some() {
            applicant.points.push(Score::new(
                &points.criterion,
                Points::hundredths(points.hundredths),
                &points.reason,
            ));
        }
    }
    applicant.class = answer.class.cloned();
    for tie_break in criteria.tie_breaks() {
        if let TieOn::Key { name, kind, .. } = &tie_break.on
            && let Some(value) = answer.tie_keys.get(name)
            && let Some(value) = tie_value(*kind, *value)
        {
            applicant.tie_keys.push(TieKey::new(name, value));
        }
    }
}

/// Reads off the reasons which group and class the applicant is in, and whether they keep it out.
fn sort_out(
    applicant: &mut Applicant,
    points: &[mattoni_practice::CriterionPoints],
    setting: &RankingSource,
) {
    for points in points {
        if setting.excluded.contains(&points.reason) {
            applicant.standing = Standing::Excluded { reason: points.reason.clone() };
        } else if setting.group.as_ref() == Some(&points.criterion) {
            applicant.group = Some(points.reason.clone());
        }
        if setting.class.as_ref() == Some(&points.criterion) && applicant.class.is_none() {
            applicant.class = Some(points.reason.clone());
        }
    }
}

/// The value behind the number a rule gives; rules say `i64::MAX` where there is none.
fn tie_value(kind: KeyKind, number: i64) -> Option<TieValue> {
    if number == i64::MAX {
        return None;
    }
    match kind {
        KeyKind::Number => Some(TieValue::Number(number)),
        KeyKind::Money => Some(TieValue::Money(Money::from_cents(number))),
        KeyKind::Date => {
            let day = Days::new(u64::try_from(number).ok()?);
            NaiveDate::default().checked_add_days(day).map(TieValue::Date)
        }
    }
}
