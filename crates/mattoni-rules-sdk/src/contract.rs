//! The types of the contract `mattoni:rules@1.0.0`, as generated from `wit/v1/rules.wit`.
//!
//! Authors do not need them; the host's tests, benches and [`score_columns`](crate::score_columns)
//! do.

pub use crate::bindings::exports::mattoni::rules::about::Guest as AboutGuest;
pub use crate::bindings::exports::mattoni::rules::scoring::{
    Class, Criterion, Declaration, Guest as ScoringGuest, Marks, Order, Scores, Tie,
};
pub use crate::bindings::exports::mattoni::rules::types::{
    Bounds, ChoiceOption, Column, Decimals, Description, Failure, Input, Kind, Parameter, Reason,
    Table, Texts, Value, Values,
};
