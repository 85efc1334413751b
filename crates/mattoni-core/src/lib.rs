//! Floor 0 of the house: the words every other brick speaks.
//!
//! Codes of people and bodies, money, the legal calendar, typed ids, acts (who did what, when),
//! and the two shapes everything else is built on: [`Aggregate`] (a plain struct changed only by
//! recorded events) and [`Problem`] (one thing that is wrong, with a stable code, the field, the
//! rule and what to do).
//!
//! Pure: no I/O, no clock, no randomness. Time, ids and people come in as values, so that every
//! decision can be replayed.
//!
//! ```
//! use chrono::NaiveDate;
//! use mattoni_core::{EnteId, FiscalCode};
//!
//! let ente: EnteId = "c_f051".parse()?;
//! let child: FiscalCode = "RSSMRA80A01H501U".parse()?;
//! assert_eq!(child.birth_place(), "H501");
//! assert_eq!(ente.as_str(), "c_f051");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What this crate does not do
//! Store (`mattoni-store`), know what a practice or a ranking is (floor 1), speak Italian to
//! citizens: problems carry codes and fields, the edge makes the sentence.
#![forbid(unsafe_code)]

// What derives and macros write names this crate, here too.
extern crate self as mattoni_core;

mod act;
mod aggregate;
pub mod belfiore;
pub mod calendar;
mod contacts;
mod digest;
mod ente;
mod fiscal_code;
mod iban;
mod id;
mod istat;
mod latin;
mod media_type;
mod money;
mod named_id;
mod number;
mod person;
mod problem;
pub mod record;
mod rule_world;
mod search_words;
mod tax_code;
pub mod text;
pub mod value;
mod vat;

pub use act::{Act, Actor, OnBehalf, SignIn};
pub use aggregate::{Aggregate, DomainEvent, fold};
pub use contacts::{Channel, Contacts, EmailAddress, Language, PhoneNumber, PostalAddress};
pub use digest::{Digest, DigestBuilder, FieldWriter, ParseDigestError};
pub use ente::EnteId;
pub use fiscal_code::{Comparison, FiscalCode, Sex};
pub use iban::Iban;
pub use id::{Id, ParseIdError};
pub use istat::IstatCode;
pub use media_type::{is_any_media_type, media_type};
pub use money::Money;
pub use named_id::{id_of, name_digest, named_id};
pub use person::Person;
pub use problem::{Problem, Problems, Refusal};
pub use rule_world::RuleWorld;
pub use search_words::{plain_letters, search_words};
pub use tax_code::{NumericCode, TaxCode};
pub use vat::VatNumber;
