//! The fuzzer: hands what libFuzzer makes up to the target that `MATTONI_FUZZ_TARGET` names.
//!
//! `cargo xtask fuzz` builds and runs it.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use mattoni_fuzz::{TARGETS, Target};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("MATTONI_FUZZ_TARGET").unwrap_or_default();
    let found = TARGETS.iter().find(|(target, _)| *target == name);
    found.expect("MATTONI_FUZZ_TARGET must name a target").1
});

fuzz_target!(|bytes: &[u8]| {
    TARGET(bytes);
});
