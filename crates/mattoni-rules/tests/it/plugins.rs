//! The project's own plugins, built, in the sandbox.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mattoni_core::value::Value;
use mattoni_rules::{Batch, Grant, Host, Limits, Ready};

/// Where the built plugins are.
pub(crate) fn folder() -> PathBuf {
    std::env::var_os("MATTONI_PLUGINS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/plugins")),
        PathBuf::from,
    )
}

/// The bytes of a built plugin.
pub(crate) fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(format!("{name}.wasm")))
        .expect("build the plugins first: cargo xtask plugins")
}

/// A built plugin with its defaults.
pub(crate) fn ready(name: &str, limits: Limits) -> Ready {
    let loaded = Host::new(limits).unwrap().load(&bytes(name)).unwrap();
    let grant = Grant::pinned(loaded.digest());
    loaded.grant(&grant).unwrap().ready()
}

pub(crate) fn choice(code: &str) -> Value {
    Value::Choice(code.to_owned())
}

/// A family for `nursery-points`.
pub(crate) fn family(siblings: i64, isee: Option<&str>) -> BTreeMap<String, Value> {
    let mut fields: BTreeMap<String, Value> = [
        ("child_birth_date", Value::Date("2025-01-10".parse().unwrap())),
        ("resident", Value::Boolean(true)),
        ("first_parent_work", choice("full-time")),
        ("second_parent_work", choice("part-time")),
        ("single_parent", Value::Boolean(false)),
        ("siblings_under_14", Value::Integer(siblings)),
        ("sibling_enrolled", Value::Boolean(false)),
        ("disability_child", Value::Boolean(false)),
        ("disability_family", Value::Boolean(false)),
        ("social_services_report", Value::Boolean(false)),
        ("a field the plugin did not declare", Value::Text("not seen".to_owned())),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    if let Some(isee) = isee {
        fields.insert("isee".to_owned(), Value::Money(isee.parse().unwrap()));
    }
    fields
}

pub(crate) fn families(plugin: &Ready, rows: usize) -> Batch {
    let mut batch = Batch::builder(plugin.description());
    for row in 0..rows {
        let euro = format!("{}.00", row % 40 * 1_000);
        let fields = family((row % 7) as i64, (row % 3 > 0).then_some(&euro));
        batch.push(|name| fields.get(name));
    }
    batch.finish().unwrap()
}

#[test]
fn a_family_gets_points_with_reasons_and_keys() {
    let plugin = ready("nursery-points", Limits::default());
    let mut batch = Batch::builder(plugin.description());
    let fields = family(2, Some("12000.00"));
    batch.push(|name| fields.get(name));
    let scored = plugin.score(&batch.finish().unwrap()).unwrap();
    let row = scored.row(0).unwrap();
    assert_eq!(row.total(), 2_000 + 1_700 + 300 + 600);
    let work = row.criteria.iter().find(|criterion| criterion.code == "work").unwrap();
    assert_eq!((work.points, work.reason.as_deref()), (1_700, Some("both-work")));
    assert_eq!(scored.reason_text("both-work"), Some("Entrambi i genitori lavorano."));
    assert_eq!(row.ties["lower_isee"], 1_200_000);
    assert_eq!(row.class, None);
    assert_eq!(scored.row(1), None);
}

#[test]
fn answers_and_record_do_not_depend_on_cores_or_batches() {
    let whole = ready("nursery-points", Limits::default());
    let dealt = ready("nursery-points", Limits::default().with_rows_per_batch(7));
    let batch = families(&whole, 100);
    let one = whole.answer_on(&batch, 1).unwrap();
    let many = dealt.answer_on(&batch, 4).unwrap();
    assert!(one.iter().eq(many.iter()));
    assert_eq!(one.digest(), many.digest());
    assert_eq!(one.fuel(), whole.score(&batch).unwrap().fuel());
}

#[test]
fn no_rows_are_scored_without_a_call() {
    let plugin = ready("nursery-points", Limits::default());
    let scored = plugin.score(&families(&plugin, 0)).unwrap();
    assert_eq!((scored.rows(), scored.fuel()), (0, 0));
}

#[test]
fn the_published_nursery_cases_get_their_class() {
    let Some(folder) = std::env::var_os("MATTONI_REAL_DATA") else {
        eprintln!("MATTONI_REAL_DATA is not set: the published cases were not scored");
        return;
    };
    let data = std::fs::read_to_string(PathBuf::from(folder).join("uci_nursery.data")).unwrap();
    let mut lines = data.lines().filter(|line| !line.is_empty());
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let cases: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let plugin = ready("nursery-model", Limits::default());
    let mut batch = Batch::builder(plugin.description());
    for case in &cases {
        let fields: BTreeMap<&str, Value> =
            header.iter().copied().zip(case.iter().map(|code| choice(code))).collect();
        batch.push(|name| fields.get(name));
    }
    let scored = plugin.score(&batch.finish().unwrap()).unwrap();
    let wrong = scored
        .iter()
        .zip(&cases)
        .filter(|(row, case)| row.class.as_deref() != case.last().copied());
    assert_eq!((wrong.count(), cases.len()), (0, 12_960));
}
