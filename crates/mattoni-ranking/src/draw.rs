//! The public draw (*sorteggio*), such that anyone can do it again.
//!
//! 1. Before the draw the ente publishes the **list of entrants**: the application codes sorted
//!    by their bytes, each followed by a newline. `E` is the SHA-256 of that text.
//! 2. It also says which string, not known yet, will be the **seed** (*seme*): for example the
//!    numbers of a wheel of the Lotto on a given evening.
//! 3. `S` is the SHA-256 of `hex(E)`, a newline, and the seed.
//! 4. The **ticket** of an entrant is the SHA-256 of `hex(S)`, a newline, and their code; in a
//!    multiple lottery the ticket for a facility is that of `hex(S)`, a newline, the code, a
//!    newline, and the facility's code.
//! 5. Tied entrants go in ascending order of the hexadecimal ticket.
//!
//! `hex` is 64 lower-case digits; texts are UTF-8. Nobody can choose the outcome: who fixes the
//! list does not know the seed, and one entrant more or less changes every ticket.
//! `docs/scripts/draw.py` does the same in ten lines of Python.
//!
//! ```
//! use mattoni_ranking::draw::{Seed, entrants_digest};
//!
//! let entrants = entrants_digest(["A-2", "A-1", "A-3"]);
//! let seed = Seed::new(entrants, "ruota di Roma, 12 giugno 2026: 4 27 61 80 90");
//! assert!(seed.ticket("A-3") < seed.ticket("A-1"));
//! ```

use mattoni_core::Digest;
use sha2::{Digest as _, Sha256};

/// The digest of the list of entrants, in whatever order they are given.
#[must_use]
pub fn entrants_digest<'a>(codes: impl IntoIterator<Item = &'a str>) -> Digest {
    let mut sorted: Vec<&str> = codes.into_iter().collect();
    sorted.sort_unstable();
    sorted_digest(&sorted)
}

/// The digest of a list of entrants that is in byte order: each code and a line feed.
pub(crate) fn sorted_digest(codes: &[&str]) -> Digest {
    let mut hasher = Sha256::new();
    let mut lines = Vec::with_capacity(8192);
    for codes in codes.chunks(64) {
        lines.clear();
        for code in codes {
            lines.extend_from_slice(code.as_bytes());
            lines.push(b'\n');
        }
        hasher.update(&lines);
    }
    Digest::from_bytes(hasher.finalize().into())
}

/// The seed of one draw: the published string bound to the published list.
#[derive(Clone)]
pub struct Seed {
    digest: Digest,
    // The 64 hexadecimal digits fill exactly one SHA-256 block: its state is computed once.
    prefix: Sha256,
}

impl Seed {
    /// Binds `seed`, the published string, to the list with digest `entrants`.
    #[must_use]
    pub fn new(entrants: Digest, seed: &str) -> Self {
        let digest = Digest::of(format!("{entrants}\n{seed}").as_bytes());
        let mut prefix = Sha256::new();
        prefix.update(digest.to_string().as_bytes());
        Self { digest, prefix }
    }

    /// `S`: the digest everything is drawn from.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The ticket of an entrant.
    #[must_use]
    pub fn ticket(&self, code: &str) -> Digest {
        self.finish(&[b"\n", code.as_bytes()])
    }

    /// The ticket of an entrant for one facility, in a multiple lottery.
    #[must_use]
    pub fn ticket_at(&self, code: &str, facility: &str) -> Digest {
        self.finish(&[b"\n", code.as_bytes(), b"\n", facility.as_bytes()])
    }

    fn finish(&self, parts: &[&[u8]]) -> Digest {
        let mut hasher = self.prefix.clone();
        for part in parts {
            hasher.update(part);
        }
        Digest::from_bytes(hasher.finalize().into())
    }
}

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seed").field("digest", &self.digest).finish_non_exhaustive()
    }
}
