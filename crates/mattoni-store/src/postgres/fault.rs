//! PostgreSQL's failures in the store's words.

use std::error::Error as _;

use deadpool::managed::PoolError;
use tokio_postgres::error::{Severity, SqlState};

use crate::{Error, ErrorKind};

/// A failure of the server or of the way to it while doing `message`. Nothing was written.
pub(super) fn fault(message: &'static str, error: tokio_postgres::Error) -> Error {
    Error::new(kind(&error), message).caused_by(error)
}

pub(super) const CONNECTING: &str = "failed to reach the server";

/// No connection could be had. Nothing was written.
pub(super) fn no_connection(error: PoolError<Error>) -> Error {
    match error {
        PoolError::Backend(cause) => cause,
        // No connection became free within the time allowed.
        other => Error::new(ErrorKind::Busy, CONNECTING).caused_by(other),
    }
}

fn kind(error: &tokio_postgres::Error) -> ErrorKind {
    let Some(state) = error.code() else {
        let below =
            error.is_closed() || error.source().is_some_and(|cause| cause.is::<std::io::Error>());
        // If neither the server nor the network failed, the answer could not be decoded.
        return if below { ErrorKind::Unreachable } else { ErrorKind::Io };
    };
    match *state {
        SqlState::QUERY_CANCELED
        | SqlState::LOCK_NOT_AVAILABLE
        | SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED
        | SqlState::TOO_MANY_CONNECTIONS => ErrorKind::Busy,
        SqlState::DISK_FULL => ErrorKind::Full,
        SqlState::READ_ONLY_SQL_TRANSACTION | SqlState::INSUFFICIENT_PRIVILEGE => {
            ErrorKind::ReadOnly
        }
        // The server has closed the connection, and undone what was begun on it.
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => ErrorKind::Unreachable,
        SqlState::UNDEFINED_TABLE | SqlState::UNDEFINED_COLUMN | SqlState::INVALID_CATALOG_NAME => {
            ErrorKind::NotAStore
        }
        _ => match state.code().get(..2) {
            Some("08" | "57") => ErrorKind::Unreachable,
            Some("23" | "22") => ErrorKind::Corrupt,
            Some("54") => ErrorKind::TooLarge,
            _ if state.code().starts_with("XX00") => ErrorKind::Corrupt,
            _ => ErrorKind::Io,
        },
    }
}

/// A COMMIT that was not acknowledged. That the transaction was rolled back is known only when the
/// server says so: a connection may break after the commit.
pub(super) fn undurable(error: tokio_postgres::Error) -> Error {
    // After a PANIC or FATAL error, also one caused by a full disk, it is not known whether the
    // transaction was committed.
    let alive = error.as_db_error().is_some_and(|e| e.parsed_severity() == Some(Severity::Error));
    let undone = error
        .code()
        .and_then(|state| state.code().get(..2))
        .is_some_and(|class| alive && matches!(class, "23" | "25" | "40" | "53"));
    let failed = fault("failed to commit", error);
    if undone {
        failed
    } else {
        Error::new(ErrorKind::Unknown, "failed to make a commit durable").caused_by(failed)
    }
}

/// A stored value that does not read: not written by this software.
pub(super) fn misread(cause: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Corrupt, "failed to read").caused_by(cause)
}
