//! Load, let the brick decide, commit.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use mattoni_core::record::{Bricks, NewRecord, Record, RecordKind, Recording};
use mattoni_core::{Act, Aggregate, EnteId, Id, Problem, Problems, Refusal};
use mattoni_store::{
    Batch, Change, CommitError, Conflict, Loaded, Past, Store, StoredState, Stream, load_many,
};

use crate::unreadable::readable;
use crate::{Clock, DeskError, Guard, Taker, Unreadable, guard};

/// How often a decision is made again when someone else was faster.
pub(crate) const ATTEMPTS: usize = 8;

/// The desk of one ente: everything that is decided there goes through it.
///
/// A desk holds no state of its own. Any number of them, in any number of processes, may work on
/// one store; a clone is the same desk.
///
/// It knows no brick by name: it keeps the kinds of record that its [`Bricks`] bring, and refuses
/// any other.
///
/// Its own methods are the ente's: imports, the register, the clock, the terminal of whoever runs
/// the machine. They show and change everything and ask nobody. Whatever acts for a person who
/// signed in goes through [`at_counter`](Self::at_counter), which leaves no way around
/// [`Record::sight`] and [`Record::may`].
#[derive(Clone)]
pub struct Desk {
    store: Arc<dyn Store>,
    ente: EnteId,
    bricks: Arc<Bricks>,
    takers: Arc<BTreeMap<String, Arc<dyn Taker>>>,
    elsewhere: Arc<BTreeSet<&'static str>>,
    guards: Arc<Vec<Arc<dyn Guard>>>,
    clock: Option<Arc<dyn Clock>>,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("ente", &self.ente)
            .field("bricks", &self.bricks.names())
            .field("takers", &self.takers.keys())
            .finish_non_exhaustive()
    }
}

/// What a desk is put together from: bricks, and who takes the orders that they give.
#[derive(Default)]
pub struct DeskParts {
    bricks: Bricks,
    takers: Vec<Arc<dyn Taker>>,
    elsewhere: Vec<&'static str>,
    guards: Vec<Arc<dyn Guard>>,
    unguarded: BTreeSet<&'static str>,
    clock: Option<Arc<dyn Clock>>,
}

impl fmt::Debug for DeskParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeskParts").field("bricks", &self.bricks).finish_non_exhaustive()
    }
}

impl From<Bricks> for DeskParts {
    fn from(bricks: Bricks) -> Self {
        Self { bricks, ..Self::default() }
    }
}

impl DeskParts {
    /// These bricks; nobody takes their orders yet.
    #[must_use]
    pub fn new(bricks: Bricks) -> Self {
        bricks.into()
    }

    /// With somebody who takes the orders of a topic.
    #[must_use]
    pub fn taker(mut self, taker: impl Taker + 'static) -> Self {
        self.takers.push(Arc::new(taker));
        self
    }

    /// The orders of this topic wait in the outbox for another process, whose desk has a taker.
    #[must_use]
    pub fn taken_elsewhere(mut self, topic: &'static str) -> Self {
        self.elsewhere.push(topic);
        self
    }

    /// With a guard, which looks at everything that is recorded of its kind.
    #[must_use]
    pub fn guard(mut self, guard: impl Guard + 'static) -> Self {
        self.guards.push(Arc::new(guard));
        self
    }

    /// With the clock that acts are held against: one that is dated further ahead than
    /// [`LONGEST_AHEAD`](crate::LONGEST_AHEAD) is refused on every way in (`desk.act.ahead`). A
    /// service gives the machine's ([`SystemClock`](crate::SystemClock)); whoever plays through days
    /// to come gives none, or one that is set.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Records of this kind are kept although nothing guards them: an integrator's own portal
    /// checks what practices may hold, or nobody does.
    #[must_use]
    pub fn unguarded(mut self, kind: &'static str) -> Self {
        self.unguarded.insert(kind);
        self
    }

    /// As [`unguarded`](Self::unguarded) for every kind: for a desk that only reads, or a test.
    #[must_use]
    pub fn guarding_nothing(mut self) -> Self {
        self.unguarded.extend(self.bricks.guarded().iter().map(|(kind, _)| kind));
        self
    }

