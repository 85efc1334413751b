//! Pinning, and the ente's parameters.

use expect_test::expect;
use mattoni_core::Digest;
use mattoni_core::value::Value;
use mattoni_rules::worlds::Scoring;
use mattoni_rules::{Batch, Grant, Host, Limits};

use crate::plugins::{bytes, family, ready};

#[test]
fn every_mistake_in_a_grant_is_told_at_once() {
    let loaded = Host::new(Limits::default()).unwrap().load(&bytes("nursery-points")).unwrap();
    let grant = Grant::pinned(Digest::ZERO)
        .with_parameter("full_tiem", Value::Integer(1))
        .with_parameter("siblings_counted", Value::Integer(11))
        .with_parameter("reference_date", Value::Boolean(true));
    let found = loaded.grant::<Scoring>(&grant).unwrap_err();
    let codes: Vec<_> = found.iter().map(|p| (p.field.as_str(), p.code.as_ref())).collect();
    expect![[r#"
        [
            (
                "digest",
                "rules.grant.digest",
            ),
            (
                "full_tiem",
                "rules.grant.parameter",
            ),
            (
                "reference_date",
                "value.wrong-type",
            ),
            (
                "siblings_counted",
                "value.too-large",
            ),
        ]
    "#]]
    .assert_debug_eq(&codes);
}

#[test]
fn a_parameter_changes_the_points_and_the_record_names_all() {
    let loaded = Host::new(Limits::default()).unwrap().load(&bytes("nursery-points")).unwrap();
    let declared = loaded.description().parameters.len();
    let grant = Grant::pinned(loaded.digest())
        .with_parameter("full_time", Value::Decimal("12.5".parse().unwrap()));
    let granted = loaded.grant::<Scoring>(&grant).unwrap();
    assert_eq!(granted.parameters().len(), declared);
    let plugin = granted.ready();
    let mut batch = Batch::builder(plugin.description());
    let fields = family(0, None);
    batch.push(|name| fields.get(name));
    let row = plugin.score(&batch.finish().unwrap()).unwrap().row(0).unwrap();
    let default = ready("nursery-points", Limits::default()).parameters()["full_time"].clone();
    assert_eq!(default, Value::Decimal("10.00".parse().unwrap()));
    assert_eq!(row.criteria[2].points, 1_250 + 700);
}
