//! Plugins that mean harm, each made by hand: one clear error, and the host lives on.

use std::fmt::Write as _;

use mattoni_rules::{Batch, Column, Grant, Host, Limits, Ready, RuleError, RuleErrorKind};

use crate::plugins::{bytes, families};

/// A guest in text: memory laid out by hand, so that each lie is told exactly.
///
/// It declares one integer input `n`, one criterion `points` from 0 to 10, one reason.
struct Guest {
    /// Body of `score`, which answers the address of the result.
    score: &'static str,
    /// Body of `describe`.
    describe: &'static str,
    version: &'static str,
}

const HONEST: Guest = Guest {
    // The result of 3 rows with 1.00 point each and the first reason.
    score: "i32.const 512",
    describe: "i32.const 64",
    version: "1.0.0",
};

fn little_endian(words: &[u32]) -> String {
    words.iter().flat_map(|word| word.to_le_bytes()).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "\\{byte:02x}");
        text
    })
}

impl Guest {
    fn bytes(&self) -> Vec<u8> {
        let types = TYPES;
        let Guest { score, describe, version } = self;
        // Texts at 16: "n" and "points", then "r". Description at 64: name, version, inputs,
        // parameters, reasons. The input at 128, 104 bytes of record; the reason at 256. The
        // declaration at 320; the criterion at 352.
        let description = little_endian(&[16, 1, 16, 1, 128, 1, 0, 0, 256, 1]);
        let input = little_endian(&[16, 1, 16, 1]);
        let reason = little_endian(&[18, 1, 18, 1]);
        let declaration = little_endian(&[352, 1, 0, 0, 0, 0]);
        let criterion = little_endian(&[16, 1, 16, 1, 0, 1000, 16, 1]);
        // result<scores, failure>: case, then criteria, ties, classes.
        let scores = little_endian(&[0, 544, 1, 0, 0, 0, 0]);
        let marks = little_endian(&[576, 3, 600, 3]);
        let points = little_endian(&[100, 100, 100]);
        let reasons = little_endian(&[0x0001_0001, 1]);
        let text = format!(
            r#"(component
              (core module $m
                (memory (export "memory") 1)
                (global $top (mut i32) (i32.const 4096))
                (data (i32.const 16) "n\00r")
                (data (i32.const 64) "{description}")
                (data (i32.const 128) "{input}")
                (data (i32.const 144) "\01")
                (data (i32.const 256) "{reason}")
                (data (i32.const 320) "{declaration}")
                (data (i32.const 352) "{criterion}")
                (data (i32.const 512) "{scores}")
                (data (i32.const 544) "{marks}")
                (data (i32.const 576) "{points}")
                (data (i32.const 600) "{reasons}")
                (func (export "realloc") (param i32 i32 i32 i32) (result i32)
                  (local $at i32)
                  (local.set $at (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
                  (global.set $top (i32.add (local.get $at) (local.get 3)))
                  (local.get $at))
                (func (export "describe") (result i32) {describe})
                (func (export "declare") (result i32) i32.const 320)
                (func $score (export "score") (param i32 i32 i32 i32 i32) (result i32) {score}))
              (core instance $i (instantiate $m))
              {types}
              (func $describe (result $description)
                (canon lift (core func $i "describe") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
              (func $declare (result $declaration)
                (canon lift (core func $i "declare") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
              (func $score (param "table" $table) (param "parameters" (list $value)) (result $answer)
                (canon lift (core func $i "score") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
              (instance $about (export "describe" (func $describe)))
              (instance $scoring (export "declare" (func $declare)) (export "score" (func $score)))
              (export "mattoni:rules/about@{version}" (instance $about))
              (export "mattoni:rules/scoring@{version}" (instance $scoring)))"#
        );
        wat::parse_str(text).unwrap()
    }
}

const TYPES: &str = include_str!("types.wat");

fn host() -> Host {
    let limits = Limits::default().with_memory(4 << 20).with_fuel_per_batch(1_000_000);
    Host::new(limits).unwrap()
}

fn refused(bytes: &[u8]) -> RuleError {
    host().load(bytes).unwrap_err()
}

/// Loads the guest and scores three rows; then shows that the same host still runs others.
fn scored(guest: &Guest) -> Result<mattoni_rules::Scored, RuleError> {
    let host = host();
    let run = |bytes: &[u8]| -> Ready {
        let loaded = host.load(bytes).unwrap();
        let grant = Grant::pinned(loaded.digest());
        loaded.grant(&grant).unwrap().ready()
    };
    let plugin = run(&guest.bytes());
    let columns = [("n".to_owned(), Column::integers(vec![1, 2, 3]))].into();
    let batch = Batch::from_columns(plugin.description(), columns).unwrap();
    let answer = plugin.score(&batch);
    let other = run(&bytes("nursery-points"));
    assert_eq!(other.score(&families(&other, 3)).unwrap().rows(), 3);
    answer
}

fn failed(score: &'static str) -> (RuleErrorKind, String) {
    let error = scored(&Guest { score, ..HONEST }).unwrap_err();
    (error.kind(), error.to_string())
}

#[test]
fn the_honest_guest_is_believed() {
    let answer = scored(&HONEST).unwrap();
    assert_eq!(answer.row(2).unwrap().criteria[0].points, 100);
    assert_eq!(answer.row(2).unwrap().criteria[0].reason.as_deref(), Some("r"));
}

#[test]
fn bytes_that_are_no_component_are_malformed() {
    for bytes in [&b""[..], b"not wasm", &[0; 1_000], &bytes("nursery-points")[..5_000]] {
        assert_eq!(refused(bytes).kind(), RuleErrorKind::Malformed);
    }
    let module = wat::parse_str("(module (memory 1))").unwrap();
    assert_eq!(refused(&module).kind(), RuleErrorKind::Malformed);
}

#[test]
fn a_component_beyond_the_cap_is_not_even_compiled() {
    let host = Host::new(Limits::default().with_component(1_000)).unwrap();
    let error = host.load(&bytes("nursery-points")).unwrap_err();
    assert_eq!(error.kind(), RuleErrorKind::Malformed);
    assert!(error.to_string().contains("1000 are allowed"), "{error}");
}

#[test]
fn a_component_that_imports_anything_is_refused_by_name() {
    let text = r#"(component (import "wasi:sockets/tcp@0.2.0" (instance)))"#;
    let error = refused(&wat::parse_str(text).unwrap());
    assert_eq!(error.kind(), RuleErrorKind::ForeignImport);
    assert!(error.to_string().contains("wasi:sockets/tcp@0.2.0"), "{error}");
}

#[test]
fn a_contract_from_the_future_or_none_is_unknown() {
    let future = Guest { version: "9.0.0", ..HONEST }.bytes();
    let error = refused(&future);
    assert_eq!(error.kind(), RuleErrorKind::UnknownContract);
    assert!(error.to_string().contains("9.0.0"), "{error}");
    let none = wat::parse_str("(component)").unwrap();
    assert_eq!(refused(&none).kind(), RuleErrorKind::UnknownContract);
}

#[test]
fn describing_is_limited_too() {
    let endless = Guest { describe: "(loop (br 0)) unreachable", ..HONEST }.bytes();
    assert_eq!(refused(&endless).kind(), RuleErrorKind::OutOfFuel);
    let elsewhere = Guest { describe: "i32.const 65532", ..HONEST }.bytes();
    assert_eq!(refused(&elsewhere).kind(), RuleErrorKind::BadAnswer);
    let empty = Guest { describe: "i32.const 1024", ..HONEST }.bytes();
    assert_eq!(refused(&empty).kind(), RuleErrorKind::BadDescription);
}

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    let (kind, text) = failed("(loop (br 0)) unreachable");
    assert_eq!(kind, RuleErrorKind::OutOfFuel);
    assert_eq!(
        text,
        "plugin n (scoring), rows 0 to 2: worked for longer than it may [rules.out-of-fuel]"
    );
}

#[test]
fn endless_recursion_and_panics_are_traps() {
    let endless = "(call $score (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)) (i32.add (i32.const 1))";
    assert_eq!(failed(endless).0, RuleErrorKind::Trap);
    assert_eq!(failed("unreachable").0, RuleErrorKind::Trap);
}

#[test]
fn memory_without_end_is_refused_as_such() {
    let endless = "(loop (drop (memory.grow (i32.const 16))) (br 0)) unreachable";
    assert_eq!(failed(endless).0, RuleErrorKind::OutOfMemory);
}

#[test]
fn a_lie_about_the_answer_names_criterion_and_row() {
    let cases = [
        // Two rows of points instead of three.
        ("(i32.store (i32.const 548) (i32.const 2)) i32.const 512", "criterion points"),
        ("(i32.store (i32.const 580) (i32.const 1001)) i32.const 512", "row 1: criterion"),
        ("(i32.store (i32.const 584) (i32.const -1)) i32.const 512", "row 2: criterion"),
        ("(i32.store16 (i32.const 600) (i32.const 2)) i32.const 512", "row 0: criterion"),
        // No criteria, and a class that was not declared.
        ("(i32.store (i32.const 520) (i32.const 0)) i32.const 512", "declared columns"),
        ("(i32.store (i32.const 536) (i32.const 3)) i32.const 512", "class"),
        // A list of a gigabyte, and one outside memory.
        ("(i32.store (i32.const 548) (i32.const 0x10000000)) i32.const 512", "cannot be read"),
        ("(i32.store (i32.const 544) (i32.const 0x7ffffff0)) i32.const 512", "cannot be read"),
    ];
    for (score, expected) in cases {
        let (kind, text) = failed(score);
        assert_eq!(kind, RuleErrorKind::BadAnswer, "{text}");
        let expected = expected.replace("criterion points", "criterion n");
        assert!(text.contains(&expected), "{text} does not say {expected}");
    }
}

#[test]
fn the_causes_are_told_once_and_underneath() {
    let error = scored(&Guest { score: "unreachable", ..HONEST }).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(!error.to_string().contains(&cause), "{error}");
}