    /// Every order that nobody takes here waits in the outbox: for a desk that delivers nothing,
    /// as a reader's, a test's or the command's.
    #[must_use]
    pub fn delivering_nothing(mut self) -> Self {
        self.elsewhere.extend(self.bricks.gives());
        self
    }

    fn check(&self) -> Result<BTreeMap<String, Arc<dyn Taker>>, Problems> {
        let mut found: Vec<Problem> = Vec::new();
        if let Err(problems) = self.bricks.check() {
            found.extend(problems);
        }
        let mut takers: BTreeMap<String, Arc<dyn Taker>> = BTreeMap::new();
        for taker in &self.takers {
            let topic = taker.topic().to_owned();
            if takers.insert(topic.clone(), Arc::clone(taker)).is_some() {
                found.push(Problem::new(
                    "desk.order.two-takers",
                    topic,
                    "exactly one taker must take the orders of a topic",
                    "leave one of the two out",
                ));
            }
        }
        for topic in self.bricks.gives() {
            if !takers.contains_key(topic) && !self.elsewhere.contains(&topic) {
                let givers = self.bricks.kinds().filter(|kind| kind.gives().contains(&topic));
                let givers: Vec<&str> = givers.map(RecordKind::kind).collect();
                found.push(Problem::new(
                    "desk.order.no-taker",
                    topic,
                    format!("somebody must take what {} asks for", givers.join(", ")),
                    "add the brick or the taker of this order, or say that another process takes it",
                ));
            }
        }
        let guards = self.guards.iter().map(|guard| (guard.kind(), guard.name())).collect();
        let missing = guard::missing(self.bricks.guarded(), &guards);
        found.extend(missing.filter(|problem| !self.unguarded.contains(&*problem.field)));
        Problems::check(found)?;
        Ok(takers)
    }
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
    /// The record, new or not.
    #[must_use]
    pub fn into_loaded(self) -> Loaded<A> {
        match self {
            Self::New(loaded) | Self::Existing(loaded) => loaded,
        }
    }
}

impl Desk {
    /// The desk of `ente` on `store`, put together from these parts. The desk's own records
    /// ([`crate::brick`]) are always among them.
    ///
    /// # Errors
    /// Every problem: `desk.order.no-taker` for an order that a brick gives and nobody takes,
    /// `desk.order.two-takers`, `desk.guard.none` for a kind that must have a guard and has none,
    /// and those of [`Bricks::check`].
    pub fn new(
        store: impl Store + 'static,
        ente: EnteId,
        parts: impl Into<DeskParts>,
    ) -> Result<Self, Problems> {
        Self::on(Arc::new(store), ente, parts)
    }

