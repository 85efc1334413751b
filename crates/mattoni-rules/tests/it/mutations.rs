//! Bytes that went wrong on the way: whatever they are, the host answers or says why, and lives.
//!
//! The same is fed with coverage guidance in `fuzz/`.

use std::collections::BTreeMap;

use mattoni_rules::{Batch, Column, Grant, Host, Limits, Ready};

use crate::guest::HONEST;
use crate::plugins::{bytes, families};

/// SplitMix64: the same mutations on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn mutate(&mut self, good: &[u8]) -> Vec<u8> {
        let mut bytes = good.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(4) {
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = self.below(256) as u8,
                2 => bytes.truncate(at.max(1)),
                _ => bytes.insert(at, self.below(256) as u8),
            }
        }
        bytes
    }
}

#[test]
fn altered_components_load_and_answer_or_are_refused() {
    let limits = Limits::default().with_memory(4 << 20).with_fuel_per_batch(1_000_000);
    let host = Host::new(limits).unwrap();
    let good = HONEST.bytes();
    let mut chance = Chance(11);
    let mut loaded_ones = 0;
    for _ in 0..400 {
        let Ok(loaded) = host.load(&chance.mutate(&good)) else { continue };
        loaded_ones += 1;
        let grant = Grant::pinned(loaded.digest());
        let Ok(granted) = loaded.grant(&grant) else { continue };
        let plugin: Ready = granted.ready();
        let name = plugin.description().inputs.first().map(|input| input.name.clone());
        let columns: BTreeMap<String, Column> =
            name.into_iter().map(|name| (name, Column::integers(vec![1, 2, 3]))).collect();
        if let Ok(batch) = Batch::from_columns(plugin.description(), columns) {
            let _ = plugin.score(&batch);
        }
    }
    assert!(loaded_ones > 0, "no mutation left a component that loads");
    let other = host.load(&bytes("nursery-points")).unwrap();
    let grant = Grant::pinned(other.digest());
    let other: Ready = other.grant(&grant).unwrap().ready();
    assert_eq!(other.score(&families(&other, 3)).unwrap().rows(), 3);
}

#[test]
fn altered_batches_are_refused_or_answered_within_bounds() {
    let plugin: Ready = crate::plugins::ready("nursery-points", Limits::default());
    let description = plugin.description().clone();
    let mut chance = Chance(5);
    for _ in 0..200 {
        let rows = chance.below(4);
        let mut columns = BTreeMap::new();
        for input in &description.inputs {
            let rows = if chance.below(30) == 0 { rows + 1 } else { rows };
            let mut number = || (chance.below(1 << 20) as i64 - 1_000) * (1 << chance.below(43));
            let column = match input.kind.name() {
                "boolean" => Column::booleans((0..rows).map(|_| number() % 2 == 0)),
                "money" => Column::money_cents((0..rows).map(|_| number()).collect()),
                "date" => Column::dates((0..rows).map(|_| number() as i32).collect()),
                "choice" => Column::choices((0..rows).map(|_| (number() % 7) as u16).collect()),
                _ => Column::integers((0..rows).map(|_| number() % 25).collect()),
            };
            let gaps = (0..rows).map(|_| chance.below(3) > 0).collect();
            let gapped = chance.below(4) == 0;
            columns.insert(
                input.name.clone(),
                if gapped { column.with_validity(gaps) } else { column },
            );
        }
        if let Ok(batch) = Batch::from_columns(&description, columns) {
            let scored = plugin.score(&batch).unwrap();
            assert_eq!(scored.rows(), batch.rows());
        }
    }
}
