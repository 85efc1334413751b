//! The shell: loads, lets the bricks decide, commits, delivers what follows.
//!
//! # Two ways in
//! [`Desk`] is the ente's own: imports, rankings, the register, the [clock's work](tick), the
//! terminal of whoever runs the machine. It asks nobody for permission.
//! [`Desk::at_counter`] is for people who signed in: every read and every verb there goes through
//! [`mattoni_practice::access`], and what is hidden is answered exactly as what is not there. A
//! portal is given a [`Counter`] and nothing else.
//!
//! ```
//! use mattoni_core::{Act, Actor, EnteId, FiscalCode, Id, Person, Sex};
//! use mattoni_desk::counter::Query;
//! use mattoni_desk::{Desk, DeskError};
//! use mattoni_practice::access::{Role, Subject};
//! use mattoni_practice::{Opening, Procedure, ServiceRef};
//! use mattoni_store::Memory;
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let ente: EnteId = "c_h223".parse()?;
//! let desk = Desk::new(Memory::new(), ente.clone());
//! let born_on = "1990-05-20".parse()?;
//! let maria = Person {
//!     id: Id::from_u128(1),
//!     fiscal_code: FiscalCode::make("Rossi", "Maria", born_on, Sex::Female, "H223")?,
//!     given_name: "Maria".into(),
//!     family_name: "Rossi".into(),
//!     born_on,
//! };
//! let act = Act::new("2027-03-01T09:00:00Z".parse()?, Actor::Citizen(maria.id));
//! let role = |person| Subject::new(ente.clone(), vec![Role::Citizen { person }]);
//!
//! let counter = desk.at_counter(role(maria.id));
//! let (service, rules) = (ServiceRef::new("nido-2027", 1), Procedure::new(30));
//! let opening = Opening::new(Id::from_u128(7), ente.clone(), service, rules, maria);
//! let draft = counter.open(&act, opening).await?;
//! assert_eq!(counter.count(&Query::default()).await?, 1);
//!
//! // For anyone else there is nothing.
//! let stranger = desk.at_counter(role(Id::from_u128(2)));
//! assert_eq!(stranger.count(&Query::default()).await?, 0);
//! assert!(matches!(stranger.read(draft.id()).await, Err(DeskError::Refused(_))));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Files
//! Come in by [`Counter::hand_in`], which looks at them before they are kept ([`intake`]), and
//! leave by [`Desk::collect_blobs`] once nothing refers to them.
//!
//! # Features
//! - `clamav`: `intake::Clamd`, which has files looked at by ClamAV's daemon.
#![forbid(unsafe_code)]

mod both;
mod bulk;
mod bulk_run;
mod clock;
pub mod coherence;
mod collect;
pub mod counter;
mod desk;
mod effects;
mod error;
mod evaluation;
pub mod explain;
pub mod import;
pub mod intake;
mod kept;
mod line;
mod lists;
mod names;
mod postbox;
pub mod practices;
pub mod privacy;
mod procedure;
mod protocol;
mod pseudonym;
pub mod ranking;
pub mod scoring;
pub mod table;
pub mod tick;
mod verify;

pub use bulk::{Acted, BulkReport, Progress, Verdict};
pub use bulk_run::{BulkEvent, BulkOrder, BulkRecord};
pub use clock::{Clock, SystemClock, ToldClock};
pub use collect::references;
pub use counter::Counter;
pub use desk::{Desk, Opened};
pub use effects::{DeliveryReport, Handled, Handler};
pub use error::DeskError;
pub use evaluation::{EvaluationEvent, EvaluationRecord, evaluation_digest, evaluation_id};
pub use kept::Kept;
pub use line::{Applicant, PracticeLine};
pub use lists::Rebuilt;
pub use postbox::FilePostbox;
pub use procedure::procedure_of;
pub use protocol::ProtocolOffice;
pub use pseudonym::{Names, named_id};
pub use verify::{Proof, folders};
