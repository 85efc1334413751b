//! Erasing, and the record of it.

use std::collections::BTreeSet;

use mattoni_core::{Act, Aggregate, Digest, DomainEvent, Id, Person, Problem, Problems};
use mattoni_practice::Practice;
use mattoni_store::{Change, Effect, Erase, Facet, Loaded, Next, Relisted, Store, Stream};
use serde::{Deserialize, Serialize};

use crate::desk::{kept, listing};
use crate::{Desk, DeskError, Kept};

/// That something was erased: when, by whom, what and on what ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// When, and by whom.
    pub act: Act,
    /// What.
    pub what: Erased,
    /// On what ground.
    pub ground: Ground,
}

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "erased")]
#[non_exhaustive]
pub enum Erased {
    /// A person, out of every record there was.
    Person {
        /// Who: a pseudonym.
        person: Id<Person>,
    },
    /// Everyone, out of one practice.
    Practice {
        /// Which.
        practice: Id<Practice>,
    },
    /// The bytes of one practice's attachments.
    Attachments {
        /// Which practice's.
        practice: Id<Practice>,
    },
}

/// On what ground something was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "ground")]
#[non_exhaustive]
pub enum Ground {
    /// Somebody asked for it, or ordered it.
    Request {
        /// The norm or the order, without anybody's name: it is kept for ever.
        reason: String,
    },
    /// The ente's rules of retention.
    Retention {
        /// Code of the rule.
        rule: String,
        /// Its legal source.
        source: String,
    },
}

/// What happens to an erasure: it is done, and never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

impl Kept for Erasure {
    fn facets(&self) -> Vec<Facet> {
        match &self.ground {
            Ground::Retention { rule, .. } => vec![Facet::plain("rule", rule)],
            Ground::Request { .. } => vec![Facet::plain("rule", "request")],
        }
    }

    fn effects(&self, _: &ErasureEvent, _: &str) -> Vec<Effect> {
        Vec::new()
    }
}

impl Erasure {
    /// The change that records it and takes the keys.
    pub(super) fn change(self, id: Id<Self>) -> Result<Change, Problems> {
        let act = self.act.clone();
        let erases = match &self.what {
            Erased::Person { person } => vec![Erase::Person(*person)],
            Erased::Practice { practice } => vec![Erase::Stream(Stream::of(*practice))],
            Erased::Attachments { .. } => Vec::new(),
        };
        let events = [ErasureEvent::Done(self)];
        let next = Next::<Self>::open(id, &act, &events)?;
        Ok(kept(next.change, &next.state, &events).with_erases(erases))
    }
}

/// What came of erasing a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErasureReport {
    /// Practices they are no longer in.
    pub practices: u64,
    /// Attachments whose bytes are gone.
    pub attachments: u64,
}

impl<S: Store> Desk<S> {
    /// Erases a person from every practice: from states, journal and backups, since what is there
    /// of them does not open any more. Nor do the attachments of their own practices, whose bytes are
    /// removed as well, but for those that another practice has. Run again, it does nothing.
    ///
    /// An ente owes erasure only where no duty to keep stands against it (GDPR, art. 17, par. 3):
    /// that is for whoever calls this to have decided. `reason` is kept for ever and names nobody.
    ///
    /// # Errors
    /// `desk.erase.under-way` for each practice that is not ended, `desk.erase.unsealed` in a
    /// store that seals nothing: nothing changed. [`DeskError::Store`] when the machine fails;
    /// attachments may be gone then, and erasing again does the rest.
    pub async fn erase_person(
        &self,
        person: Id<Person>,
        reason: &str,
        act: &Act,
    ) -> Result<ErasureReport, DeskError> {
        self.sealed_or_refused().await?;
        let keys = self.store().keys_of_person(self.ente(), person).await?;
        let live: Vec<_> = keys.into_iter().filter(|key| key.wrapped.is_some()).collect();
        if live.is_empty() {
            return Ok(ErasureReport::default());
        }
        let mut practices: Vec<Loaded<Practice>> = Vec::new();
        for key in live {
            let mattoni_store::KeyFor::Person { stream, .. } = key.of else { continue };
            if stream.kind == Practice::KIND {
                practices.extend(self.load(Id::from_u128(stream.id.as_u128())).await?);
            }
        }
        let open = practices.iter().filter(|practice| !practice.state.state().is_final());
        Problems::check(open.map(|practice| under_way(&practice.state)).collect())?;
        let mut report = ErasureReport::default();
        let own: BTreeSet<Id<Practice>> = practices
            .iter()
            .filter(|practice| practice.state.applicant().id == person)
            .map(|practice| practice.id)
            .collect();
        let of_own = practices.iter().filter(|practice| own.contains(&practice.id));
        let mut digests: BTreeSet<Digest> =
            of_own.flat_map(|practice| attachments(&practice.state)).collect();
        self.keep_needed(&mut digests, |practice| own.contains(&practice.id())).await?;
        report.attachments = self.forget(&digests).await?;

        let at = act.at.timestamp_micros().to_string();
        let id = crate::named_id(self.ente(), &["erasure", "person", &person.to_string(), &at]);
        let ground = Ground::Request { reason: reason.to_owned() };
        let erasure = Erasure { act: act.clone(), what: Erased::Person { person }, ground };
        self.commit(vec![erasure.change(id)?]).await?;
        self.unlist(&own.into_iter().collect::<Vec<_>>()).await?;
        report.practices = practices.len() as u64;
        Ok(report)
    }

    pub(super) async fn sealed_or_refused(&self) -> Result<(), DeskError> {
        if self.store().pseudonyms(self.ente()).await?.is_some() {
            return Ok(());
        }
        Err(DeskError::Refused(
            Problem::new(
                "desk.erase.unsealed",
                "store",
                "only what is sealed can be erased",
                "put a vault around the store before the first practice",
            )
            .into(),
        ))
    }

    /// Takes the practices out of the lists that say something about a person.
    pub(super) async fn unlist(&self, practices: &[Id<Practice>]) -> Result<(), DeskError> {
        let loaded = self.load_all(practices).await?;
        let states = loaded.into_iter().map(|practice| Relisted {
            stream: Stream::of(practice.id),
            version: practice.version,
            listing: listing(&practice.state).without_personal(),
        });
        self.store().relist(self.ente(), states.collect()).await?;
        Ok(())
    }

    /// Takes out of `digests` those that a practice still needs, `except` for some.
    pub(super) async fn keep_needed(
        &self,
        digests: &mut BTreeSet<Digest>,
        except: impl Fn(&Practice) -> bool,
    ) -> Result<(), DeskError> {
        let mut after = None;
        while !digests.is_empty() {
            let (ente, page) = (self.ente(), crate::bulk::PAGE);
            let page = self.store().streams(ente, Practice::KIND, after, page).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.stream.id);
            for stored in &page {
                let practice: Loaded<Practice> = Loaded::read(stored)?;
                if !except(&practice.state) {
                    for digest in attachments(&practice.state) {
                        digests.remove(&digest);
                    }
                }
            }
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

pub(super) fn attachments(practice: &Practice) -> impl Iterator<Item = Digest> {
    practice.attachments().iter().map(|attachment| attachment.digest)
}

fn under_way(practice: &Practice) -> Problem {
    let name = practice.protocol_number().map_or(practice.id().to_string(), str::to_owned);
    Problem::new(
        "desk.erase.under-way",
        name,
        format!("nobody is erased from a practice that is {}", practice.state()),
        "bring it to its end first",
    )
}
