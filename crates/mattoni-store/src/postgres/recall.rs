//! Where the last commit of this process left each ente.
//!
//! A group that only opens streams can be written without asking first, as long as the head is
//! still there: see `commit.rs`. A sequence's number moves only together with the head, so whoever
//! finds the head where it was left need not ask for the number either.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use mattoni_core::EnteId;

use crate::Head;

/// For how many commits of an ente to ask first after another process has written in it. Where two
/// processes take turns, each guess would cost a trip.
const WARY: u32 = 32;

/// Of how many sequences to remember the number: more than an ente numbers at a time.
const SEQUENCES: usize = 64;

#[derive(Default)]
pub(super) struct Recall(Mutex<BTreeMap<EnteId, Memory>>);

enum Memory {
    Left(Left),
    Wary(u32),
}

/// Where a commit of this process left an ente.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) head: Head,
    pub(super) numbers: BTreeMap<String, u64>,
}

impl Recall {
    /// Takes what is remembered. It is forgotten until the next [`keep`](Self::keep), so a commit
    /// that fails leaves nothing behind that may be wrong.
    pub(super) fn take(&self, ente: &EnteId) -> Option<Left> {
        let mut memories = self.lock();
        match memories.remove(ente)? {
            Memory::Left(left) => Some(left),
            Memory::Wary(commits) => {
                if let Some(commits @ 1..) = commits.checked_sub(1) {
                    memories.insert(ente.clone(), Memory::Wary(commits));
                }
                None
            }
        }
    }

    /// Remembers what was committed.
    pub(super) fn keep(&self, ente: &EnteId, mut left: Left) {
        while left.numbers.len() > SEQUENCES {
            left.numbers.pop_first();
        }
        self.lock().entry(ente.clone()).or_insert(Memory::Left(left));
    }

    /// What was remembered was wrong.
    pub(super) fn doubt(&self, ente: &EnteId) {
        self.lock().insert(ente.clone(), Memory::Wary(WARY));
    }

    /// A panic leaves the map consistent, because each use is a single call.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<EnteId, Memory>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left() -> Left {
        Left { head: Head::START, numbers: BTreeMap::new() }
    }

    #[test]
    fn what_is_kept_is_recalled_once() {
        let (recall, ente) = (Recall::default(), "c_f051".parse().unwrap());
        recall.keep(&ente, left());
        assert!(recall.take(&"c_a001".parse().unwrap()).is_none());
        assert!(recall.take(&ente).is_some());
        assert!(recall.take(&ente).is_none());
    }

    #[test]
    fn after_a_doubt_it_asks_for_a_while_and_then_trusts_again() {
        let (recall, ente) = (Recall::default(), "c_f051".parse().unwrap());
        recall.doubt(&ente);
        for _ in 0..WARY {
            recall.keep(&ente, left());
            assert!(recall.take(&ente).is_none());
        }
        recall.keep(&ente, left());
        assert!(recall.take(&ente).is_some());
    }

    #[test]
    fn it_remembers_no_more_sequences_than_it_may() {
        let (recall, ente) = (Recall::default(), "c_f051".parse().unwrap());
        let numbers = (0..200).map(|n| (format!("register/{n}"), n)).collect();
        recall.keep(&ente, Left { head: Head::START, numbers });
        assert_eq!(recall.take(&ente).unwrap().numbers.len(), SEQUENCES);
    }
}
