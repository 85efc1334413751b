//! Rules in the sandbox beside the same functions native, and beside peers on the same rows.
//!
//! Run with: `cargo xtask bench rules`
//!
//! Rounds of what is compared are interleaved and medians taken, so that a busy machine slows
//! both. Native is `mattoni_rules_sdk::answer_columns`, the very columnar code that the plugin
//! runs, optimised by the host's compiler.
#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![allow(clippy::float_arithmetic, reason = "ratios, not money")]

mod families;
mod nursery;
mod others;
mod peers;
mod trivial;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use mattoni_rules::worlds::World;
use mattoni_rules::{Grant, Host, Loaded, Ready};

/// The folder of the built plugins.
fn folder() -> PathBuf {
    std::env::var_os("MATTONI_PLUGINS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/plugins")),
        PathBuf::from,
    )
}

fn bytes(name: &str) -> Option<Vec<u8>> {
    std::fs::read(folder().join(format!("{name}.wasm"))).ok()
}

fn loaded(host: &Host, name: &str) -> Loaded {
    let bytes = bytes(name).expect("build the plugins first: cargo xtask plugins");
    host.load(&bytes).expect("the plugin loads")
}

fn ready<W: World>(loaded: Loaded) -> Ready<W> {
    let grant = Grant::pinned(loaded.digest());
    loaded.grant(&grant).expect("the defaults are in order").ready()
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let done = work();
    let time = start.elapsed();
    drop(std::hint::black_box(done));
    time
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn millions(rows: usize, time: Duration) -> f64 {
    rows as f64 / time.as_secs_f64() / 1e6
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn main() {
    nursery::batches();
    nursery::growth();
    trivial::reused_and_fresh();
    others::cache();
    others::languages();
    peers::nursery_model();
}
