//! What people ask of the practices of an ente: screens to work with, and searches.

use mattoni_core::record::{PEOPLE, Question, Span, Spans, Subject};
use mattoni_core::{Id, Person, search_words};
use serde::{Deserialize, Serialize};

use crate::bulk::Selection;
use crate::lists::{DUE, NAME, OFFICE, STATE, in_state, office, service, words_of};
use crate::{Practice, State};

/// A list that people work with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "screen")]
#[non_exhaustive]
pub enum Screen {
    /// The practices the subject is on as a citizen, latest first.
    Mine,
    /// Open work by the last day for the answer, most urgent first.
    Work {
        /// Whose work.
        within: Within,
    },
    /// A service's practices in a state, longest there first.
    InState {
        /// Code of the service.
        service: String,
        /// The state.
        state: State,
    },
    /// Practices that were submitted, by the applicant's name: all the words, whole or begun, in
    /// whatever order, with or without accents and capitals.
    Named {
        /// What was typed.
        name: String,
        /// Where to look.
        within: Within,
    },
}

/// Whose practices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Within {
    /// Those an office has in charge, by its code.
    Office(String),
    /// A service's, by its code.
    Service(String),
}

impl Within {
    fn bucket(&self) -> String {
        match self {
            Self::Office(code) => office(code),
            Self::Service(code) => service(code),
        }
    }
}

impl Question<Practice> for Screen {
    fn spans(&self, who: &Subject) -> Spans {
        Spans::Of(match self {
            Self::Mine => people(who).into_iter().map(Span::downwards).collect(),
            Self::Work { within } => vec![Span::new(DUE, within.bucket())],
            Self::InState { service, state } => vec![Span::new(STATE, in_state(service, *state))],
            Self::Named { name, within } => {
                // The longest word is as a rule the rarest.
                let word = search_words(name).into_iter().max_by_key(String::len);
                let span = |word: &String| Span::new(NAME, within.bucket()).beginning_with(word);
                word.iter().map(span).collect()
            }
        })
    }

    fn picks(&self, seen: &Practice, sort: &str) -> bool {
        match self {
            Self::Named { name, .. } => is_named(seen, name, sort),
            Self::Mine | Self::Work { .. } | Self::InState { .. } => true,
        }
    }

    fn picks_all(&self) -> bool {
        matches!(self, Self::Work { .. } | Self::InState { .. })
    }
}

/// Whether the applicant's name has the words of `name`, and the entry at `sort` is the one where
/// the practice is shown.
fn is_named(practice: &Practice, name: &str, sort: &str) -> bool {
    let (asked, has) = (search_words(name), words_of(&practice.applicant));
    let Some(longest) = asked.iter().max_by_key(|word| word.len()) else { return false };
    // Where two words of the name begin alike, the practice is shown at the first. In a sealed
    // store it has one entry for both, whose sort key is none of its words.
    let first = has.iter().find(|word| word.starts_with(longest.as_str()));
    !practice.is_draft()
        && first.is_some_and(|word| word == sort || !has.iter().any(|word| word == sort))
        && asked.iter().all(|word| has.iter().any(|of| of.starts_with(word.as_str())))
}

/// Which practices are searched for: those that fit everything that is set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Query {
    /// What the practice itself is like.
    #[serde(default)]
    pub selection: Selection,
    /// Someone who is on it: applicant, delegate, who applies with them, who may read it.
    #[serde(default)]
    pub person: Option<Id<Person>>,
}

impl Query {
    /// Practices that `selection` picks.
    #[must_use]
    pub fn new(selection: Selection) -> Self {
        Self { selection, person: None }
    }

    /// Practices this person is on.
    #[must_use]
    pub fn of_person(mut self, person: Id<Person>) -> Self {
        self.person = Some(person);
        self
    }

    /// Whether the practice is searched for.
    #[must_use]
    pub fn picks(&self, practice: &Practice) -> bool {
        self.person.is_none_or(|person| practice.people().contains(&person))
            && self.selection.picks(practice)
    }
}

impl From<Selection> for Query {
    fn from(selection: Selection) -> Self {
        Self::new(selection)
    }
}

impl Question<Practice> for Query {
    fn spans(&self, who: &Subject) -> Spans {
        match self.person {
            Some(person) => Spans::Of(vec![Span::new(PEOPLE, person.to_string())]),
            None => self.selection.spans(who),
        }
    }

    fn picks(&self, seen: &Practice, _: &str) -> bool {
        self.picks(seen)
    }
}

impl Question<Practice> for Selection {
    /// The narrowest lists there are. What is found there is still looked at one by one.
    fn spans(&self, who: &Subject) -> Spans {
        if !who.is_official() {
            return Spans::Of(people(who));
        }
        Spans::Of(match (&self.service, &self.office) {
            (Some(code), _) => {
                let asked = |state: &State| self.states.is_empty() || self.states.contains(state);
                let states = State::ALL.into_iter().filter(asked);
                states.map(|state| Span::new(STATE, in_state(code, state))).collect()
            }
            (None, Some(code)) => vec![Span::new(OFFICE, office(code))],
            (None, None) => return Spans::All,
        })
    }

    fn picks(&self, seen: &Practice, _: &str) -> bool {
        self.picks(seen)
    }
}

/// The practices of the people that `who` is as a citizen, one span a person.
fn people(who: &Subject) -> Vec<Span> {
    let mut people: Vec<String> = who.people().map(|person| person.to_string()).collect();
    people.sort_unstable();
    people.dedup();
    people.into_iter().map(|person| Span::new(PEOPLE, person)).collect()
}