    /// The same, on a store that others use too.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn on(
        store: Arc<dyn Store>,
        ente: EnteId,
        parts: impl Into<DeskParts>,
    ) -> Result<Self, Problems> {
        let mut parts = parts.into();
        parts.bricks = parts.bricks.with(crate::brick());
        let takers = parts.check()?;
        let elsewhere = parts.elsewhere.into_iter().collect();
        Ok(Self {
            store,
            ente,
            bricks: Arc::new(parts.bricks),
            takers: Arc::new(takers),
            elsewhere: Arc::new(elsewhere),
            guards: Arc::new(parts.guards),
            clock: parts.clock,
        })
    }

    /// The store, with everything in it: the ente's own, never a portal's.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The ente.
    #[must_use]
    pub fn ente(&self) -> &EnteId {
        &self.ente
    }

    /// The bricks it is put together from, its own among them.
    #[must_use]
    pub fn bricks(&self) -> &Bricks {
        &self.bricks
    }

    /// The topics of the orders that somebody takes, here or in another process.
    #[must_use]
    pub fn taken(&self) -> Vec<&str> {
        let here = self.takers.keys().map(String::as_str);
        here.chain(self.elsewhere.iter().copied()).collect()
    }

    pub(crate) fn takers(&self) -> &BTreeMap<String, Arc<dyn Taker>> {
        &self.takers
    }

    pub(crate) fn clock(&self) -> Option<&dyn Clock> {
        self.clock.as_deref()
    }

    pub(crate) fn guards(&self) -> &[Arc<dyn Guard>] {
        &self.guards
    }

    /// Whether another process takes the orders of this topic.
    pub(crate) fn is_taken_elsewhere(&self, topic: &str) -> bool {
        self.elsewhere.contains(topic)
    }

    /// The kind with this name.
    ///
    /// # Errors
    /// `desk.kind` when no brick brings it.
    pub fn kind(&self, kind: &str) -> Result<&dyn RecordKind, Problems> {
        self.bricks.kind(kind).ok_or_else(|| unknown_kind(kind, &self.bricks))
    }

    /// The record as it stands, whoever asks.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn load<A: Aggregate>(&self, id: Id<A>) -> Result<Option<Loaded<A>>, DeskError> {
        Ok(mattoni_store::load(self.store(), &self.ente, id).await?)
    }

    /// Those of these records that are there, in the order of `ids`.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn load_many<A: Aggregate>(
        &self,
        ids: &[Id<A>],
    ) -> Result<Vec<Loaded<A>>, DeskError> {
        Ok(load_many(self.store(), &self.ente, ids).await?)
    }

    /// The record that holds a unique key.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn holder<A: Aggregate>(
        &self,
        name: &str,
        value: &str,
    ) -> Result<Option<Loaded<A>>, DeskError> {
        let stored = self.store.holder(&self.ente, A::KIND, name, value).await?;
        Ok(stored.as_ref().map(Loaded::read).transpose()?)
    }

    /// Everything that happened to a record, in order, whoever asks.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails or an event does not read.
    pub async fn history<A: Aggregate>(&self, id: Id<A>) -> Result<Vec<Past<A::Event>>, DeskError> {
        Ok(mattoni_store::history::<A>(self.store(), &self.ente, id).await?)
    }

    /// Goes through every record of a kind that can be read, page by page, in order of id, and
    /// answers with those that cannot.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails, or what `each` answers.
    pub async fn each_page<T, E: From<DeskError>>(
        &self,
        kind: &str,
        page: usize,
        read: impl Fn(StoredState) -> Result<T, mattoni_store::Error>,
        mut each: impl AsyncFnMut(Vec<T>) -> Result<(), E>,
    ) -> Result<Vec<Unreadable>, E> {
        let (mut after, mut unreadable) = (None, Vec::new());
        loop {
            let states = self.store.streams(&self.ente, kind, after, page).await;
            let states = states.map_err(DeskError::from)?;
            let Some(last) = states.last() else { return Ok(unreadable) };
            after = Some(last.stream.id);
            each(readable(states, &read, &mut unreadable)).await?;
        }
    }

    /// Begins something new under `id`. Safe to run twice: what is there stays as it is.
    ///
    /// # Errors
    /// [`DeskError::Refused`] when the events do not open an `A` or another holds a key that one
    /// alone may hold (a duplicate application); [`DeskError::Store`] when the machine fails.
    pub async fn open<A: Record>(
        &self,
        id: Id<A>,
        act: &Act,
        events: &[A::Event],
    ) -> Result<Opened<A>, DeskError> {
        self.known::<A>()?;
        if let Some(there) = self.load(id).await? {
            return Ok(Opened::Existing(there));
        }
        let recording = NewRecord::of::<A>(id, act, events)?.into_recording();
        let change = Change::of(recording);
        match self.commit(vec![change]).await {
            Ok(()) => {}
            Err(CommitError::Conflict(Conflict::Version { .. })) => {
                let there = self.load(id).await?;
                return there.map(Opened::Existing).ok_or_else(vanished);
            }
            Err(other) => return Err(other.into()),
        }
        let loaded = self.load(id).await?;
        loaded.map(Opened::New).ok_or_else(vanished)
    }

    /// Decides on what is stored, commits, and answers with what it came to. Where someone else
    /// was faster, decides again on what they left. No events: nothing to do, nothing written.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with the verb's refusal, or `desk.unknown` when there is nothing
    /// under `id`; [`DeskError::Contended`] after several lost races; [`DeskError::Store`] when
    /// the machine fails.
    pub async fn decide<A: Record, R: Refusal>(
        &self,
        id: Id<A>,
        act: &Act,
        verb: impl Fn(&A) -> Result<Vec<A::Event>, R>,
    ) -> Result<Loaded<A>, DeskError> {
        self.known::<A>()?;
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

    /// Commits these changes in one transaction, if the guards of their kinds let them.
    ///
    /// # Errors
    /// [`CommitError`] with a conflict when others were faster, a refusal (a guard's, `desk.kind` for
    /// a kind that no brick brings, or `desk.act.ahead` for an act dated ahead of the desk's clock),
    /// or a failure.
    pub async fn commit(&self, changes: Vec<Change>) -> Result<(), CommitError> {
        for change in &changes {
            self.kind(&change.stream.kind).map_err(CommitError::Refused)?;
        }
        let mut changes = changes;
        let refused = self.take_refused(&mut changes).await.map_err(CommitError::Failed)?;
        let problems = refused.into_iter().flat_map(|(_, problems)| problems).collect();
        Problems::check(problems).map_err(CommitError::Refused)?;
        self.commit_guarded(changes).await
    }

    /// Commits changes that the guards have looked at.
    pub(crate) async fn commit_guarded(&self, changes: Vec<Change>) -> Result<(), CommitError> {
        self.dated_now(&changes).map_err(CommitError::Refused)?;
        self.store.commit(Batch::new(self.ente.clone(), changes)).await.map(drop)
    }

    /// `Ok` when a brick brings the kind of `A`.
    fn known<A: Record>(&self) -> Result<(), Problems> {
        self.kind(A::KIND).map(drop)
    }
}

