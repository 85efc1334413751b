//! The keyring: keys of public rooms (*sale pubbliche*), lent to citizens and brought back.
//!
//! A citizen asks for the key of a room and says why and until when. They take it from the office's
//! key box, and the office records that it is back. The day after it was due back the clock reminds
//! whoever still has it; a key that was asked for and never taken is not waited for any longer.
//!
//! It is a brick as `docs/write-a-brick.md` describes one: everything that the shell must know is in
//! [`Record`](mattoni_core::record::Record) for [`KeyLoan`]. A desk takes it with one line:
//!
//! ```
//! use mattoni_core::record::Bricks;
//!
//! let bricks = Bricks::new().with(mattoni_keyring::brick()); // the one line
//! assert!(bricks.kind("key-loan").is_some());
//! ```
//!
//! # What is personal says so
//! The reason for which a key is asked is the citizen's own business. Marked, it is sealed, erased
//! and in the dossier of whoever gave it:
//!
//! ```
//! use mattoni_core::record::Personal;
//!
//! #[derive(Personal)]
//! struct Asked {
//!     #[personal]
//!     why: String,
//! }
//! ```
//!
//! Without the mark it does not compile:
//!
//! ```compile_fail
//! use mattoni_core::record::Personal;
//!
//! #[derive(Personal)]
//! struct Asked {
//!     why: String,
//! }
//! ```
//!
//! # What this crate does not do
//! Book a room for certain hours, or take a deposit.
#![forbid(unsafe_code)]

mod loan;

use mattoni_core::record::Brick;

pub use loan::{
    Asked, Event, KeyLoan, KeyOrder, KeyRow, KeysOut, NotNow, OUT, SERVICE, State, Verb,
};

/// The brick of this crate.
#[must_use]
pub fn brick() -> Brick {
    Brick::new("keyring").with::<KeyLoan>()
}
