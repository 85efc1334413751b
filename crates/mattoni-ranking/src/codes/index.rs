//! From a code to its number.

/// Codes and the order they were given in, to be found by code: an open-addressing table, since
/// a million applications ask five times each. It is never iterated, so no order leaks out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Index {
    codes: Vec<String>,
    /// Twice as many slots as codes at least, a power of two; [`FREE`] where there is none.
    slots: Vec<u32>,
}

const FREE: u32 = u32::MAX;

impl Index {
    /// Of codes that occur twice the last one is found; whoever builds one refuses them.
    pub(crate) fn of<'a>(codes: impl Iterator<Item = &'a String>) -> Self {
        let codes: Vec<String> = codes.cloned().collect();
        let slots = vec![FREE; (codes.len() * 2).next_power_of_two()];
        let mut index = Self { codes, slots };
        for number in 0..index.codes.len() {
            let slot = index.slot(&index.codes[number]);
            index.slots[slot] = number as u32;
        }
        index
    }

    /// The number of `code`, from 0.
    pub(crate) fn get(&self, code: &str) -> Option<usize> {
        match self.slots[self.slot(code)] {
            FREE => None,
            number => Some(number as usize),
        }
    }

    pub(crate) fn contains(&self, code: &str) -> bool {
        self.get(code).is_some()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The slot of `code`, or the free one where it would be.
    fn slot(&self, code: &str) -> usize {
        let mut slot = hash(code) as usize & (self.slots.len() - 1);
        loop {
            match self.slots[slot] {
                FREE => return slot,
                number if self.codes[number as usize] == code => return slot,
                _ => slot = (slot + 1) & (self.slots.len() - 1),
            }
        }
    }
}

/// FNV-1a, its high bits folded into the low ones that choose the slot.
fn hash(code: &str) -> u64 {
    let hash = code.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^ (hash >> 32)
}
