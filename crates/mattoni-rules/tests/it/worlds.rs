//! Every world: a real plugin against its case table in the sandbox, its record, its lies.

use std::collections::BTreeMap;
use std::path::Path;

use mattoni_core::value::Kind;
use mattoni_core::{Digest, Problems};
use mattoni_rules::worlds::{Benefit, Eligibility, Routing, Scoring, Tariff, Validation, World};
use mattoni_rules::{
    AnswerColumn, Batch, Column, Description, Evaluation, Grant, Host, Limits, PublisherKey, Ready,
    Recomputed, SecretKey, cases,
};

use crate::plugins::{bytes, folder};

fn plugin<W: World>(name: &str) -> Ready<W> {
    let loaded = Host::new(Limits::default()).unwrap().load(&bytes(name)).unwrap();
    assert_eq!(loaded.description().world(), W::NAME);
    let grant = Grant::pinned(loaded.digest());
    loaded.grant(&grant).unwrap().ready()
}

fn table(name: &str) -> String {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    std::fs::read_to_string(plugins.join(name).join("cases.csv")).unwrap()
}

fn agrees<W: World>(name: &str, expected: usize) {
    all_agree(&plugin::<W>(name), name, expected);
}

/// An answer as a column has it, in the words of a case table.
fn cell(column: &AnswerColumn, row: usize) -> String {
    match column {
        AnswerColumn::Numbers { scale: 0, units } => units[row].to_string(),
        AnswerColumn::Numbers { units, .. } => {
            let sign = if units[row] < 0 { "-" } else { "" };
            let units = units[row].abs();
            format!("{sign}{}.{:02}", units / 100, units % 100)
        }
        AnswerColumn::Codes { codes, indices } => {
            let code = indices[row].map(|index| codes[usize::from(index)].clone());
            code.unwrap_or_else(|| "none".to_owned())
        }
        AnswerColumn::Flags(flags) => if flags[row] { "sì" } else { "no" }.to_owned(),
        other => panic!("{other:?}"),
    }
}

/// Rows that differ, of whatever the plugin declares.
fn rows(description: &Description, rows: i64) -> Batch {
    let columns = description.inputs.iter().map(|input| {
        let numbers = |least: i64, most: i64| {
            (0..rows).map(|row| least + row * 7_919 % (most - least + 1)).collect::<Vec<_>>()
        };
        let column = match &input.kind {
            Kind::Boolean => Column::booleans((0..rows).map(|row| row % 3 == 0)),
            Kind::Integer { min, max } => {
                Column::integers(numbers(min.unwrap_or(0), max.unwrap_or(50)))
            }
            Kind::Money { min, .. } => {
                Column::money_cents(numbers(min.map_or(0, |min| min.cents()), 3_000_000))
            }
            Kind::Date { .. } => {
                Column::dates(numbers(19_900, 20_600).iter().map(|day| *day as i32).collect())
            }
            Kind::Choice { options } => {
                let indices = numbers(0, options.len() as i64 - 1);
                Column::choices(indices.iter().map(|index| *index as u16).collect())
            }
            Kind::Text { .. } => {
                Column::texts((0..rows).map(|row| Some(format!("testo {row}")))).unwrap()
            }
            other => panic!("no rows for {other:?}"),
        };
        let gaps = || (0..rows).map(|row| row % 4 != 0).collect();
        let column = if input.required { column } else { column.with_validity(gaps()) };
        (input.name.clone(), column)
    });
    Batch::from_columns(description, columns.collect()).unwrap()
}

/// Whole columns say what the rows say, name by name, also over several calls.
fn columns_agree<W: World>(name: &str) {
    let limits = Limits::default().with_rows_per_batch(7);
    let loaded = Host::new(limits).unwrap().load(&bytes(name)).unwrap();
    let grant = Grant::pinned(loaded.digest());
    let plugin: Ready<W> = loaded.grant(&grant).unwrap().ready();
    let answered = plugin.answer(&rows(plugin.description(), 40)).unwrap();
    let columns = answered.columns();
    for (at, row) in answered.iter().enumerate() {
        let own: BTreeMap<_, _> =
            columns.iter().map(|(name, column)| (name.clone(), cell(column, at))).collect();
        let cells: BTreeMap<_, _> = W::cells(&row).into_iter().collect();
        assert_eq!(own, cells, "{name}, row {at}");
    }
    assert!(columns.iter().all(|(_, column)| column.len() == 40), "{name}");
}

