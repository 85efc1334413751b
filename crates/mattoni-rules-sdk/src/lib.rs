//! What the author of a rule plugin depends on: say what you need, write one function, export.
//!
//! A rule plugin is a small WebAssembly component that answers one kind of question about
//! applications. The author writes a function for one row; the derives turn it into one that takes a million rows as columns, and
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
//!     work: Score<Why>,
//!     #[criterion(label = "Fratelli e sorelle", max = 40)]
//!     siblings: Score<Why>,
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
//!             work: Score::when(family.both_work, self.0.work, Why::BothWork),
//!             siblings: Score::when(
//!                 family.children > 0,
//!                 Decimal::whole(2) * i64::from(family.children),
//!                 Why::Siblings,
//!             ),
//!             isee: Tie(family.isee.map_or(i64::MAX, Money::cents)),
//!         }
//!     }
//! }
//!
//! mattoni_rules_sdk::export!(scoring: Nido);
//!
//! // `cargo test` needs no WebAssembly:
//! let nido = Nido::new(Settings::defaults());
//! let answer = nido.score(&Family { both_work: true, children: 2, isee: None });
//! assert_eq!(answer.work, Score::because(Decimal::whole(8), Why::BothWork));
//! assert_eq!(answer.siblings.hundredths(), 400);
//! ```
//!
//! # Worlds
//! A rule answers in one of six worlds, each with its trait and its derive for the answer:
//!
//! | world | trait | answer | what it says |
//! | --- | --- | --- | --- |
//! | `scoring` | [`Scorer`] | `Scores` | points by criterion, tie keys, classes |
//! | `eligibility` | [`Examiner`] | `Verdict` | each requirement, met or not |
//! | `benefit` | [`Grantor`] | `Grant` | an amount by components |
//! | `tariff` | [`Biller`] | `Dues` | charges less reductions |
//! | `routing` | [`Router`] | `Route` | office, priority, term |
//! | `validation` | [`Validator`] | `Report` | problems by field |
//!
//! # The life of a plugin
//! 1. The author writes the four types and the world's one verb ([`Scorer::score`]), and tests them with `cargo test`:
//!    single rows as above, or a table of cases in CSV through [`cases::check`].
//! 2. `mattoni-rules-build` compiles the crate for `wasm32-unknown-unknown` and makes a component
//!    that imports nothing.
//! 3. The host loads it, calls `describe` once and the verb for every batch. `new` runs once a
//!    batch, so whatever depends on the parameters alone is worked out there.
//!
//! # The contract
//! `wit/v1/rules.wit` in this crate is all that host and plugin share. [`contract`] holds its
//! types, and [`answer_columns`] runs the same columnar code natively.
//!
//! # What this crate does not do
//! Run plugins (`mattoni-rules`), build them (`mattoni-rules-build`), or give them a clock,
//! chance, files or a network: there are none. Text inputs are in the contract but not yet in
//! the derives: a rule compares codes, so declare a choice.

// The code that wit-bindgen generates needs `unsafe`; see `bindings`. Nothing else may.
#![deny(unsafe_code)]

mod answers;
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
mod parts;
mod reason;
mod rule;
mod score;
pub mod world;

pub use answers::{Answers, Part};
pub use choice::Choice;
pub use date::Date;
pub use decimal::{Decimal, Money};
pub use input::{Field, Inputs};
pub use mattoni_rules_derive::{
    Choice, Dues, Grant, Inputs, Parameters, Reasons, Report, Route, Scores, Verdict,
};
pub use parameter::{Parameter, Parameters};
pub use parts::{Amount, Checked, Days, Met, Office, Priority};
pub use reason::{NoReasons, Reasons};
pub use rule::{
    Biller, Examiner, Grantor, Router, Rule, Scorer, Validator, answer_columns, declare, describe,
};
pub use score::{Class, Score, Tie};
pub use world::World;

/// Everything an author needs: `use mattoni_rules_sdk::prelude::*;`.
pub mod prelude {
    pub use crate::world::{Benefit, Eligibility, Routing, Scoring, Tariff, Validation};
    pub use crate::{
        Amount, Biller, Checked, Choice, Class, Date, Days, Decimal, Dues, Examiner, Grant,
        Grantor, Inputs, Met, Money, NoReasons, Office, Parameters, Priority, Reasons, Report,
        Route, Router, Score, Scorer, Scores, Tie, Validator, Verdict,
    };
}

