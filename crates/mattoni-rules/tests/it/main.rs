//! Behaviour of the host: real plugins, hostile ones, and the record.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails its test")]
mod batches;
mod bombs;
mod cache;
mod grants;
mod guest;
mod hostile;
mod mutations;
mod plugins;
mod records;
mod worlds;
