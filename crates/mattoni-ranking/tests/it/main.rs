//! Behaviour of the ranking brick, in one binary.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod assign;
mod bad_input;
mod checker;
mod draw;
mod fund;
mod new_haven;
mod next;
mod offers;
mod order;
mod random;
mod run;
mod views;
