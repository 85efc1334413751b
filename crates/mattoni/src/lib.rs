//! Bricks for the digital services of Italian municipalities, behind one name.
//!
//! Take the whole house or single bricks: every module is a crate of its own, and a feature of
//! this one. What needs a server, a bucket or a scanner has a feature too.
//!
//! | feature | module | what lives there |
//! | --- | --- | --- |
//! | (always) | [`core`] | codes, people, money, the legal calendar, refusals |
//! | `service` | [`service`] | what an ente offers: sheet, form, opening window |
//! | `practice` | [`practice`] | one citizen's practice, from draft to outcome |
//! | `ranking` | [`ranking`] | orders, ties, places by preference, next in line |
//! | `staff` | [`staff`] | offices and accounts of the staff, who read what |
//! | `rules` | `rules` | host for rule plugins (brings wasmtime) |
//! | `store` | `store` | state and journal in one commit: the ports, and a store in memory |
//! | `desk` | `desk` | the shell over any bricks: load, decide, commit, deliver |
//! | `office` | `office` | calls, scoring, rankings, explanation: several bricks at once |
//! | `analytics` | `analytics` | rules over data frames, who gains and who loses (brings polars) |
//! | `sqlite` | `store` | on SQLite (compiled in) |
//! | `postgres` | `store` | on PostgreSQL (brings no SQLite) |
//! | `postgres-tls` | `store` | on PostgreSQL over TLS |
//! | `blobs-object` | `store` | attachments beside the database, in a folder |
//! | `blobs-s3` | `store` | attachments in an S3-compatible store |
//! | `checkpoints` | `store` | checkpoints of the journal, signed and published |
//! | `clamav` | `desk` | files are looked at by ClamAV as they come in |
//! | `conformance` | `desk` | the suite that tries any brick |
//!
//! `service`, `practice`, `ranking` and `staff` are on by default and pure: they build in seconds
//! and touch nothing outside.
//!
//! ```
//! use mattoni::core::calendar::{LegalCalendar, Term};
//!
//! let received_on = "2026-09-04".parse()?;
//! let due = Term::new(received_on, 30).due(&LegalCalendar::national());
//! assert_eq!(due.on.to_string(), "2026-10-05");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A desk is put together from bricks, those of [`bricks`] or some of them and your own:
//!
//! ```
//! let bricks = mattoni::bricks();
//! assert!(bricks.check().is_ok());
//! # #[cfg(feature = "practice")]
//! assert!(bricks.kinds().any(|kind| kind.title() == "pratica"));
//! ```
//!
//! # What this crate does not do
//! Anything of its own. Plugins are written against `mattoni-rules-sdk`, which is apart because
//! it is built for another target.
#![forbid(unsafe_code)]

#[cfg(feature = "analytics")]
pub use mattoni_analytics as analytics;
pub use mattoni_core as core;
#[cfg(feature = "desk")]
pub use mattoni_desk as desk;
#[cfg(feature = "office")]
pub use mattoni_office as office;
#[cfg(feature = "practice")]
pub use mattoni_practice as practice;
#[cfg(feature = "ranking")]
pub use mattoni_ranking as ranking;
#[cfg(feature = "rules")]
pub use mattoni_rules as rules;
#[cfg(feature = "service")]
pub use mattoni_service as service;
#[cfg(feature = "staff")]
pub use mattoni_staff as staff;
#[cfg(feature = "store")]
pub use mattoni_store as store;

/// Every brick of the features that are on. A desk adds records of its own.
#[must_use]
pub fn bricks() -> core::record::Bricks {
    #[cfg(feature = "office")]
    let bricks = office::bricks();
    #[cfg(not(feature = "office"))]
    let bricks = core::record::Bricks::new();
    #[cfg(all(feature = "service", not(feature = "office")))]
    let bricks = bricks.with(service::brick());
    #[cfg(all(feature = "practice", not(feature = "office")))]
    let bricks = bricks.with(practice::brick());
    #[cfg(all(feature = "ranking", not(feature = "office")))]
    let bricks = bricks.with(ranking::brick());
    #[cfg(all(feature = "staff", not(feature = "office")))]
    let bricks = bricks.with(staff::brick());
    bricks
}
