//! What an ente owes the people in its records: that they are sealed, kept no longer than the
//! law says, shown to whom they are about, and erased.
//!
//! - [`secrets`] says what of each aggregate is personal and whose, for a
//!   [`Vault`](mattoni_store::Vault) around the store. Everything below needs one.
//! - [`Desk::dossier`](crate::Desk::dossier) gathers all that is held on one person
//!   (GDPR, art. 15).
//! - [`Desk::erase_person`](crate::Desk::erase_person) erases a person (art. 17), once nothing of
//!   theirs is under way.
//! - [`Schedule`] holds the ente's rules of retention (*massimario di scarto*), and
//!   [`Desk::retain`](crate::Desk::retain) applies them.
//!
//! Whatever is erased, an [`Erasure`] in the journal says when, by whom and on what ground; the
//! people's keys go in the transaction of that event, those of attachments with their bytes before
//! it.

mod dossier;
mod erasure;
mod fields;
mod page;
mod retention;
mod schedule;

pub use dossier::{Dossier, DossierEntry, Relation};
pub use erasure::{Erased, Erasure, ErasureEvent, ErasureReport, Ground};
pub use fields::{ERASED, secrets};
pub use retention::{RetentionReport, RuleReport};
pub use schedule::{Action, Rule, RuleSource, Schedule, ScheduleSource, Since};
