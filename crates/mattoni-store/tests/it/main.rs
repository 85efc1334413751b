//! The store's promises, held to on memory, SQLite and PostgreSQL, and tried to be broken.
#![allow(clippy::unwrap_used, reason = "clippy lets them pass in test functions, not in helpers")]

mod backup;
mod blobs;
mod conformance;
mod crash;
mod disk;
mod every_version;
mod files;
mod first_schema;
mod golden;
mod laws;
mod manual;
mod migration;
mod outage;
mod parts;
mod postgres;
mod proof;
mod proxy;
mod s3;
mod server;
mod support;
mod tamper;
mod typed;
mod unasked;
mod vault;
mod verification;
mod wall;
