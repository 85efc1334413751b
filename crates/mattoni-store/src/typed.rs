//! Aggregates in, aggregates out: the shell never handles bytes.

use mattoni_core::{Act, Aggregate, Digest, DomainEvent, EnteId, Id, Problem, Problems, fold};
use serde::Serialize;

use crate::vault::SEALED;
use crate::{Change, Error, ErrorKind, Journal, NewEvent, Recorded, StoredState, Stream, Version};

/// An aggregate as it stands, and after how many events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded<A> {
    /// Its id.
    pub id: Id<A>,
    /// After how many events.
    pub version: Version,
    /// The aggregate.
    pub state: A,
}

impl<A: Aggregate> Loaded<A> {
    /// Reads a stored state.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] when it is of another kind or its body does not read as `A`; its
    /// [fault](StoredState::fault).
    pub fn read(stored: &StoredState) -> Result<Self, Error> {
        if stored.stream.kind != A::KIND {
            return Err(Error::new(ErrorKind::Unreadable, "failed to read a state")
                .with("stream", &stored.stream)
                .with("as", A::KIND));
        }
        let state =
            serde_json::from_slice(stored.json()?).map_err(|e| unreadable_state(stored, e))?;
        Ok(Self { id: Id::from_u128(stored.stream.id.as_u128()), version: stored.version, state })
    }

    /// What these events lead to, and the change that records it.
    ///
    /// # Errors
    /// `store.json` when an event or the state cannot be written as JSON.
    pub fn next(self, act: &Act, events: &[A::Event]) -> Result<Next<A>, Problems> {
        let mut state = self.state;
        for event in events {
            state.apply(event);
        }
        Next::of(self.id, self.version, act, events, state)
    }
}

/// An aggregate after something happened to it, with the change that records that. The projection,
/// the owners and the effects are to be added to `change`; for a record, [`Change::of`] makes all
/// of it at once.
#[derive(Debug, Clone)]
pub struct Next<A> {
    /// The aggregate after the events.
    pub state: A,
    /// The change to commit.
    pub change: Change,
}

impl<A: Aggregate> Next<A> {
    /// A new aggregate, from its first events.
    ///
    /// # Errors
    /// `store.opening` when the first event is not one that opens an `A`; `store.json` when an
    /// event or the state cannot be written as JSON.
    pub fn open(id: Id<A>, act: &Act, events: &[A::Event]) -> Result<Self, Problems> {
        let state = fold::<A>(events).ok_or_else(|| {
            Problem::new(
                "store.opening",
                "events",
                format!("a {} begins with an opening event", A::KIND),
                "commit the event its first verb returned",
            )
        })?;
        Self::of(id, Version::NONE, act, events, state)
    }

    fn of(
        id: Id<A>,
        expected: Version,
        act: &Act,
        events: &[A::Event],
        state: A,
    ) -> Result<Self, Problems> {
        let recorded = events
            .iter()
            .map(|event| Ok(NewEvent { name: event.name().into(), body: json(event, "events")? }))
            .collect::<Result<_, Problem>>()?;
        let body = json(&state, "state")?;
        let change = Change::raw(Stream::of(id), expected, act.clone(), recorded, body);
        Ok(Self { state, change })
    }
}

fn json(value: &impl Serialize, field: &str) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(value).map_err(|e| {
        Problem::new("store.json", field, "must be writable as JSON", format!("correct it: {e}"))
    })
}

/// One event of an aggregate's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past<E> {
    /// Its place in the ente's journal.
    pub seq: u64,
    /// Its place in the aggregate's history.
    pub version: Version,
    /// When it happened and who did it.
    pub act: Act,
    /// What happened.
    pub event: E,
    /// Its link in the chain.
    pub hash: Digest,
}

impl<E: DomainEvent> Past<E> {
    /// Reads a row of the journal.
    ///
    /// # Errors
    /// [`ErrorKind::Unreadable`] when the event, the instant or the actor does not read.
    pub fn read(row: &Recorded) -> Result<Self, Error> {
        let event = serde_json::from_slice(&row.body).map_err(|e| unreadable_event(row, e))?;
        Ok(Self { seq: row.seq, version: row.version, act: row.act()?, event, hash: row.hash })
    }
}

/// Why a state does not read.
pub(crate) fn unreadable_state(stored: &StoredState, cause: serde_json::Error) -> Error {
    let unreadable = || Error::new(ErrorKind::Unreadable, "failed to read a state");
    let error = sealed(&stored.body).unwrap_or_else(unreadable);
    error.with("stream", &stored.stream).caused_by(cause)
}

/// Why an event does not read.
pub(crate) fn unreadable_event(row: &Recorded, cause: serde_json::Error) -> Error {
    let unreadable = || Error::new(ErrorKind::Unreadable, "failed to read an event");
    let error = sealed(&row.body).unwrap_or_else(unreadable);
    error.with("seq", row.seq).with("stream", &row.stream).with("name", &row.name).caused_by(cause)
}

/// A sealed body that was read without its vault.
fn sealed(body: &[u8]) -> Option<Error> {
    let sealed = String::from_utf8_lossy(body).contains(SEALED);
    sealed.then(|| Error::new(ErrorKind::Locked, "failed to read a record: it is sealed"))
}

/// The aggregate with this id, `None` when there is none.
///
/// # Errors
/// When the machine fails, or the state does not read as `A`.
pub async fn load<A: Aggregate>(
    store: &(impl Journal + ?Sized),
    ente: &EnteId,
    id: Id<A>,
) -> Result<Option<Loaded<A>>, Error> {
    store.load(ente, &Stream::of(id)).await?.as_ref().map(Loaded::read).transpose()
}

/// The aggregates with these ids, in this order, read with one query. Those that do not exist are
/// left out.
///
/// # Errors
/// When the machine fails, or a state does not read as `A`.
pub async fn load_many<A: Aggregate>(
    store: &(impl Journal + ?Sized),
    ente: &EnteId,
    ids: &[Id<A>],
) -> Result<Vec<Loaded<A>>, Error> {
    let streams: Vec<Stream> = ids.iter().copied().map(Stream::of).collect();
    store.load_many(ente, &streams).await?.iter().map(Loaded::read).collect()
}

/// Everything that happened to the aggregate with this id, in order.
///
/// # Errors
/// When the machine fails, or an event does not read.
pub async fn history<A: Aggregate>(
    store: &(impl Journal + ?Sized),
    ente: &EnteId,
    id: Id<A>,
) -> Result<Vec<Past<A::Event>>, Error> {
    rows(store, ente, &Stream::of(id)).await?.iter().map(Past::read).collect()
}

/// All rows of one stream, read page by page.
pub(crate) async fn rows(
    store: &(impl Journal + ?Sized),
    ente: &EnteId,
    stream: &Stream,
) -> Result<Vec<Recorded>, Error> {
    const PAGE: usize = 1000;
    let mut rows: Vec<Recorded> = Vec::new();
    loop {
        let after = rows.last().map_or(Version::NONE, |row| row.version);
        let page = store.history(ente, stream, after, PAGE).await?;
        let last = page.len() < PAGE;
        rows.extend(page);
        if last {
            return Ok(rows);
        }
    }
}
