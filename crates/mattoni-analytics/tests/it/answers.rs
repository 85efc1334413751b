use std::collections::BTreeMap;

use mattoni_analytics::{AnalysisError, answer, bind, files};
use mattoni_core::Money;
use mattoni_core::value::Value;
use mattoni_rules::worlds::{Routing, Tariff};
use mattoni_rules::{Batch, Ready};
use polars::prelude::{
    BooleanChunked, DataFrame, DataType, Int128Chunked, IntoColumn, IntoSeries, NamedFrom,
    NewChunkedArray, Series,
};

use crate::tables::{cells, plugin, texts};

fn meals() -> Ready<Tariff> {
    plugin("school-meal-tariff")
}

const HEADER: [&str; 5] = ["code", "meals", "resident", "isee", "older_siblings"];

fn families() -> DataFrame {
    texts(
        &HEADER,
        &[
            &["RSSMRA", "20", "sì", "6000.00", "0"],
            &["BNCLRA", "20", "sì", "15000.00", "1"],
            &["VRDGPP", "18", "sì", "", "0"],
            &["NRENNA", "18", "no", "3000.00", "2"],
        ],
    )
}

/// The same, with types.
fn typed() -> DataFrame {
    let cents = [Some(600_000), Some(1_500_000), None, Some(300_000)];
    let isee = Int128Chunked::from_iter_options("isee".into(), cents.into_iter());
    let columns = vec![
        Series::new("code".into(), ["RSSMRA", "BNCLRA", "VRDGPP", "NRENNA"]).into_column(),
        Series::new("meals".into(), [20_u8, 20, 18, 18]).into_column(),
        BooleanChunked::from_slice("resident".into(), &[true, true, true, false])
            .into_series()
            .into_column(),
        isee.into_decimal(12, 2).unwrap().into_series().into_column(),
        Series::new("older_siblings".into(), [0_i32, 1, 0, 2]).into_column(),
    ];
    DataFrame::new(4, columns).unwrap()
}

#[test]
fn answers_stand_beside_what_was_there() {
    let answered = answer(&meals(), &families()).unwrap();
    assert_eq!(cells(&answered, "code"), ["RSSMRA", "BNCLRA", "VRDGPP", "NRENNA"]);
    assert_eq!(cells(&answered, "=meals"), ["110.00", "110.00", "99.00", "99.00"]);
    assert_eq!(cells(&answered, "=isee"), ["90.00", "45.00", "0.00", "0.00"]);
    assert_eq!(cells(&answered, "=isee?"), ["least-price", "isee", "no-isee", "not-resident"]);
    assert_eq!(cells(&answered, "=siblings?"), ["null", "siblings", "null", "null"]);
    assert_eq!(cells(&answered, "=due"), ["20.00", "52.00", "99.00", "99.00"]);
    assert_eq!(answered.column("=due").unwrap().dtype(), &DataType::Decimal(19, 2));
}

#[test]
fn a_table_of_texts_and_one_of_types_ask_the_same() {
    let plugin = meals();
    let asked = |frame| bind::batch(plugin.description(), frame).unwrap().digest();
    assert_eq!(asked(&families()), asked(&typed()));
}

#[test]
fn a_frame_asks_what_practices_ask_one_by_one() {
    let plugin = meals();
    let row = |meals: i64, resident: bool, isee: Option<i64>, siblings: i64| {
        let mut row = BTreeMap::from([
            ("meals", Value::Integer(meals)),
            ("resident", Value::Boolean(resident)),
            ("older_siblings", Value::Integer(siblings)),
        ]);
        row.extend(isee.map(|cents| ("isee", Value::Money(Money::from_cents(cents)))));
        row
    };
    let practices = [
        row(20, true, Some(600_000), 0),
        row(20, true, Some(1_500_000), 1),
        row(18, true, None, 0),
        row(18, false, Some(300_000), 2),
    ];
    let mut batch = Batch::builder(plugin.description());
    practices.iter().for_each(|practice| batch.push(|name| practice.get(name)));
    let batch = batch.finish().unwrap();
    let frame = bind::batch(plugin.description(), &typed()).unwrap();
    assert_eq!(frame.digest(), batch.digest());
    let answered = plugin.answer(&frame).unwrap();
    assert_eq!(answered.digest(), plugin.answer(&batch).unwrap().digest());
}

#[test]
fn everything_that_does_not_fit_is_told_at_once() {
    let mut frame = texts(
        &["meals", "isee", "older_siblings"],
        &[&["20", "", "0"], &["many", "1", "0"], &["32", "2", "11"], &["-1", "3", "0"]],
    );
    frame.with_column(Series::new("isee".into(), [1.5, 2.5, 3.5, 4.5]).into_column()).unwrap();
    let Err(AnalysisError::Table(problems)) = answer(&meals(), &frame) else {
        panic!("was answered")
    };
    let told: Vec<_> =
        problems.iter().map(|one| (one.field.as_str(), one.code.as_ref(), one.line)).collect();
    assert_eq!(
        told,
        [
            ("meals", "value.wrong-type", Some(2)),
            ("resident", "rules.column.missing", None),
            ("isee", "analytics.column.float", None),
            ("older_siblings", "value.too-large", Some(3)),
        ]
    );
    assert!(problems.iter().next().unwrap().rule.contains("in 3 lines"), "{problems}");
}

#[test]
fn an_amount_with_a_tenth_of_a_cent_is_not_rounded_in_silence() {
    let mut frame = typed();
    let thousandths = [Some(6_000_000_i128), Some(15_000_001), None, Some(3_000_000)];
    let isee = Int128Chunked::from_iter_options("isee".into(), thousandths.into_iter());
    let isee = isee.into_decimal(12, 3).unwrap().into_series().into_column();
    frame.with_column(isee).unwrap();
    let Err(AnalysisError::Table(problems)) = answer(&meals(), &frame) else {
        panic!("was answered")
    };
    let problem = problems.iter().next().unwrap();
    assert_eq!((problem.field.as_str(), problem.line), ("isee", Some(2)));
}

#[test]
fn csv_and_parquet_give_the_same_answers() {
    let folder = tempfile::tempdir().unwrap();
    let (csv, parquet) = (folder.path().join("a.csv"), folder.path().join("a.parquet"));
    files::write(&csv, &mut families()).unwrap();
    files::write(&parquet, &mut typed()).unwrap();
    let due = |path| cells(&answer(&meals(), &files::read(path).unwrap()).unwrap(), "=due");
    assert_eq!(due(&csv), ["20.00", "52.00", "99.00", "99.00"]);
    assert_eq!(due(&csv), due(&parquet));
    let leading_zero = texts(&["cap"], &[&["00184"]]);
    files::write(&csv, &mut leading_zero.clone()).unwrap();
    assert_eq!(cells(&files::read(&csv).unwrap(), "cap"), ["00184"]);
}

#[test]
fn texts_and_choices_reach_a_routing_rule() {
    let plugin = plugin::<Routing>("report-routing");
    let table = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../plugins/report-routing/cases.csv"
    ))
    .unwrap();
    let mut lines = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let rows: Vec<_> = lines.filter(|row| row.len() == header.len()).collect();
    let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    let frame = texts(&header, &rows);
    let plain = frame.drop_many(header.iter().filter(|name| name.starts_with(['=', '$'])).copied());
    let answered = answer(&plugin, &plain).unwrap();
    assert_eq!(cells(&answered, "=office"), cells(&frame, "=office"));
    assert_eq!(cells(&answered, "=priority"), cells(&frame, "=priority"));
}
