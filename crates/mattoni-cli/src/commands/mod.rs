//! One module a command.

pub(crate) mod call;
pub(crate) mod explain;
pub(crate) mod facts;
pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod offer;
mod offered;
pub(crate) mod outbox;
pub(crate) mod person;
pub(crate) mod practice;
pub(crate) mod proof;
pub(crate) mod rank;
pub(crate) mod ranking;
pub(crate) mod records;
mod recounted;
pub(crate) mod retention;
pub(crate) mod rules;
pub(crate) mod service;
mod settings;
pub(crate) mod staff;
pub(crate) mod store;
pub(crate) mod tick;
pub(crate) mod verify;
mod who;
