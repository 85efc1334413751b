//! SQLite's failures in the store's words.

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::{Error, ErrorKind};

/// A failure of SQLite while doing `message`. Nothing was written.
pub(super) fn fault(message: &'static str, error: rusqlite::Error) -> Error {
    Error::new(kind(&error), message).caused_by(error)
}

fn kind(error: &rusqlite::Error) -> ErrorKind {
    match error {
        rusqlite::Error::SqliteFailure(cause, _) => match cause.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => ErrorKind::Busy,
            ErrorCode::DiskFull => ErrorKind::Full,
            ErrorCode::ReadOnly => ErrorKind::ReadOnly,
            ErrorCode::NotADatabase => ErrorKind::NotAStore,
            ErrorCode::DatabaseCorrupt | ErrorCode::ConstraintViolation => ErrorKind::Corrupt,
            ErrorCode::TooBig => ErrorKind::TooLarge,
            _ => ErrorKind::Io,
        },
        // A value of another type or out of range was not written by this software.
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::Utf8Error(..) => ErrorKind::Corrupt,
        _ => ErrorKind::Io,
    }
}

/// Whether a unique index or primary key stopped the statement.
pub(super) fn is_taken(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::SqliteFailure(cause, _)
            if cause.extended_code == ffi::SQLITE_CONSTRAINT_UNIQUE
                || cause.extended_code == ffi::SQLITE_CONSTRAINT_PRIMARYKEY
    )
}
