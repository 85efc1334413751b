//! Load, let the brick decide, commit.

use mattoni_core::{Act, EnteId, Id, Problem, Problems, Refusal};
use mattoni_store::{Batch, Change, CommitError, Conflict, Listing, Loaded, Next, Store};

use crate::{DeskError, Kept};

/// How often a decision is made again when someone else was faster.
pub(crate) const ATTEMPTS: usize = 8;

/// The desk of one ente: everything that is decided there goes through it.
///
/// A desk holds no state of its own. Any number of them, in any number of processes, may work on
/// one store.
///
/// Its own methods are the ente's: imports, rankings, the register, the clock, the terminal of
/// whoever runs the machine. They show and change everything and ask nobody. Whatever acts for a
/// person who signed in goes through [`at_counter`](Self::at_counter), which hands out no way
/// around [`mattoni_practice::access`].
#[derive(Debug)]
pub struct Desk<S> {
    store: S,
    ente: EnteId,
}

/// What came of opening something under an id of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened<A> {
    /// It is new.
    New(Loaded<A>),
    /// It was there already, perhaps from an earlier run of the same work; nothing changed.
    Existing(Loaded<A>),
}

impl<A> Opened<A> {
    /// The aggregate, new or not.
    #[must_use]
    pub fn into_loaded(self) -> Loaded<A> {
        match self {
            Self::New(loaded) | Self::Existing(loaded) => loaded,
        }
    }
}

impl<S: Store> Desk<S> {
    /// The desk of `ente` on `store`.
    #[must_use]
    pub fn new(store: S, ente: EnteId) -> Self {
        Self { store, ente }
    }

    /// The store, with everything in it: the ente's own, never a portal's.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The ente.
    #[must_use]
    pub fn ente(&self) -> &EnteId {
        &self.ente
    }

    /// The aggregate as it stands, whoever asks.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn load<A: Kept>(&self, id: Id<A>) -> Result<Option<Loaded<A>>, DeskError> {
        Ok(mattoni_store::load(&self.store, &self.ente, id).await?)
    }

    /// Begins something new under `id`. Safe to run twice: what is there stays as it is.
    ///
    /// # Errors
    /// [`DeskError::Refused`] when the events do not open an `A` or another holds a facet that
    /// one alone may hold (a duplicate application); [`DeskError::Store`] when the machine fails.
    pub async fn open<A: Kept>(
        &self,
        id: Id<A>,
        act: &Act,
        events: &[A::Event],
    ) -> Result<Opened<A>, DeskError> {
        if let Some(there) = self.load(id).await? {
            return Ok(Opened::Existing(there));
        }
        let next = Next::open(id, act, events)?;
        let loaded = Loaded { id, version: next.change.leads_to(), state: next.state };
        let change = kept(next.change, &loaded.state, events);
        match self.commit(vec![change]).await {
            Ok(()) => Ok(Opened::New(loaded)),
            Err(CommitError::Conflict(Conflict::Version { .. })) => match self.load(id).await? {
                Some(there) => Ok(Opened::Existing(there)),
                None => Err(vanished()),
            },
            Err(other) => Err(other.into()),
        }
    }

    /// Decides on what is stored, commits, and answers with what it came to. Where someone else
    /// was faster, decides again on what they left. No events: nothing to do, nothing written.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with the verb's refusal, or `desk.unknown` when there is nothing
    /// under `id`; [`DeskError::Contended`] after several lost races; [`DeskError::Store`] when
    /// the machine fails.
    pub async fn decide<A, R>(
        &self,
        id: Id<A>,
        act: &Act,
        verb: impl Fn(&A) -> Result<Vec<A::Event>, R>,
    ) -> Result<Loaded<A>, DeskError>
    where
        A: Kept + Clone,
        R: Refusal,
    {
        let mut lost = None;
        for _ in 0..ATTEMPTS {
            let loaded = self.load(id).await?.ok_or_else(|| unknown::<A>(id))?;
            let events = verb(&loaded.state).map_err(|refusal| DeskError::refused(&refusal))?;
            if events.is_empty() {
                return Ok(loaded);
            }
            let (change, next) = decided(loaded, act, &events)?;
            match self.commit(vec![change]).await {
                Ok(()) => return Ok(next),
                Err(CommitError::Conflict(conflict @ Conflict::Version { .. })) => {
                    lost = Some(conflict);
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(lost.map_or_else(vanished, DeskError::Contended))
    }

    pub(crate) async fn commit(&self, changes: Vec<Change>) -> Result<(), CommitError> {
        self.store.commit(Batch::new(self.ente.clone(), changes)).await.map(drop)
    }
}

/// The change that records `events`, with all that follows, and where it leads.
pub(crate) fn decided<A: Kept + Clone>(
    loaded: Loaded<A>,
    act: &Act,
    events: &[A::Event],
) -> Result<(Change, Loaded<A>), DeskError> {
    let id = loaded.id;
    let next = loaded.next(act, events)?;
    let next_loaded = Loaded { id, version: next.change.leads_to(), state: next.state };
    Ok((kept(next.change, &next_loaded.state, events), next_loaded))
}

/// Adds what the state is found by and what follows from the events.
pub(crate) fn kept<A: Kept>(change: Change, state: &A, events: &[A::Event]) -> Change {
    let effects: Vec<_> = events
        .iter()
        .enumerate()
        .flat_map(|(index, event)| {
            let version = change.expected.plus(index + 1);
            state.effects(event, &format!("{}/{version}", change.stream))
        })
        .collect();
    change.with_facets(state.facets()).with_listing(listing(state)).with_effects(effects)
}

/// Where the state stands in the lists of its kind, and what they tell of it.
pub(crate) fn listing<A: Kept>(state: &A) -> Listing {
    Listing::new(A::LISTS).with(state.places()).telling(state.line())
}

pub(crate) fn unknown<A: Kept>(id: Id<A>) -> DeskError {
    DeskError::Refused(no_such(id))
}

pub(crate) fn no_such<A: Kept>(id: Id<A>) -> Problems {
    Problem::new(
        "desk.unknown",
        "id",
        format!("there is no {} {id} here", A::KIND),
        "check the id and the ente",
    )
    .into()
}

fn vanished() -> DeskError {
    DeskError::Store(mattoni_store::Error::new(
        mattoni_store::ErrorKind::Io,
        "a state vanished between two reads",
    ))
}
