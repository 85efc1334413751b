//! Families for the town's nursery rule, as the host and as the contract have them.

use std::collections::BTreeMap;

use mattoni_rules::{Batch, Column, Ready};
use mattoni_rules_sdk::contract::{self, Table, Values};

/// The same families as the host and as the contract have them.
pub(crate) struct Families {
    rows: usize,
    born: Vec<i32>,
    flags: [Vec<bool>; 6],
    first: Vec<u16>,
    second: (Vec<u16>, Vec<bool>),
    siblings: Vec<i64>,
    isee: (Vec<i64>, Vec<bool>),
}

/// SplitMix64: the same families on every machine.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

impl Families {
    pub(crate) fn new(rows: usize) -> Self {
        let mut chance = Chance(7);
        let mut column = |most: u64| (0..rows).map(|_| chance.below(most)).collect::<Vec<_>>();
        let single = column(8);
        let flag = |values: Vec<u64>| values.into_iter().map(|v| v == 0).collect::<Vec<_>>();
        let blank = |values: Vec<u64>, valid: &[bool]| {
            values.into_iter().zip(valid).map(|(v, ok)| if *ok { v } else { 0 }).collect::<Vec<_>>()
        };
        let second_valid: Vec<bool> = single.iter().map(|v| *v != 0).collect();
        let isee_valid: Vec<bool> = column(5).into_iter().map(|v| v != 0).collect();
        let second = blank(column(5), &second_valid).into_iter().map(|v| v as u16).collect();
        let isee = blank(column(4_000_000), &isee_valid).into_iter().map(|v| v as i64).collect();
        Self {
            rows,
            born: column(1_000).into_iter().map(|v| 19_600 + v as i32).collect(),
            flags: [
                flag(column(9)).iter().map(|out| !out).collect(),
                flag(single),
                flag(column(6)),
                flag(column(60)),
                flag(column(20)),
                flag(column(30)),
            ],
            first: column(5).into_iter().map(|v| v as u16).collect(),
            second: (second, second_valid),
            siblings: column(5).into_iter().map(|v| v as i64).collect(),
            isee: (isee, isee_valid),
        }
    }

    pub(crate) fn batch(&self, plugin: &Ready) -> Batch {
        let [resident, single, enrolled, child, family, report] = &self.flags;
        let flags = |values: &[bool]| Column::booleans(values.iter().copied());
        let columns = [
            ("child_birth_date", Column::dates(self.born.clone())),
            ("resident", flags(resident)),
            ("first_parent_work", Column::choices(self.first.clone())),
            (
                "second_parent_work",
                Column::choices(self.second.0.clone()).with_validity(self.second.1.clone()),
            ),
            ("single_parent", flags(single)),
            ("siblings_under_14", Column::integers(self.siblings.clone())),
            ("sibling_enrolled", flags(enrolled)),
            ("isee", Column::money_cents(self.isee.0.clone()).with_validity(self.isee.1.clone())),
            ("disability_child", flags(child)),
            ("disability_family", flags(family)),
            ("social_services_report", flags(report)),
        ];
        let columns: BTreeMap<_, _> = columns.into_iter().map(|(n, c)| (n.to_owned(), c)).collect();
        Batch::from_columns(plugin.description(), columns).expect("the families are in order")
    }

    pub(crate) fn table(&self) -> Table {
        let [resident, single, enrolled, child, family, report] = &self.flags;
        let bytes = |values: &[bool]| values.iter().map(|v| u8::from(*v)).collect::<Vec<_>>();
        let all = |values| contract::Column { values, valid: None };
        let some = |values, valid: &[bool]| contract::Column { values, valid: Some(bytes(valid)) };
        let columns = vec![
            all(Values::Dates(self.born.clone())),
            all(Values::Booleans(bytes(resident))),
            all(Values::Choices(self.first.clone())),
            some(Values::Choices(self.second.0.clone()), &self.second.1),
            all(Values::Booleans(bytes(single))),
            all(Values::Integers(self.siblings.clone())),
            all(Values::Booleans(bytes(enrolled))),
            some(Values::Money(self.isee.0.clone()), &self.isee.1),
            all(Values::Booleans(bytes(child))),
            all(Values::Booleans(bytes(family))),
            all(Values::Booleans(bytes(report))),
        ];
        Table { rows: self.rows as u32, columns }
    }
}
