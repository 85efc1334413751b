//! An amount granted, component by component.

use mattoni_core::Money;
use serde::{Deserialize, Serialize};

use super::columns::{self, AnswerColumn, Named};
use super::machine::{Lie, Machine};
use super::{AmountRow, World, amount_cells, amount_fields, amount_row, check_amounts, hundredths};
use crate::check::{Checker, ITEMS};
use crate::contract::benefit as wire;
use crate::declared::{Benefit, Component, Declared};
use crate::description::Reason;

/// The answer of a benefit rule for one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedRow {
    /// Every component, in the declared order.
    pub components: Vec<AmountRow>,
}

impl GrantedRow {
    /// The amount granted.
    #[must_use]
    pub fn total(&self) -> Money {
        // The declared bounds, which were checked, keep the sum within 64 bits.
        Money::from_cents(self.components.iter().map(|one| one.amount.cents()).sum())
    }
}

impl World for Benefit {
    const NAME: &'static str = "benefit";
    type Row = GrantedRow;

    fn cells(row: &GrantedRow) -> Vec<(String, String)> {
        let total = ("total".to_owned(), hundredths(row.total().cents()));
        amount_cells(&row.components).chain([total]).collect()
    }
}

impl Machine for Benefit {
    const VERB: &'static str = "grant";
    const DIGEST: &'static str = "mattoni.rules.grants.v1";
    type Declaration = wire::Declaration;
    type Wire = wire::Grants;

    fn declared(check: &mut Checker, _: &[String], given: wire::Declaration) -> Self {
        let wire::Declaration { components, min, max } = given;
        check.unique("component", components.iter().map(|one| one.code.as_str()), ITEMS);
        if components.is_empty() {
            check.problem("component", "a rule that grants has a component");
        }
        check.bounds("total", min, max);
        let component = |one: wire::Component| {
            check.item("component", &one.code, &one.label, &one.source);
            check.bounds(&format!("component.{}", one.code), one.min, one.max);
            Component {
                code: one.code,
                label: one.label,
                min: Money::from_cents(one.min),
                max: Money::from_cents(one.max),
                source: one.source,
            }
        };
        Self {
            components: components.into_iter().map(component).collect(),
            min: Money::from_cents(min),
            max: Money::from_cents(max),
        }
    }

    fn wrap(self) -> Declared {
        Declared::Benefit(self)
    }

    fn unwrap(declared: &Declared) -> Option<&Self> {
        if let Declared::Benefit(own) = declared { Some(own) } else { None }
    }

    fn check(&self, reasons: usize, grants: &wire::Grants, rows: usize) -> Result<(), Lie> {
        if grants.components.len() != self.components.len() {
            return Err(Lie::whole("the answer has not the declared columns"));
        }
        let mut totals = vec![0_i64; rows];
        for (component, amounts) in self.components.iter().zip(&grants.components) {
            let bounds = (component.min.cents(), component.max.cents());
            let what = format!("component {}", component.code);
            check_amounts(&what, amounts, bounds, rows, reasons)?;
            totals.iter_mut().zip(&amounts.cents).for_each(|(total, cents)| *total += cents);
        }
        let (min, max) = (self.min.cents(), self.max.cents());
        match super::first_beyond(&totals, min, max) {
            Some((row, total)) => {
                Err(Lie::at(row, format!("the sum is {total} cents, beyond {min} to {max}")))
            }
            None => Ok(()),
        }
    }

    fn row(&self, reasons: &[Reason], grants: &wire::Grants, row: usize) -> GrantedRow {
        let components = self.components.iter().zip(&grants.components);
        let amount = |(component, amounts): (&Component, _)| {
            amount_row(&component.code, amounts, reasons, row)
        };
        GrantedRow { components: components.map(amount).collect() }
    }

    fn digest_fields(&self, parts: &[&wire::Grants]) -> Vec<Vec<u8>> {
        let fields = |(at, component): (usize, &Component)| {
            amount_fields(&component.code, parts.iter().map(move |grants| &grants.components[at]))
        };
        self.components.iter().enumerate().flat_map(fields).collect()
    }

    fn columns(&self, reasons: &[Reason], parts: &[&wire::Grants]) -> Vec<Named> {
        let mut total = Vec::new();
        let mut named = Vec::new();
        for (at, component) in self.components.iter().enumerate() {
            let given = parts.iter().map(|grants| &grants.components[at]);
            named.extend(columns::amounts(&component.code, reasons, given, (&mut total, 1)));
        }
        named.push(("total".to_owned(), AnswerColumn::Numbers { scale: 2, units: total }));
        named
    }
}
