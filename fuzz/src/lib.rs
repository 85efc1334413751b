//! Everything that reads bytes which somebody else wrote, given any bytes.
//!
//! A target takes bytes and comes back, whatever they are: what it must refuse it refuses in full,
//! and what it takes keeps its promises. Where one does not, it panics. `cargo xtask fuzz` has a
//! fuzzer look for such bytes; `tests/it` replays those that were kept in `corpus/`, one folder a
//! target.
//!
//! A target with several forms reads the first line of its input as the name of one, so that what is
//! kept in the corpus can be read and written by people.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a target that meets the unexpected should stop there")]

mod answers;
mod batches;
mod csv;
mod loader;
mod practice;
mod records;
mod service;
mod texts;

// What the tests of two crates are made of. Not all of it is used here.
#[allow(dead_code, reason = "the tests of the crate use it")]
#[path = "../../crates/mattoni-practice/tests/it/attempts.rs"]
mod attempts;
#[allow(dead_code, reason = "the tests of the crate use it")]
#[path = "../../crates/mattoni-practice/tests/it/fixture.rs"]
mod fixture;
#[allow(dead_code, reason = "the tests of the crate use it")]
#[path = "../../crates/mattoni-rules/tests/it/guest.rs"]
mod guest;
#[allow(dead_code, reason = "the tests of the crate use it")]
#[path = "../../crates/mattoni-practice/tests/it/moves.rs"]
mod moves;

use std::path::PathBuf;

use mattoni_core::Problems;

/// Takes any bytes, and comes back.
pub type Target = fn(&[u8]);

/// Every target, by its name and that of its folder in `corpus/`.
pub const TARGETS: [(&str, Target); 8] = [
    ("service", service::target),
    ("csv", csv::target),
    ("texts", texts::target),
    ("records", records::target),
    ("practice", practice::target),
    ("answers", answers::target),
    ("batches", batches::target),
    ("loader", loader::target),
];

/// The bytes of a plugin of this workspace, which must be built.
fn plugin(name: &str) -> Vec<u8> {
    let folder = std::env::var_os("MATTONI_PLUGINS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target/plugins")),
        PathBuf::from,
    );
    std::fs::read(folder.join(format!("{name}.wasm")))
        .expect("build the plugins first: cargo xtask plugins")
}

/// The first line of the input, and the rest.
fn form(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((std::str::from_utf8(&bytes[..end]).ok()?, &bytes[end + 1..]))
}

/// What every refusal says: a code, what must be, what to do.
fn said_in_full(problems: &Problems) {
    assert!(problems.iter().count() > 0);
    for problem in problems {
        assert!(problem.code.contains('.'), "{problem:?}");
        assert!(!problem.rule.is_empty() && !problem.remedy.is_empty(), "{problem:?}");
    }
}
