//! The example from outside: its town, its whole life, killed at any moment, and published data.
#![allow(unreachable_pub, reason = "modules of one test binary")]
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected should stop there")]

mod chapters;
mod killed;
mod life;
mod real;
mod records;
mod sealed;
mod soak;
mod town;
