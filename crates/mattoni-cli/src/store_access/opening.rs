//! How stores are opened by this command: sealed, unless the command line says otherwise.

use std::sync::OnceLock;

/// Set once, before the first command runs.
static OPENING: OnceLock<Opening> = OnceLock::new();

/// Whether what is personal may lie in the clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// It is sealed; a new store gets a key, and one in the clear is refused.
    Sealed,
    /// It lies in the clear, as `--unsealed` asks for; a store that is sealed is refused.
    Unsealed,
}

/// Says how stores are opened. Whoever comes second in a process changes nothing.
pub(crate) fn set(opening: Opening) {
    OPENING.get_or_init(|| opening);
}

/// How stores are opened.
pub(crate) fn opening() -> Opening {
    *OPENING.get_or_init(|| Opening::Sealed)
}
