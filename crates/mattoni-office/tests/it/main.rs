//! What offices rely on that work with several bricks at once.
#![allow(unreachable_pub, reason = "modules of one test binary")]
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected should stop there")]

mod answers;
mod conformance;
mod counter;
mod counter_bulk;
mod csv_table;
mod desk;
mod explain;
mod faulty;
mod guard;
mod import;
mod intake;
mod killed;
mod lists;
mod outbox;
mod practices;
mod privacy;
mod privacy_rankings;
mod procedure;
mod races;
mod ranking;
mod review;
mod rules;
mod scoring;
mod staff;
mod stopped_erasure;
mod take_up;
mod tick;
mod town;
