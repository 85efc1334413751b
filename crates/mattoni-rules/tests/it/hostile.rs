//! Plugins that mean harm, each made by hand: one clear error, and the host lives on.

use mattoni_rules::{Batch, Column, Grant, Host, Limits, Ready, RuleError, RuleErrorKind, Scored};

use crate::guest::{Guest, HONEST};
use crate::plugins::{bytes, families};

fn host() -> Host {
    let limits = Limits::default().with_memory(4 << 20).with_fuel_per_batch(1_000_000);
    Host::new(limits).unwrap()
}

fn refused(bytes: &[u8]) -> RuleError {
    host().load(bytes).unwrap_err()
}

/// Loads the guest and scores three rows; then shows that the same host still runs others.
fn scored(guest: &Guest) -> Result<Scored, RuleError> {
    scored_rows(&host(), guest, 3)
}

fn scored_rows(host: &Host, guest: &Guest, rows: i64) -> Result<Scored, RuleError> {
    let run = |bytes: &[u8]| -> Ready {
        let loaded = host.load(bytes).unwrap();
        let grant = Grant::pinned(loaded.digest());
        loaded.grant(&grant).unwrap().ready()
    };
    let plugin = run(&guest.bytes());
    let columns = [("n".to_owned(), Column::integers((0..rows).collect()))].into();
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
    assert_eq!(error.kind(), RuleErrorKind::TooLarge);
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
        "plugin n (scoring), row 0: worked for longer than it may [rules.out-of-fuel]"
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

/// Body of `score` that answers no points for as many rows as were asked about, and stops where
/// the input is `17`.
const STOPS_AT_17: &str = "
  (local $at i32)
  (local.set $at (i32.load offset=4 (local.get 1)))
  (block $done
    (loop $next
      (br_if $done (i32.ge_u (local.get $at)
        (i32.add (i32.load offset=4 (local.get 1)) (i32.mul (local.get 0) (i32.const 8)))))
      (if (i64.eq (i64.load (local.get $at)) (i64.const 17)) (then unreachable))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br $next)))
  (i32.store (i32.const 544) (i32.const 32768))
  (i32.store (i32.const 548) (local.get 0))
  (i32.store (i32.const 552) (i32.const 40960))
  (i32.store (i32.const 556) (local.get 0))
  i32.const 512";

#[test]
fn a_trap_at_row_17_of_a_thousand_is_found_there() {
    let guest = Guest { score: STOPS_AT_17, ..HONEST };
    assert_eq!(scored_rows(&host(), &guest, 17).unwrap().rows(), 17);
    let error = scored_rows(&host(), &guest, 1_000).unwrap_err();
    assert_eq!((error.kind(), error.rows()), (RuleErrorKind::Trap, Some(17..18)));
    assert_eq!(error.to_string(), "plugin n (scoring), row 17: stopped by itself [rules.trap]");
}

#[test]
fn a_plugin_that_asks_for_what_it_did_not_declare_is_told_as_its_own_failure() {
    // result<_, failure>: the second case, row 1, a message of 18 bytes.
    let score = "(i64.store (i32.const 1024) (i64.const 0x5f6c616373696620))
      (i32.store (i32.const 512) (i32.const 1))
      (i32.store (i32.const 516) (i32.const 1)) (i32.store (i32.const 520) (i32.const 1))
      (i32.store (i32.const 524) (i32.const 1025)) (i32.store (i32.const 528) (i32.const 7))
      i32.const 512";
    let (kind, text) = failed(score);
    assert_eq!(kind, RuleErrorKind::Failed);
    assert_eq!(text, "plugin n (scoring), row 1: answered: fiscal_ [rules.failed]");
}

#[test]
fn names_that_are_no_text_or_a_gigabyte_are_not_read() {
    let invalid = "(i32.store8 (i32.const 16) (i32.const 0xff)) i32.const 64";
    let huge = "(i32.store (i32.const 68) (i32.const 0x40000000)) i32.const 64";
    for describe in [invalid, huge] {
        let error = refused(&Guest { describe, ..HONEST }.bytes());
        assert_eq!(error.kind(), RuleErrorKind::BadAnswer, "{error}");
    }
}

#[test]
fn no_more_of_an_answer_is_taken_over_than_the_cap() {
    let host = Host::new(Limits::default().with_answer(64)).unwrap();
    assert_eq!(host.load(&HONEST.bytes()).unwrap_err().kind(), RuleErrorKind::BadAnswer);
}

#[test]
fn a_hundred_failures_leave_room_for_the_next_call() {
    let limits = Limits::default().with_memory(4 << 20).with_concurrent_calls(1);
    let host = Host::new(limits.with_fuel_per_batch(1_000_000)).unwrap();
    let bodies = [
        "unreachable",
        "(loop (br 0)) unreachable",
        "(loop (drop (memory.grow (i32.const 16))) (br 0)) unreachable",
        "(i32.store (i32.const 548) (i32.const 2)) i32.const 512",
    ];
    for score in bodies {
        let loaded = host.load(&Guest { score, ..HONEST }.bytes()).unwrap();
        let grant = Grant::pinned(loaded.digest());
        let plugin: Ready = loaded.grant(&grant).unwrap().ready();
        let columns = [("n".to_owned(), Column::integers(vec![1, 2, 3]))].into();
        let batch = Batch::from_columns(plugin.description(), columns).unwrap();
        for _ in 0..25 {
            assert_ne!(plugin.score(&batch).unwrap_err().kind(), RuleErrorKind::Busy);
        }
    }
    assert_eq!(scored_rows(&host, &HONEST, 3).unwrap().rows(), 3);
}
