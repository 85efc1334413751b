//! The shell: loads, lets the bricks decide, commits, delivers what follows.
//!
//! A [`Desk`] is put together from bricks
//! ([`Bricks`](mattoni_core::record::Bricks)) and knows none of them by name. Whatever a brick's
//! records say of themselves ([`Record`](mattoni_core::record::Record)), the desk does for them:
//! it proves, seals, lists, collects, erases, discloses, retains, ticks and routes.
//!
//! # Two ways in
//! [`Desk`] is the ente's own: imports, rankings, the register, the clock's work, the terminal of
//! whoever runs the machine. It asks nobody for permission.
//! [`Desk::at_counter`] is for people who signed in: every read and every verb there goes through
//! the record's own authorisation, and what is hidden is answered exactly as what is not there. A
//! portal is given a [`Counter`] and nothing else.
//!
//! ```
//! use mattoni_core::record::{
//!     AccessRefusal, Brick, Bricks, Ended, EveryRecord, Facts, List, ListEntry, NoOrders, Owners, PEOPLE,
//!     Personal, Projection, Record, Retention, Role, Sight, Subject,
//! };
//! use chrono::NaiveDate;
//! use mattoni_core::calendar::rome_date;
//! use mattoni_core::{Act, Actor, Aggregate, Digest, EnteId, Id, Person};
//! use mattoni_desk::{Desk, DeskError, DeskParts};
//! use mattoni_store::Memory;
//! use serde::{Deserialize, Serialize};
//!
//! // A brick: a visitor asks for the key of a room, and brings it back.
//! mattoni_core::verbs! {
//!     /// What can be done.
//!     pub enum Verb;
//!     /// What happens.
//!     #[derive(Debug, Clone, Serialize, Deserialize, Personal)]
//!     pub enum Event;
//!
//!     /// A key was lent.
//!     begin Lent { act: Act, to: Id<Person>, #[personal] why: String } = "key.lent", "prestata";
//!     /// Brings it back.
//!     verb Return "return", "restituire", [Citizen] =>
//!     /// It was brought back.
//!     Returned { act: Act } = "key.returned", "restituita";
//! }
//!
//! #[derive(Debug, Clone, Serialize, Deserialize, Personal)]
//! struct Loan {
//!     to: Id<Person>,
//!     #[personal]
//!     why: String,
//!     returned_on: Option<NaiveDate>,
//! }
//!
//! impl Aggregate for Loan {
//!     const KIND: &'static str = "loan";
//!     type Event = Event;
//!     fn open(event: &Event) -> Option<Self> {
//!         let Event::Lent { to, why, .. } = event else { return None };
//!         Some(Self { to: *to, why: why.clone(), returned_on: None })
//!     }
//!     fn apply(&mut self, event: &Event) {
//!         if let Event::Returned { act } = event {
//!             self.returned_on = Some(rome_date(act.at));
//!         }
//!     }
//! }
//!
//! impl Record for Loan {
//!     const TITLE: &'static str = "prestito";
//!     type Verb = Verb;
//!     type Orders = NoOrders;
//!     type Row = ();
//!     const PROJECTION: u32 = 1;
//!     const LISTS: &'static [List] = &[PEOPLE];
//!     fn verb_of(event: &Event) -> Option<Verb> {
//!         event.verb()
//!     }
//!     fn act_of(event: &Event) -> Option<&Act> {
//!         match event {
//!             Event::Lent { act, .. } | Event::Returned { act } => Some(act),
//!         }
//!     }
//!     fn projection(&self) -> Projection {
//!         Projection::new().entry(ListEntry::new(PEOPLE, self.to.to_string(), ""))
//!     }
//!     fn row(&self) {}
//!     fn owners(&self) -> Owners {
//!         Owners::subject(self.to)
//!     }
//!     fn orders(&self, _: &Event) -> Vec<NoOrders> {
//!         Vec::new()
//!     }
//!     fn sight(&self, who: &Subject) -> Sight {
//!         let theirs = who.people().any(|person| person == self.to);
//!         if theirs { Sight::Everything } else { Sight::Nothing }
//!     }
//!     fn may(&self, who: &Subject, verb: Verb) -> Result<(), AccessRefusal> {
//!         match (self.sight(who), verb) {
//!             (Sight::Nothing, _) => Err(AccessRefusal::Unknown { kind: Self::KIND }),
//!             (_, Verb::Return) => Ok(()),
//!         }
//!     }
//!     fn blobs(&self) -> Vec<Digest> {
//!         Vec::new()
//!     }
//!     fn retention(&self) -> Retention {
//!         let ended = |on| Ended {
//!             service: "keys".into(),
//!             state: "returned",
//!             on,
//!             submitted_on: None,
//!             name: "a key".into(),
//!         };
//!         self.returned_on.map_or(Retention::UnderWay, |on| Retention::Ended(ended(on)))
//!     }
//!     fn final_states() -> &'static [&'static str] {
//!         &["returned"]
//!     }
//!     fn facts(&self, out: &mut Facts) {
//!         out.date("returned_on", self.returned_on);
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let ente: EnteId = "c_h223".parse()?;
//! let bricks = Bricks::new().with(Brick::new("keys").with::<Loan>()); // the one line
//! let desk = Desk::new(Memory::new(), ente.clone(), DeskParts::new(bricks))?;
//!
//! let maria: Id<Person> = Id::from_u128(1);
//! let act = Act::new("2027-03-01T09:00:00Z".parse()?, Actor::Citizen(maria));
//! let role = |person| Subject::new(ente.clone(), vec![Role::Citizen { person }]);
//!
//! let keys = desk.at_counter(role(maria)).of::<Loan>();
//! let lent = Event::Lent { act: act.clone(), to: maria, why: "rehearsal".into() };
//! let id = Id::from_u128(7);
//! keys.open(id, Verb::Return, &act, &[lent]).await?;
//! assert_eq!(keys.count(&EveryRecord).await?, 1);
//!
//! // For anyone else there is nothing.
//! let stranger = desk.at_counter(role(Id::from_u128(2))).of::<Loan>();
//! assert_eq!(stranger.count(&EveryRecord).await?, 0);
//! assert!(matches!(stranger.read(id).await, Err(DeskError::Refused(_))));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Files
//! Come in by [`Records::hand_in`](counter::Records::hand_in), which looks at them before they are
//! kept ([`intake`]), and leave by [`Desk::collect_blobs`] once nothing refers to them.
//!
//! # What this crate does not do
//! Decide (the bricks), know what a practice or a ranking is (`mattoni-office` joins bricks), run
//! rules (`mattoni-rules`), serve pages or an API.
//!
//! # Features
//! - `clamav`: `intake::Clamd`, which has files looked at by ClamAV's daemon.
//! - `conformance`: the suite that tries any brick.
#![forbid(unsafe_code)]

mod bulk;
mod bulk_run;
mod clock;
mod collect_files;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod counter;
mod dated_ahead;
mod delivery;
mod desk;
mod error;
mod file_mailbox;
mod guard;
pub mod intake;
mod join;
mod keys;
pub mod privacy;
mod proof;
mod pseudonyms;
mod rebuild;
mod record;
mod tick;
mod unreadable;

pub use bulk::{Acted, BulkReport, Progress, Verdict};
pub use bulk_run::{BulkEvent, BulkOrder, BulkRecord};
pub use clock::{Clock, SetClock, SystemClock};
pub use counter::Counter;
pub use dated_ahead::{AheadReport, LONGEST_AHEAD};
pub use delivery::{DeliveryReport, Fault, Handled, Taker};
pub use desk::{Desk, DeskParts, Opened, begun, decided, no_such};
pub use error::DeskError;
pub use file_mailbox::FileMailbox;
pub use guard::{Guard, read_change};
pub use keys::KeysReport;
pub use proof::Proof;
pub use pseudonyms::Names;
pub use rebuild::Rebuilt;
pub use record::{brick, read_any};
pub use tick::TickReport;
pub use unreadable::Unreadable;

pub(crate) use record::sight_of_staff;
