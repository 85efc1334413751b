//! Behaviour of practices, from outside.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod access;
mod attempts;
mod bulk;
mod condition;
mod conflict;
mod contacts;
mod fixture;
mod golden;
mod late_money;
mod laws;
mod life;
mod mandates;
mod moves;
mod on_behalf;
mod orders;
mod page;
mod papers;
mod personal;
mod projection;
mod questions;
mod record;
mod recount;
mod refusals;
mod relations;
mod reminder;
mod rights;
mod room;
mod rules;
mod transitions;
