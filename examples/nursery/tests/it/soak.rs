//! How long the long tests go on.

/// As many rounds as `MATTONI_SOAK` asks for: a few where it is not set, more where it is `short`
/// (`cargo xtask test`), hundreds where it is `full` (`cargo xtask soak`).
pub(crate) fn rounds(unset: u64, short: u64, full: u64) -> u64 {
    match std::env::var("MATTONI_SOAK").as_deref() {
        Err(_) => unset,
        Ok("short") => short,
        Ok("full") => full,
        Ok(other) => panic!("MATTONI_SOAK is short or full, not {other:?}"),
    }
}
