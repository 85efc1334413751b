//! What whoever sits at a desk relies on.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected should stop there")]

mod counter;
mod desk;
mod dying;
mod practices;
mod table;
mod tick;
