//! Behaviour of `mattoni-analytics`, with plugins as `cargo xtask plugins` makes them.

mod answers;
mod compare;
mod tables;
