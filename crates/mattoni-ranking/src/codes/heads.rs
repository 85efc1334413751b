//! Sorting millions of codes by their bytes without reading them again and again.

use mattoni_core::Digest;

use crate::{draw, sorting};

/// The first 16 bytes of a code as a number that orders like them.
pub(crate) fn head(code: &str) -> u128 {
    let mut head = [0; 16];
    let shared = code.len().min(16);
    head[..shared].copy_from_slice(&code.as_bytes()[..shared]);
    u128::from_be_bytes(head)
}

/// Codes in byte order. Codes of one ente differ in few bits of their first 16 bytes; those bits
/// side by side make a short key, and a code is only read where keys are equal.
pub(crate) struct Heads {
    bits: DifferingBits,
    rows: Vec<(u64, u32)>,
    /// Whether keys hold whole codes: then equal keys mean equal codes.
    whole: bool,
}

impl Heads {
    /// Sorts; `heads` are those of the codes that `code` gives by their number.
    pub(crate) fn sorted<'a>(heads: Vec<u128>, code: impl Fn(u32) -> &'a str) -> Self {
        let bits = DifferingBits::of(&heads);
        let mut rows: Vec<(u64, u32)> =
            heads.iter().zip(0..).map(|(&head, who)| (bits.gather(head), who)).collect();
        let has_long = heads.iter().any(|head| head & 0xff != 0);
        drop(heads);
        sorting::by_key(&mut rows, bits.count.min(64));
        // A head whose last byte is taken may be the beginning of a longer code.
        let mut whole = bits.count <= 64 && !has_long;
        for same in rows.chunk_by_mut(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            // Twins, or codes that go on after their first 16 bytes.
            same.sort_unstable_by(|a, b| code(a.1).cmp(code(b.1)).then(a.1.cmp(&b.1)));
            whole = false;
        }
        Self { bits, rows, whole }
    }

    /// Every code that is there more than once, and how often.
    pub(crate) fn twins<'a>(&self, code: impl Fn(u32) -> &'a str) -> Vec<(&'a str, usize)> {
        let code = |row: &(u64, u32)| code(row.1);
        self.rows
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|same| same.len() > 1)
            .flat_map(|same| same.chunk_by(|a, b| code(a) == code(b)))
            .filter(|same| same.len() > 1)
            .map(|same| (code(&same[0]), same.len()))
            .collect()
    }

    /// The digest of the list of entrants.
    pub(crate) fn digest<'a>(&self, code: impl Fn(u32) -> &'a str) -> Digest {
        let mut list = draw::EntrantsList::new();
        for &(key, who) in &self.rows {
            if self.whole {
                let head = self.bits.scatter(key);
                // Codes hold no zero bytes, so those at the end are padding.
                let length = 16 - head.trailing_zeros() as usize / 8;
                list.push(&head.to_be_bytes()[..length]);
            } else {
                list.push(code(who).as_bytes());
            }
        }
        list.finish()
    }

    /// The numbers in the order of their codes.
    pub(crate) fn into_order(self) -> Vec<u32> {
        self.rows.into_iter().map(|(_, who)| who).collect()
    }
}

/// Which bits differ among many numbers, to put side by side and back. Leaving out bits that are
/// the same everywhere leaves the order as it is.
struct DifferingBits {
    /// What is the same everywhere, the rest zero.
    common: u128,
    /// Runs of neighbouring bits, highest first: where they are, and how many.
    runs: Vec<(u32, u32)>,
    count: u32,
}

impl DifferingBits {
    fn of(numbers: &[u128]) -> Self {
        let first = numbers.first().copied().unwrap_or(0);
        let mask = numbers.iter().fold(0, |mask, number| mask | (number ^ first));
        let mut runs = Vec::new();
        let mut left = mask;
        while left != 0 {
            let top = 128 - left.leading_zeros();
            let length = (left << (128 - top)).leading_ones();
            runs.push((top - length, length));
            left &= !(ones(length) << (top - length));
        }
        Self { common: first & !mask, runs, count: mask.count_ones() }
    }

    /// The differing bits side by side, the 64 highest where there are more.
    fn gather(&self, number: u128) -> u64 {
        let mut key = 0;
        let mut room = 64;
        for &(at, length) in &self.runs {
            let bits = (number >> at) & ones(length);
            if length >= room {
                return ((u128::from(key) << room) | (bits >> (length - room))) as u64;
            }
            key = (key << length) | bits as u64;
            room -= length;
        }
        key
    }

    /// The number again; only where no more than 64 bits differ.
    fn scatter(&self, mut key: u64) -> u128 {
        let mut number = self.common;
        for &(at, length) in self.runs.iter().rev() {
            number |= (u128::from(key) & ones(length)) << at;
            key = key.checked_shr(length).unwrap_or(0);
        }
        number
    }
}

const fn ones(length: u32) -> u128 {
    if length >= 128 { u128::MAX } else { (1 << length) - 1 }
}
