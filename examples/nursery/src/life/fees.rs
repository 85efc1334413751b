//! Autumn: the reduced fee, a small service of the other kind. Each practice stands under the one
//! of the child's place; there is something to pay, and a rejection is announced before it comes.

use std::collections::BTreeMap;

use mattoni_core::{Id, Money, Refusal as _};
use mattoni_practice::{
    Assignee, Decision, Filer, Payment, Practice, Relations, Saving, State, Verb,
};

use super::Say;
use super::story::{OFFICE, Story, at, head, official, refused, why};
use crate::Stopped;
use crate::town::cast::{self, Household};

impl Story {
    pub(super) async fn fees(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let households = [cast::ferretti(), cast::rossi(), cast::popescu()];
        for (household, minute) in households.iter().zip(["00", "20", "40"]) {
            self.asks(household, minute).await?;
        }
        self.deliver(at("2027-10-25T08:00:00Z")).await?;
        let practice = self.practice(self.fee_of(&cast::ferretti())?).await?;
        say("25 October   Ferretti, Rossi and Popescu ask for a reduced fee");
        if practice.state() == State::Registered {
            Self::tell_term(&practice, say);
        }
        self.family_tree(say).await?;
        self.paid(say).await?;
        self.announced(say).await?;
        self.forgotten(say).await
    }

    fn fee_of(&self, household: &Household) -> Result<Id<Practice>, Stopped> {
        self.id_of(&self.fee, household)
    }

    async fn asks(&self, household: &Household, minute: &str) -> Result<(), Stopped> {
        let acts = ["1", "2", "3"].map(|second| {
            self.citizens_act(&household.parent, &format!("2027-10-25T07:{minute}:0{second}Z"))
        });
        let [opened, saved, sent] = &acts;
        let counter = self.citizen(&household.parent);
        self.apply(&counter, &self.fee, household, Filer::Applicant, [opened, saved, sent]).await?;
        Ok(())
    }

    /// What stands under what, and the circle that is refused.
    async fn family_tree(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let (household, place) =
            (cast::ferretti(), self.practice_of(&cast::ferretti()).await?.id());
        let fee = self.fee_of(&household)?;
        let counter = self.citizen(&household.parent);
        let act = self.citizens_act(&household.parent, "2027-10-25T09:00:00Z");
        let none = Relations::default();
        self.once(&counter, fee, Verb::Relate, &act, |practice, act| {
            practice.relate(act, place, &none)
        })
        .await?;
        let hers = counter.page(&mattoni_practice::Query::default(), None, 50).await?;
        let links = hers
            .records
            .iter()
            .flat_map(|practice| practice.parents().iter().map(|parent| (practice.id(), *parent)));
        let relations = Relations::new(links)?;
        let names: BTreeMap<_, _> =
            hers.records.iter().map(|p| (p.id(), p.service().code.clone())).collect();
        for branch in relations.tree(place) {
            let name = names.get(&branch.practice).map_or("", String::as_str);
            say(&format!("             {}{name}", "  ".repeat(branch.depth + 1)));
        }
        let top = counter.read(place).await?;
        if let Err(refusal) = top.relate(&act, fee, &relations) {
            say(&format!("             the place under the fee: {}", why(&refusal)));
        }
        Ok(())
    }

    /// A deposit: asked for, tried in vain, paid; after that the practice is not withdrawn.
    async fn paid(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let (household, office) = (cast::ferretti(), self.office());
        let id = self.fee_of(&household)?;
        let deposit = Money::from_cents(30_00);
        self.taken(id, "2027-10-27T08:00:00Z").await?;
        let act = official("2027-10-28T08:00:00Z");
        self.once(&office, id, Verb::RequestPayment, &act, |practice, act| {
            practice.request_payment(act, deposit, "cauzione, regolamento delle tariffe, art. 4")
        })
        .await?;
        let system = self.at_counter(mattoni_core::record::Role::System);
        let tries = [
            ("2027-10-29T18:00:00Z", Payment::Failed { reason: "carta rifiutata".into() }),
            (
                "2027-10-30T09:00:00Z",
                Payment::Paid { amount: deposit, reference: "IUV 302700000000000042".into() },
            ),
        ];
        for (when, payment) in tries {
            let act =
                mattoni_core::Act::new(at(when), mattoni_core::Actor::System("pagopa".into()));
            self.once(&system, id, Verb::RecordPayment, &act, |practice, act| {
                practice.record_payment(act, payment.clone())
            })
            .await?;
        }
        say(&format!("30 October   Ferretti pays {deposit} euro, at the second try"));
        let practice = self.practice(id).await?;
        let act = self.citizens_act(&household.parent, "2027-10-30T10:00:00Z");
        if practice.state() == State::TakenInCharge
            && let Err(bars) = practice.withdraw(&act, "ripensamento")
        {
            say(&format!("             she withdraws: {}", why(&bars)));
        }
        let act = official("2027-11-08T08:00:00Z");
        self.once(&office, id, Verb::Accept, &act, |practice, act| {
            practice.accept(act, Decision::new("ISEE entro la soglia; retta ridotta del 40%"))
        })
        .await?;
        say("8 November   accepted: the fee is reduced by 40%");
        Ok(())
    }