#[test]
fn whole_columns_say_what_the_rows_say() {
    columns_agree::<Scoring>("nursery-points");
    columns_agree::<Scoring>("nursery-model");
    columns_agree::<Eligibility>("summer-camp-eligibility");
    columns_agree::<Benefit>("home-bonus");
    columns_agree::<Tariff>("school-meal-tariff");
    columns_agree::<Routing>("report-routing");
    columns_agree::<Validation>("rent-form-checks");
}

fn all_agree<W: World>(plugin: &Ready<W>, name: &str, expected: usize) {
    let cases = cases::check(plugin, &table(name)).unwrap();
    let wrong: Vec<_> = cases.iter().filter(|case| !case.mismatches.is_empty()).collect();
    assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    assert_eq!(cases.len(), expected);
}

#[test]
fn each_case_table_agrees_in_the_sandbox_too() {
    agrees::<Scoring>("nursery-points", 23);
    agrees::<Scoring>("nursery-model", 16);
    agrees::<Scoring>("low-isee-points", 4);
    agrees::<Eligibility>("summer-camp-eligibility", 6);
    agrees::<Benefit>("home-bonus", 9);
    agrees::<Tariff>("school-meal-tariff", 8);
    agrees::<Routing>("report-routing", 8);
    agrees::<Validation>("rent-form-checks", 6);
}

/// A plugin that brings an interpreter along; compiled once for all runs of the tests.
fn interpreted<W: World>(name: &str) -> Option<Ready<W>> {
    let file = folder().join(format!("{name}.wasm"));
    let Ok(bytes) = std::fs::read(file) else {
        assert!(std::env::var_os("CI").is_none(), "{name} was not built, and this is CI");
        eprintln!("{name} was left out of `cargo xtask plugins`, and so of this test");
        return None;
    };
    let host = Host::new(Limits::for_interpreters()).unwrap();
    let loaded = host.with_cache(&folder().join("compiled")).unwrap().load(&bytes).unwrap();
    let grant = Grant::pinned(loaded.digest());
    Some(loaded.grant(&grant).unwrap().ready())
}

#[test]
fn a_rule_in_javascript_agrees_with_the_one_in_rust() {
    assert_eq!(table("report-routing"), table("report-routing-js"));
    let Some(plugin) = interpreted::<Routing>("report-routing-js") else { return };
    all_agree(&plugin, "report-routing-js", 8);
    let batch = |rows: usize| {
        use mattoni_core::value::Value;
        let mut batch = Batch::builder(plugin.description());
        let (category, no, none) =
            (Value::Choice("tree".to_owned()), Value::Boolean(false), Value::Integer(0));
        for _ in 0..rows {
            batch.push(|name| match name {
                "category" => Some(&category),
                "duplicates" => Some(&none),
                _ => Some(&no),
            });
        }
        batch.finish().unwrap()
    };
    let (one, again) = (plugin.answer(&batch(100)).unwrap(), plugin.answer(&batch(100)).unwrap());
    assert_eq!((one.digest(), one.fuel()), (again.digest(), again.fuel()));
}

#[test]
fn a_rule_in_python_agrees_with_its_cases() {
    let Some(plugin) = interpreted::<Tariff>("tari-reduction-py") else { return };
    all_agree(&plugin, "tari-reduction-py", 8);
}

#[test]
fn a_case_that_differs_says_where_and_a_foreign_column_is_refused() {
    let plugin = plugin::<Tariff>("school-meal-tariff");
    let wrong = "case,meals,resident,older_siblings,=due\nnone,10,no,0,12\n";
    let cases = cases::check(&plugin, wrong).unwrap();
    let found = &cases[0].mismatches[0];
    assert_eq!((cases[0].line, cases[0].name.as_str()), (2, "none"));
    assert_eq!((found.answer.as_str(), found.is.as_str()), ("due", "55.00"));
    let foreign = "meals,resident,older_siblings,fiscal_code,=total,$price\n10,no,0,X,1,2\n";
    let fields: Vec<_> =
        cases::check(&plugin, foreign).unwrap_err().iter().map(|p| p.field.clone()).collect();
    assert_eq!(fields, ["fiscal_code", "$price", "=total"]);
}

