//! Carrying erasures out, step by step, each of which may be the last before the machine stops.
//!
//! An erasure is begun on record. Then the bytes of files go; then the keys, in the transaction of
//! the event that says so; then what lists say of the person; then it is finished on record. Each
//! step can be done twice, and what is begun and not finished stands in a list of its own
//! ([`UNFINISHED`]): the next run of the clock goes on with it.

use std::collections::BTreeSet;

use mattoni_core::record::{ALL, AnyRecord, RecordRef, Span};
use mattoni_core::{Act, Aggregate as _, Digest, Id, Problems};
use mattoni_store::{Change, Erase, Loaded};

use super::erasure::{Erased, Erasure, ErasureEvent, ErasureStage, Held, UNFINISHED, under_way};
use crate::bulk::PAGE;
use crate::desk::{ATTEMPTS, begun, decided, stream_of};
use crate::{Desk, DeskError};

/// What came of going on with erasures that were begun.
#[derive(Default)]
pub(crate) struct Finished {
    /// How many are finished now.
    pub(crate) erasures: u64,
    /// Those that cannot go on, each with every reason.
    pub(crate) refused: Vec<(RecordRef, Problems)>,
}

/// What is to be done for one erasure.
struct Plan {
    erasure: Loaded<Erasure>,
    /// Records whose files go.
    own: Vec<Held>,
    /// Keys that go.
    erases: Vec<Erase>,
    /// Records that leave the lists that say something about a person.
    unlisted: Vec<RecordRef>,
}

impl Desk {
    /// Begins these erasures and carries them out; answers how many files were removed. Files are
    /// removed that are `removable`, or, where nobody says which are, that no other record needs.
    pub(super) async fn erase(
        &self,
        erasures: Vec<(Id<Erasure>, Erasure)>,
        removable: Option<&BTreeSet<Digest>>,
        act: &Act,
    ) -> Result<u64, DeskError> {
        let ids: Vec<Id<Erasure>> = erasures.iter().map(|(id, _)| *id).collect();
        let changes: Result<Vec<Change>, Problems> = erasures
            .into_iter()
            .map(|(id, erasure)| begun(id, act, &[ErasureEvent::Begun(erasure)]))
            .collect();
        let changes = changes?;
        if changes.is_empty() {
            return Ok(0);
        }
        self.commit(changes).await?;
        let (files, refused) = self.carry_on(&ids, removable, act).await?;
        Problems::check(refused.into_iter().flat_map(|(_, problems)| problems).collect())?;
        Ok(files)
    }

    /// Goes on with what was begun and stopped half-way.
    ///
    /// # Errors
    /// [`DeskError::Store`] or [`DeskError::Contended`]; the next run does the rest.
    pub(crate) async fn finish_erasures(&self, act: &Act) -> Result<Finished, DeskError> {
        let streams = self.streams_in(Erasure::KIND, &Span::new(UNFINISHED, ALL)).await?;
        let ids: Vec<Id<Erasure>> =
            streams.iter().map(|stream| Id::from_u128(stream.id.as_u128())).collect();
        let mut finished = Finished::default();
        for ids in ids.chunks(PAGE) {
            let (_, refused) = self.carry_on(ids, None, act).await?;
            finished.erasures += (ids.len() - refused.len()) as u64;
            finished.refused.extend(refused);
        }
        Ok(finished)
    }

    /// Carries these to their end, also beside others who do the same.
    async fn carry_on(
        &self,
        ids: &[Id<Erasure>],
        removable: Option<&BTreeSet<Digest>>,
        act: &Act,
    ) -> Result<(u64, Vec<(RecordRef, Problems)>), DeskError> {
        let mut files = 0;
        let mut attempt = 1;
        loop {
            let mut open = self.load_many(ids).await?;
            open.retain(|erasure| erasure.state.stage != ErasureStage::Finished);
            let went = self.carry_once(open, removable, act, &mut files).await;
            match went {
                Err(DeskError::Contended(_)) if attempt < ATTEMPTS => attempt += 1,
                went => return Ok((files, went?)),
            }
        }
    }

