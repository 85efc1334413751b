//! Plugins written by hand in WebAssembly's text, so that each lie is told exactly.

use std::fmt::Write as _;

/// A guest in text: memory laid out by hand, so that each lie is told exactly.
///
/// It declares one integer input `n`, one criterion `points` from 0 to 10, one reason.
pub(crate) struct Guest {
    /// Body of `score`, which answers the address of the result.
    pub(crate) score: &'static str,
    /// Body of `describe`.
    pub(crate) describe: &'static str,
    pub(crate) version: &'static str,
}

pub(crate) const HONEST: Guest = Guest {
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
    pub(crate) fn bytes(&self) -> Vec<u8> {
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
