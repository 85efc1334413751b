//! Numbers of the register (*numero di protocollo*) for practices' documents.
//!
//! Until `mattoni-registry` is there to keep the whole register, this handler gives the numbers:
//! progressive, of seven digits, beginning again each solar year (D.P.R. 445/2000, art. 57), in
//! the same transaction as the event that carries them, so that none is lost and none given
//! twice.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Datelike, Utc};
use mattoni_core::calendar::rome_date;
use mattoni_core::{Act, Actor, Id, Problem, Refusal};
use mattoni_practice::{Document, Practice, Reaction, RegisterRefusal};
use mattoni_store::{Store, StoredEffect};

use crate::practices::Task;
use crate::{Acted, Desk, DeskError, Handled, Handler};

/// Gives numbers of the register to practices' documents.
#[derive(Debug)]
pub struct ProtocolOffice<'a, S> {
    desk: &'a Desk<S>,
    at: DateTime<Utc>,
}

impl<'a, S: Store> ProtocolOffice<'a, S> {
    /// The office of the desk's ente, registering at `at`.
    #[must_use]
    pub fn new(desk: &'a Desk<S>, at: DateTime<Utc>) -> Self {
        Self { desk, at }
    }
}

/// `2027/0000042`: the year and at least seven digits.
fn number(year: i32, number: u64) -> String {
    format!("{year}/{number:07}")
}

#[async_trait]
impl<S: Store> Handler for ProtocolOffice<'_, S> {
    fn topic(&self) -> &str {
        "registry.register"
    }

    async fn handle(&self, effects: &[StoredEffect]) -> Result<Vec<Handled>, DeskError> {
        let mut documents: BTreeMap<Id<Practice>, Document> = BTreeMap::new();
        // Whoever came first has the lower number.
        let mut ids: Vec<Id<Practice>> = Vec::with_capacity(effects.len());
        let mut handled: Vec<Handled> = Vec::with_capacity(effects.len());
        for effect in effects {
            handled.push(match serde_json::from_slice(&effect.payload) {
                Ok(Task { practice, reaction: Reaction::RegisterAtProtocol { document } }) => {
                    documents.insert(practice, document);
                    ids.push(practice);
                    Handled::Done
                }
                Ok(_) => Handled::Never("not a request for a number".into()),
                Err(error) => Handled::Never(error.to_string()),
            });
        }
        let year = rome_date(self.at).year();
        let act = Act::new(self.at, Actor::System("protocol".into()));
        let verb = |practice: &Practice, next: u64| {
            let Some(document) = documents.get(&practice.id()) else { return Ok(None) };
            match practice.register(&act, *document, &number(year, next)) {
                Ok(event) => Ok(Some(Acted::one(&act, event))),
                // A second delivery: the number is there.
                Err(RegisterRefusal::Already { .. }) => Ok(None),
                Err(refusal) => Err(refusal.problems()),
            }
        };
        let sequence = format!("protocol/{year}");
        let report = self.desk.decide_each(&ids, verb, Some(&sequence)).await?;
        for (id, problems) in report.refused {
            let of_this = |effect: &StoredEffect| {
                serde_json::from_slice::<Task>(&effect.payload)
                    .is_ok_and(|task| task.practice == id)
            };
            if let Some(place) = effects.iter().position(of_this) {
                let first = problems.iter().next().map(Problem::to_string).unwrap_or_default();
                handled[place] = Handled::Never(first);
            }
        }
        Ok(handled)
    }
}
