//! April: taken in charge, papers that are missing, messages, a withdrawal, a term made longer.

use mattoni_core::Digest;
use mattoni_core::record::Span;
use mattoni_core::value::Value;
use mattoni_practice::bulk::Selection;
use mattoni_practice::lists::{STATE, in_state};
use mattoni_practice::{Asked, Assignee, Attachment, IntegrationAnswer, Practice, State, Verb};

use super::Say;
use super::answers::{Habit, habit};
use super::story::{HEAD, OFFICE, Story, at, day, head, official, refused};
use crate::Stopped;
use crate::town::cast;

const PAPER: &str = "certificazione L. 104/1992";

impl Story {
    pub(super) async fn examining(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let act = official("2027-04-02T08:00:00Z");
        let code = self.equipped.service.code();
        let all = Selection::all().of_service(code).in_states([State::Registered]);
        let order = self.order("taken-in-charge", Verb::TakeInCharge, all);
        let (_, taken) = self
            .in_bulk(&order, &act, |practice, act| {
                practice.take_in_charge(act, Assignee::office(OFFICE))
            })
            .await?;
        say(&format!("2 April      {} taken in charge by the nursery office", taken.done));
        let conte = self.practice_of(&cast::conte()).await?.id();
        let to_anna = Assignee::official(OFFICE, super::story::COLLEAGUE);
        self.once(
            &self.office(),
            conte,
            Verb::TakeInCharge,
            &official("2027-04-02T09:00:00Z"),
            |p, act| p.take_in_charge(act, to_anna.clone()),
        )
        .await?;
        say("             Conte's is handed on to Anna Bianchi of the same office");

        self.withdrawn(say).await?;
        self.missing_papers(say).await?;
        self.asked_for_nothing(say).await?;
        self.written(say).await?;
        self.brought(say).await?;
        self.made_longer(say).await
    }

    async fn withdrawn(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let household = cast::benassi();
        let id = self.practice_of(&household).await?.id();
        // Taking it back is for the applicant's side; the office needs their signed request.
        let tried = self
            .office()
            .decide(id, Verb::Withdraw, &official("2027-04-03T08:00:00Z"), |p, act| {
                p.withdraw(act, "si è trasferita")
            })
            .await;
        say(&format!("3 April      the office withdraws Benassi's: {}", refused(tried)?));
        let act = self.citizens_act(&household.parent, "2027-04-03T20:00:00Z");
        let counter = self.citizen(&household.parent);
        self.once(&counter, id, Verb::Withdraw, &act, |practice, act| {
            practice.withdraw(act, "ci trasferiamo")
        })
        .await?;
        say("             Benassi moves away and withdraws");
        Ok(())
    }

    /// One order for all who declared a disability: selected, previewed, decided, tried again.
    async fn missing_papers(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let calendar = Self::calendar();
        let selection = Selection::all()
            .of_service(self.equipped.service.code())
            .in_states([State::TakenInCharge])
            .with_answer("disability_child", Value::Boolean(true));
        let order = self.order("missing-papers", Verb::RequestIntegration, selection);
        let act = official("2027-04-06T10:00:00Z");
        let (meant, asked) = self
            .in_bulk(&order, &act, |practice, act| {
                let why = "è stata dichiarata una disabilità".to_owned();
                let paper = Asked::Paper { name: PAPER.into(), why };
                practice.request_integration(act, vec![paper], day("2027-04-26"), &calendar)
            })
            .await?;
        self.deliver(act.at).await?;
        say(&format!(
            "6 April      {meant} selected and previewed, {} families asked for a paper; the same order again: 0",
            asked.done
        ));

        Ok(())
    }

