//! What offices do with several bricks at once: a call (*bando*) from import to published ranking,
//! the [rules] of a service asked about its practices, the register's numbers, explanation, and the
//! service's windows.
//!
//! An [`Office`] stands on a [`Desk`](mattoni_desk::Desk), which knows no brick by name; what joins
//! practices, rankings, rules and services is here. [`bricks`] are the bricks it joins.
//!
//! ```
//! use mattoni_core::EnteId;
//! use mattoni_desk::{Desk, FileMailbox};
//! use mattoni_office::{Office, ProtocolOffice};
//! use mattoni_store::Memory;
//!
//! let folder = tempfile::tempdir()?;
//! let ente: EnteId = "c_h223".parse()?;
//! let parts = mattoni_office::parts()
//!     .taker(ProtocolOffice)
//!     .taker(FileMailbox::open(folder.path().join("messages.jsonl"))?)
//!     .taken_elsewhere("payment.request")
//!     .taken_elsewhere("payment.cancel");
//! let office = Office::new(Desk::new(Memory::new(), ente, parts)?);
//! assert!(office.desk().bricks().names().contains(&"ranking"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//! Store or deliver (`mattoni-desk`), decide (the bricks of floor 1), show pages. Until
//! `mattoni-registry` keeps the whole register, [`ProtocolOffice`] gives the numbers.
#![forbid(unsafe_code)]

pub mod coherence;
pub mod csv_table;
mod drafts;
mod ente;
mod evaluation;
pub mod explain;
mod explain_rules;
mod guard;
pub mod import;
pub mod italian;
mod offer;
mod office;
mod procedure;
pub mod ranking;
pub mod recompute;
mod register;
pub mod rules;
mod staff_guard;

pub use drafts::{open_draft, take_up};
pub use ente::RecountReport;
pub use evaluation::{
    EVALUATIONS, EvaluationEvent, EvaluationRecord, evaluation_digest, evaluation_id,
};
pub use explain_rules::{RuleExplained, RuleLine};
pub use guard::ServiceGuard;
pub use offer::ServiceChange;
pub use office::{
    Office, OfficeProof, OfficeTick, attachment, bricks, guarded, parts, person_id, personal,
};
pub use procedure::{check_chain, procedure_of};
pub use register::ProtocolOffice;
pub use rules::scoring;
pub use staff_guard::{AccountGuard, AssigneeGuard, OfficeGuard};

/// The guide for integrators: its code compiles with the examples of this documentation.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/embed.md")]
struct Guide;

/// The first page that a stranger reads: its code compiles too.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
