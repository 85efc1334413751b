//! A rule that costs next to nothing: what is left is the way in and out of the sandbox.

use std::hint::black_box;

use low_isee_points::{LowIseePoints, Settings};
use mattoni_rules::{Batch, Column, Host, Limits, Ready};
use mattoni_rules_sdk::contract::{self, Table, Value, Values};
use mattoni_rules_sdk::world::Scoring;
use mattoni_rules_sdk::{Parameters as _, answer_columns};

use crate::families::Chance;
use crate::{loaded, median, micros, millions, ready, time};

const ROWS: usize = 4_000_000;
const ROUNDS: usize = 11;

fn batch(plugin: &Ready, people: &[i64], isee: &[i64]) -> Batch {
    let columns = [
        ("people".to_owned(), Column::integers(people.to_vec())),
        ("isee".to_owned(), Column::money_cents(isee.to_vec())),
    ];
    Batch::from_columns(plugin.description(), columns.into()).expect("the rows are in order")
}

/// Calls in places whose memory is put back, and in places that give it back to the system.
pub(crate) fn reused_and_fresh() {
    let mut chance = Chance(11);
    let people: Vec<i64> = (0..ROWS).map(|_| 1 + chance.below(9) as i64).collect();
    let isee: Vec<i64> = (0..ROWS).map(|_| chance.below(4_000_000) as i64).collect();
    let defaults: Vec<Value> = Settings::describe().into_iter().map(|one| one.default).collect();
    let all = |values| contract::Column { values, valid: None };
    let table = Table {
        rows: ROWS as u32,
        columns: vec![all(Values::Integers(people.clone())), all(Values::Money(isee.clone()))],
    };
    let plugin = |resident: usize, rows: usize| -> Ready {
        let limits = Limits::default().with_resident(resident).with_rows_per_batch(rows);
        ready(loaded(&Host::new(limits).expect("the host starts"), "low-isee-points"))
    };

    println!("\nlow-isee-points, {ROWS} rows: memory put back between calls, and all of it fresh");
    println!(
        "{:>14} {:>12} {:>14} {:>14} {:>12} {:>12} {:>12}",
        "rows per call",
        "native M/s",
        "put back M/s",
        "2 cores M/s",
        "speed-up",
        "fresh M/s",
        "one row us"
    );
    for rows in [4_096, 8_192, 16_384, 65_536] {
        let (kept, fresh) = (plugin(8 << 20, rows), plugin(0, rows));
        let many = batch(&kept, &people, &isee);
        let one = batch(&kept, &people[..1], &isee[..1]);
        let mut times: [Vec<_>; 5] = Default::default();
        for _ in 0..ROUNDS {
            times[0].push(time(|| {
                black_box(answer_columns::<Scoring, LowIseePoints>(&table, &defaults))
                    .expect("native scores")
            }));
            times[1].push(time(|| kept.answer_on(&many, 1).expect("scores")));
            times[2].push(time(|| kept.answer_on(&many, 2).expect("scores")));
            times[3].push(time(|| fresh.answer_on(&many, 1).expect("scores")));
        }
        for _ in 0..1_000 {
            times[4].push(time(|| kept.answer_on(&one, 1).expect("scores")));
        }
        let [native, kept, two, fresh, one] = times.map(median);
        println!(
            "{rows:>14} {:>12.1} {:>14.1} {:>14.1} {:>12.2} {:>12.1} {:>12.1}",
            millions(ROWS, native),
            millions(ROWS, kept),
            millions(ROWS, two),
            kept.as_secs_f64() / two.as_secs_f64(),
            millions(ROWS, fresh),
            micros(one),
        );
    }
}
