//! The example from outside: its town, its whole life, killed at any moment, and published data.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected should stop there")]

mod killed;
mod life;
mod real;
mod records;
mod town;
