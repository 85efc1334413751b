//! Delivering what follows from decisions: out of the outbox, at least once, in order.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use mattoni_store::{AfterFailure, EffectId, Store, StoredEffect};

use crate::{Desk, DeskError, Progress};

/// Effects taken at a time.
const PAGE: usize = 500;
/// Tries before an effect becomes a dead letter.
const TRIES: u32 = 10;

/// What became of one effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handled {
    /// Done, now or at an earlier delivery.
    Done,
    /// Not now; it comes again, later each time.
    Later(String),
    /// Never: it becomes a dead letter for someone to look at.
    Never(String),
}

/// Whoever takes effects of one topic.
///
/// An effect comes at least once: killed between doing and saying so, it comes again. The
/// effect's key is how a handler knows it.
#[async_trait]
pub trait Handler: Send + Sync {
    /// The topic it takes.
    fn topic(&self) -> &str;

    /// Handles these, of different streams, and answers for each in order.
    ///
    /// # Errors
    /// When nothing can be handled at all; every effect stays due.
    async fn handle(&self, effects: &[StoredEffect]) -> Result<Vec<Handled>, DeskError>;
}

/// What came of a round of deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryReport {
    /// Delivered, by topic.
    pub delivered: BTreeMap<String, u64>,
    /// Put off.
    pub later: u64,
    /// Given up.
    pub never: u64,
}

impl<S: Store> Desk<S> {
    /// Delivers all that is due at `now`, until nothing is. For one that delivers alone: of two
    /// at once both may hand over the same effect, which its key then tells.
    ///
    /// # Errors
    /// When the store or a handler fails as a whole; what was delivered until then stays so.
    pub async fn deliver(
        &self,
        handlers: &[&dyn Handler],
        now: DateTime<Utc>,
        progress: &dyn Progress,
    ) -> Result<DeliveryReport, DeskError> {
        self.deliver_all(handlers, now, None, progress).await
    }

    /// Like [`deliver`](Self::deliver), beside others that do the same: what one has taken up, no
    /// other has until `lease` is over. Choose it longer than five hundred deliveries may take;
    /// what somebody dies with waits as long.
    ///
    /// # Errors
    /// As [`deliver`](Self::deliver).
    pub async fn deliver_beside_others(
        &self,
        handlers: &[&dyn Handler],
        now: DateTime<Utc>,
        lease: TimeDelta,
        progress: &dyn Progress,
    ) -> Result<DeliveryReport, DeskError> {
        self.deliver_all(handlers, now, Some(now + lease), progress).await
    }

    /// Forgets the effects that were delivered and had been due before `before`: the outbox then
    /// holds what waits, what is dead and what was delivered lately. Answers how many.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails; what was forgotten until then stays so.
    pub async fn clear_delivered(
        &self,
        before: DateTime<Utc>,
        progress: &dyn Progress,
    ) -> Result<u64, DeskError> {
        let mut cleared = 0;
        loop {
            let now = self.store().clear(self.ente(), before, PAGE).await?;
            cleared += now;
            progress.reached(cleared);
            if now < PAGE as u64 {
                return Ok(cleared);
            }
        }
    }

    async fn deliver_all(
        &self,
        handlers: &[&dyn Handler],
        now: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
        progress: &dyn Progress,
    ) -> Result<DeliveryReport, DeskError> {
        let mut report = DeliveryReport::default();
        loop {
            let due = match until {
                None => self.store().due(self.ente(), now, PAGE).await?,
                Some(until) => self.store().lease(self.ente(), now, until, PAGE).await?,
            };
            if due.is_empty() {
                return Ok(report);
            }
            let mut by_topic: BTreeMap<String, Vec<StoredEffect>> = BTreeMap::new();
            for effect in due {
                by_topic.entry(effect.topic.clone()).or_default().push(effect);
            }
            for (topic, effects) in by_topic {
                let handled = match handlers.iter().find(|handler| handler.topic() == topic) {
                    Some(handler) => handler.handle(&effects).await?,
                    None => vec![Handled::Later("no handler for this topic".into()); effects.len()],
                };
                self.settle(&topic, &effects, handled, now, &mut report).await?;
            }
            progress.reached(report.delivered.values().sum());
        }
    }

    async fn settle(
        &self,
        topic: &str,
        effects: &[StoredEffect],
        handled: Vec<Handled>,
        now: DateTime<Utc>,
        report: &mut DeliveryReport,
    ) -> Result<(), DeskError> {
        let mut done: Vec<EffectId> = Vec::new();
        for (effect, handled) in effects.iter().zip(handled) {
            let (why, after) = match handled {
                Handled::Done => {
                    done.push(effect.id);
                    continue;
                }
                Handled::Later(why) if effect.attempts + 1 < TRIES => {
                    report.later += 1;
                    (why, AfterFailure::RetryAt(now + back_off(effect.attempts)))
                }
                Handled::Later(why) | Handled::Never(why) => {
                    report.never += 1;
                    (why, AfterFailure::Dead)
                }
            };
            self.store().failed(self.ente(), effect.id, &why, after).await?;
        }
        if !done.is_empty() {
            let delivered = self.store().delivered(self.ente(), &done).await?;
            *report.delivered.entry(topic.to_owned()).or_default() += delivered;
        }
        Ok(())
    }
}

/// A minute, then twice as long each time: ten tries reach over eight hours.
fn back_off(attempts: u32) -> TimeDelta {
    TimeDelta::minutes(1 << attempts.min(16))
}
