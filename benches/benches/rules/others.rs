//! Loading from the cache, and rules in other languages.

use mattoni_core::value::Kind;
use mattoni_rules::worlds::{Routing, Tariff, World};
use mattoni_rules::{Batch, Column, Description, Host, Limits, Ready};

use crate::families::Chance;
use crate::{bytes, median, micros, ready, time};

const PLUGINS: [&str; 4] =
    ["low-isee-points", "nursery-points", "report-routing-js", "tari-reduction-py"];

fn host() -> Host {
    Host::new(Limits::for_interpreters()).expect("the host starts")
}

/// Compiled, and taken from the cache.
pub(crate) fn cache() {
    let folder = tempfile::tempdir().expect("there is room");
    let cached = || host().with_cache(folder.path()).expect("the cache opens");
    println!("\nfrom bytes to a plugin that has described itself");
    println!("{:>20} {:>12} {:>14} {:>14}", "plugin", "bytes", "compiled us", "from cache us");
    for name in PLUGINS {
        let Some(bytes) = bytes(name) else {
            println!("{name:>20} was not built");
            continue;
        };
        let host = cached();
        let compiled = time(|| host.load(&bytes).expect("the plugin loads"));
        let again = (0..21).map(|_| time(|| host.load(&bytes).expect("the plugin loads")));
        let again = median(again.collect());
        println!(
            "{name:>20} {:>12} {:>14.0} {:>14.0}",
            bytes.len(),
            micros(compiled),
            micros(again)
        );
    }
}

/// Rows of chance within what a plugin declares.
fn rows(description: &Description, rows: usize) -> Batch {
    let mut chance = Chance(5);
    let mut column = |least: i64, most: i64| -> Vec<i64> {
        let span = (most - least).clamp(0, 3_000_000) as u64 + 1;
        (0..rows).map(|_| least + chance.below(span) as i64).collect()
    };
    let columns = description.inputs.iter().map(|input| {
        let values = match &input.kind {
            Kind::Integer { min, max } => {
                Column::integers(column(min.unwrap_or(0), max.unwrap_or(100)))
            }
            Kind::Money { min, max } => Column::money_cents(column(
                min.map_or(0, |min| min.cents()),
                max.map_or(3_000_000, |max| max.cents()),
            )),
            Kind::Choice { options } => {
                let indices = column(0, options.len() as i64 - 1);
                Column::choices(indices.into_iter().map(|index| index as u16).collect())
            }
            _ => Column::booleans(column(0, 1).into_iter().map(|bit| bit == 1)),
        };
        (input.name.clone(), values)
    });
    Batch::from_columns(description, columns.collect()).expect("the rows are in order")
}

fn language<W: World>(host: &Host, name: &str) {
    let Some(bytes) = bytes(name) else {
        println!("{name:>20} was not built");
        return;
    };
    let plugin: Ready<W> = ready(host.load(&bytes).expect("the plugin loads"));
    let measured = |count: usize, rounds: usize| {
        let batch = rows(plugin.description(), count);
        median(
            (0..rounds).map(|_| time(|| plugin.answer_on(&batch, 1).expect("answers"))).collect(),
        )
    };
    let (one, many) = (measured(1, 51), measured(100_000, 5));
    println!("{name:>20} {:>14.1} {:>16.0}", micros(one), 100_000.0 / many.as_secs_f64(),);
}

/// The same rule in Rust and JavaScript, and one in Python.
pub(crate) fn languages() {
    let folder = tempfile::tempdir().expect("there is room");
    let host = host().with_cache(folder.path()).expect("the cache opens");
    println!("\nlanguages, one core");
    println!("{:>20} {:>14} {:>16}", "plugin", "one row us", "rows/s");
    language::<Routing>(&host, "report-routing");
    language::<Routing>(&host, "report-routing-js");
    language::<Tariff>(&host, "school-meal-tariff");
    language::<Tariff>(&host, "tari-reduction-py");
}
