//! Behaviour of the host: real plugins, hostile ones, and the record.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails its test")]
mod batches;
mod grants;
mod hostile;
mod plugins;
mod records;
