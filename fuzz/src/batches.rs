//! Any batch for a good plugin: refused or answered, never a failure of the plugin.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use mattoni_rules::{Batch, Column, Grant, Host, Limits, Ready};

use crate::plugin;

static PLUGIN: LazyLock<Ready> = LazyLock::new(|| {
    let loaded = Host::new(Limits::default()).unwrap().load(&plugin("nursery-points")).unwrap();
    let grant = Grant::pinned(loaded.digest());
    loaded.grant(&grant).unwrap().ready()
});

/// The first byte says how many rows, every nine bytes a value and whether it is there.
pub(crate) fn target(bytes: &[u8]) {
    let mut words = bytes.chunks(9);
    let mut columns = BTreeMap::new();
    for input in &PLUGIN.description().inputs {
        let given: Vec<(i64, bool)> = words
            .by_ref()
            .take(usize::from(bytes.first().copied().unwrap_or(0) % 4))
            .map(|word| {
                let mut number = [0; 8];
                let digits = &word[..word.len().min(8)];
                number[..digits.len()].copy_from_slice(digits);
                (i64::from_le_bytes(number), word.last().is_some_and(|last| last % 2 == 0))
            })
            .collect();
        let numbers = || given.iter().map(|(number, _)| *number);
        let column = match input.kind.name() {
            "boolean" => Column::booleans(numbers().map(|n| n % 2 == 0)),
            "money" => Column::money_cents(numbers().collect()),
            "date" => Column::dates(numbers().map(|n| n as i32).collect()),
            "choice" => Column::choices(numbers().map(|n| n as u16).collect()),
            _ => Column::integers(numbers().collect()),
        };
        let valid = given.iter().map(|(_, valid)| *valid).collect();
        columns.insert(input.name.clone(), column.with_validity(valid));
    }
    if let Ok(batch) = Batch::from_columns(PLUGIN.description(), columns) {
        assert_eq!(PLUGIN.score(&batch).unwrap().rows(), batch.rows());
    }
}
