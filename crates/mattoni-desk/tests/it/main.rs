//! What whoever puts a desk together of bricks relies on, tried with one small brick.
#![allow(unreachable_pub, reason = "modules of one test binary")]
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected should stop there")]

mod ahead;
mod conformance;
mod faults;
mod file_mailbox;
mod loan;
mod parts;
mod questions;
