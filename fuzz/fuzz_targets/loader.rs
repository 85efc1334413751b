//! Arbitrary bytes for the loader: an error or a plugin, never a crash.
//!
//! `cargo xtask fuzz` seeds it with a real component.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mattoni_rules::{Host, Limits};

static HOST: LazyLock<Host> = LazyLock::new(|| {
    let limits = Limits::default().with_memory(4 << 20).with_fuel_per_batch(1_000_000);
    Host::new(limits).expect("the host starts")
});

fuzz_target!(|bytes: &[u8]| {
    let _ = HOST.load(bytes);
});
