//! Accepted or refused, requirement by requirement.

use serde::{Deserialize, Serialize};

use super::columns::{self, AnswerColumn, Named};
use super::machine::{Lie, Machine};
use super::{World, bytes, check_length, check_reasons, reason, yes_or_no};
use crate::check::{Checker, ITEMS};
use crate::contract::eligibility as wire;
use crate::declared::{Declared, Eligibility, Requirement};
use crate::description::Reason;

/// The answer of an eligibility rule for one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExaminedRow {
    /// Every requirement, in the declared order.
    pub requirements: Vec<ExaminedRequirement>,
}

impl ExaminedRow {
    /// Whether every requirement is met.
    #[must_use]
    pub fn accepted(&self) -> bool {
        self.requirements.iter().all(|finding| finding.met)
    }
}

/// One requirement, met or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExaminedRequirement {
    /// Code of the requirement.
    pub code: String,
    /// Whether it is met.
    pub met: bool,
    /// Code of the reason, when one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl World for Eligibility {
    const NAME: &'static str = "eligibility";
    type Row = ExaminedRow;

    fn cells(row: &ExaminedRow) -> Vec<(String, String)> {
        let finding = |finding: &ExaminedRequirement| {
            let reason = finding.reason.clone().unwrap_or_else(|| "none".to_owned());
            [(finding.code.clone(), yes_or_no(finding.met)), (format!("{}?", finding.code), reason)]
        };
        let mut cells: Vec<_> = row.requirements.iter().flat_map(finding).collect();
        cells.push(("accepted".to_owned(), yes_or_no(row.accepted())));
        cells
    }
}

impl Machine for Eligibility {
    const VERB: &'static str = "examine";
    const DIGEST: &'static str = "mattoni.rules.verdicts.v1";
    type Declaration = wire::Declaration;
    type Wire = wire::Verdicts;

    fn declared(check: &mut Checker, _: &[String], given: wire::Declaration) -> Self {
        let requirements = given.requirements;
        check.unique("requirement", requirements.iter().map(|one| one.code.as_str()), ITEMS);
        if requirements.is_empty() {
            check.problem("requirement", "a rule that accepts or refuses has a requirement");
        }
        let requirement = |one: wire::Requirement| {
            check.item("requirement", &one.code, &one.label, &one.source);
            Requirement { code: one.code, label: one.label, source: one.source }
        };
        Self { requirements: requirements.into_iter().map(requirement).collect() }
    }

    fn wrap(self) -> Declared {
        Declared::Eligibility(self)
    }

    fn unwrap(declared: &Declared) -> Option<&Self> {
        if let Declared::Eligibility(own) = declared { Some(own) } else { None }
    }

    fn check(&self, reasons: usize, verdicts: &wire::Verdicts, rows: usize) -> Result<(), Lie> {
        if verdicts.requirements.len() != self.requirements.len() {
            return Err(Lie::whole("the answer has not the declared columns"));
        }
        for (requirement, findings) in self.requirements.iter().zip(&verdicts.requirements) {
            let what = format!("requirement {}", requirement.code);
            check_length(&what, findings.met.len(), rows)?;
            if let Some(row) = findings.met.iter().position(|met| *met > 1) {
                return Err(Lie::at(row, format!("{what} is neither met nor not")));
            }
            check_reasons(&what, &findings.reasons, rows, reasons)?;
        }
        Ok(())
    }

    fn row(&self, reasons: &[Reason], verdicts: &wire::Verdicts, row: usize) -> ExaminedRow {
        let requirements = self.requirements.iter().zip(&verdicts.requirements);
        let finding =
            |(requirement, findings): (&Requirement, &wire::Findings)| ExaminedRequirement {
                code: requirement.code.clone(),
                met: findings.met[row] != 0,
                reason: reason(reasons, findings.reasons[row]),
            };
        ExaminedRow { requirements: requirements.map(finding).collect() }
    }

    fn digest_fields(&self, parts: &[&wire::Verdicts]) -> Vec<Vec<u8>> {
        let fields = |(at, requirement): (usize, &Requirement)| {
            let findings = || parts.iter().map(move |verdicts| &verdicts.requirements[at]);
            [
                requirement.code.as_bytes().to_vec(),
                bytes(findings().flat_map(|f| &f.met).map(|met| [*met])),
                bytes(findings().flat_map(|f| &f.reasons).map(|r| r.to_le_bytes())),
            ]
        };
        self.requirements.iter().enumerate().flat_map(fields).collect()
    }

    fn columns(&self, reasons: &[Reason], parts: &[&wire::Verdicts]) -> Vec<Named> {
        let mut accepted = Vec::new();
        let mut named = Vec::new();
        for (at, requirement) in self.requirements.iter().enumerate() {
            let findings = || parts.iter().map(move |verdicts| &verdicts.requirements[at]);
            let met: Vec<bool> = findings().flat_map(|f| &f.met).map(|met| *met != 0).collect();
            accepted.resize(met.len(), true);
            accepted.iter_mut().zip(&met).for_each(|(accepted, met)| *accepted &= met);
            named.push((requirement.code.clone(), AnswerColumn::Flags(met)));
            let reasons = columns::reasons(reasons, findings().map(|f| &f.reasons));
            named.push((format!("{}?", requirement.code), reasons));
        }
        named.push(("accepted".to_owned(), AnswerColumn::Flags(accepted)));
        named
    }
}
