//! The store's promises, held to on memory, SQLite and PostgreSQL, and tried to be broken.
#![allow(clippy::unwrap_used, reason = "clippy lets them pass in test functions, not in helpers")]

mod altered;
mod backup;
mod blob_races;
mod blobs;
mod conformance;
mod crash;
mod disk;
mod files;
mod first_schema;
mod golden;
mod index;
mod laws;
mod manual;
mod migration;
mod outage;
mod parts;
mod postgres;
mod private;
mod proof;
mod proxy;
mod recordings;
mod s3;
mod sealed_blobs;
mod server;
mod silent;
mod support;
mod tamper;
mod typed;
mod vault;
mod vault_rows;
mod verification;
mod wall;
mod writers;
