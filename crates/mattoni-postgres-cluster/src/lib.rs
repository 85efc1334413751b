//! A private PostgreSQL for tests and benches: found, started, removed.
//!
//! ```
//! use mattoni_postgres_cluster::{Binaries, Cluster};
//!
//! // Where there is no PostgreSQL the error says in one line what to do.
//! let Ok(binaries) = Binaries::find() else { return Ok(()) };
//! let cluster = Cluster::start(&binaries)?;
//! println!("{}", cluster.conninfo("postgres"));
//! drop(cluster); // the server is stopped and its folder is gone
//! # Ok::<(), mattoni_postgres_cluster::Unavailable>(())
//! ```
//!
//! The server listens on a Unix socket in its own folder and nowhere else, unless it is started
//! with [`Options::with_tcp`]. It trusts whoever reaches the socket, and ends with the process
//! that started it, also when that one is killed: a shell beside it waits for the end of a pipe.
//!
//! # What this crate does not do
//! Install PostgreSQL (`cargo xtask test` does), or run one for anything that matters.
#![forbid(unsafe_code)]

mod binaries;
mod cluster;
mod user;

pub use binaries::Binaries;
pub use cluster::{Cluster, Options};

/// Why there is no server, in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable(String);

impl std::fmt::Display for Unavailable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unavailable {}

impl Unavailable {
    fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}
