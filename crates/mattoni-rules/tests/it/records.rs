//! The record of an evaluation, and running it again.

use mattoni_core::value::Value;
use mattoni_rules::worlds::Scoring;
use mattoni_rules::{Difference, Evaluation, Grant, Host, Limits, Recomputed, ScoredRow};

use crate::plugins::{bytes, families, ready};

#[test]
fn running_again_says_same() {
    let plugin = ready("nursery-points", Limits::default());
    let batch = families(&plugin, 50);
    let scored = plugin.score(&batch).unwrap();
    let record = Evaluation::of(&plugin, &batch, &scored);
    let stored: Vec<ScoredRow> = scored.iter().collect();
    let kept = serde_json::to_string(&(&record, &stored)).unwrap();
    let (record, stored): (Evaluation, Vec<ScoredRow>) = serde_json::from_str(&kept).unwrap();
    assert_eq!(plugin.recompute(&batch, &record, &stored).unwrap(), Recomputed::Same);
}

#[test]
fn the_first_altered_answer_is_shown() {
    let plugin = ready("nursery-points", Limits::default());
    let batch = families(&plugin, 50);
    let scored = plugin.score(&batch).unwrap();
    let record = Evaluation::of(&plugin, &batch, &scored);
    let mut stored: Vec<ScoredRow> = scored.iter().collect();
    stored[17].criteria[2].points += 100;
    stored[40].criteria[2].points += 100;
    let difference = Difference {
        row: Some(17),
        column: "work".to_owned(),
        was: "18.00".to_owned(),
        is: "17.00".to_owned(),
    };
    let found = plugin.recompute(&batch, &record, &stored).unwrap();
    assert_eq!(found, Recomputed::Different(difference));
}

#[test]
fn altered_inputs_parameters_and_plugins_are_shown_before_any_answer() {
    let plugin = ready("nursery-points", Limits::default());
    let batch = families(&plugin, 5);
    let scored = plugin.score(&batch).unwrap();
    let record = Evaluation::of(&plugin, &batch, &scored);
    let stored: Vec<ScoredRow> = scored.iter().collect();
    let column = |found| match found {
        Recomputed::Different(difference) => difference.column,
        other => format!("{other:?}"),
    };

    let longer = families(&plugin, 6);
    assert_eq!(column(plugin.recompute(&longer, &record, &stored).unwrap()), "rows");

    let loaded = Host::new(Limits::default()).unwrap().load(&bytes("nursery-points")).unwrap();
    let grant =
        Grant::pinned(loaded.digest()).with_parameter("siblings_counted", Value::Integer(1));
    let other = loaded.grant::<Scoring>(&grant).unwrap().ready();
    let found = column(other.recompute(&batch, &record, &stored).unwrap());
    assert_eq!(found, "parameter.siblings_counted");

    let mut forged = record.clone();
    forged.plugin = mattoni_core::Digest::ZERO;
    assert_eq!(column(plugin.recompute(&batch, &forged, &stored).unwrap()), "plugin");
}

#[test]
fn the_records_form_is_the_one_of_version_1() {
    let record = include_str!("../golden/evaluation.v1.json");
    let read: Evaluation = serde_json::from_str(record).unwrap();
    assert_eq!(read.format, Evaluation::FORMAT);
    assert_eq!(serde_json::to_string_pretty(&read).unwrap(), record.trim_end());
}
