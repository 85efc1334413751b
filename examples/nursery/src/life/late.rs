//! June: a late call, made by duplicating the first, for families that come to town when the call
//! is closed. They compete among themselves for places that are kept for them: nobody of the first
//! ranking is passed over, and no ticket of its draw changes.

use std::collections::BTreeMap;

use mattoni_core::Refusal as _;
use mattoni_office::ranking::run_id;
use mattoni_practice::{Assignee, Decision, Filer, Verb};
use mattoni_ranking::{Call, Criteria, CriteriaSource, Facilities, MayPublish, Outcome, Prize};
use mattoni_service::{Publication, Service, Setting, Sheet, differences};

use super::Say;
use super::story::{OFFICE, Story, head, official, quiet};
use crate::Stopped;
use crate::town::cast;

/// Code of the late call.
pub const CODE: &str = "nido-2027-tardive";

/// Places kept for them (regolamento, art. 13): nursery, group, how many.
const KEPT: (&str, &str, i64) = ("sole", "older", 2);

impl Story {
    pub(super) async fn late(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let service = self.late_service()?;
        self.publish(&service, "2027-06-08T08:00:00Z").await?;
        for difference in differences(&self.equipped.service, &service) {
            say(&format!("10 June      the late call differs: {difference}"));
        }
        let [nora, ivo] = cast::orlandini();
        let mut numbers = BTreeMap::new();
        for (household, hour) in [(nora, "10"), (ivo, "11"), (cast::pedroni(), "12")] {
            let acts = ["00", "10", "20"].map(|minute| {
                self.citizens_act(&household.parent, &format!("2027-06-12T{hour}:{minute}:00Z"))
            });
            let [opened, saved, sent] = &acts;
            let counter = self.citizen(&household.parent);
            let filer = Filer::Applicant;
            self.apply(&counter, &service, &household, filer, [opened, saved, sent]).await?;
            self.deliver(sent.at).await?;
            let practice = self.practice(self.id_of(&service, &household)?).await?;
            let number = practice.protocol_number().unwrap_or_default().to_owned();
            numbers.insert(number, household.child.given_name.clone());
        }
        say("12 June      the twins Orlandini, together or not at all, and Pedroni apply late");

        let (id, act) = (run_id(self.ente(), CODE, "1"), official("2027-06-21T08:00:00Z"));
        if self.desk.load(id).await?.is_none_or(|run| run.state.published().is_none()) {
            let super::Equipped { ready, plugin, .. } = &self.equipped;
            self.calls.score(&service, ready, plugin, &act, &quiet).await?;
            self.calls.draw_up(&service, "1", &self.late_call()?, &act).await?;
            let act = head("2027-06-22T08:00:00Z");
            let may = MayPublish::granted_to(act.by.clone());
            self.calls.publish(id, &act, &may).await?;
        }
        let drawn = self.calls.drawn(id).await?;
        for line in drawn.run.lines() {
            let child = numbers.get(line.code()).map_or("", String::as_str);
            let came = match &line.outcome {
                Outcome::Placed { facility, .. } => self.label(facility),
                _ => "in lista di attesa".to_owned(),
            };
            say(&format!("22 June      {} {child}: {came}", line.code()));
            self.answered(line.code(), &line.outcome, &came).await?;
        }
        Ok(())
    }

    /// The families said yes beforehand, so that the children can begin in September.
    async fn answered(&self, number: &str, outcome: &Outcome, came: &str) -> Result<(), Stopped> {
        let (office, id) = (self.office(), self.calls.practice(number).await?.id);
        let act = official("2027-06-23T08:00:00Z");
        self.once(&office, id, Verb::TakeInCharge, &act, |practice, act| {
            practice.take_in_charge(act, Assignee::office(OFFICE))
        })
        .await?;
        let placed = matches!(outcome, Outcome::Placed { .. });
        let verb = if placed { Verb::Accept } else { Verb::Reject };
        self.once(&office, id, verb, &official("2027-06-23T09:00:00Z"), |practice, act| {
            let decision = Decision::new(came);
            if placed {
                practice.accept(act, decision).map_err(|refusal| refusal.problems())
            } else {
                practice.reject(act, decision).map_err(|refusal| refusal.problems())
            }
        })
        .await?;
        Ok(())
    }

    /// The call's service, duplicated and changed.
    pub(super) fn late_service(&self) -> Result<Service, Stopped> {
        let service = &self.equipped.service;
        let sheet = Sheet {
            title: "Iscrizione ai nidi d'infanzia comunali, domande tardive".into(),
            times:
                "Domande dal 10 al 20 giugno 2027, per chi è arrivato in città dopo il 1° aprile."
                    .into(),
            ..service.source().sheet.clone()
        };
        Ok(service.duplicate(
            CODE,
            [
                Setting::Sheet(Box::new(sheet)),
                Setting::Opens(Some("2027-06-10T09:00".into())),
                Setting::Closes(Some("2027-06-20T12:00".into())),
                Setting::Publication(Publication::Published),
            ],
        )?)
    }

    /// Criteria and places of the late call, under a draw of its own.
    fn late_call(&self) -> Result<Call, Stopped> {
        let Prize::Places(facilities) = &self.call.prize else {
            return Err(Stopped("the call gives no places".into()));
        };
        let (nursery, group, places) = KEPT;
        let mut source = facilities.source().clone();
        for facility in &mut source.facility {
            facility.seats.retain(|seats| seats.group.as_deref() == Some(group));
            facility.seats.retain(|_| facility.code == nursery);
            for seats in &mut facility.seats {
                seats.places = places;
                seats.reserved.clear();
            }
        }
        let criteria = CriteriaSource {
            title: "Graduatoria delle domande tardive 2027/2028".into(),
            ..self.call.criteria.source().clone()
        };
        let seed = "Lotto, ruota di Bologna, 19 giugno 2027: 7 21 40 66 81";
        let criteria = Criteria::new(criteria)?.with_seed(seed)?;
        Ok(Call { criteria, prize: Prize::Places(Facilities::new(source)?) })
    }
}
