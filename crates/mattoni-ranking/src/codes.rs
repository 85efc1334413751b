//! What a code of an application, criterion or facility looks like, and finding codes.

use std::collections::BTreeMap;

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
            format!("{code:?} must be a code: 1 to {LONGEST} ASCII letters, digits or - _ . / :"),
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
    let mut seen = BTreeMap::<&str, usize>::new();
    for code in codes {
        *seen.entry(code).or_default() += 1;
    }
    for (code, times) in seen {
        if times > 1 {
            found.push(Problem::new(
                problem,
                field(code),
                format!("must be given once; {code:?} is given {times} times"),
                "keep one",
            ));
        }
    }
}

/// The numbers of the codes, from 0, in the byte order of the codes; equal codes by number.
pub(crate) fn in_order(codes: &[&str]) -> Vec<u32> {
    // The first bytes lie beside the number: the code itself is read only where they are equal.
    let mut numbered: Vec<(u128, u32)> =
        codes.iter().map(|code| first_bytes(code)).zip(0..).collect();
    numbered.sort_unstable_by(|a, b| {
        let whole = || codes[a.1 as usize].cmp(codes[b.1 as usize]);
        a.0.cmp(&b.0).then_with(whole).then(a.1.cmp(&b.1))
    });
    numbered.into_iter().map(|(_, number)| number).collect()
}

/// The first 16 bytes of a code as a number that orders like them.
fn first_bytes(code: &str) -> u128 {
    let mut bytes = [0; 16];
    let length = code.len().min(16);
    bytes[..length].copy_from_slice(&code.as_bytes()[..length]);
    u128::from_be_bytes(bytes)
}

/// Codes, to be found by code with the number of their place in the order they were given in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Index(BTreeMap<String, usize>);

impl Index {
    /// Of codes that occur twice the last one is found; whoever builds one refuses them.
    pub(crate) fn of<'a>(codes: impl Iterator<Item = &'a String>) -> Self {
        Self(codes.cloned().zip(0..).collect())
    }

    /// The number of `code`, from 0.
    pub(crate) fn get(&self, code: &str) -> Option<usize> {
        self.0.get(code).copied()
    }

    pub(crate) fn contains(&self, code: &str) -> bool {
        self.0.contains_key(code)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
