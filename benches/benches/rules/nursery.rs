//! The town's nursery rule over columns: inside the sandbox, and the same function native.

use std::hint::black_box;

use mattoni_rules::{Host, Limits, Ready};
use mattoni_rules_sdk::contract::{Table, Value};
use mattoni_rules_sdk::world::Scoring;
use mattoni_rules_sdk::{Parameters as _, answer_columns};
use nursery_points::{NurseryPoints, Settings};

use crate::families::Families;
use crate::{loaded, median, micros, millions, ready, time};

const ROWS: usize = 1_000_000;
const ROUNDS: usize = 15;

fn plugin(limits: Limits) -> Ready {
    ready(loaded(&Host::new(limits).expect("the host starts"), "nursery-points"))
}

fn native() -> impl Fn(&Table) {
    let defaults: Vec<Value> =
        Settings::describe().into_iter().map(|parameter| parameter.default).collect();
    move |table| {
        black_box(answer_columns::<Scoring, NurseryPoints>(table, &defaults))
            .expect("native scores");
    }
}

/// Which number of rows in a call is best, and what a second core brings.
pub(crate) fn batches() {
    let families = Families::new(ROWS);
    let (table, native) = (families.table(), native());
    println!("nursery-points, {ROWS} rows, medians of {ROUNDS} interleaved rounds");
    println!(
        "{:>14} {:>12} {:>12} {:>8} {:>12} {:>8}",
        "rows per call", "native M/s", "wasm M/s", "ratio", "2 cores M/s", "speed-up"
    );
    for rows_per_batch in [2_048, 4_096, 8_192, 16_384, 32_768, 65_536] {
        let plugin = plugin(Limits::default().with_rows_per_batch(rows_per_batch));
        let batch = families.batch(&plugin);
        let (mut plain, mut one, mut two) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            plain.push(time(|| native(&table)));
            one.push(time(|| plugin.answer_on(&batch, 1).expect("scores")));
            two.push(time(|| plugin.answer_on(&batch, 2).expect("scores")));
        }
        let (plain, one, two) = (median(plain), median(one), median(two));
        println!(
            "{rows_per_batch:>14} {:>12.1} {:>12.1} {:>8.2} {:>12.1} {:>8.2}",
            millions(ROWS, plain),
            millions(ROWS, one),
            one.as_secs_f64() / plain.as_secs_f64(),
            millions(ROWS, two),
            one.as_secs_f64() / two.as_secs_f64(),
        );
    }
}

/// From one practice to ten million.
pub(crate) fn growth() {
    let native = native();
    let plugin = plugin(Limits::default());
    println!("\nnursery-points, growth, one core");
    println!(
        "{:>9} {:>12} {:>12} {:>8} {:>12}",
        "rows", "native us", "wasm us", "ratio", "fuel/row"
    );
    for exponent in 0..=7 {
        let rows = 10_usize.pow(exponent);
        let families = Families::new(rows);
        let (table, batch) = (families.table(), families.batch(&plugin));
        let rounds = (1_000_000 / rows).clamp(3, 1_001);
        let (mut plain, mut one) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            plain.push(time(|| native(&table)));
            one.push(time(|| plugin.answer_on(&batch, 1).expect("scores")));
        }
        let fuel = plugin.answer_on(&batch, 2).expect("scores").fuel();
        let (plain, one) = (median(plain), median(one));
        println!(
            "{rows:>9} {:>12.1} {:>12.1} {:>8.2} {:>12}",
            micros(plain),
            micros(one),
            one.as_secs_f64() / plain.as_secs_f64(),
            fuel / rows as u64,
        );
    }
}
