//! Asking a rule, whatever its world, and what it answers in the practice's own words.

use std::collections::BTreeMap;
use std::fmt;

use mattoni_core::value::Value;
use mattoni_core::{Digest, Problems, RuleWorld};
use mattoni_practice::{
    AmountPart, Assessment, CriterionPoints, FieldCheck, PluginRef, RequirementMet, RuleAnswer,
};
use mattoni_rules::worlds::{
    AmountRow, Benefit, BilledRow, Eligibility, ExaminedRow, GrantedRow, RoutedRow, Routing,
    Scoring, Tariff, ValidatedRow, Validation,
};
use mattoni_rules::{Batch, Description, Evaluation, Ready, RuleError, ScoredRow, World};

/// A rule that is ready to answer.
pub(crate) trait Ask: fmt::Debug + Send + Sync {
    /// What the plugin says of itself.
    fn description(&self) -> &Description;

    /// Its answers for these rows.
    fn ask(&self, batch: &Batch) -> Result<Asked, RuleError>;
}

/// What a rule answered for a batch.
pub(crate) struct Asked {
    pub(crate) evaluation: Evaluation,
    rows: Box<dyn Fn(usize) -> Option<RowAnswer> + Send + Sync>,
}

/// One row's answer, as a practice keeps it.
pub(crate) enum RowAnswer {
    Points(ScoredRow),
    Other(RuleAnswer),
}

/// A world whose answers a practice keeps.
pub(crate) trait Noted: World {
    const WORLD: RuleWorld;

    fn note(row: Self::Row) -> RowAnswer;
}

impl<W: Noted> Ask for Ready<W> {
    fn description(&self) -> &Description {
        Ready::description(self)
    }

    fn ask(&self, batch: &Batch) -> Result<Asked, RuleError> {
        let answered = self.answer(batch)?;
        let evaluation = Evaluation::of(self, batch, &answered);
        Ok(Asked { evaluation, rows: Box::new(move |row| answered.row(row).map(W::note)) })
    }
}

impl Asked {
    /// The answer for `row` as an assessment, known by the digest of the evaluation it is from;
    /// `None` beyond the last row.
    pub(crate) fn assessment(
        &self,
        row: usize,
        from: Digest,
        inputs: Digest,
    ) -> Option<Assessment> {
        let of = &self.evaluation;
        let mut assessment = Assessment {
            evaluation: from,
            plugin: PluginRef {
                name: of.name.clone(),
                version: of.version.clone(),
                digest: of.plugin,
            },
            contract: of.contract.clone(),
            // Parameters are values by name: JSON always takes them.
            parameters: Digest::of(&serde_json::to_vec(&of.parameters).unwrap_or_default()),
            inputs,
            answer: None,
            points: Vec::new(),
            tie_keys: BTreeMap::new(),
            class: None,
            fuel: of.fuel,
        };
        match (self.rows)(row)? {
            RowAnswer::Points(scored) => {
                let points = scored.criteria.into_iter().map(|score| CriterionPoints {
                    criterion: score.code,
                    hundredths: i64::from(score.points),
                    reason: score.reason.unwrap_or_default(),
                });
                assessment.points = points.collect();
                (assessment.tie_keys, assessment.class) = (scored.ties, scored.class);
            }
            RowAnswer::Other(answer) => assessment.answer = Some(answer),
        }
        Some(assessment)
    }
}

impl Noted for Scoring {
    const WORLD: RuleWorld = RuleWorld::Scoring;

    fn note(row: ScoredRow) -> RowAnswer {
        RowAnswer::Points(row)
    }
}

impl Noted for Validation {
    const WORLD: RuleWorld = RuleWorld::Validation;

    fn note(row: ValidatedRow) -> RowAnswer {
        let checks = row.checks.into_iter().map(|check| FieldCheck {
            check: check.check,
            field: check.field,
            problem: check.problem,
        });
        RowAnswer::Other(RuleAnswer::Validation { checks: checks.collect() })
    }
}

impl Noted for Eligibility {
    const WORLD: RuleWorld = RuleWorld::Eligibility;

    fn note(row: ExaminedRow) -> RowAnswer {
        let requirements = row.requirements.into_iter().map(|finding| RequirementMet {
            code: finding.code,
            met: finding.met,
            reason: finding.reason,
        });
        RowAnswer::Other(RuleAnswer::Eligibility { requirements: requirements.collect() })
    }
}

impl Noted for Benefit {
    const WORLD: RuleWorld = RuleWorld::Benefit;

    fn note(row: GrantedRow) -> RowAnswer {
        RowAnswer::Other(RuleAnswer::Benefit { components: parts(row.components) })
    }
}

impl Noted for Tariff {
    const WORLD: RuleWorld = RuleWorld::Tariff;

    fn note(row: BilledRow) -> RowAnswer {
        let (charges, reductions) = (parts(row.charges), parts(row.reductions));
        RowAnswer::Other(RuleAnswer::Tariff { charges, reductions })
    }
}

impl Noted for Routing {
    const WORLD: RuleWorld = RuleWorld::Routing;

    fn note(row: RoutedRow) -> RowAnswer {
        let RoutedRow { office, reason, priority, days } = row;
        RowAnswer::Other(RuleAnswer::Routing { office, reason, priority, days })
    }
}

fn parts(rows: Vec<AmountRow>) -> Vec<AmountPart> {
    let part =
        |row: AmountRow| AmountPart { code: row.code, amount: row.amount, reason: row.reason };
    rows.into_iter().map(part).collect()
}

/// The one row of a practice with these answers: what the rule sees of them, and nothing else.
///
/// # Errors
/// Every answer that the rule needs and that is missing, of another kind or beyond its bounds.
pub(crate) fn row_of(
    description: &Description,
    answers: &BTreeMap<String, Value>,
) -> Result<Batch, Problems> {
    let mut builder = Batch::builder(description);
    builder.push(|name| answers.get(name));
    builder.finish().map_err(|problems| {
        let of_one =
            problems.into_iter().map(|problem| mattoni_core::Problem { line: None, ..problem });
        Problems::check(of_one.collect()).err().unwrap_or_else(unreadable)
    })
}

fn unreadable() -> Problems {
    let (rule, remedy) = ("must be answers that the rule can read", "look at the form");
    mattoni_core::Problem::new("desk.rules.answers", "answers", rule, remedy).into()
}

/// The digest of what the rules see of these answers; `None` when they can't be asked about them.
pub(crate) fn row_digest(
    description: &Description,
    answers: &BTreeMap<String, Value>,
) -> Option<Digest> {
    row_of(description, answers).ok().map(|batch| batch.row_digest(0))
}
