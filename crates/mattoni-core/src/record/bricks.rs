//! Bricks: what a desk is put together from.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::record::kind::KindOf;
use crate::record::{PersonalData, Record, RecordKind};
use crate::{Problem, Problems};

/// Reads a brick's own section of `service.toml`, and says everything that is wrong with it.
pub type SectionCheck = fn(&serde_json::Value) -> Result<(), Problems>;

/// A brick: the kinds of record of one crate. Each brick's crate has a function `brick()`.
#[derive(Debug, Clone, Default)]
pub struct Brick {
    name: &'static str,
    kinds: Vec<Arc<dyn RecordKind>>,
    section: Option<SectionCheck>,
    guarded: Vec<(&'static str, &'static str)>,
}

impl Brick {
    /// The brick with this name, as `service.toml` calls it. No kind yet.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, kinds: Vec::new(), section: None, guarded: Vec::new() }
    }

    /// And this kind of record.
    #[must_use]
    pub fn with<A: Record>(mut self) -> Self {
        self.kinds.push(Arc::new(KindOf::<A>::new()));
        self
    }

    /// And this kind of record, which must not be kept without the guard of this name: something
    /// outside the brick says what its records may hold, as a service says it of its practices. A
    /// desk without it does not start, unless it says that the kind has none.
    #[must_use]
    pub fn with_guarded<A: Record>(mut self, guard: &'static str) -> Self {
        self.guarded.push((A::KIND, guard));
        self.with::<A>()
    }

    /// With a section of its own in `service.toml`: the table `[brick.NAME]`, read by this check.
    #[must_use]
    pub fn section(mut self, check: SectionCheck) -> Self {
        self.section = Some(check);
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
    sections: BTreeMap<&'static str, SectionCheck>,
    guarded: BTreeSet<(&'static str, &'static str)>,
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
        self.sections.extend(brick.section.map(|check| (brick.name, check)));
        self.guarded.extend(brick.guarded);
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

    /// The kinds that must not be kept without a guard, each with the guard's name: see [`Brick::with_guarded`].
    #[must_use]
    pub fn guarded(&self) -> &BTreeSet<(&'static str, &'static str)> {
        &self.guarded
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

    /// Whether a brick takes this as its section of `service.toml`.
    ///
    /// ```
    /// use mattoni_core::record::{Brick, Bricks};
    /// use mattoni_core::{Problem, Problems};
    ///
    /// fn days(section: &serde_json::Value) -> Result<(), Problems> {
    ///     let whole = section["days"].is_u64();
    ///     let problem = || Problem::new("keys.days", "days", "must be a whole number", "write 14");
    ///     Problems::check((!whole).then(problem).into_iter().collect())
    /// }
    ///
    /// let bricks = Bricks::new().with(Brick::new("keys").section(days));
    /// assert!(bricks.check_section("keys", &serde_json::json!({ "days": 14 })).is_ok());
    /// let refused = bricks.check_section("keys", &serde_json::json!({})).unwrap_err();
    /// assert_eq!(refused.iter().next().unwrap().field, "brick.keys.days");
    /// assert!(bricks.check_section("rooms", &serde_json::json!({})).is_err());
    /// ```
    ///
    /// # Errors
    /// `bricks.section` for a brick that is not there or has no section, and whatever the brick
    /// itself finds, each in the field `brick.NAME`.
    pub fn check_section(&self, brick: &str, section: &serde_json::Value) -> Result<(), Problems> {
        let Some(check) = self.sections.get(brick) else {
            let having: Vec<&str> = self.sections.keys().copied().collect();
            return Err(Problem::new(
                "bricks.section",
                format!("brick.{brick}"),
                format!("must be the section of a brick that has one: {}", having.join(", ")),
                "leave the section out, or add the brick to the desk",
            )
            .into());
        };
        let within = |problem: Problem| {
            let field = format!("brick.{brick}.{}", problem.field);
            problem.in_field(field.trim_end_matches('.').to_owned())
        };
        let found = check(section).err().into_iter().flatten().map(within);
        Problems::check(found.collect())
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
