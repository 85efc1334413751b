//! Numbers of the register (*numero di protocollo*) for practices' documents.
//!
//! Until `mattoni-registry` is there to keep the whole register, this taker gives the numbers:
//! progressive, of seven digits, beginning again each solar year (D.P.R. 445/2000, art. 57), in
//! the same transaction as the event that carries them, so that none is lost and none given
//! twice.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Datelike, Utc};
use mattoni_core::calendar::rome_date;
use mattoni_core::record::{Order as _, Register};
use mattoni_core::{Act, Actor, Id, Problem, Refusal};
use mattoni_desk::{Acted, Desk, DeskError, Handled, Taker};
use mattoni_practice::{Document, Practice, RegisterRefusal, read_register};
use mattoni_store::StoredEffect;

/// Gives numbers of the register to practices' documents: the taker of `registry.register`.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProtocolOffice;

/// `2027/0000042`: the year and at least seven digits.
fn number(year: i32, number: u64) -> String {
    format!("{year}/{number:07}")
}

#[async_trait]
impl Taker for ProtocolOffice {
    fn topic(&self) -> &str {
        Register::TOPIC
    }

    async fn take(
        &self,
        desk: &Desk,
        effects: &[StoredEffect],
        now: DateTime<Utc>,
    ) -> Result<Vec<Handled>, DeskError> {
        let mut documents: BTreeMap<Id<Practice>, Document> = BTreeMap::new();
        // Whoever came first has the lower number.
        let mut ids: Vec<Id<Practice>> = Vec::with_capacity(effects.len());
        let mut handled: Vec<Handled> = Vec::with_capacity(effects.len());
        for effect in effects {
            handled.push(match read_register(&effect.payload) {
                Some((practice, document)) => {
                    documents.insert(practice, document);
                    ids.push(practice);
                    Handled::Done
                }
                None => Handled::Never("must be a request for a number".into()),
            });
        }
        let year = rome_date(now).year();
        let act = Act::new(now, Actor::System("protocol".into()));
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
        let report = desk.decide_each(&ids, verb, Some(&sequence)).await?;
        let place = |id: Id<Practice>| {
            let of_this = |effect: &StoredEffect| {
                read_register(&effect.payload).is_some_and(|(practice, _)| practice == id)
            };
            effects.iter().position(of_this)
        };
        for (id, problems) in report.refused {
            if let Some(place) = place(id) {
                let first = problems.iter().next().map(Problem::to_string).unwrap_or_default();
                handled[place] = Handled::Never(first);
            }
        }
        for id in report.unreadable {
            if let Some(place) = place(id) {
                handled[place] = Handled::Later("the practice cannot be read".into());
            }
        }
        Ok(handled)
    }
}
