//! Bricks: what a desk is put together from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::record::kind::KindOf;
use crate::record::{PersonalData, Record, RecordKind};
use crate::{Problem, Problems};

/// A brick: the kinds of record of one crate. Each brick's crate has a function `brick()`.
#[derive(Debug, Clone, Default)]
pub struct Brick {
    name: &'static str,
    kinds: Vec<Arc<dyn RecordKind>>,
}

impl Brick {
    /// The brick with this name, as `service.toml` calls it. No kind yet.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, kinds: Vec::new() }
    }

    /// And this kind of record.
    #[must_use]
    pub fn with<A: Record>(mut self) -> Self {
        self.kinds.push(Arc::new(KindOf::<A>::new()));
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// The registry: every kind of record that a desk keeps. What is not in it is refused, never
/// stored in the clear or skipped.
///
/// ```
/// use mattoni_core::record::Bricks;
///
/// // let bricks = Bricks::new().with(mattoni_practice::brick()).with(mattoni_ranking::brick());
/// assert!(Bricks::new().check().is_ok());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Bricks {
    names: Vec<&'static str>,
    kinds: BTreeMap<&'static str, Arc<dyn RecordKind>>,
    twice: BTreeSet<&'static str>,
}

impl Bricks {
    /// No brick yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// And this brick.
    #[must_use]
    pub fn with(mut self, brick: Brick) -> Self {
        self.names.push(brick.name);
        for kind in brick.kinds {
            if self.kinds.insert(kind.kind(), Arc::clone(&kind)).is_some() {
                self.twice.insert(kind.kind());
            }
        }
        self
    }

    /// The names of the bricks, in the order they were given.
    #[must_use]
    pub fn names(&self) -> &[&'static str] {
        &self.names
    }

    /// The kinds, by name.
    pub fn kinds(&self) -> impl Iterator<Item = &dyn RecordKind> {
        self.kinds.values().map(AsRef::as_ref)
    }

    /// The kind with this name.
    #[must_use]
    pub fn kind(&self, kind: &str) -> Option<&dyn RecordKind> {
        self.kinds.get(kind).map(AsRef::as_ref)
    }

    /// The topics of the orders that any of them gives.
    #[must_use]
    pub fn gives(&self) -> BTreeSet<&'static str> {
        self.kinds().flat_map(|kind| kind.gives().iter().copied()).collect()
    }

    /// What is personal in each kind: a store that seals is opened with it.
    #[must_use]
    pub fn personal(&self) -> PersonalData {
        self.kinds().fold(PersonalData::new(), |all, kind| all.with(kind.kind(), kind.personal()))
    }

    /// Whether the bricks fit together.
    ///
    /// # Errors
    /// `bricks.twice` for a kind that two bricks bring; `bricks.placeholder` where two kinds put
    /// different things in the place of an erased value of one shape.
    pub fn check(&self) -> Result<(), Problems> {
        let twice = self.twice.iter().map(|kind| {
            Problem::new(
                "bricks.twice",
                *kind,
                "one brick alone must bring a kind of record",
                "leave one of the two out, or give its record another KIND",
            )
        });
        let shapes = self.personal().ambiguous_shapes().into_iter().map(|shape| {
            Problem::new(
                "bricks.placeholder",
                shape,
                "a shape must have one placeholder in all kinds",
                "give one of them another shape",
            )
        });
        Problems::check(twice.chain(shapes).collect())
    }
}
