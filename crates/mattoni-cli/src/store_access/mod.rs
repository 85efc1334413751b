//! What commands reach through: stores, their keys, desks on them, and the files of a service.
//!
//! Commands import this, it imports [`crate::output`] and [`crate::db`] only. No two files of the
//! command import each other.

pub(crate) mod bricks;
pub(crate) mod desks;
pub(crate) mod ente_file;
pub(crate) mod files;
pub(crate) mod keys;
pub(crate) mod officials;
pub(crate) mod opening;
pub(crate) mod plugins;
pub(crate) mod service_folder;
pub(crate) mod stores;
