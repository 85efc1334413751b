//! What people ask of the practices of an ente: screens to work with, and searches.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use mattoni_core::record::{List, PEOPLE, Question, Role, Span, Spans, Subject, sort};
use mattoni_core::{Id, Person, search_words};
use serde::{Deserialize, Serialize};

use crate::bulk::Selection;
use crate::lists::{
    ASSIGNED, DUE, NAME, OFFICE, STATE, SURPLUS, UNASSIGNED, WAITING, account, in_state, office,
    service, words_of,
};
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
    /// Open work that an account has in charge, most urgent first.
    AssignedTo {
        /// The account.
        account: String,
    },
    /// Open work that nobody has in charge, longest waiting first.
    Unassigned {
        /// Of which services, by their codes.
        services: BTreeSet<String>,
    },
    /// Open work whose last day for the answer lies between two days, both included: overdue where
    /// they have passed.
    Due {
        /// Whose work.
        within: Within,
        /// The first day; none for everything before the last one.
        #[serde(default)]
        from: Option<NaiveDate>,
        /// The last day.
        to: NaiveDate,
    },
    /// Open work that waits for the applicant, longest waiting first.
    Waiting {
        /// Whose work.
        within: Within,
    },
    /// Practices for which money came that was not owed, as after their end: refund or reopening is
    /// to be decided. Longest waiting first.
    Surplus {
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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Within {
    /// Those an office has in charge, by its code.
    Office(String),
    /// A service's, by its code.
    Service(String),
    /// Those of several, each once.
    AnyOf(Vec<Within>),
}

impl Within {
    /// What the holder of these roles works on: their offices and their services.
    ///
    /// ```
    /// use mattoni_core::record::Role;
    /// use mattoni_practice::Within;
    ///
    /// let (offices, services) = (["scuola".to_owned()].into(), [].into());
    /// let role = Role::Operator { account: "g.verdi".into(), offices, services };
    /// assert_eq!(Within::work_of(&[role]), Within::AnyOf(vec![Within::Office("scuola".into())]));
    /// ```
    #[must_use]
    pub fn work_of(roles: &[Role]) -> Self {
        let mut all = BTreeSet::new();
        for role in roles {
            if let Role::Operator { offices, services, .. }
            | Role::OfficeHead { offices, services, .. } = role
            {
                all.extend(offices.iter().cloned().map(Self::Office));
                all.extend(services.iter().cloned().map(Self::Service));
            }
        }
        Self::AnyOf(all.into_iter().collect())
    }

    fn buckets(&self) -> Vec<String> {
        match self {
            Self::Office(code) => vec![office(code)],
            Self::Service(code) => vec![service(code)],
            Self::AnyOf(several) => several.iter().flat_map(Self::buckets).collect(),
        }
    }

    /// The parts of a list that hold them.
    fn spans(&self, list: List) -> Vec<Span> {
        self.buckets().into_iter().map(|bucket| Span::new(list, bucket)).collect()
    }
}

impl Question<Practice> for Screen {
    fn spans(&self, who: &Subject) -> Spans {
        Spans::Of(match self {
            Self::Mine => people(who).into_iter().map(Span::downwards).collect(),
            Self::Work { within } => within.spans(DUE),
            Self::AssignedTo { account: name } => vec![Span::new(ASSIGNED, account(name))],
            Self::Unassigned { services } => {
                services.iter().map(|code| Span::new(UNASSIGNED, service(code))).collect()
            }
            Self::Due { within, from, to } => {
                let from = from.map(sort::date).unwrap_or_default();
                // A span ends before its last sort key.
                let to = sort::date(to.succ_opt().unwrap_or(*to));
                let spans = within.spans(DUE).into_iter();
                spans.map(|span| span.from(from.clone()).to(to.clone())).collect()
            }
            Self::Waiting { within } => within.spans(WAITING),
            Self::Surplus { within } => within.spans(SURPLUS),
            Self::InState { service, state } => vec![Span::new(STATE, in_state(service, *state))],
            Self::Named { name, within } => {
                // The longest word is as a rule the rarest.
                let word = search_words(name).into_iter().max_by_key(String::len);
                let spans = |word: &String| {
                    let spans = within.spans(NAME).into_iter();
                    spans.map(|span| span.beginning_with(word)).collect::<Vec<_>>()
                };
                word.iter().flat_map(spans).collect()
            }
        })
    }

    fn picks(&self, seen: &Practice, sort: &str) -> bool {
        match self {
            Self::Named { name, .. } => is_named(seen, name, sort),
            _ => true,
        }
    }

    fn picks_all(&self) -> bool {
        !matches!(self, Self::Mine | Self::Named { .. })
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
