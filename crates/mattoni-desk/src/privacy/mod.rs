//! What an ente owes the people in its records: that they are sealed, kept no longer than the
//! law says, shown to whom they are about, and erased.
//!
//! What is personal, and whose, every kind of record says itself
//! ([`Personal`](mattoni_core::record::Personal)), and
//! [`Bricks::personal`](mattoni_core::record::Bricks::personal) hands it to a
//! [`Vault`](mattoni_store::Vault) around the store. Everything below needs one.
//!
//! - [`Desk::dossier`](crate::Desk::dossier) gathers all that is held on one person
//!   (GDPR, art. 15).
//! - [`Desk::erase_person`](crate::Desk::erase_person) erases a person (art. 17), once nothing of
//!   theirs is under way.
//! - [`Schedule`] holds the ente's rules of retention (*massimario di scarto*), and
//!   [`Desk::retain`](crate::Desk::retain) applies them.
//!
//! Whatever is erased, an [`Erasure`] in the journal says when, by whom and on what ground; the
//! people's keys are erased in the transaction of that event (crypto-shredding), those of files with
//! their bytes before it. It is on record before its first step ([`ErasureStage`]), so that one that
//! was stopped half-way is finished by the next run of the clock.

mod carrying_out;
mod disclosure;
mod erasure;
mod letter;
mod marked;
mod retention;
mod rules;

pub use disclosure::{Dossier, DossierEntry};
pub(crate) use erasure::FINISHED;
pub use erasure::{
    BY_RULE, Erased, Erasure, ErasureEvent, ErasureReport, ErasureStage, Ground, UNFINISHED,
};
pub use retention::{RetentionReport, RuleReport};
pub use rules::{Action, Rule, RuleSource, Schedule, ScheduleSource, Since};
