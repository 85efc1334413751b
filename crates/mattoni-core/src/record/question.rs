//! What is asked of the records of a kind: a screen, a search, a selection.

use serde::Serialize;

use crate::record::{Record, Role, Span, Subject};

/// A question about records of kind `A`. One mechanism answers it as a page, as rows, as a count,
/// as an export, and as the records of a bulk verb; each goes through [`Record::sight`].
pub trait Question<A: Record>: Serialize + Send + Sync {
    /// Where everything that is asked for and that `who` sees can be found.
    fn spans(&self, who: &Subject) -> Spans;

    /// Whether the record, as it is seen, is asked for; `sort` is the sort key it was found at,
    /// empty when it was found at none.
    fn picks(&self, seen: &A, sort: &str) -> bool;

    /// Whether [`picks`](Self::picks) says yes to everything in its spans. Then a question whose
    /// spans `who` sees [whole](Record::sees_whole) is answered without reading a record.
    fn picks_all(&self) -> bool {
        false
    }
}

/// Where to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spans {
    /// At every record of the kind, in order of id.
    All,
    /// In these parts of lists, merged in their order. All run the same way.
    Of(Vec<Span>),
}

/// Every record of a kind that whoever asks may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct EveryRecord;

impl<A: Record> Question<A> for EveryRecord {
    fn spans(&self, who: &Subject) -> Spans {
        let listed = A::LISTS.contains(&super::PEOPLE);
        let is_citizen = |role: &Role| matches!(role, Role::Citizen { .. });
        if !who.roles.iter().all(is_citizen) || !listed {
            return Spans::All;
        }
        let people = who.people().map(|person| Span::new(super::PEOPLE, person.to_string()));
        Spans::Of(people.collect())
    }

    fn picks(&self, _: &A, _: &str) -> bool {
        true
    }
}
