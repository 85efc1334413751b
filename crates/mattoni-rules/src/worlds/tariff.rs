//! An amount due: charges less reductions.

use mattoni_core::Money;
use serde::{Deserialize, Serialize};

use super::columns::{self, AnswerColumn, Named};
use super::machine::{Lie, Machine};
use super::{AmountRow, World, amount_cells, amount_fields, amount_row, check_amounts, hundredths};
use crate::check::{Checker, ITEMS};
use crate::contract::{benefit::Amounts, tariff as wire};
use crate::declared::{Declared, Item, Tariff};
use crate::description::Reason;

/// The answer of a tariff rule for one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledRow {
    /// Every charge, in the declared order.
    pub charges: Vec<AmountRow>,
    /// Every reduction, in the declared order, as positive amounts.
    pub reductions: Vec<AmountRow>,
}

impl BilledRow {
    /// The amount due: the charges less the reductions, never below zero.
    #[must_use]
    pub fn due(&self) -> Money {
        // The declared bounds, which were checked, keep the sums within 64 bits.
        let sum = |amounts: &[AmountRow]| amounts.iter().map(|one| one.amount.cents()).sum::<i64>();
        Money::from_cents(sum(&self.charges) - sum(&self.reductions))
    }
}

impl World for Tariff {
    const NAME: &'static str = "tariff";
    type Row = BilledRow;

    fn cells(row: &BilledRow) -> Vec<(String, String)> {
        let due = ("due".to_owned(), hundredths(row.due().cents()));
        amount_cells(&row.charges).chain(amount_cells(&row.reductions)).chain([due]).collect()
    }
}

impl Machine for Tariff {
    const VERB: &'static str = "bill";
    const DIGEST: &'static str = "mattoni.rules.dues.v1";
    type Declaration = wire::Declaration;
    type Wire = wire::Dues;

    fn declared(check: &mut Checker, _: &[String], given: wire::Declaration) -> Self {
        let wire::Declaration { charges, reductions } = given;
        let codes = charges.iter().chain(&reductions).map(|one| one.code.as_str());
        check.unique("item", codes, ITEMS);
        if charges.is_empty() {
            check.problem("charge", "a rule that charges has a charge");
        }
        let mut items = |what: &str, items: Vec<wire::Item>| {
            let item = |one: wire::Item| {
                check.item(what, &one.code, &one.label, &one.source);
                check.bounds(&format!("{what}.{}", one.code), 0, one.max);
                Item {
                    code: one.code,
                    label: one.label,
                    max: Money::from_cents(one.max),
                    source: one.source,
                }
            };
            items.into_iter().map(item).collect::<Vec<_>>()
        };
        let charges = items("charge", charges);
        Self { charges, reductions: items("reduction", reductions) }
    }

    fn wrap(self) -> Declared {
        Declared::Tariff(self)
    }

    fn unwrap(declared: &Declared) -> Option<&Self> {
        if let Declared::Tariff(own) = declared { Some(own) } else { None }
    }

    fn check(&self, reasons: usize, dues: &wire::Dues, rows: usize) -> Result<(), Lie> {
        if dues.charges.len() != self.charges.len()
            || dues.reductions.len() != self.reductions.len()
        {
            return Err(Lie::whole("the answer has not the declared columns"));
        }
        let mut totals = vec![0_i64; rows];
        let mut take = |items: &[Item], columns: &[Amounts], sign: i64| {
            for (item, amounts) in items.iter().zip(columns) {
                check_amounts(&item.code, amounts, (0, item.max.cents()), rows, reasons)?;
                for (total, cents) in totals.iter_mut().zip(&amounts.cents) {
                    *total += sign * cents;
                }
            }
            Ok(())
        };
        take(&self.charges, &dues.charges, 1)?;
        take(&self.reductions, &dues.reductions, -1)?;
        match super::first_beyond(&totals, 0, i64::MAX) {
            Some((row, _)) => Err(Lie::at(row, "the reductions are more than the charges")),
            None => Ok(()),
        }
    }

    fn row(&self, reasons: &[Reason], dues: &wire::Dues, row: usize) -> BilledRow {
        let amounts = |items: &[Item], columns: &[Amounts]| {
            let pairs = items.iter().zip(columns);
            pairs.map(|(item, amounts)| amount_row(&item.code, amounts, reasons, row)).collect()
        };
        BilledRow {
            charges: amounts(&self.charges, &dues.charges),
            reductions: amounts(&self.reductions, &dues.reductions),
        }
    }

    fn digest_fields(&self, parts: &[&wire::Dues]) -> Vec<Vec<u8>> {
        let charge = |(at, item): (usize, &Item)| {
            amount_fields(&item.code, parts.iter().map(move |dues| &dues.charges[at]))
        };
        let reduction = |(at, item): (usize, &Item)| {
            amount_fields(&item.code, parts.iter().map(move |dues| &dues.reductions[at]))
        };
        let charges = self.charges.iter().enumerate().flat_map(charge);
        charges.chain(self.reductions.iter().enumerate().flat_map(reduction)).collect()
    }

    fn columns(&self, reasons: &[Reason], parts: &[&wire::Dues]) -> Vec<Named> {
        let mut due = Vec::new();
        let mut named = Vec::new();
        for (at, item) in self.charges.iter().enumerate() {
            let given = parts.iter().map(|dues| &dues.charges[at]);
            named.extend(columns::amounts(&item.code, reasons, given, (&mut due, 1)));
        }
        for (at, item) in self.reductions.iter().enumerate() {
            let given = parts.iter().map(|dues| &dues.reductions[at]);
            named.extend(columns::amounts(&item.code, reasons, given, (&mut due, -1)));
        }
        named.push(("due".to_owned(), AnswerColumn::Numbers { scale: 2, units: due }));
        named
    }
}
