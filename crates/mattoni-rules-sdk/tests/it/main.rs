//! Behaviour of the SDK: dates, and the columnar code around a rule.

mod columns;
mod dates;