    async fn carry_once(
        &self,
        erasures: Vec<Loaded<Erasure>>,
        removable: Option<&BTreeSet<Digest>>,
        act: &Act,
        files: &mut u64,
    ) -> Result<Vec<(RecordRef, Problems)>, DeskError> {
        let (mut plans, mut refused) = (Vec::with_capacity(erasures.len()), Vec::new());
        for erasure in erasures {
            let record = RecordRef::of(erasure.id);
            match self.plan(erasure).await {
                Ok(plan) => plans.push(plan),
                Err(DeskError::Refused(problems)) => refused.push((record, problems)),
                Err(failed) => return Err(failed),
            }
        }
        if plans.is_empty() {
            return Ok(refused);
        }
        // Bytes first: while the keys are there, it is known which they are.
        *files += self.forget(&self.files_of(&plans, removable).await?).await?;
        let mut changes = Vec::new();
        for plan in &mut plans {
            if plan.erasure.state.stage == ErasureStage::Begun {
                let said = Erasure { stage: ErasureStage::Finished, ..plan.erasure.state.clone() };
                let loaded = plan.erasure.clone();
                let (change, next) = decided(loaded, act, &[ErasureEvent::Done(said)])?;
                changes.push(change.with_erases(std::mem::take(&mut plan.erases)));
                plan.erasure = next;
            }
        }
        if !changes.is_empty() {
            self.commit(changes).await?;
        }
        self.unlist(plans.iter().flat_map(|plan| plan.unlisted.clone())).await?;
        let finish = |plan: Plan| {
            let event = ErasureEvent::Finished { act: act.clone() };
            decided(plan.erasure, act, &[event]).map(|(change, _)| change)
        };
        let changes: Result<Vec<Change>, Problems> = plans.into_iter().map(finish).collect();
        self.commit(changes?).await?;
        Ok(refused)
    }

    /// What is to be done for one, at the stage it is at.
    async fn plan(&self, erasure: Loaded<Erasure>) -> Result<Plan, DeskError> {
        let stage = erasure.state.stage;
        let of = |id: Id<AnyRecord>| RecordRef::new("practice", id);
        match erasure.state.what.clone() {
            Erased::Person { person } => {
                let streams = self.streams_of(person, stage).await?;
                let held = self.held(&streams).await?;
                if stage == ErasureStage::Begun {
                    Problems::check(under_way(&held))?;
                }
                let own: Vec<Held> =
                    held.into_iter().filter(|held| held.is_about(person)).collect();
                let unlisted = own.iter().map(|held| held.record.clone()).collect();
                Ok(Plan { erasure, own, erases: vec![Erase::Person(person)], unlisted })
            }
            Erased::Record { record } => self.plan_of(erasure, record).await,
            Erased::Practice { practice } => self.plan_of(erasure, of(practice)).await,
            Erased::Files { record } => self.plan_files(erasure, record).await,
            Erased::Attachments { practice } => self.plan_files(erasure, of(practice)).await,
        }
    }

    async fn plan_of(
        &self,
        erasure: Loaded<Erasure>,
        record: RecordRef,
    ) -> Result<Plan, DeskError> {
        let mut unlisted = self.parts_of(&record).await?;
        let own = self.held(&[stream_of(&record)]).await?;
        unlisted.push(record);
        let erases = unlisted.iter().map(|record| Erase::Stream(stream_of(record))).collect();
        Ok(Plan { erasure, own, erases, unlisted })
    }

    async fn plan_files(
        &self,
        erasure: Loaded<Erasure>,
        record: RecordRef,
    ) -> Result<Plan, DeskError> {
        let own = self.held(&[stream_of(&record)]).await?;
        Ok(Plan { erasure, own, erases: Vec::new(), unlisted: Vec::new() })
    }

    /// The files that go with these.
    async fn files_of(
        &self,
        plans: &[Plan],
        removable: Option<&BTreeSet<Digest>>,
    ) -> Result<BTreeSet<Digest>, DeskError> {
        let begun = plans.iter().filter(|plan| plan.erasure.state.stage == ErasureStage::Begun);
        let own: Vec<&Held> = begun.flat_map(|plan| &plan.own).collect();
        let mut digests: BTreeSet<Digest> = own.iter().flat_map(|h| h.state.blobs()).collect();
        match removable {
            Some(removable) => digests.retain(|digest| removable.contains(digest)),
            None if digests.is_empty() => {}
            None => {
                let mut gone = self.erased_records().await?;
                gone.extend(own.iter().map(|held| held.record.id));
                self.keep_needed(&mut digests, |held| gone.contains(&held.record.id)).await?;
            }
        }
        Ok(digests)
    }
}
