//! The outcomes that bricks have: what a service can let something follow on.

/// An outcome of a brick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrickOutcome {
    /// The brick that has it.
    pub brick: &'static str,
    /// Stable name, as `on` of `[[then]]` says it.
    pub name: &'static str,
    /// As officials read it.
    pub italian: &'static str,
}

macro_rules! outcomes {
    ($($brick:literal: $($name:literal = $italian:literal),+;)+) => {
        impl BrickOutcome {
            /// Every outcome that is known. Those of a practice are its final states.
            pub const ALL: &'static [Self] = &[$($(
                Self { brick: $brick, name: $name, italian: $italian },
            )+)+];
        }
    };
}

outcomes! {
    "practice":
        "accepted" = "accolta",
        "rejected" = "respinta",
        "withdrawn" = "ritirata",
        "expired" = "scaduta",
        "revoked" = "revocata";
    "ranking":
        "published" = "graduatoria pubblicata",
        "place-offered" = "posto offerto",
        "place-accepted" = "posto accettato",
        "place-lapsed" = "offerta decaduta";
}

impl BrickOutcome {
    /// The outcome with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|outcome| outcome.name == name)
    }

    /// The outcomes of a brick.
    pub fn of_brick(brick: &str) -> impl Iterator<Item = &'static Self> {
        Self::ALL.iter().filter(move |outcome| outcome.brick == brick)
    }
}
