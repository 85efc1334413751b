//! The staff of an ente: its offices (*uffici*), the accounts (*utenze*) of the people who work in
//! them, and the log of who read personal data and why.
//!
//! An [`Account`] says what its holder may do: roles, offices, services, from one day to another.
//! [`Account::subject`] is what the shell lets through the counter, so that no right is written
//! anywhere else. Pure: no I/O, no clock.
//!
//! ```
//! use mattoni_core::record::Role;
//! use mattoni_core::{Act, Actor, Aggregate as _, EnteId, fold};
//! use mattoni_staff::{Account, AccountDetails, StaffRole};
//!
//! let ente: EnteId = "c_h223".parse()?;
//! let ced = Act::new("2027-01-04T08:00:00Z".parse()?, Actor::Operator("ced".into()));
//! let details = AccountDetails::new("Giulia Verdi", "2027-01-07".parse()?)
//!     .with_roles([StaffRole::Operator])
//!     .in_offices(["scuola"]);
//! let created = Account::create(&ced, &ente, "g.verdi", details)?;
//! let account: Account = fold([&created]).expect("it begins the record");
//!
//! assert!(account.roles("2027-01-06".parse()?).is_empty(), "not yet");
//! let roles = account.roles("2027-01-07".parse()?);
//! assert!(matches!(&roles[..], [Role::Operator { account, .. }] if account == "g.verdi"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Whose data
//! The name of whoever has an account is personal data of theirs: sealed, in their dossier, erased
//! by the ente's rules of retention once the account is disabled. The name of the account is not:
//! it signs acts, and acts are kept. What an office publishes of itself (D.Lgs. 33/2013, art. 13)
//! is personal data of nobody.
//!
//! # What this crate does not do
//! Sign people in (the portal or the command does), check that an office which is named exists
//! (`mattoni-office` has guards that do), keep the organisation chart.
#![forbid(unsafe_code)]

mod account;
mod checks;
mod office;
mod reading;

use mattoni_core::record::Brick;

pub use account::{
    ACCOUNTS, Account, AccountChanged, AccountCreated, AccountDetails, AccountDisabled,
    AccountEvent, AccountRefusal, AccountRow, AccountVerb, AccountsOf, StaffRole, office_bucket,
};
pub use office::{
    EveryOffice, OFFICES, Office, OfficeChanged, OfficeClosed, OfficeDetails, OfficeEvent,
    OfficeOpened, OfficeRefusal, OfficeRow, OfficeVerb,
};
pub use reading::{READERS, Read, Reading, ReadingEvent, ReadingRefusal, ReadingRow, ReadingsOf};

/// The brick of this crate: offices, accounts, the log of readings.
///
/// ```
/// use mattoni_core::record::Bricks;
///
/// let bricks = Bricks::new().with(mattoni_staff::brick());
/// assert_eq!(bricks.kind("account").map(|kind| kind.title()), Some("utenza"));
/// ```
#[must_use]
pub fn brick() -> Brick {
    Brick::new("staff").with::<Office>().with::<Account>().with::<Reading>()
}
