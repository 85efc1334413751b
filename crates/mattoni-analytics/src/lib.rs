//! Rules over data frames: the plugin that answers for one practice answers for a year's
//! applications.
//!
//! An analyst has a table, one line an application. [`answer`] puts a rule's answers beside it;
//! [`compare`] asks two rules, or one with two sets of parameters, and says who gains, who loses
//! and what it costs. Tables are [polars](https://pola.rs) frames; [`files`] reads and writes
//! CSV and Parquet.
//!
//! ```no_run
//! use std::collections::BTreeMap;
//! use std::path::Path;
//!
//! use mattoni_analytics::{Smallest, compare, files};
//! use mattoni_core::value::Value;
//! use mattoni_rules::worlds::Tariff;
//! use mattoni_rules::{Grant, Host, Limits};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let host = Host::new(Limits::default())?;
//! let meals = host.load(&std::fs::read("target/plugins/school-meal-tariff.wasm")?)?;
//! let digest = meals.digest();
//! let this_year = meals.grant::<Tariff>(&Grant::pinned(digest))?.ready();
//! let dearer = BTreeMap::from([("full_price".to_owned(), Value::Integer(700))]);
//! let next_year = this_year.with_parameters(&dearer)?;
//!
//! let families = files::read(Path::new("families-2026.parquet"))?;
//! let change = compare(&families, &this_year, &next_year)?;
//! let effect = change.effect();
//! println!("{} pay more; the town takes {} euro more", effect.lose, effect.change());
//! println!("{}", change.by(&["district"], Smallest::default())?);
//! # Ok(())
//! # }
//! ```
//!
//! # What a rule sees
//! The columns it declared, by name, and nothing else of the table. No amount passes through a
//! binary fraction: Float columns are refused, CSV is read as text.
//!
//! # What may be published
//! [`Comparison::by`]: no line and no count of it is of fewer than [`Smallest`] rows, neither as
//! it stands nor as the difference of others. [`answer`] and [`Comparison::rows`] are a line a
//! person, for whoever may see the table they were made of.
//!
//! # What this crate does not do
//! Read practices out of a store, decide, or draw conclusions about cause: it says what two rules
//! answer for the same lines.
#![forbid(unsafe_code)]

mod answers;
pub mod bind;
mod compare;
mod error;
pub mod files;
mod groups;

pub use answers::{answer, columns};
pub use compare::{Better, Comparison, Effect, Measure, Measured, Unit, compare};
pub use error::AnalysisError;
pub use groups::Smallest;
/// The library tables come from: its version is part of this crate's promises.
pub use polars;
