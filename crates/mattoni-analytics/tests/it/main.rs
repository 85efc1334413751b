//! Behaviour of `mattoni-analytics`, with plugins as `cargo xtask plugins` makes them.
#![allow(clippy::unwrap_used, reason = "a test ends where its ground is missing")]

mod answers;
mod compare;
mod tables;
