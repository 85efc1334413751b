//! Erasing, and the record of it.

use std::collections::BTreeSet;

use mattoni_core::record::{
    AccessRefusal, AnyRecord, AnyState, Facts, List, ListEntry, NoOrders, NoVerb, Owner, Owners,
    Personal, Projection, Record, RecordKind, RecordRef, Retention, Sight, Subject, sort,
};
use mattoni_core::{Act, Aggregate, Digest, DomainEvent, Id, Person, Problem, Problems, named_id};
use mattoni_store::{Change, Erase, KeyFor, Reprojected, StoredState, Stream};
use serde::{Deserialize, Serialize};

use crate::desk::{begun, stream_of};
use crate::{Desk, DeskError, Unreadable};

/// The list of erasures: by rule of retention, and those on request.
pub const BY_RULE: List = List::plain("ground");

/// That something was erased: when, by whom, what and on what ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Erasure {
    /// When, and by whom.
    pub act: Act,
    /// What.
    pub what: Erased,
    /// On what ground.
    pub ground: Ground,
}

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "erased")]
#[non_exhaustive]
pub enum Erased {
    /// A person, out of every record there was.
    Person {
        /// Who: a pseudonym.
        person: Id<Person>,
    },
    /// Everyone, out of one record and those that go with it.
    Record {
        /// Which.
        record: RecordRef,
    },
    /// The bytes of one record's files.
    Files {
        /// Which record's.
        record: RecordRef,
    },
    /// Everyone, out of one practice: as written before records were named with their kind.
    Practice {
        /// Which.
        practice: Id<AnyRecord>,
    },
    /// The bytes of one practice's files: as written before records were named with their kind.
    Attachments {
        /// Which practice's.
        practice: Id<AnyRecord>,
    },
}

/// On what ground something was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "ground")]
#[non_exhaustive]
pub enum Ground {
    /// Somebody asked for it, or ordered it.
    Request {
        /// The norm or the order, without anybody's name: it is kept for ever.
        #[not_personal]
        reason: String,
    },
    /// The ente's rules of retention.
    Retention {
        /// Code of the rule.
        #[not_personal]
        rule: String,
        /// Its legal source.
        #[not_personal]
        source: String,
    },
}

/// What happens to an erasure: it is done, and never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(tag = "event")]
#[non_exhaustive]
pub enum ErasureEvent {
    /// The keys were erased with this event.
    #[serde(rename = "privacy.erased")]
    Done(Erasure),
}

impl DomainEvent for ErasureEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::Done(_) => "privacy.erased",
        }
    }
}

impl Aggregate for Erasure {
    const KIND: &'static str = "erasure";
    type Event = ErasureEvent;

    fn open(event: &ErasureEvent) -> Option<Self> {
        match event {
            ErasureEvent::Done(erasure) => Some(erasure.clone()),
        }
    }

    // Done once; a second event of the kind would be of another erasure.
    fn apply(&mut self, _: &ErasureEvent) {}
}

/// An erasure names people by pseudonyms only, and is kept for ever.
impl Record for Erasure {
    const TITLE: &'static str = "cancellazione";
    type Verb = NoVerb;
    type Orders = NoOrders;
    type Row = ();
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[BY_RULE];

    fn verb_of(_: &ErasureEvent) -> Option<NoVerb> {
        None
    }

    fn act_of(event: &ErasureEvent) -> Option<&Act> {
        let ErasureEvent::Done(erasure) = event;
        Some(&erasure.act)
    }

    fn projection(&self) -> Projection {
        let bucket = match &self.ground {
            Ground::Retention { rule, .. } => format!("rule/{rule}"),
            Ground::Request { .. } => "request".to_owned(),
        };
        Projection::new().entry(ListEntry::new(BY_RULE, bucket, sort::instant(self.act.at)))
    }

    fn row(&self) {}

    fn owners(&self) -> Owners {
        Owners::none()
    }

    fn orders(&self, _: &ErasureEvent) -> Vec<NoOrders> {
        Vec::new()
    }

    fn sight(&self, who: &Subject) -> Sight {
        crate::sight_of_staff(who)
    }

    fn may(&self, _: &Subject, verb: NoVerb) -> Result<(), AccessRefusal> {
        match verb {}
    }

    fn blobs(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn retention(&self) -> Retention {
        Retention::Forever
    }

    fn facts(&self, out: &mut Facts) {
        out.instant("at", Some(self.act.at));
        let (ground, rule) = match &self.ground {
            Ground::Request { .. } => ("request", None),
            Ground::Retention { rule, .. } => ("retention", Some(rule.as_str())),
        };
        out.code("ground", Some(ground));
        out.code("rule", rule);
    }
}

/// What came of erasing a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErasureReport {
    /// Records they are no longer in.
    pub records: u64,
    /// Files whose bytes are gone.
    pub files: u64,
}

/// A record with the state it has, whatever its kind.
pub(super) struct Held {
    pub(super) record: RecordRef,
    pub(super) stored: StoredState,
    pub(super) state: Box<dyn AnyState>,
}

impl Held {
    pub(super) fn read(
        kind: &dyn RecordKind,
        stored: StoredState,
    ) -> Result<Self, mattoni_store::Error> {
        let state = crate::read_any(kind, &stored)?;
        let id = Id::from_u128(stored.stream.id.as_u128());
        Ok(Self { record: RecordRef::new(kind.kind(), id), stored, state })
    }

    fn is_about(&self, person: Id<Person>) -> bool {
        self.state.owners().of(Owner::Subject) == Some(person)
    }
}

