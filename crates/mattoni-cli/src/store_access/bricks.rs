//! The bricks that the command knows.

use std::sync::OnceLock;

use mattoni_core::record::Bricks;

/// Set once, before the first command runs.
static BRICKS: OnceLock<Bricks> = OnceLock::new();

/// Says which bricks the command knows, in the place of the offices' own. Whoever comes second in a
/// process changes nothing.
pub(crate) fn set(bricks: Bricks) {
    BRICKS.get_or_init(|| bricks);
}

/// The bricks, the desk's own not among them: every desk adds those.
pub(crate) fn bricks() -> Bricks {
    BRICKS.get_or_init(mattoni_office::bricks).clone()
}

/// The bricks and the desk's own kinds.
pub(crate) fn all() -> Bricks {
    bricks().with(mattoni_desk::brick())
}
