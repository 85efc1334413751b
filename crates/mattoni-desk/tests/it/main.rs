//! What whoever sits at a desk relies on.
#![allow(unreachable_pub, reason = "modules of one test binary")]
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected should stop there")]

mod counter;
mod desk;
mod explain;
mod faulty;
mod import;
mod intake;
mod killed;
mod lists;
mod outbox;
mod own;
mod postbox;
mod practices;
mod privacy;
mod races;
mod ranking;
mod review;
mod scoring;
mod table;
mod tick;
mod town;