/// The change that records `events`, with all that follows, and where it leads.
///
/// # Errors
/// Those of [`Recording::of`].
pub fn decided<A: Record>(
    loaded: Loaded<A>,
    act: &Act,
    events: &[A::Event],
) -> Result<(Change, Loaded<A>), Problems> {
    let Loaded { id, version, mut state } = loaded;
    for event in events {
        state.apply(event);
    }
    let change = Change::of(Recording::of(id, version.get(), act, events, &state)?);
    let version = change.leads_to();
    Ok((change, Loaded { id, version, state }))
}

/// The change that begins a record.
///
/// # Errors
/// Those of [`NewRecord::of`].
pub fn begun<A: Record>(id: Id<A>, act: &Act, events: &[A::Event]) -> Result<Change, Problems> {
    Ok(Change::of(NewRecord::of::<A>(id, act, events)?.into_recording()))
}

pub(crate) fn unknown<A: Aggregate>(id: Id<A>) -> DeskError {
    DeskError::Refused(no_such(A::KIND, id))
}

/// The refusal of an id under which there is nothing, or nothing that whoever asks may see.
#[must_use]
pub fn no_such<K>(kind: &str, id: Id<K>) -> Problems {
    Problem::new(
        "desk.unknown",
        "id",
        format!("there is no {kind} {id} here"),
        "check the id and the ente",
    )
    .into()
}

fn unknown_kind(kind: &str, bricks: &Bricks) -> Problems {
    let known: Vec<&str> = bricks.kinds().map(RecordKind::kind).collect();
    Problem::new(
        "desk.kind",
        kind,
        format!("a kind of record must be one of: {}", known.join(", ")),
        "add the brick that brings it to the desk",
    )
    .into()
}

/// The stream of a record of whichever kind.
pub(crate) fn stream_of(record: &mattoni_core::record::RecordRef) -> Stream {
    Stream::new(record.kind.clone(), Id::from_u128(record.id.as_u128()))
}

fn vanished() -> DeskError {
    DeskError::Store(mattoni_store::Error::new(
        mattoni_store::ErrorKind::Io,
        "a state vanished between two reads",
    ))
}
