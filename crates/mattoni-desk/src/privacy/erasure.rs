//! Erasing, and the record of it.

use std::collections::BTreeSet;

use mattoni_core::record::{
    ALL, AccessRefusal, AnyRecord, AnyState, Facts, List, ListEntry, NoOrders, NoVerb, Owner,
    Owners, Personal, Projection, Record, RecordKind, RecordRef, Retention, Sight, Subject, sort,
};
use mattoni_core::{Act, Aggregate, Digest, DomainEvent, Id, Person, Problem, Problems, named_id};
use mattoni_store::{KeyFor, Reprojected, StoredState, Stream};
use serde::{Deserialize, Serialize};

use crate::desk::stream_of;
use crate::{Desk, DeskError, Unreadable};

/// The list of erasures: by rule of retention, and those on request.
pub const BY_RULE: List = List::plain("ground");
/// The list of erasures that are begun and not finished, in the bucket
/// [`ALL`](mattoni_core::record::ALL), by when they were begun.
pub const UNFINISHED: List = List::plain("unfinished");

/// That something was erased: when, by whom, what and on what ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Erasure {
    /// When, and by whom.
    pub act: Act,
    /// What.
    pub what: Erased,
    /// On what ground.
    pub ground: Ground,
    /// How far it is. Erasures from before there were stages are finished.
    #[serde(default, skip_serializing_if = "ErasureStage::is_finished")]
    pub stage: ErasureStage,
}

/// How far an erasure is: each stage is on record before the next begins, so that one that was
/// stopped is finished by the next run of the clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErasureStage {
    /// It was decided; files may be gone.
    Begun,
    /// Files and keys are gone; lists may still say something about the person.
    Erased,
    /// All of it is done.
    #[default]
    Finished,
}

impl ErasureStage {
    fn is_finished(&self) -> bool {
        *self == Self::Finished
    }
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

/// The name of the event that ends an erasure.
pub(crate) const FINISHED: &str = "privacy.erasure-finished";

/// What happens to an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(tag = "event")]
#[non_exhaustive]
pub enum ErasureEvent {
    /// It was decided, and is carried out from now on.
    #[serde(rename = "privacy.erasure-begun")]
    Begun(Erasure),
    /// The keys were erased with this event.
    #[serde(rename = "privacy.erased")]
    Done(Erasure),
    /// Lists say nothing about the person any more.
    #[serde(rename = "privacy.erasure-finished")]
    Finished {
        /// When, and by whom.
        act: Act,
    },
}

impl DomainEvent for ErasureEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::Begun(_) => "privacy.erasure-begun",
            Self::Done(_) => "privacy.erased",
            Self::Finished { .. } => FINISHED,
        }
    }
}

impl Aggregate for Erasure {
    const KIND: &'static str = "erasure";
    type Event = ErasureEvent;

    fn open(event: &ErasureEvent) -> Option<Self> {
        let stage = match event {
            ErasureEvent::Begun(_) => ErasureStage::Begun,
            // Without stages, as it was written before there were any.
            ErasureEvent::Done(_) => ErasureStage::Finished,
            ErasureEvent::Finished { .. } => return None,
        };
        match event {
            ErasureEvent::Begun(erasure) | ErasureEvent::Done(erasure) => {
                Some(Self { stage, ..erasure.clone() })
            }
            ErasureEvent::Finished { .. } => None,
        }
    }

    fn apply(&mut self, event: &ErasureEvent) {
        match event {
            ErasureEvent::Begun(_) => {}
            ErasureEvent::Done(_) => self.stage = ErasureStage::Erased,
            ErasureEvent::Finished { .. } => self.stage = ErasureStage::Finished,
        }
    }
}

/// An erasure names people by pseudonyms only, and is kept for ever.
impl Record for Erasure {
    const TITLE: &'static str = "cancellazione";
    type Verb = NoVerb;
    type Orders = NoOrders;
    type Row = ();
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[BY_RULE, UNFINISHED];

    fn verb_of(_: &ErasureEvent) -> Option<NoVerb> {
        None
    }

    fn act_of(event: &ErasureEvent) -> Option<&Act> {
        Some(match event {
            ErasureEvent::Begun(erasure) | ErasureEvent::Done(erasure) => &erasure.act,
            ErasureEvent::Finished { act } => act,
        })
    }

    fn event_italian(event: &ErasureEvent) -> &'static str {
        match event {
            ErasureEvent::Begun(_) => "cancellazione cominciata",
            ErasureEvent::Done(_) => "dati cancellati",
            ErasureEvent::Finished { .. } => "cancellazione finita",
        }
    }

    fn projection(&self) -> Projection {
        let bucket = match &self.ground {
            Ground::Retention { rule, .. } => format!("rule/{rule}"),
            Ground::Request { .. } => "request".to_owned(),
        };
        let at = sort::instant(self.act.at);
        let open = (!self.stage.is_finished()).then(|| ListEntry::new(UNFINISHED, ALL, &at));
        Projection::new().entry(ListEntry::new(BY_RULE, bucket, &at)).entries(open)
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

    pub(super) fn is_about(&self, person: Id<Person>) -> bool {
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
    /// store that seals nothing: nothing changed. [`DeskError::Store`] when the machine fails; what
    /// was begun then is finished by the next run of the [clock](Self::tick), or by erasing again.
    pub async fn erase_person(
        &self,
        person: Id<Person>,
        reason: &str,
        act: &Act,
    ) -> Result<ErasureReport, DeskError> {
        self.sealed_or_refused().await?;
        self.finish_erasures(act).await?;
        let streams = self.streams_of(person, ErasureStage::Begun).await?;
        if streams.is_empty() {
            return Ok(ErasureReport::default());
        }
        let held = self.held(&streams).await?;
        Problems::check(under_way(&held))?;
        let at = act.at.timestamp_micros().to_string();
        let id = named_id(self.ente(), &["erasure", "person", &person.to_string(), &at]);
        let ground = Ground::Request { reason: reason.to_owned() };
        let erasure = Erasure::new(act, Erased::Person { person }, ground);
        let files = self.erase(vec![(id, erasure)], None, act).await?;
        Ok(ErasureReport { records: held.len() as u64, files })
    }

    /// The records in which the person is, as an erasure at this stage finds them: those whose keys
    /// are there, or are erased.
    pub(super) async fn streams_of(
        &self,
        person: Id<Person>,
        stage: ErasureStage,
    ) -> Result<Vec<Stream>, DeskError> {
        let keys = self.store().keys_of_person(self.ente(), person).await?;
        let live = stage == ErasureStage::Begun;
        let found = keys.into_iter().filter(|key| key.wrapped.is_some() == live);
        let streams: BTreeSet<Stream> = found
            .filter_map(|key| match key.of {
                KeyFor::Person { stream, .. } => Some(stream),
                _ => None,
            })
            .collect();
        Ok(streams.into_iter().collect())
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
    /// One that is decided on now, or is done in one step.
    #[must_use]
    pub fn new(act: &Act, what: Erased, ground: Ground) -> Self {
        Self { act: act.clone(), what, ground, stage: ErasureStage::Finished }
    }
}

/// A problem for each record that is not at its end.
pub(super) fn under_way(held: &[Held]) -> Vec<Problem> {
    let open = held.iter().filter(|held| held.state.retention() == Retention::UnderWay);
    open.map(|held| {
        Problem::new(
            "desk.erase.under-way",
            held.record.to_string(),
            "nobody can be erased from a record that is under way",
            "bring it to its end first",
        )
    })
    .collect()
}