/// One family's month, eaten twice.
fn months(plugin: &Ready<Tariff>, rows: usize) -> Batch {
    use mattoni_core::value::Value;
    let isee = Value::Money("15000.00".parse().unwrap());
    let mut batch = Batch::builder(plugin.description());
    for row in 0..rows {
        let meals = Value::Integer(row as i64 % 20);
        let (yes, none) = (Value::Boolean(true), Value::Integer(0));
        batch.push(|name| match name {
            "meals" => Some(&meals),
            "resident" => Some(&yes),
            "older_siblings" => Some(&none),
            "isee" => Some(&isee),
            _ => None,
        });
    }
    batch.finish().unwrap()
}

#[test]
fn a_bill_is_recorded_and_recomputed_to_the_cent() {
    let plugin = plugin::<Tariff>("school-meal-tariff");
    let batch = months(&plugin, 30);
    let billed = plugin.answer(&batch).unwrap();
    assert_eq!(billed.row(10).unwrap().due().to_string(), "32.50");
    let record = Evaluation::of(&plugin, &batch, &billed);
    assert_eq!(record.world, "tariff");
    let mut stored: Vec<_> = billed.iter().collect();
    assert_eq!(plugin.recompute(&batch, &record, &stored).unwrap(), Recomputed::Same);
    stored[3].reductions[0].amount = "1.00".parse().unwrap();
    let Recomputed::Different(found) = plugin.recompute(&batch, &record, &stored).unwrap() else {
        panic!("a forged bill is the same");
    };
    assert_eq!((found.row, found.column.as_str()), (Some(3), "isee"));
    assert_eq!((found.was.as_str(), found.is.as_str()), ("1.00", "6.75"));
}

fn codes(refused: Result<mattoni_rules::Granted<Tariff>, Problems>) -> Vec<String> {
    refused.unwrap_err().iter().map(|problem| problem.code.to_string()).collect()
}

#[test]
fn a_plugin_of_another_world_is_refused_with_everything_else() {
    let loaded = Host::new(Limits::default()).unwrap().load(&bytes("home-bonus")).unwrap();
    let found = codes(loaded.grant::<Tariff>(&Grant::pinned(Digest::ZERO)));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.contains(&"rules.grant.world".to_owned()), "{found:?}");
    assert!(found.contains(&"rules.grant.digest".to_owned()), "{found:?}");
}

#[test]
fn a_signature_of_a_trusted_publisher_is_asked_for_and_checked() {
    let (own, other) = (SecretKey::from_seed([1; 32]), SecretKey::from_seed([2; 32]));
    let load = || Host::new(Limits::default()).unwrap().load(&bytes("school-meal-tariff")).unwrap();
    let digest = load().digest();
    let granted = |trusted: Vec<PublisherKey>, signature| {
        load().grant::<Tariff>(&Grant::pinned(digest).signed_by(trusted, signature))
    };
    assert!(granted(vec![other.publisher(), own.publisher()], own.sign(digest)).is_ok());
    let refused = vec!["rules.grant.signature".to_owned()];
    assert_eq!(codes(granted(vec![own.publisher()], other.sign(digest))), refused);
    assert_eq!(codes(granted(vec![own.publisher()], own.sign(Digest::ZERO))), refused);
    assert_eq!(codes(granted(vec![], own.sign(digest))), refused);
    let unsigned = Grant::pinned(digest).signed_by([own.publisher()], None);
    assert_eq!(codes(load().grant::<Tariff>(&unsigned)), refused);

    let written: PublisherKey = own.publisher().to_string().parse().unwrap();
    assert!(written.verifies(digest, &own.sign(digest).to_string().parse().unwrap()));
    assert!("12".parse::<PublisherKey>().is_err());
}
