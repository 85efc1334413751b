//! The types of the contract `mattoni:rules@1.0.0`, as generated from `wit/v1/rules.wit`.
//!
//! Authors do not need them; the host's tests, benches and
//! [`answer_columns`](crate::answer_columns) do. One module an interface.

pub use crate::bindings::exports::mattoni::rules::about::Guest as AboutGuest;
pub use crate::bindings::exports::mattoni::rules::types::{
    Bounds, ChoiceOption, Column, Decimals, Description, Failure, Input, Kind, Parameter, Reason,
    Table, Texts, Value, Values,
};
pub use crate::bindings::exports::mattoni::rules::{
    benefit, eligibility, routing, scoring, tariff, validation,
};

/// The contract itself: what tools that make components in other languages need.
pub const WIT: &str = include_str!("../wit/v1/rules.wit");
