//! Connections to read with.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use crate::Error;
use crate::sqlite::open::{self, IDLE, Options};

/// Callers never wait for a connection: when all are in use, one more is opened. It is closed when
/// it is returned and the pool is full.
pub(super) struct Pool {
    path: PathBuf,
    options: Options,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    /// A pool with one connection open, so that a file that cannot be read is found out at once.
    pub(super) fn open(path: PathBuf, options: Options) -> Result<Self, Error> {
        let first = open::reader(&path, &options)?;
        Ok(Self { path, options, idle: Mutex::new(vec![first]) })
    }

    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        // No code that may panic runs while the lock is held.
        let taken = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match taken {
            Some(conn) => conn,
            None => open::reader(&self.path, &self.options)?,
        };
        let answer = read(&conn);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE.get() {
            idle.push(conn);
        }
        answer
    }
}
