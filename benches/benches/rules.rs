//! The town's nursery rule over columns: inside the sandbox, and the same function native.
//!
//! Run with: `cargo xtask plugins && cargo bench -p mattoni-benches --features rules --bench rules`
//!
//! Rounds of both are interleaved and medians compared, so that a busy machine slows both. Native
//! is `mattoni_rules_sdk::answer_columns`, the very columnar code that the plugin runs, optimised
//! by the host's compiler.
#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![allow(clippy::float_arithmetic, reason = "ratios, not money")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use mattoni_rules::{Batch, Column, Grant, Host, Limits, Ready};
use mattoni_rules_sdk::contract::{self, Table, Value, Values};
use mattoni_rules_sdk::world::Scoring;
use mattoni_rules_sdk::{Parameters as _, answer_columns};
use nursery_points::{NurseryPoints, Settings};

const ROWS: usize = 1_000_000;
const ROUNDS: usize = 15;

/// The same families as the host and as the contract have them.
struct Families {
    rows: usize,
    born: Vec<i32>,
    flags: [Vec<bool>; 6],
    first: Vec<u16>,
    second: (Vec<u16>, Vec<bool>),
    siblings: Vec<i64>,
    isee: (Vec<i64>, Vec<bool>),
}

/// SplitMix64: the same families on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

impl Families {
    fn new(rows: usize) -> Self {
        let mut chance = Chance(7);
        let mut column = |most: u64| (0..rows).map(|_| chance.below(most)).collect::<Vec<_>>();
        let single = column(8);
        let flag = |values: Vec<u64>| values.into_iter().map(|v| v == 0).collect::<Vec<_>>();
        let blank = |values: Vec<u64>, valid: &[bool]| {
            values.into_iter().zip(valid).map(|(v, ok)| if *ok { v } else { 0 }).collect::<Vec<_>>()
        };
        let second_valid: Vec<bool> = single.iter().map(|v| *v != 0).collect();
        let isee_valid: Vec<bool> = column(5).into_iter().map(|v| v != 0).collect();
        let second = blank(column(5), &second_valid).into_iter().map(|v| v as u16).collect();
        let isee = blank(column(4_000_000), &isee_valid).into_iter().map(|v| v as i64).collect();
        Self {
            rows,
            born: column(1_000).into_iter().map(|v| 19_600 + v as i32).collect(),
            flags: [
                flag(column(9)).iter().map(|out| !out).collect(),
                flag(single),
                flag(column(6)),
                flag(column(60)),
                flag(column(20)),
                flag(column(30)),
            ],
            first: column(5).into_iter().map(|v| v as u16).collect(),
            second: (second, second_valid),
            siblings: column(5).into_iter().map(|v| v as i64).collect(),
            isee: (isee, isee_valid),
        }
    }

    fn batch(&self, plugin: &Ready) -> Batch {
        let [resident, single, enrolled, child, family, report] = &self.flags;
        let flags = |values: &[bool]| Column::booleans(values.iter().copied());
        let columns = [
            ("child_birth_date", Column::dates(self.born.clone())),
            ("resident", flags(resident)),
            ("first_parent_work", Column::choices(self.first.clone())),
            (
                "second_parent_work",
                Column::choices(self.second.0.clone()).with_validity(self.second.1.clone()),
            ),
            ("single_parent", flags(single)),
            ("siblings_under_14", Column::integers(self.siblings.clone())),
            ("sibling_enrolled", flags(enrolled)),
            ("isee", Column::money_cents(self.isee.0.clone()).with_validity(self.isee.1.clone())),
            ("disability_child", flags(child)),
            ("disability_family", flags(family)),
            ("social_services_report", flags(report)),
        ];
        let columns: BTreeMap<_, _> = columns.into_iter().map(|(n, c)| (n.to_owned(), c)).collect();
        Batch::from_columns(plugin.description(), columns).expect("the families are in order")
    }