    /// Most families bring the paper; for the others the clock lets the request lapse.
    async fn brought(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let calendar = Self::calendar();
        let paper = b"%PDF-1.7 certificazione dimostrativa".to_vec();
        let bytes = paper.len() as u64;
        let digest = self.desk.store().put(self.ente(), paper).await?;
        let bucket = in_state(self.equipped.service.code(), State::AwaitingIntegration);
        let brought = |practice: &Practice| {
            let number = practice.protocol_number().unwrap_or_default();
            if habit(number) == Habit::NeverAnswers {
                return Ok(None);
            }
            let citizen = mattoni_core::Actor::Citizen(practice.applicant().id);
            let act = mattoni_core::Act::new(at("2027-04-15T18:00:00Z"), citizen);
            let answered = practice.answer_integration(&act, paper_of(digest, bytes), &calendar);
            answered
                .map(|event| Some(mattoni_desk::Acted::one(&act, event)))
                .map_err(|refusal| mattoni_core::Refusal::problems(&refusal))
        };
        self.desk.sweep(&Span::new(STATE, bucket), brought, &super::story::quiet).await?;
        let report = self.tick("2027-04-28T08:00:00Z").await?;
        for change in &report.statuses {
            say(&format!("28 April     the clock sees {} closed", change.service));
        }
        let mut ends = [0_u32; 2];
        let query = Selection::all()
            .of_service(self.equipped.service.code())
            .with_answer("disability_child", Value::Boolean(true));
        let mut after = None;
        loop {
            let page = self.office().page(&query, after.as_ref(), 200).await?;
            for practice in &page.records {
                for request in practice.integrations() {
                    use mattoni_practice::IntegrationEnd::{Answered, Lapsed};
                    ends[0] += u32::from(matches!(request.end, Answered { .. }));
                    ends[1] += u32::from(matches!(request.end, Lapsed { .. }));
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        say(&format!(
            "             {} families brought the paper; the clock lets {} requests lapse: the term runs again",
            ends[0], ends[1]
        ));
        Ok(())
    }

    /// A request that was not needed is taken back, and the days it took are given back.
    async fn asked_for_nothing(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let (office, calendar) = (self.office(), Self::calendar());
        let id = self.practice_of(&cast::codeluppi()).await?.id();
        let act = official("2027-04-07T08:00:00Z");
        self.once(&office, id, Verb::RequestIntegration, &act, |practice, act| {
            let why = "manca la prova della residenza".to_owned();
            let paper = Asked::Paper { name: "certificato di residenza".into(), why };
            practice.request_integration(act, vec![paper], day("2027-04-27"), &calendar)
        })
        .await?;
        let act = official("2027-04-09T08:00:00Z");
        let practice = self
            .once(&office, id, Verb::CancelIntegration, &act, |practice, act| {
                practice.cancel_integration(act, "la residenza è in ANPR", &calendar)
            })
            .await?;
        say("9 April      Codeluppi was asked for what ANPR holds: the request is cancelled");
        Self::tell_term(&practice, say);
        Ok(())
    }

    /// A message, a receipt of reading, a note the family does not see.
    async fn written(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let household = cast::ferretti();
        let id = self.practice_of(&household).await?.id();
        let (citizen, office) = (self.citizen(&household.parent), self.office());
        let act = self.citizens_act(&household.parent, "2027-04-10T19:00:00Z");
        self.once(&citizen, id, Verb::Write, &act, |practice, act| {
            practice.write(act, "Posso ancora cambiare la seconda scelta?")
        })
        .await?;
        let steps = [
            ("2027-04-12T08:00:00Z", Verb::MarkRead),
            ("2027-04-12T08:05:00Z", Verb::Note),
            ("2027-04-12T08:10:00Z", Verb::Write),
        ];
        for (when, verb) in steps {
            self.once(&office, id, verb, &official(when), |practice, act| match verb {
                Verb::MarkRead => practice.mark_read(act, 1).map_err(|r| of(&r)),
                Verb::Note => practice
                    .note(act, "ha telefonato due volte; risposto per iscritto")
                    .map_err(|r| of(&r)),
                _ => practice
                    .write(act, "No: le domande sono chiuse dal 1° aprile.")
                    .map_err(|r| of(&r)),
            })
            .await?;
        }
        let act = self.citizens_act(&household.parent, "2027-04-12T20:00:00Z");
        let hers = self
            .once(&citizen, id, Verb::MarkRead, &act, |practice, act| practice.mark_read(act, 2))
            .await?;
        let all = office.read(id).await?;
        let read = all.messages().iter().filter(|message| !message.read.is_empty()).count();
        say(&format!(
            "12 April     Ferretti and the office write: the office sees {} entries, {read} read; she sees {}",
            all.messages().len(),
            hers.messages().len()
        ));
        Ok(())
    }

    /// Only the head makes a term longer, and only by a rule that is named.
    async fn made_longer(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let id = self.practice_of(&cast::conte()).await?.id();
        let calendar = Self::calendar();
        let longer = |practice: &Practice, act: &mattoni_core::Act, source: &str| {
            practice.extend_term(act, 10, source, "verifiche presso INPS", &calendar)
        };
        let source = "Regolamento comunale sui procedimenti, art. 9";
        let act = official("2027-04-29T08:00:00Z");
        let tried = self
            .office()
            .decide(id, Verb::ExtendTerm, &act, |practice, act| longer(practice, act, source))
            .await;
        say(&format!("29 April     an operator makes Conte's term longer: {}", refused(tried)?));
        let act = head("2027-04-29T09:00:00Z");
        let tried =
            self.head().decide(id, Verb::ExtendTerm, &act, |p, act| longer(p, act, " ")).await;
        say(&format!("             {HEAD} without a rule: {}", refused(tried)?));
        let practice = self
            .once(&self.head(), id, Verb::ExtendTerm, &act, |practice, act| {
                longer(practice, act, source)
            })
            .await?;
        Self::tell_term(&practice, say);
        self.deliver(at("2027-04-29T09:00:00Z")).await
    }
}

fn of(refusal: &impl mattoni_core::Refusal) -> mattoni_core::Problems {
    refusal.problems()
}

fn paper_of(digest: Digest, bytes: u64) -> IntegrationAnswer {
    let attachment = Attachment::new("certificazione.pdf", "application/pdf", bytes, digest);
    IntegrationAnswer { papers: [(PAPER.to_owned(), attachment)].into(), ..Default::default() }
}
