//! Sentences an answer points to.

use crate::contract::Reason;

/// The reasons a rule may give: an enum with `#[derive(Reasons)]`, one Italian sentence each.
///
/// ```
/// use mattoni_rules_sdk::prelude::*;
///
/// #[derive(Reasons)]
/// enum Why {
///     #[reason("Entrambi i genitori lavorano.")]
///     BothWork,
/// }
/// assert_eq!(Why::SENTENCES, [("both-work", "Entrambi i genitori lavorano.")]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of reasons",
    note = "add #[derive(Reasons)] to the enum, and #[reason(\"…\")] to each variant"
)]
pub trait Reasons {
    /// Code and sentence of every reason, in order.
    const SENTENCES: &'static [(&'static str, &'static str)];

    /// Where the reason stands in the list, counting from 1: 0 is "no reason".
    fn number(self) -> u16;
}

/// For rules whose points speak for themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoReasons {}

impl Reasons for NoReasons {
    const SENTENCES: &'static [(&'static str, &'static str)] = &[];

    fn number(self) -> u16 {
        match self {}
    }
}

pub(crate) fn list<R: Reasons>() -> Vec<Reason> {
    let reason =
        |&(code, text): &(&str, &str)| Reason { code: code.to_owned(), text: text.to_owned() };
    R::SENTENCES.iter().map(reason).collect()
}