    fn table(&self) -> Table {
        let [resident, single, enrolled, child, family, report] = &self.flags;
        let bytes = |values: &[bool]| values.iter().map(|v| u8::from(*v)).collect::<Vec<_>>();
        let all = |values| contract::Column { values, valid: None };
        let some = |values, valid: &[bool]| contract::Column { values, valid: Some(bytes(valid)) };
        let columns = vec![
            all(Values::Dates(self.born.clone())),
            all(Values::Booleans(bytes(resident))),
            all(Values::Choices(self.first.clone())),
            some(Values::Choices(self.second.0.clone()), &self.second.1),
            all(Values::Booleans(bytes(single))),
            all(Values::Integers(self.siblings.clone())),
            all(Values::Booleans(bytes(enrolled))),
            some(Values::Money(self.isee.0.clone()), &self.isee.1),
            all(Values::Booleans(bytes(child))),
            all(Values::Booleans(bytes(family))),
            all(Values::Booleans(bytes(report))),
        ];
        Table { rows: self.rows as u32, columns }
    }
}

fn plugin(limits: Limits) -> Ready {
    let folder = std::env::var_os("MATTONI_PLUGINS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/plugins")),
        PathBuf::from,
    );
    let bytes = std::fs::read(folder.join("nursery-points.wasm"))
        .expect("build the plugins first: cargo xtask plugins");
    let host = Host::new(limits).expect("the host starts");
    let loaded = host.load(&bytes).expect("the plugin loads");
    let grant = Grant::pinned(loaded.digest());
    loaded.grant(&grant).expect("the defaults are in order").ready()
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn millions(rows: usize, time: Duration) -> f64 {
    rows as f64 / time.as_secs_f64() / 1e6
}

fn main() {
    let defaults: Vec<Value> =
        Settings::describe().into_iter().map(|parameter| parameter.default).collect();
    let families = Families::new(ROWS);
    let table = families.table();
    let native = |table: &Table| {
        black_box(answer_columns::<Scoring, NurseryPoints>(table, &defaults))
            .expect("native scores");
    };

    println!("nursery-points, {ROWS} rows, medians of {ROUNDS} interleaved rounds");
    println!(
        "{:>14} {:>12} {:>12} {:>8} {:>12} {:>8}",
        "rows per batch", "native M/s", "wasm M/s", "ratio", "2 cores M/s", "speed-up"
    );
    for rows_per_batch in [4_096, 8_192, 16_384, 32_768, 65_536, 131_072] {
        let plugin = plugin(Limits::default().with_rows_per_batch(rows_per_batch));
        let batch = families.batch(&plugin);
        let (mut plain, mut one, mut two) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            plain.push(time(|| native(&table)));
            one.push(time(|| drop(black_box(plugin.answer_on(&batch, 1).expect("scores")))));
            two.push(time(|| drop(black_box(plugin.answer_on(&batch, 2).expect("scores")))));
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

    println!("\ngrowth, one core");
    println!("{:>9} {:>12} {:>12} {:>8}", "rows", "native us", "wasm us", "ratio");
    let plugin = plugin(Limits::default());
    for rows in [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] {
        let families = Families::new(rows);
        let (table, batch) = (families.table(), families.batch(&plugin));
        let rounds = (1_000_000 / rows).clamp(ROUNDS, 1_001);
        let (mut plain, mut one) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            plain.push(time(|| native(&table)));
            one.push(time(|| drop(black_box(plugin.answer_on(&batch, 1).expect("scores")))));
        }
        let (plain, one) = (median(plain), median(one));
        println!(
            "{rows:>9} {:>12.2} {:>12.2} {:>8.2}",
            plain.as_secs_f64() * 1e6,
            one.as_secs_f64() * 1e6,
            one.as_secs_f64() / plain.as_secs_f64(),
        );
    }
    let fuel = plugin.score(&families.batch(&plugin)).expect("scores").fuel();
    println!("\nfuel for {ROWS} rows: {fuel}, {} a row", fuel / ROWS as u64);
}