    async fn taken(&self, id: Id<Practice>, when: &str) -> Result<(), Stopped> {
        self.once(&self.office(), id, Verb::TakeInCharge, &official(when), |practice, act| {
            practice.take_in_charge(act, Assignee::office(OFFICE))
        })
        .await
        .map(drop)
    }

    /// Where nobody competes, the reasons against come first, and what is said to them counts.
    async fn announced(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let (household, office, calendar) = (cast::rossi(), self.office(), Self::calendar());
        let id = self.fee_of(&household)?;
        self.taken(id, "2027-10-27T08:30:00Z").await?;
        let no = || Decision::new("ISEE oltre la soglia di 25.000 euro");
        let act = official("2027-11-09T08:00:00Z");
        let practice = self.practice(id).await?;
        if practice.state() == State::TakenInCharge
            && let Err(bars) = practice.reject(&act, no())
        {
            say(&format!("9 November   Rossi's is rejected at once: {}", why(&bars)));
        }
        let noticed = self
            .once(&office, id, Verb::GiveNotice, &act, |practice, act| {
                practice.give_notice(act, "ISEE oltre la soglia di 25.000 euro", &calendar)
            })
            .await?;
        if let Some(notice) = noticed.notice() {
            say(&format!(
                "             notice before rejection (art. 10-bis), observations until {}",
                notice.observations_by
            ));
        }
        let citizen = self.citizen(&household.parent);
        let act = self.citizens_act(&household.parent, "2027-11-15T20:00:00Z");
        self.once(&citizen, id, Verb::AnswerNotice, &act, |practice, act| {
            practice.answer_notice(act, "L'ISEE è dell'anno scorso.", &calendar)
        })
        .await?;
        let act = official("2027-11-22T08:00:00Z");
        let practice = self.practice(id).await?;
        if practice.state() == State::NoticeGiven {
            if let Err(bars) = practice.reject(&act, no()) {
                say(&format!("22 November  rejected without an answer to them: {}", why(&bars)));
            }
            Self::tell_term(&practice, say);
        }
        self.once(&office, id, Verb::Reject, &act, |practice, act| {
            let decision =
                no().with_answer_to_observations("l'ISEE corrente non è stato presentato");
            practice.reject(act, decision)
        })
        .await?;
        say("             rejected, with an answer to what he wrote");
        // A practice that was answered takes no more answers from the form.
        let act = self.citizens_act(&household.parent, "2027-11-23T08:00:00Z");
        let saving = Saving::default();
        let tried = citizen
            .decide(id, Verb::Save, &act, |practice, act| {
                practice.save(act, saving.clone()).map_err(|refusal| refusal.problems())
            })
            .await;
        say(&format!("             he changes the form: {}", refused(tried)?));
        self.deliver(at("2027-11-23T08:00:00Z")).await
    }

    /// Popescu's lies in a drawer: the clock says so before the last day and after it.
    async fn forgotten(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let id = self.fee_of(&cast::popescu())?;
        for (day, when) in
            [("23 November", "2027-11-23T09:00:00Z"), ("26 November", "2027-11-26T06:00:00Z")]
        {
            let report = self.tick(when).await?;
            say(&format!(
                "{day:12} the clock reminds the office of {} practice",
                report.due.count("clock.reminded")
            ));
        }
        let practice = self.practice(id).await?;
        let (act, calendar) = (head("2027-11-26T08:00:00Z"), Self::calendar());
        let source = "Regolamento comunale sui procedimenti, art. 9";
        if practice.state() == State::Registered {
            let longer = practice.extend_term(&act, 10, source, "carichi di lavoro", &calendar);
            if let Err(bars) = longer {
                say(&format!("             too late to make the term longer: {}", why(&bars)));
            }
        }
        self.taken(id, "2027-11-26T09:00:00Z").await?;
        let act = official("2027-11-26T10:00:00Z");
        self.once(&self.office(), id, Verb::Accept, &act, |practice, act| {
            practice.accept(act, Decision::new("ISEE entro la soglia; retta ridotta del 20%"))
        })
        .await?;
        say("             accepted a day late, which the record will always say");
        self.deliver(act.at).await
    }
}
