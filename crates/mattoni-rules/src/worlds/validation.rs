//! Problems, field by field.

use serde::{Deserialize, Serialize};

use super::columns::{self, Named};
use super::machine::{Lie, Machine};
use super::{World, bytes, check_reasons, reason};
use crate::check::{Checker, ITEMS};
use crate::contract::validation as wire;
use crate::declared::{Check, Declared, Validation};
use crate::description::Reason;

/// The answer of a validation rule for one row: what is wrong, nothing when all is fine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatedRow {
    /// Every check in the declared order.
    pub checks: Vec<FieldProblem>,
}

impl ValidatedRow {
    /// The problems there are.
    pub fn problems(&self) -> impl Iterator<Item = &FieldProblem> {
        self.checks.iter().filter(|check| check.problem.is_some())
    }
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Code of the check.
    pub check: String,
    /// The input it is about.
    pub field: String,
    /// Code of the reason that says what is wrong; nothing when all is fine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl World for Validation {
    const NAME: &'static str = "validation";
    type Row = ValidatedRow;

    fn cells(row: &ValidatedRow) -> Vec<(String, String)> {
        let cell = |one: &FieldProblem| {
            (one.check.clone(), one.problem.clone().unwrap_or_else(|| "none".to_owned()))
        };
        row.checks.iter().map(cell).collect()
    }
}

impl Machine for Validation {
    const VERB: &'static str = "validate";
    const DIGEST: &'static str = "mattoni.rules.reports.v1";
    type Declaration = wire::Declaration;
    type Wire = wire::Reports;

    fn declared(check: &mut Checker, inputs: &[String], given: wire::Declaration) -> Self {
        check.unique("check", given.checks.iter().map(|one| one.code.as_str()), ITEMS);
        if given.checks.is_empty() {
            check.problem("check", "a rule that validates has a check");
        }
        let one = |one: wire::Check| {
            check.item("check", &one.code, &one.label, &one.source);
            if !inputs.contains(&one.field) {
                check.problem(&format!("check.{}", one.code), "its field is a declared input");
            }
            Check { code: one.code, label: one.label, field: one.field, source: one.source }
        };
        Self { checks: given.checks.into_iter().map(one).collect() }
    }

    fn wrap(self) -> Declared {
        Declared::Validation(self)
    }

    fn unwrap(declared: &Declared) -> Option<&Self> {
        if let Declared::Validation(own) = declared { Some(own) } else { None }
    }

    fn check(&self, reasons: usize, reports: &wire::Reports, rows: usize) -> Result<(), Lie> {
        if reports.checks.len() != self.checks.len() {
            return Err(Lie::whole("the answer has not the declared columns"));
        }
        let mut pairs = self.checks.iter().zip(&reports.checks);
        pairs.try_for_each(|(check, found)| {
            check_reasons(&format!("check {}", check.code), found, rows, reasons)
        })
    }

    fn row(&self, reasons: &[Reason], reports: &wire::Reports, row: usize) -> ValidatedRow {
        let pairs = self.checks.iter().zip(&reports.checks);
        let problem = |(check, found): (&Check, &Vec<u16>)| FieldProblem {
            check: check.code.clone(),
            field: check.field.clone(),
            problem: reason(reasons, found[row]),
        };
        ValidatedRow { checks: pairs.map(problem).collect() }
    }

    fn digest_fields(&self, parts: &[&wire::Reports]) -> Vec<Vec<u8>> {
        let fields = |(at, check): (usize, &Check)| {
            let found = parts.iter().flat_map(|reports| &reports.checks[at]);
            [check.code.as_bytes().to_vec(), bytes(found.map(|number| number.to_le_bytes()))]
        };
        self.checks.iter().enumerate().flat_map(fields).collect()
    }

    fn columns(&self, reasons: &[Reason], parts: &[&wire::Reports]) -> Vec<Named> {
        let named = |(at, check): (usize, &Check)| {
            let found = parts.iter().map(|reports| &reports.checks[at]);
            (check.code.clone(), columns::reasons(reasons, found))
        };
        self.checks.iter().enumerate().map(named).collect()
    }
}
