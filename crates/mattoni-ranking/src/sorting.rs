//! Sorting many small keys: by their digits, one after the other (radix sort).
//!
//! A comparison sort of millions of rows waits for memory at every comparison. Keys packed into
//! 64 bits, each with the number of its row, are read from front to back instead, once for each
//! digit.

/// Digits of 11 bits: six of them make a key, and their counters stay in the first cache.
const DIGIT: u32 = 11;
const VALUES: usize = 1 << DIGIT;

/// Below this a comparison sort has finished before the counters are set up.
const FEW: usize = 4096;

/// Sorts by key, rows with equal keys by number; no key has more than `bits` bits, and the
/// numbers are ascending.
pub(crate) fn by_key(rows: &mut Vec<(u64, u32)>, bits: u32) {
    if rows.is_sorted() {
        return;
    }
    if rows.len() < FEW {
        rows.sort_unstable();
        return;
    }
    let digits = bits.div_ceil(DIGIT) as usize;
    let digit = |key: u64, n: usize| (key >> (n as u32 * DIGIT)) as usize % VALUES;
    let mut counts = vec![[0_u32; VALUES]; digits];
    for (key, _) in rows.iter() {
        for (n, count) in counts.iter_mut().enumerate() {
            count[digit(*key, n)] += 1;
        }
    }
    let mut from = std::mem::take(rows);
    let mut to = vec![(0, 0); from.len()];
    for (n, count) in counts.iter_mut().enumerate() {
        if count.contains(&(from.len() as u32)) {
            continue;
        }
        let mut start = 0;
        for next in count.iter_mut() {
            start += std::mem::replace(next, start);
        }
        for row in &from {
            let next = &mut count[digit(row.0, n)];
            to[*next as usize] = *row;
            *next += 1;
        }
        std::mem::swap(&mut from, &mut to);
    }
    *rows = from;
}

#[cfg(test)]
mod tests {
    use super::{FEW, by_key};

    #[test]
    fn digits_sort_as_comparisons_do() {
        let mut next = 1_u64;
        for (rows, bits) in [(0, 0), (1, 64), (FEW + 1, 0), (FEW, 7), (3 * FEW, 33), (2 * FEW, 64)]
        {
            let mut keys: Vec<(u64, u32)> = (0..rows as u32)
                .map(|number| {
                    next = next.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (next.checked_shr(64 - bits).unwrap_or(0), number)
                })
                .collect();
            let mut plain = keys.clone();
            plain.sort_unstable();
            by_key(&mut keys, bits);
            assert_eq!(keys, plain, "{rows} rows of {bits} bits");
        }
    }
}
