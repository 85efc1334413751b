//! What the author of a rule plugin depends on: say what you need, write one function, export.
//!
//! A rule plugin is a small WebAssembly component that scores applications. The author writes a
//! function for one row; the derives turn it into one that takes a million rows as columns, and
//! describe it to the host (`mattoni-rules`) with labels, bounds and legal sources.
//!
//! ```
//! use mattoni_rules_sdk::prelude::*;
//!
//! #[derive(Inputs)]
//! struct Family {
//!     #[input(label = "Entrambi i genitori lavorano", source = "domanda, sezione C")]
//!     both_work: bool,
//!     #[input(label = "Figli minori di 14 anni", max = 20)]
//!     children: u32,
//!     #[input(label = "ISEE minorenni", source = "INPS, DPCM 159/2013", min = 0)]
//!     isee: Option<Money>,
//! }
//!
//! #[derive(Parameters)]
//! struct Settings {
//!     #[parameter(label = "Punti per il lavoro", default = 8, min = 0, max = 20, source = "Regolamento, art. 7")]
//!     work: Decimal<2>,
//! }
//!
//! #[derive(Reasons)]
//! enum Why {
//!     #[reason("Entrambi i genitori lavorano.")]
//!     BothWork,
//!     #[reason("Ci sono altri figli minori di 14 anni.")]
//!     Siblings,
//! }
//!
//! #[derive(Scores)]
//! #[scores(reasons = Why)]
//! struct Answer {
//!     #[criterion(label = "Lavoro dei genitori", max = 20, source = "Regolamento, art. 7")]
//!     work: Points<Why>,
//!     #[criterion(label = "Fratelli e sorelle", max = 40)]
//!     siblings: Points<Why>,
//!     #[tie(label = "ISEE più basso", lower_first)]
//!     isee: Tie,
//! }
//!
//! struct Nido(Settings);
//!
//! impl Scorer for Nido {
//!     const NAME: &'static str = "nido";
//!     const VERSION: &'static str = "1.0.0";
//!     type Inputs = Family;
//!     type Parameters = Settings;
//!     type Scores = Answer;
//!
//!     fn new(settings: Settings) -> Self {
//!         Self(settings)
//!     }
//!
//!     fn score(&self, family: &Family) -> Answer {
//!         Answer {
//!             work: Points::when(family.both_work, self.0.work, Why::BothWork),
//!             siblings: Points::when(
//!                 family.children > 0,
//!                 Decimal::whole(2) * i64::from(family.children),
//!                 Why::Siblings,
//!             ),
//!             isee: Tie(family.isee.map_or(i64::MAX, Money::cents)),
//!         }
//!     }
//! }
//!
//! mattoni_rules_sdk::export!(Nido);
//!
//! // `cargo test` needs no WebAssembly:
//! let nido = Nido::new(Settings::defaults());
//! let answer = nido.score(&Family { both_work: true, children: 2, isee: None });
//! assert_eq!(answer.work, Points::because(Decimal::whole(8), Why::BothWork));
//! assert_eq!(answer.siblings.hundredths(), 400);
//! ```
//!
//! # The life of a plugin
//! 1. The author writes the four types and [`Scorer::score`], and tests them with `cargo test`:
//!    single rows as above, or a table of cases in CSV through [`cases::check`].
//! 2. `mattoni-rules-build` compiles the crate for `wasm32-unknown-unknown` and makes a component
//!    that imports nothing.
//! 3. The host loads it, calls `describe` once and `score` for every batch. [`Scorer::new`] runs
//!    once a batch, so whatever depends on the parameters alone is worked out there.
//!
//! # The contract
//! `wit/v1/rules.wit` in this crate is all that host and plugin share. [`contract`] holds its
//! types, and [`score_columns`] runs the same columnar code natively.
//!
//! # What this crate does not do
//! Run plugins (`mattoni-rules`), build them (`mattoni-rules-build`), or give them a clock,
//! chance, files or a network: there are none. Text inputs are in the contract but not yet in
//! the derives: a rule compares codes, so declare a choice.

// The code that wit-bindgen generates needs `unsafe`; see `bindings`. Nothing else may.
#![deny(unsafe_code)]

#[doc(hidden)]
pub mod bindings;
#[cfg(not(target_family = "wasm"))]
pub mod cases;
mod choice;
pub mod contract;
mod date;
mod decimal;
mod input;
mod parameter;
mod points;
mod reason;
mod scorer;
mod scores;

pub use choice::Choice;
pub use date::Date;
pub use decimal::{Decimal, Money};
pub use input::{Field, Inputs};
pub use mattoni_rules_derive::{Choice, Inputs, Parameters, Reasons, Scores};
pub use parameter::{Parameter, Parameters};
pub use points::{Class, Points, Tie};
pub use reason::{NoReasons, Reasons};
pub use scorer::{Scorer, declare, describe, score_columns};
pub use scores::{Answer, Scores};

/// Everything an author needs: `use mattoni_rules_sdk::prelude::*;`.
pub mod prelude {
    pub use crate::{
        Choice, Class, Date, Decimal, Inputs, Money, NoReasons, Parameters, Points, Reasons,
        Scorer, Scores, Tie,
    };
}

/// Makes a [`Scorer`] the plugin of this crate.
///
/// Once a crate, at its root; the crate's type must be `["cdylib", "rlib"]`.
#[macro_export]
macro_rules! export {
    ($scorer:ty) => {
        const _: () = {
            struct Plugin;

            impl $crate::contract::AboutGuest for Plugin {
                fn describe() -> $crate::contract::Description {
                    $crate::describe::<$scorer>()
                }
            }

            impl $crate::contract::ScoringGuest for Plugin {
                fn declare() -> $crate::contract::Declaration {
                    $crate::declare::<$scorer>()
                }

                fn score(
                    table: $crate::contract::Table,
                    parameters: ::std::vec::Vec<$crate::contract::Value>,
                ) -> ::std::result::Result<$crate::contract::Scores, $crate::contract::Failure>
                {
                    $crate::score_columns::<$scorer>(&table, &parameters)
                }
            }

            $crate::__export_plugin!(Plugin);
        };
    };
}

/// The exported functions exist only in a WebAssembly build: natively they would be dead, and two
/// plugins in one test would clash.
#[cfg(target_family = "wasm")]
#[doc(hidden)]
#[macro_export]
macro_rules! __export_plugin {
    ($plugin:ident) => {
        $crate::bindings::__export_bindings!($plugin with_types_in $crate::bindings);
    };
}

#[cfg(not(target_family = "wasm"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __export_plugin {
    ($plugin:ident) => {};
}

/// What the derives call. No part of the contract with authors.
#[doc(hidden)]
pub mod __private {
    pub use crate::input::{bind, choices};
    pub use crate::parameter::read as parameter;
}
