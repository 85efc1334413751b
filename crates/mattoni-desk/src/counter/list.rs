//! Lists, counts and exports: the single read, many times.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use mattoni_core::{Id, Person};
use mattoni_practice::access::Role;
use mattoni_practice::bulk::Selection;
use mattoni_practice::{Practice, State};
use mattoni_store::{Loaded, Store};

use super::walk::{Source, Walk};
use crate::practices::{APPLICANT, OFFICE, PERSON, SERVICE, SERVICE_STATE, STATE, in_state, names};
use crate::{Counter, DeskError};

/// Which practices are asked for: those that fit everything that is set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Query {
    /// What the practice itself is like.
    pub selection: Selection,
    /// Someone who is on it: applicant, delegate, who applies with them, who may read it.
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

    fn picks(&self, practice: &Practice) -> bool {
        self.person.is_none_or(|person| names(practice, person)) && self.selection.picks(practice)
    }
}

impl From<Selection> for Query {
    fn from(selection: Selection) -> Self {
        Self::new(selection)
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The practices, in order of id.
    pub practices: Vec<Practice>,
    /// After which the next page begins; `None` at the end.
    pub next: Option<Id<Practice>>,
}

impl<S: Store> Counter<'_, S> {
    /// Up to `limit` of the practices that `query` asks for and the subject may see, in order of
    /// id, after `after`. Reading page after page shows none twice, whatever happens meanwhile.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn list(
        &self,
        query: &Query,
        after: Option<Id<Practice>>,
        limit: usize,
    ) -> Result<Page, DeskError> {
        let mut walk = self.walk(query, after);
        let mut practices: Vec<Practice> = Vec::new();
        while practices.len() < limit {
            match self.next(&mut walk, query).await? {
                Some(loaded) => practices.extend(self.shown(loaded.state)),
                None => return Ok(Page { practices, next: None }),
            }
        }
        // Of a practice that is shown: no other id may be told.
        let next = practices.last().map(Practice::id).or(after);
        Ok(Page { practices, next })
    }

    /// How many practices [`list`](Self::list) would show.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn count(&self, query: &Query) -> Result<u64, DeskError> {
        Ok(self.count_by_state(query).await?.values().sum())
    }

    /// How many practices [`list`](Self::list) would show, by state.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn count_by_state(&self, query: &Query) -> Result<BTreeMap<State, u64>, DeskError> {
        // What is counted with every commit need not be walked through, where all of it is seen.
        let (mut counts, left) = match self.counted(query).await? {
            None => (BTreeMap::new(), query.clone()),
            Some((counts, uncounted)) if uncounted.is_empty() => return Ok(counts),
            Some((counts, uncounted)) => {
                let mut left = query.clone();
                left.selection.states = uncounted;
                (counts, left)
            }
        };
        let query = &left;
        let mut walk = self.walk(query, None);
        while let Some(loaded) = self.next(&mut walk, query).await? {
            *counts.entry(loaded.state.state()).or_default() += 1;
        }
        Ok(counts)
    }

    /// The counts of the states in which the subject sees all there is, and the other states that
    /// are asked for; `None` where the question is another than for a service's states.
    async fn counted(
        &self,
        query: &Query,
    ) -> Result<Option<(BTreeMap<State, u64>, BTreeSet<State>)>, DeskError> {
        let asked = &query.selection;
        let Some(code) = &asked.service else { return Ok(None) };
        let plain = Selection::all().of_service(code).in_states(asked.states.iter().copied());
        if *query != Query::new(plain) || self.desk.lists_behind::<Practice>().await? > 0 {
            return Ok(None);
        }
        let asked_for = |s: &State| asked.states.is_empty() || asked.states.contains(s);
        let states = State::ALL.into_iter().filter(asked_for);
        let (whole, uncounted): (BTreeSet<State>, BTreeSet<State>) =
            states.partition(|state| self.sees_all_in(code, *state));
        let mut counts = BTreeMap::new();
        for state in whole {
            let bucket = in_state(code, state);
            let count = self.desk.tally::<Practice>(STATE, &bucket).await?;
            if count > 0 {
                counts.insert(state, count);
            }
        }
        Ok(Some((counts, uncounted)))
    }

    /// Writes the practices [`list`](Self::list) would show, each as a line of JSON exactly as a
    /// single read gives it, and answers how many.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails or `out` takes no more.
    pub async fn export(&self, query: &Query, out: &mut impl Write) -> Result<u64, DeskError> {
        let failed = |error: std::io::Error| {
            let kind = mattoni_store::ErrorKind::Io;
            mattoni_store::Error::new(kind, "failed to write an export").caused_by(error)
        };
        let mut walk = self.walk(query, None);
        let mut written = 0;
        while let Some(loaded) = self.next(&mut walk, query).await? {
            if let Some(practice) = self.shown(loaded.state) {
                serde_json::to_writer(&mut *out, &practice).map_err(|e| failed(e.into()))?;
                out.write_all(b"\n").map_err(failed)?;
                written += 1;
            }
        }
        Ok(written)
    }

    /// A walk through everything `query` could ask for.
    pub(super) fn walk(&self, query: &Query, after: Option<Id<Practice>>) -> Walk<'_, S> {
        Walk::new(self.desk, self.sources(query), after)
    }

    /// The next practice that is asked for and seen. It is what the subject sees that has to fit
    /// the query, so that asking cannot find out what is hidden.
    pub(super) async fn next(
        &self,
        walk: &mut Walk<'_, S>,
        query: &Query,
    ) -> Result<Option<Loaded<Practice>>, DeskError> {
        while let Some(loaded) = walk.next().await? {
            if self.finds(query, &loaded.state) {
                return Ok(Some(loaded));
            }
        }
        Ok(None)
    }

    pub(super) fn finds(&self, query: &Query, practice: &Practice) -> bool {
        mattoni_practice::access::see(&self.subject, practice)
            .is_some_and(|seen| query.picks(&seen))
    }

    /// Where everything that `query` asks for and the subject sees can be found: the narrowest
    /// of the places there are. What is found there is still looked at one by one.
    fn sources(&self, query: &Query) -> Vec<Source> {
        let of = |person: Id<Person>| {
            [APPLICANT, PERSON].map(|facet| Source::Facet(facet, person.to_string()))
        };
        if let Some(person) = query.person {
            return of(person).into();
        }
        let official = |role: &Role| !matches!(role, Role::Citizen { .. } | Role::TechnicalAdmin);
        if !self.subject.roles.iter().any(official) {
            let persons = self.subject.roles.iter().filter_map(|role| match role {
                Role::Citizen { person } => Some(*person),
                _ => None,
            });
            return persons.flat_map(of).collect();
        }
        let Selection { service, states, office, .. } = &query.selection;
        match (service, office) {
            (Some(service), _) if states.is_empty() => {
                vec![Source::Facet(SERVICE, service.clone())]
            }
            (Some(service), _) => {
                let facets = states.iter().map(|state| in_state(service, *state));
                facets.map(|facet| Source::Facet(SERVICE_STATE, facet)).collect()
            }
            (None, Some(office)) => vec![Source::Facet(OFFICE, office.clone())],
            (None, None) => vec![Source::All],
        }
    }
}
