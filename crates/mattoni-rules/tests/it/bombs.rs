//! Components that are small in bytes and large in work: refused before anything is compiled.
//!
//! Without the refusal each would keep the machine busy for minutes or take its memory, so that
//! these tests would not end.

use std::fmt::Write as _;

use mattoni_rules::{Host, Limits, RuleErrorKind};

use crate::plugins::bytes;

/// Loads it under both sets of limits, and answers with what is said about it.
fn refused_as_too_large(text: &str) -> String {
    let bytes = wat::parse_str(text).unwrap();
    let said = [Limits::default(), Limits::for_interpreters()].map(|limits| {
        let error = Host::new(limits).unwrap().load(&bytes).unwrap_err();
        assert_eq!(error.kind(), RuleErrorKind::TooLarge, "{error}");
        error.to_string()
    });
    said.concat()
}

/// A component of `levels` levels, each of which instantiates the one below it twice. Without names,
/// which are bytes.
fn doubling(levels: usize, innermost: &str) -> String {
    let mut text = format!("(component (component {innermost})");
    for below in 0..levels {
        let _ = write!(
            text,
            "(component
               (alias outer 1 {below} (component))
               (instance (instantiate 0)) (instance (instantiate 0)))"
        );
    }
    let _ = write!(text, "(instance (instantiate {levels})))");
    text
}

#[test]
fn parts_that_double_with_every_level_are_counted_and_not_made() {
    let inside = "(core module) (core instance (instantiate 0))";
    let said = refused_as_too_large(&doubling(30, inside));
    assert!(said.contains("instances, and at most 64 are allowed"), "{said}");
    // Two million instances.
    let text = doubling(21, inside);
    assert!(wat::parse_str(&text).unwrap().len() <= 601);
    refused_as_too_large(&text);
    // More levels than there are numbers to count with.
    refused_as_too_large(&doubling(200, ""));
}

#[test]
fn parts_that_are_written_out_a_hundred_times_count_a_hundred_times() {
    let exports: String =
        (0..2_000).map(|n| format!(r#"(export "a-name-of-some-length-{n}" (func $f))"#)).collect();
    let part = format!(
        r#"(core module $m (func (export "f"))) (core instance $i (instantiate $m))
           (func $f (canon lift (core func $i "f"))) {exports}"#
    );
    let hundred = "(instance (instantiate $part))".repeat(30);
    let text = format!("(component (component $part {part}) {hundred})");
    let said = refused_as_too_large(&text);
    assert!(said.contains("written out"), "{said}");
}

#[test]
fn parts_nested_deeper_than_any_rule_are_refused() {
    let text = format!("{}{}", "(component ".repeat(40), ")".repeat(40));
    let said = refused_as_too_large(&text);
    assert!(said.contains("inside each other"), "{said}");
}

#[test]
fn a_part_that_is_handed_in_cannot_be_weighed_and_is_not_instantiated() {
    let text = "(component
        (component $twice
          (import \"part\" (component $part))
          (instance (instantiate $part)) (instance (instantiate $part)))
        (component $part)
        (instance (instantiate $twice (with \"part\" (component $part)))))";
    let host = Host::new(Limits::default()).unwrap();
    let error = host.load(&wat::parse_str(text).unwrap()).unwrap_err();
    assert_eq!(error.kind(), RuleErrorKind::Malformed);
    let source = std::error::Error::source(&error);
    assert!(source.is_none() && error.to_string().contains("handed"), "{error}");
}

#[test]
fn flat_bombs_are_refused_by_what_there_is_too_much_of() {
    let module = |inside: &str| format!("(component (core module {inside}))");
    let said = refused_as_too_large(&module(&"(func)".repeat(100_000)));
    assert!(said.contains("functions, types"), "{said}");
    let said = refused_as_too_large(&module(&"(global i32 (i32.const 0))".repeat(100_000)));
    assert!(said.contains("functions, types"), "{said}");
    let long = "(drop (i64.const 1))".repeat(500_000);
    let said = refused_as_too_large(&module(&format!("(func {long})")));
    assert!(said.contains("bytes of one function"), "{said}");
    let some = format!("(func {})", "(drop (i64.const 1))".repeat(30_000));
    let said = refused_as_too_large(&module(&some.repeat(200)));
    assert!(said.contains("bytes of code"), "{said}");
    let locals = format!("(func (local {}))", "i32 ".repeat(40_000));
    let said = refused_as_too_large(&module(&locals));
    assert!(said.contains("local variables"), "{said}");
    let wide = format!("(func (param {}))", "i64 ".repeat(900));
    let said = refused_as_too_large(&module(&wide));
    assert!(said.contains("parameters or results"), "{said}");
    let many = "(core instance (instantiate $m))".repeat(2_000);
    let said = refused_as_too_large(&format!("(component (core module $m) {many})"));
    assert!(said.contains("instances"), "{said}");
}

#[test]
fn a_plugin_in_any_language_is_well_below_what_is_allowed() {
    let host = Host::new(Limits::default()).unwrap();
    for name in ["nursery-points", "school-meal-tariff", "report-routing", "home-bonus"] {
        assert!(host.load(&bytes(name)).is_ok(), "{name}");
    }
    // That Python's and JavaScript's are loaded is shown in `worlds`.
}
