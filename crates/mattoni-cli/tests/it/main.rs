//! The built command, as people and scripts use it: what it prints where, and how it ends.
#![allow(unreachable_pub, reason = "modules of one test binary")]
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected should stop there")]

mod any_record;
mod call;
mod command;
mod faults;
mod first_service;
mod guide;
mod init;
mod italian;
mod layers;
mod opening;
mod outbox;
mod own_brick;
mod practice;
mod practice_verbs;
mod privacy;
mod prizes;
mod rank;
mod ranking;
mod reach;
mod records;
mod rules;
mod rules_at_work;
mod service;
mod settings;
mod store;
mod tables;
mod tick;
mod tutorial;
mod words;
mod write_a_rule;
