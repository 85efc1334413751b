//! The laws of the house, as tests.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected should stop there")]

mod book;
mod floors;
mod manners;
mod verbs;