impl Desk {
    /// Erases a person from every record: from states, journal and backups, since what is there of
    /// them does not open any more. The files of records that are about them are removed as well,
    /// but for those that another record needs. Run again, it does nothing.
    ///
    /// An ente owes erasure only where no duty to keep stands against it (GDPR, art. 17, par. 3):
    /// that is for whoever calls this to have decided. `reason` is kept for ever and names nobody.
    ///
    /// # Errors
    /// `desk.erase.under-way` for each record that is not at its end, `desk.erase.unsealed` in a
    /// store that seals nothing: nothing changed. [`DeskError::Store`] when the machine fails;
    /// files may be gone then, and erasing again does the rest.
    pub async fn erase_person(
        &self,
        person: Id<Person>,
        reason: &str,
        act: &Act,
    ) -> Result<ErasureReport, DeskError> {
        self.sealed_or_refused().await?;
        let keys = self.store().keys_of_person(self.ente(), person).await?;
        let live = keys.into_iter().filter(|key| key.wrapped.is_some());
        let streams: BTreeSet<Stream> = live
            .filter_map(|key| match key.of {
                KeyFor::Person { stream, .. } => Some(stream),
                _ => None,
            })
            .collect();
        if streams.is_empty() {
            return Ok(ErasureReport::default());
        }
        let held = self.held(&streams.into_iter().collect::<Vec<_>>()).await?;
        let open = held.iter().filter(|held| held.state.retention() == Retention::UnderWay);
        Problems::check(open.map(|held| under_way(&held.record)).collect())?;
        let own: Vec<&Held> = held.iter().filter(|held| held.is_about(person)).collect();
        let mut digests: BTreeSet<Digest> = own.iter().flat_map(|h| h.state.blobs()).collect();
        let owns = |record: &RecordRef| own.iter().any(|held| held.record == *record);
        self.keep_needed(&mut digests, |held| owns(&held.record)).await?;
        let files = self.forget(&digests).await?;

        let at = act.at.timestamp_micros().to_string();
        let id = named_id(self.ente(), &["erasure", "person", &person.to_string(), &at]);
        let ground = Ground::Request { reason: reason.to_owned() };
        let erasure = Erasure { act: act.clone(), what: Erased::Person { person }, ground };
        let change = erasure.change(id)?.with_erases([Erase::Person(person)]);
        self.commit(vec![change]).await?;
        self.unlist(own.iter().map(|held| held.record.clone())).await?;
        Ok(ErasureReport { records: held.len() as u64, files })
    }

    pub(super) async fn sealed_or_refused(&self) -> Result<(), DeskError> {
        if self.store().pseudonyms(self.ente()).await?.is_some() {
            return Ok(());
        }
        Err(DeskError::Refused(
            Problem::new(
                "desk.erase.unsealed",
                "store",
                "must be sealed: only what is sealed can be erased",
                "put a vault around the store before the first record",
            )
            .into(),
        ))
    }

    /// Those of these records that are there, of kinds that a brick brings.
    pub(super) async fn held(&self, streams: &[Stream]) -> Result<Vec<Held>, DeskError> {
        let stored = self.store().load_many(self.ente(), streams).await?;
        let known = stored.into_iter().filter_map(|stored| {
            let kind = self.bricks().kind(&stored.stream.kind)?;
            Some(Held::read(kind, stored).map_err(DeskError::from))
        });
        known.collect()
    }

    /// Takes the records out of the lists that say something about a person.
    pub(super) async fn unlist(
        &self,
        records: impl IntoIterator<Item = RecordRef>,
    ) -> Result<(), DeskError> {
        let streams: Vec<Stream> = records.into_iter().map(|r| stream_of(&r)).collect();
        let mut states = Vec::with_capacity(streams.len());
        for held in self.held(&streams).await? {
            states.push(Reprojected {
                version: held.stored.version,
                stream: held.stored.stream,
                projection: held.state.projection()?.without_personal(),
                owners: held.state.owners(),
            });
        }
        self.store().reproject(self.ente(), states).await?;
        Ok(())
    }

    /// Takes out of `digests` those that a record still needs, `except` for some.
    pub(super) async fn keep_needed(
        &self,
        digests: &mut BTreeSet<Digest>,
        except: impl Fn(&Held) -> bool,
    ) -> Result<(), DeskError> {
        if digests.is_empty() {
            return Ok(());
        }
        for kind in self.bricks().kinds() {
            let read = |stored| Held::read(kind, stored);
            let page = self.each_page(kind.kind(), crate::bulk::PAGE, read, async |page| {
                for held in page {
                    if !except(&held) {
                        for digest in held.state.blobs() {
                            digests.remove(&digest);
                        }
                    }
                }
                Ok::<_, DeskError>(())
            });
            // What one needs that cannot be read, nobody knows.
            Unreadable::none_of(&page.await?)?;
        }
        Ok(())
    }

    /// Removes the bytes; answers how many were there.
    pub(super) async fn forget(&self, digests: &BTreeSet<Digest>) -> Result<u64, DeskError> {
        let mut gone = 0;
        for digest in digests {
            gone += u64::from(self.store().forget(self.ente(), *digest).await?);
        }
        Ok(gone)
    }
}

impl Erasure {
    /// The change that records it.
    pub(super) fn change(self, id: Id<Self>) -> Result<Change, Problems> {
        let act = self.act.clone();
        begun(id, &act, &[ErasureEvent::Done(self)])
    }
}

fn under_way(record: &RecordRef) -> Problem {
    Problem::new(
        "desk.erase.under-way",
        record.to_string(),
        "nobody can be erased from a record that is under way",
        "bring it to its end first",
    )
}
