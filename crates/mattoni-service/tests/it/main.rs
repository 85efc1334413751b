//! Behaviour of services, from outside.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod agreement;
mod chain;
mod changes;
mod choices;
mod files;
mod fixture;
mod form;
mod offered;
mod page;
mod reading;
mod requirements;
mod rules;
mod sheet;
mod sources;
mod status;
mod watch;
