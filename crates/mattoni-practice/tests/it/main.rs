//! Behaviour of practices, from outside.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod access;
mod attempts;
mod bulk;
mod fixture;
mod golden;
mod laws;
mod life;
mod page;
mod reactions;
mod refusals;
mod relations;
mod table;
