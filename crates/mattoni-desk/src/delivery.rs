//! Delivering what follows from decisions: out of the outbox, at least once, in order.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use mattoni_store::{AfterFailure, EffectId, StoredEffect};
use serde::Serialize;

use crate::error::told;
use crate::{Desk, DeskError, Progress};

/// Effects taken at a time.
const PAGE: usize = 500;
/// Tries before an effect becomes a dead letter.
const TRIES: u32 = 10;
/// A taker that fails over so many effects in a row, each given alone, is not asked again in this
/// round: it is out of order, and not over what it is given.
const GIVE_UP: usize = 8;
/// What the last failure of an effect says of which the taker said nothing.
const NO_ANSWER: &str = "the taker did not answer for this effect";

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

/// Whoever takes the orders of one topic out of the outbox.
///
/// An order comes at least once: killed between doing and saying so, it comes again. The effect's
/// key is how a taker knows it.
#[async_trait]
pub trait Taker: Send + Sync {
    /// The topic it takes.
    fn topic(&self) -> &str;

    /// Takes these, of different records of the desk's ente, at `now`, and answers for each in
    /// order. One for which there is no answer counts as put off.
    ///
    /// # Errors
    /// When it cannot go on. It is given the same effects again, one by one; those it fails over
    /// count as put off, as [`Handled::Later`], and other topics go on.
    async fn take(
        &self,
        desk: &Desk,
        effects: &[StoredEffect],
        now: DateTime<Utc>,
    ) -> Result<Vec<Handled>, DeskError>;
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
    /// Topics whose taker failed or left effects without an answer.
    pub faults: BTreeMap<String, Fault>,
}

/// How a taker failed in a round of deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Over how many effects; they were put off or given up.
    pub times: u64,
    /// What it said last.
    pub last: String,
}

impl Desk {
    /// Delivers all that is due at `now` to the desk's takers, until nothing is. Delivery is at
    /// least once: killed in between, or beside another process, the same effect may be handed
    /// over again, and a taker knows it by its key.
    ///
    /// An order that this desk leaves to another process stays as it is.
    ///
    /// # Errors
    /// When the store fails; what was delivered until then stays so. A taker that fails keeps
    /// nobody else waiting: it is in the report.
    pub async fn deliver(
        &self,
        now: DateTime<Utc>,
        progress: &dyn Progress,
    ) -> Result<DeliveryReport, DeskError> {
        let takers: Vec<&dyn Taker> = self.takers().values().map(AsRef::as_ref).collect();
        self.deliver_to(&takers, now, progress).await
    }

    /// Delivers to these takers instead of the desk's own. What none of them takes stays as it is
    /// where another process takes it, and is put off otherwise.
    ///
    /// # Errors
    /// As [`deliver`](Self::deliver).
    pub async fn deliver_to(
        &self,
        takers: &[&dyn Taker],
        now: DateTime<Utc>,
        progress: &dyn Progress,
    ) -> Result<DeliveryReport, DeskError> {
        let mut report = DeliveryReport::default();
        let takes = |topic: &str| takers.iter().any(|taker| taker.topic() == topic);
        let mut limit = PAGE;
        loop {
            let mut due = self.store().due(self.ente(), now, limit).await?;
            let is_all = due.len() < limit;
            due.retain(|effect| takes(&effect.topic) || !self.is_taken_elsewhere(&effect.topic));
            due.truncate(PAGE);
            if due.is_empty() {
                if is_all {
                    return Ok(report);
                }
                // A whole page waits for another process: what is due here lies beyond it.
                limit *= 2;
                continue;
            }
            let mut by_topic: BTreeMap<String, Vec<StoredEffect>> = BTreeMap::new();
            for effect in due {
                by_topic.entry(effect.topic.clone()).or_default().push(effect);
            }
            for (topic, effects) in by_topic {
                let handled = match takers.iter().find(|taker| taker.topic() == topic) {
                    Some(taker) => self.hand_over(*taker, &effects, now, &mut report).await,
                    None => vec![Handled::Later("no taker for this topic".into()); effects.len()],
                };
                self.settle(&topic, &effects, handled, now, &mut report).await?;
            }
            progress.reached(report.delivered.values().sum());
        }
    }

    /// Hands the effects of a topic to its taker, and answers for each, whatever the taker does:
    /// where it fails over all of them it is given one after the other, so that only what it fails
    /// over is tried in vain.
    async fn hand_over(
        &self,
        taker: &dyn Taker,
        effects: &[StoredEffect],
        now: DateTime<Utc>,
        report: &mut DeliveryReport,
    ) -> Vec<Handled> {
        let mut handled = vec![None; effects.len()];
        let (mut whole, mut places) = (Vec::new(), Vec::new());
        for (place, effect) in effects.iter().enumerate() {
            match &effect.fault {
                Some(fault) => handled[place] = Some(Handled::Later(told(fault))),
                None => {
                    whole.push(effect.clone());
                    places.push(place);
                }
            }
        }
        if whole.is_empty() {
            return handled.into_iter().flatten().collect();
        }
        let mut fail = |error: String| {
            let fault = report.faults.entry(taker.topic().to_owned()).or_default();
            fault.times += 1;
            fault.last.clone_from(&error);
            Handled::Later(error)
        };
        match taker.take(self, &whole, now).await {
            Ok(answers) => {
                let mut answers = answers.into_iter();
                for place in places {
                    let answer = answers.next();
                    handled[place] = Some(answer.unwrap_or_else(|| fail(NO_ANSWER.to_owned())));
                }
            }
            Err(error) if whole.len() == 1 => handled[places[0]] = Some(fail(told(&error))),
            Err(_) => {
                let mut failed = 0;
                let mut last = String::new();
                for (place, effect) in places.into_iter().zip(&whole) {
                    handled[place] = Some(if failed == GIVE_UP {
                        fail(last.clone())
                    } else {
                        match taker.take(self, std::slice::from_ref(effect), now).await {
                            Ok(answers) => {
                                failed = 0;
                                let answer = answers.into_iter().next();
                                answer.unwrap_or_else(|| fail(NO_ANSWER.to_owned()))
                            }
                            Err(error) => {
                                failed += 1;
                                last = told(&error);
                                fail(last.clone())
                            }
                        }
                    });
                }
            }
        }
        handled.into_iter().flatten().collect()
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
