//! What a code of an application, criterion or facility looks like, and finding codes fast.

mod heads;
mod index;

pub(crate) use heads::{Heads, head};
pub(crate) use index::Index;

use mattoni_core::Problem;

const LONGEST: usize = 64;

/// The bytes a code may have.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        plain[byte] = (byte as u8).is_ascii_alphanumeric()
            || matches!(byte as u8, b'-' | b'_' | b'.' | b'/' | b':');
        byte += 1;
    }
    plain
};

/// Whether this is a code.
pub(crate) fn is_code(code: &str) -> bool {
    (1..=LONGEST).contains(&code.len()) && code.bytes().all(|b| PLAIN[usize::from(b)])
}

/// Codes are printed, hashed for the draw and typed again by whoever checks it: plain ASCII
/// without spaces keeps the draw the same on every machine and in every encoding.
pub(crate) fn check(code: &str, field: &str, found: &mut Vec<Problem>) {
    if !is_code(code) {
        found.push(Problem::new(
            "ranking.code.form",
            field,
            format!("{code:?} is not a code: 1 to {LONGEST} ASCII letters, digits or - _ . / :"),
            "give it another code",
        ));
    }
}

/// Reports every code that occurs more than once.
pub(crate) fn check_unique<'a>(
    codes: impl Iterator<Item = &'a str>,
    problem: &'static str,
    field: impl Fn(&str) -> String,
    found: &mut Vec<Problem>,
) {
    let mut seen = std::collections::BTreeMap::<&str, usize>::new();
    for code in codes {
        *seen.entry(code).or_default() += 1;
    }
    for (code, times) in seen {
        if times > 1 {
            found.push(Problem::new(
                problem,
                field(code),
                format!("{code:?} is given {times} times"),
                "keep one",
            ));
        }
    }
}
