//! Behaviour of the ranking brick, in one binary.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod alternatives;
mod assign;
mod bad_input;
mod checker;
mod competition;
mod draw;
mod duplicates;
mod fund;
mod new_haven;
mod next;
mod next_siblings;
mod offers;
mod oracle;
mod order;
mod random;
mod record;
mod rederive;
mod rights;
mod run;
mod siblings;
mod told;
mod views;
