//! Values out of a closed list.

use crate::contract::{self, Kind};

/// One of a closed list: an enum with `#[derive(Choice)]`.
///
/// ```
/// use mattoni_rules_sdk::prelude::*;
///
/// #[derive(Choice, Clone, Copy, PartialEq, Debug)]
/// enum Work {
///     #[choice("Non lavora")]
///     None,
///     #[choice("Tempo pieno")]
///     FullTime,
///     #[choice(code = "student", label = "Studia")]
///     Studies,
/// }
///
/// assert_eq!(Work::OPTIONS, [("none", "Non lavora"), ("full-time", "Tempo pieno"), ("student", "Studia")]);
/// assert_eq!(Work::from_index(1), Work::FullTime);
/// assert_eq!(Work::Studies.index(), 2);
/// ```
pub trait Choice: Copy {
    /// Code and label of every option, in order.
    const OPTIONS: &'static [(&'static str, &'static str)];

    /// The option at `index`; the last one for an index beyond the list, which binding a column
    /// has already refused.
    fn from_index(index: u16) -> Self;

    /// Where the option stands in the list.
    fn index(self) -> u16;
}

pub(crate) fn kind<C: Choice>() -> Kind {
    let option = |&(code, label): &(&str, &str)| contract::ChoiceOption {
        code: code.to_owned(),
        label: label.to_owned(),
    };
    Kind::Choice(C::OPTIONS.iter().map(option).collect())
}
