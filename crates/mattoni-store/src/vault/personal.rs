//! Which parts of what is stored are personal, and whose.

use std::collections::BTreeMap;

/// One personal place in a JSON document.
///
/// The path is like a JSON pointer (RFC 6901); `*` stands for any key or index, `child_*` for
/// keys that begin so. A path that leads nowhere in a document is passed over.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Field {
    pub(super) path: &'static str,
    pub(super) whose: Whose,
    pub(super) shape: &'static str,
}

/// Where the id of the person stands.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Whose {
    /// In the state: the first of these pointers that leads to an id.
    State(&'static [&'static str]),
    /// In the personal value itself, at this pointer.
    Itself(&'static str),
}

impl Field {
    /// The place at `path`, whose value is of `shape`: once it is erased, what
    /// [`Secrets::with_stand_in`] gives for that shape stands there.
    #[must_use]
    pub const fn new(path: &'static str, whose: Whose, shape: &'static str) -> Self {
        Self { path, whose, shape }
    }
}

/// What is personal in one kind of aggregate. Where several paths fit, the first counts.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct Personal {
    pub(super) events: &'static [Field],
    pub(super) state: &'static [Field],
    pub(super) effects: &'static [Field],
    pub(super) facets: &'static [&'static str],
    pub(super) lists: &'static [&'static str],
    pub(super) lines: &'static [Field],
}

impl Personal {
    /// These places in events and in the state.
    #[must_use]
    pub const fn new(events: &'static [Field], state: &'static [Field]) -> Self {
        Self { events, state, effects: &[], facets: &[], lists: &[], lines: &[] }
    }

    /// And these in the payloads of effects.
    #[must_use]
    pub const fn in_effects(mut self, effects: &'static [Field]) -> Self {
        self.effects = effects;
        self
    }

    /// And the values of the facets with these names: they are kept as keyed digests, so that
    /// they find and are not read.
    #[must_use]
    pub const fn in_facets(mut self, facets: &'static [&'static str]) -> Self {
        self.facets = facets;
        self
    }

    /// And the places in the lists with these names that say something about a person: they are
    /// kept under keyed digests of their first three letters. So they are found by a beginning of
    /// three letters or more, in no order that says anything, and whoever reads on decides by
    /// what the states say. A shorter beginning finds only what is that short.
    #[must_use]
    pub const fn in_lists(mut self, lists: &'static [&'static str]) -> Self {
        self.lists = lists;
        self
    }

    /// And these places in what lists tell of a state ([`Listing::line`](crate::Listing::line)).
    /// There [`Whose::State`] leads to an id in the line itself.
    #[must_use]
    pub const fn in_lines(mut self, lines: &'static [Field]) -> Self {
        self.lines = lines;
        self
    }
}

/// What is personal in all kinds a store keeps, and what stands in the place of what was erased.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    pub(super) kinds: BTreeMap<&'static str, Personal>,
    pub(super) stand_ins: BTreeMap<&'static str, String>,
}

impl Secrets {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// And what is personal in aggregates of `kind`.
    #[must_use]
    pub fn with(mut self, kind: &'static str, personal: Personal) -> Self {
        self.kinds.insert(kind, personal);
        self
    }

    /// And the JSON that stands in the place of an erased value of `shape`, so that the rest
    /// goes on reading as it did. `$person` in it becomes the id of the person, which is a
    /// pseudonym and stays. A shape without one becomes `null`.
    #[must_use]
    pub fn with_stand_in(mut self, shape: &'static str, json: impl Into<String>) -> Self {
        self.stand_ins.insert(shape, json.into());
        self
    }
}
