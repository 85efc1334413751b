//! Every world: a real plugin against its case table in the sandbox, its record, its lies.

use std::path::Path;

use mattoni_core::{Digest, Problems};
use mattoni_rules::worlds::{Benefit, Eligibility, Routing, Scoring, Tariff, Validation, World};
use mattoni_rules::{
    Batch, Evaluation, Grant, Host, Limits, PublisherKey, Ready, Recomputed, SecretKey, cases,
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

    let written: PublisherKey = own.publisher().to_string().parse().unwrap();
    assert!(written.verifies(digest, &own.sign(digest).to_string().parse().unwrap()));
    assert!("12".parse::<PublisherKey>().is_err());
}