/// Makes a rule the plugin of this crate: `export!(scoring: Nido);`, with the rule's world before
/// its type.
///
/// Once a crate, at its root; the crate's type must be `["cdylib", "rlib"]`.
#[macro_export]
macro_rules! export {
    (scoring: $rule:ty) => {
        $crate::__export!(Scoring, scoring, score, Scores, $rule);
    };
    (eligibility: $rule:ty) => {
        $crate::__export!(Eligibility, eligibility, examine, Verdicts, $rule);
    };
    (benefit: $rule:ty) => {
        $crate::__export!(Benefit, benefit, grant, Grants, $rule);
    };
    (tariff: $rule:ty) => {
        $crate::__export!(Tariff, tariff, bill, Dues, $rule);
    };
    (routing: $rule:ty) => {
        $crate::__export!(Routing, routing, route, Routes, $rule);
    };
    (validation: $rule:ty) => {
        $crate::__export!(Validation, validation, validate, Reports, $rule);
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "name the world and the rule: export!(scoring: Nido); worlds are scoring, \
             eligibility, benefit, tariff, routing and validation"
        );
    };
}

/// The same for every world.
#[doc(hidden)]
#[macro_export]
macro_rules! __export {
    ($world:ident, $interface:ident, $verb:ident, $answers:ident, $rule:ty) => {
        const _: () = {
            struct Plugin;

            impl $crate::contract::AboutGuest for Plugin {
                fn describe() -> $crate::contract::Description {
                    $crate::describe::<$crate::world::$world, $rule>()
                }
            }

            impl $crate::contract::$interface::Guest for Plugin {
                fn declare() -> $crate::contract::$interface::Declaration {
                    $crate::declare::<$crate::world::$world, $rule>()
                }

                fn $verb(
                    table: $crate::contract::Table,
                    parameters: ::std::vec::Vec<$crate::contract::Value>,
                ) -> ::std::result::Result<
                    $crate::contract::$interface::$answers,
                    $crate::contract::Failure,
                > {
                    $crate::answer_columns::<$crate::world::$world, $rule>(&table, &parameters)
                }
            }

            $crate::__export_plugin!(Plugin, $interface);
        };
    };
}

/// The exported functions exist only in a WebAssembly build: natively they would be dead, and two
/// plugins in one test would clash.
#[cfg(target_family = "wasm")]
#[doc(hidden)]
#[macro_export]
macro_rules! __export_plugin {
    ($plugin:ident, scoring) => {
        $crate::__export_mattoni_rules_about_1_0_0_cabi!(
            $plugin with_types_in $crate::bindings::exports::mattoni::rules::about
        );
        $crate::__export_mattoni_rules_scoring_1_0_0_cabi!(
            $plugin with_types_in $crate::bindings::exports::mattoni::rules::scoring
        );
    };
    ($plugin:ident, eligibility) => {
        $crate::__export_mattoni_rules_about_1_0_0_cabi!(
            $plugin with_types_in $crate::bindings::exports::mattoni::rules::about
        );
        $crate::__export_mattoni_rules_eligibility_1_0_0_cabi!(
            $plugin with_types_in $crate::bindings::exports::mattoni::rules::eligibility
        );
    };
    ($plugin:ident, benefit) => {
        $crate::__export_mattoni_rules_about_1_0_0_cabi!(
            $plugin with_types_in $crate::bindings::exports::mattoni::rules::about
        );
        $crate::__export_mattoni_rules_benefit_1_0_0_cabi!(
            $plugin with_types_in $crate::bindings::exports::mattoni::rules::benefit
        );
    };
    ($plugin:ident, tariff) => {
        $crate::__export_mattoni_rules_about_1_0_0_cabi!(
            $plugin with_types_in $crate::bindings::exports::mattoni::rules::about
        );
        $crate::__export_mattoni_rules_tariff_1_0_0_cabi!(
            $plugin with_types_in $crate::bindings::exports::mattoni::rules::tariff
        );
    };
    ($plugin:ident, routing) => {
        $crate::__export_mattoni_rules_about_1_0_0_cabi!(
            $plugin with_types_in $crate::bindings::exports::mattoni::rules::about
        );
        $crate::__export_mattoni_rules_routing_1_0_0_cabi!(
            $plugin with_types_in $crate::bindings::exports::mattoni::rules::routing
        );
    };
    ($plugin:ident, validation) => {
        $crate::__export_mattoni_rules_about_1_0_0_cabi!(
            $plugin with_types_in $crate::bindings::exports::mattoni::rules::about
        );
        $crate::__export_mattoni_rules_validation_1_0_0_cabi!(
            $plugin with_types_in $crate::bindings::exports::mattoni::rules::validation
        );
    };
}

#[cfg(not(target_family = "wasm"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __export_plugin {
    ($plugin:ident, $interface:ident) => {};
}

/// What the derives call. No part of the contract with authors.
#[doc(hidden)]
pub mod __private {
    pub use crate::input::{bind, choices};
    pub use crate::parameter::read as parameter;
    pub use crate::world::grant_of;
}
