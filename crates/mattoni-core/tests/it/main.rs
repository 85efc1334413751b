//! What users of the words of floor 0 rely on.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected should stop there")]

mod belfiore;
mod calendar;
mod codes;
mod contacts;
mod fiscal_code;
mod money;
mod oracle;
mod people;
mod terms;
mod unwritable;
mod value;
