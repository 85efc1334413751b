//! A verb on a loaded practice.
//!
//! Run with: `cargo bench -p mattoni-benches --features practice --bench practice`
//!
//! Each verb is decided on a practice in a state where it is possible, loaded with what years
//! bring: 60 answers, 20 files, 30 messages, 6 assessments, other people. The goal is under 2 µs;
//! `submit` digests all answers and files, and its last line says what that alone takes. Verbs that
//! either side adds things by without an end weigh the practice first (docs/practice.md, *room*):
//! they may take as long as writing it as JSON takes besides, which each commit does anyway.
//! Beside each, taken in turns with it, what the machine asks for the same: to write the event as
//! JSON, which whoever stores it does anyway, and to clone the practice, and to
//! write it as JSON. `apply` is the event put
//! into the practice.
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]
#![allow(clippy::float_arithmetic, reason = "nanoseconds and ratios")]

use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use chrono::{DateTime, Days, NaiveDate, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::Verb as _;
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Aggregate, Contacts, Digest, Id, Money, Person, Refusal};
use mattoni_practice::*;

const TURNS: usize = 41;
const TIMES: u32 = 400;
const GOAL: f64 = 2_000.0;

type Failure = Box<dyn Error>;

struct Setting {
    start: DateTime<Utc>,
    calendar: LegalCalendar,
    applicant: Person,
    reader: Person,
}

impl Setting {
    fn new() -> Result<Self, Failure> {
        let person = |id, code: &str, given_name: &str| {
            Ok::<_, Failure>(Person {
                id: Id::from_u128(id),
                fiscal_code: code.parse()?,
                given_name: given_name.into(),
                family_name: "Rossi".into(),
                born_on: "1980-01-01".parse()?,
            })
        };
        Ok(Self {
            start: "2026-09-04T10:00:00Z".parse()?,
            calendar: LegalCalendar::national().with_patron(6, 29, "Santi Pietro e Paolo"),
            applicant: person(1, "RSSMRA80A41H501Y", "Maria")?,
            reader: person(2, "RSSMRA80A01H501U", "Mario")?,
        })
    }

    fn citizen(&self, day: u64) -> Act {
        Act::new(self.start + Days::new(day), Actor::Citizen(self.applicant.id))
    }

    fn office(&self, day: u64) -> Act {
        Act::new(self.start + Days::new(day), Actor::Operator("anna.bianchi".into()))
    }

    fn system(&self, day: u64) -> Act {
        Act::new(self.start + Days::new(day), Actor::System("clock".into()))
    }
}

fn shown<R: Refusal>(tried: Result<Event, R>) -> Result<Event, Failure> {
    tried.map_err(|refusal| refusal.problems().to_string().into())
}

fn key(index: usize) -> String {
    format!("campo_{index:02}")
}

fn answers() -> BTreeMap<String, Value> {
    let answer = |index| match index % 3 {
        0 => Value::Text(format!("una risposta abbastanza lunga, la numero {index}")),
        1 => Value::Integer(i64::try_from(index).unwrap_or_default()),
        _ => Value::Money(Money::from_cents(900_000)),
    };
    (0..60).map(|index| (key(index), answer(index))).collect()
}

fn file(name: &str) -> Attachment {
    Attachment::new(name, "application/pdf", 100_000, Digest::of(name.as_bytes()))
}

fn assessment(batch: u32) -> Assessment {
    let name = batch.to_string();
    let points =
        |criterion: String| CriterionPoints { criterion, hundredths: 250, reason: "due".into() };
    Assessment {
        evaluation: Digest::of(name.as_bytes()),
        plugin: PluginRef {
            name: "nursery-points".into(),
            version: "1.0.0".into(),
            digest: Digest::of(b"plugin"),
        },
        contract: "mattoni:rules@1".into(),
        parameters: Digest::of(b"parameters"),
        inputs: Digest::of(b"inputs"),
        answer: None,
        points: (0..8).map(|n| points(format!("criterio-{n}"))).collect(),
        tie_keys: BTreeMap::from([("isee".into(), 900_000)]),
        class: None,
        fuel: 1234,
    }
}

/// A practice that is led from state to state.
#[derive(Clone)]
struct Life(Practice);

impl Life {
    fn then<R: Refusal>(
        mut self,
        verb: impl FnOnce(&Practice) -> Result<Event, R>,
    ) -> Result<Self, Failure> {
        let event = shown(verb(&self.0))?;
        self.0.apply(&event);
        Ok(self)
    }
}

fn draft(s: &Setting, fee: Fee) -> Result<Life, Failure> {
    let step = |from: usize| Step::new(format!("passo_{from}"), (from..from + 10).map(key), []);
    let procedure = (0..6)
        .fold(Procedure::new(30), |procedure, n| procedure.with_step(step(n * 10)))
        .with_reopening(Permission::Granted)
        .with_fee(fee);
    let service = ServiceRef::new("nido", 1);
    let id = Id::from_u128(7);
    let opening = Opening::new(id, "c_f051".parse()?, service, procedure, s.applicant.clone());
    let opened = Practice::open_draft(&s.citizen(0), opening).map_err(|r| r.problems())?;
    let mut life = Life(Practice::open(&opened).ok_or("is no opening")?)
        .then(|p| p.save(&s.citizen(0), Saving::set(answers())))?
        .then(|p| {
            let party = Party { person: s.reader.clone(), role: PartyRole::Reader };
            p.add_party(&s.citizen(0), party)
        })?;
    for number in 0..20 {
        life = life.then(|p| p.attach(&s.citizen(0), file(&format!("{number}.pdf"))))?;
    }
    Ok(life)
}

fn submitted(s: &Setting) -> Result<Life, Failure> {
    draft(s, Fee::None)?.then(|p| p.submit(&s.citizen(0), p.summary().digest(), &s.calendar))
}

fn examined(s: &Setting) -> Result<Life, Failure> {
    let mut life = submitted(s)?
        .then(|p| p.register(&s.system(0), Document::Application, "2026/0000123"))?
        .then(|p| p.take_in_charge(&s.office(1), Assignee::office("scuola")))?;
    for number in 0..30 {
        life = life.then(|p| p.write(&s.office(1), &format!("messaggio {number}")))?;
    }
    for batch in 0..6 {
        life = life.then(|p| p.assess(&s.system(2), assessment(batch)))?;
    }
    Ok(life)
}

fn asked() -> Vec<Asked> {
    vec![
        Asked::Field { key: key(3), why: "scaduto".into() },
        Asked::Paper { name: "certificato".into(), why: "manca".into() },
    ]
}

fn given() -> IntegrationAnswer {
    IntegrationAnswer {
        set: BTreeMap::from([(key(3), Value::Text("0737".into()))]),
        papers: BTreeMap::from([("certificato".into(), file("certificato.pdf"))]),
        note: String::new(),
    }
}

type Verbs<'a> = Box<dyn Fn(&Practice) -> Result<Event, Failure> + 'a>;

struct Case<'a> {
    verb: Verb,
    on: Practice,
    tried: Verbs<'a>,
}

fn case<'a, R: Refusal>(
    verb: Verb,
    on: &Life,
    tried: impl Fn(&Practice) -> Result<Event, R> + 'a,
) -> Case<'a> {
    Case { verb, on: on.0.clone(), tried: Box::new(move |practice| shown(tried(practice))) }
}

/// A verb that may have nothing to do.
fn maybe<'a, R: Refusal>(
    verb: Verb,
    on: &Life,
    tried: impl Fn(&Practice) -> Result<Option<Event>, R> + 'a,
) -> Case<'a> {
    let some = move |practice: &Practice| match tried(practice) {
        Ok(Some(event)) => Ok(event),
        Ok(None) => Err("it had nothing to do".into()),
        Err(refusal) => Err(refusal.problems().to_string().into()),
    };
    Case { verb, on: on.0.clone(), tried: Box::new(some) }
}

fn drafting(s: &Setting) -> Result<Vec<Case<'_>>, Failure> {
    let amount = Money::from_cents(1600);
    let life = draft(s, Fee::None)?;
    let owing = draft(s, Fee::BeforeSubmission { amount })?;
    let warned = life.clone().then(|p| p.warn_of_expiry(&s.system(340)))?;
    let confirmed = life.0.summary().digest();
    let one = || Saving::set(BTreeMap::from([(key(3), Value::Integer(3))]));
    let party = || Party {
        person: Person { id: Id::from_u128(3), ..s.reader.clone() },
        role: PartyRole::CoApplicant,
    };
    let paid = move || Payment::Paid { amount, reference: "RT1".into() };
    Ok(vec![
        case(Verb::Save, &life, move |p| p.save(&s.citizen(1), one())),
        case(Verb::Attach, &life, |p| p.attach(&s.citizen(1), file("altro.pdf"))),
        case(Verb::Detach, &life, |p| p.detach(&s.citizen(1), Digest::of(b"7.pdf"))),
        case(Verb::AddParty, &life, move |p| p.add_party(&s.citizen(1), party())),
        case(Verb::RemoveParty, &life, |p| p.remove_party(&s.citizen(1), s.reader.id)),
        case(Verb::Submit, &life, move |p| p.submit(&s.citizen(1), confirmed, &s.calendar)),
        maybe(Verb::RecordPayment, &owing, move |p| p.record_payment(&s.system(1), paid())),
        case(Verb::WarnOfExpiry, &life, |p| p.warn_of_expiry(&s.system(340))),
        case(Verb::Expire, &warned, |p| p.expire(&s.system(380))),
    ])
}

fn examining(s: &Setting) -> Result<Vec<Case<'_>>, Failure> {
    let c = &s.calendar;
    let by: NaiveDate = "2026-10-30".parse()?;
    let amount = Money::from_cents(1600);
    let sent = submitted(s)?;
    let taken = examined(s)?;
    let awaiting = taken.clone().then(|p| p.request_integration(&s.office(5), asked(), by, c))?;
    let paying = taken.clone().then(|p| p.request_payment(&s.office(5), amount, "bollo"))?;
    let late = || Payment::Paid { amount, reference: "RT9".into() };
    let mut surplus = taken.clone().then(|p| p.withdraw(&s.citizen(6), "non serve più"))?;
    let paid = surplus.0.record_payment(&s.system(7), late()).map_err(|r| r.problems())?;
    surplus.0.apply(&paid.ok_or("money came after the end")?);
    let moved = taken.0.due().ok_or("a term runs")?.on;
    let later = c.clone().with_holiday(moved, "Centenario", "D.L. 5/2026");
    let other = Person { id: Id::from_u128(4), ..s.reader.clone() };
    let mandate = move || Mandate::new(other.clone(), MandateKind::Delegated);
    let delegated = taken.clone().then(|p| p.delegate(&s.citizen(6), mandate()))?;
    let contacts =
        Contacts { email: Some("maria.rossi@example.it".parse()?), ..Contacts::default() };
    let number = || (Document::Application, "2026/0000123");
    let law = "D.P.R. 380/2001, art. 20, c. 3";
    Ok(vec![
        case(Verb::Register, &sent, move |p| p.register(&s.system(1), number().0, number().1)),
        case(Verb::TakeInCharge, &taken, |p| {
            p.take_in_charge(&s.office(2), Assignee::official("scuola", "anna.bianchi"))
        }),
        case(Verb::RequestIntegration, &taken, move |p| {
            p.request_integration(&s.office(5), asked(), by, c)
        }),
        case(Verb::AnswerIntegration, &awaiting, |p| {
            p.answer_integration(&s.citizen(9), given(), c)
        }),
        case(Verb::CancelIntegration, &awaiting, |p| {
            p.cancel_integration(&s.office(9), "trovato", c)
        }),
        case(Verb::LapseIntegration, &awaiting, |p| p.lapse_integration(&s.system(80), c)),
        case(Verb::Assess, &taken, |p| p.assess(&s.system(5), assessment(99))),
        case(Verb::RequestPayment, &taken, move |p| {
            p.request_payment(&s.office(5), amount, "bollo")
        }),
        case(Verb::CancelPayment, &paying, |p| p.cancel_payment(&s.office(6), "esente")),
        case(Verb::Refund, &surplus, |p| p.refund(&s.office(8), "RT9", "mandato n. 12/2026")),
        maybe(Verb::Recount, &taken, move |p| p.recount(&s.system(8), &later, &s.office(8))),
        case(Verb::ExtendTerm, &taken, move |p| {
            p.extend_term(&s.office(6), 30, law, "complessa", c)
        }),
        case(Verb::Abstain, &taken, |p| p.abstain(&s.office(6), "la richiedente è mia cugina")),
        case(Verb::Delegate, &taken, move |p| p.delegate(&s.citizen(6), mandate())),
        case(Verb::RevokeDelegation, &delegated, |p| {
            p.revoke_delegation(&s.citizen(7), Id::from_u128(4))
        }),
        case(Verb::UpdateContacts, &taken, move |p| {
            p.update_contacts(&s.citizen(6), contacts.clone())
        }),
        case(Verb::Write, &taken, |p| p.write(&s.office(6), "buongiorno")),
        case(Verb::Note, &taken, |p| p.note(&s.office(6), "da rivedere")),
        case(Verb::MarkRead, &taken, |p| p.mark_read(&s.citizen(6), 17)),
        case(Verb::Relate, &taken, |p| {
            p.relate(&s.citizen(6), Id::from_u128(8), &Relations::default())
        }),
    ])
}

fn deciding(s: &Setting) -> Result<Vec<Case<'_>>, Failure> {
    let c = &s.calendar;
    let taken = examined(s)?;
    let noticed = taken.clone().then(|p| p.give_notice(&s.office(5), "manca un requisito", c))?;
    let yes = || Decision::new("ha i requisiti");
    let accepted = taken.clone().then(|p| p.accept(&s.office(5), yes()))?;
    Ok(vec![
        case(Verb::GiveNotice, &taken, |p| p.give_notice(&s.office(5), "manca un requisito", c)),
        case(Verb::AnswerNotice, &noticed, |p| p.answer_notice(&s.citizen(7), "c'è", c)),
        case(Verb::Accept, &taken, move |p| p.accept(&s.office(5), yes())),
        case(Verb::Reject, &noticed, |p| p.reject(&s.office(40), Decision::new("manca"))),
        case(Verb::Withdraw, &taken, |p| p.withdraw(&s.citizen(6), "non serve più")),
        case(Verb::Reopen, &accepted, |p| {
            p.reopen(&s.office(9), "segnalazione", Assignee::office("scuola"), c)
        }),
        case(Verb::Revoke, &accepted, |p| {
            p.revoke(
                &s.office(9),
                RevocationGround::Unlawful,
                Decision::new("mancava"),
                &s.calendar,
            )
        }),
    ])
}

fn main() -> Result<(), Failure> {
    let setting = Setting::new()?;
    let mut cases = drafting(&setting)?;
    cases.extend(examining(&setting)?);
    cases.extend(deciding(&setting)?);
    for verb in Verb::ALL {
        assert!(cases.iter().any(|case| case.verb == *verb), "{verb} is not measured");
    }
    println!("nanoseconds, median of {TURNS} turns of {TIMES}; goal {GOAL:.0}");
    let heads = ["verb", "decide", "apply", "event as JSON", "clone", "practice as JSON"];
    println!(
        "{:<20}{:>9}{:>9}{:>15}{:>9}{:>18}",
        heads[0], heads[1], heads[2], heads[3], heads[4], heads[5]
    );
    let (mut weighing, mut over) = (Vec::new(), Vec::new());
    for case in &cases {
        let [decide, apply, json, clone, whole] = measure(case)?;
        println!(
            "{:<20}{decide:>9.0}{apply:>9.0}{json:>15.0}{clone:>9.0}{whole:>18.0}",
            case.verb.name()
        );
        if decide >= GOAL + 1.3 * whole {
            over.push(case.verb.name());
        } else if decide >= GOAL {
            weighing.push(case.verb.name());
        }
    }
    println!("weigh the practice: {}", weighing.join(", "));
    hashing(&draft(&setting, Fee::None)?.0)?;
    match over.as_slice() {
        [] => println!("every verb is under the goal"),
        over => println!("over the goal: {}", over.join(", ")),
    }
    Ok(())
}

/// What `submit` has to do besides deciding: make sure that the draft is the one whose summary
/// was confirmed. As many bytes in one piece are the machine's limit for that.
fn hashing(draft: &Practice) -> Result<(), Failure> {
    let answers =
        draft.answers().iter().map(|(key, value)| key.len() + value.to_string().len() + 16);
    let files = draft.attachments().iter().map(|file| file.name.len() + 32 + 16);
    let bytes = vec![7; answers.chain(files).sum()];
    let mut both = [Vec::new(), Vec::new()];
    for _ in 0..TURNS {
        both[0].push(turn(|| {
            black_box(black_box(draft).summary().digest());
            Ok(())
        })?);
        both[1].push(turn(|| {
            black_box(Digest::of(black_box(&bytes)));
            Ok(())
        })?);
    }
    let [summary, sha] = both.map(median);
    println!(
        "submit digests its summary: made and digested {summary:.0}, its {} bytes through SHA-256 {sha:.0}",
        bytes.len()
    );
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// What the verb takes, what applying its event takes, and the machine's own limits, in turns.
fn measure(case: &Case<'_>) -> Result<[f64; 5], Failure> {
    let event = (case.tried)(&case.on)?;
    let mut all: [Vec<f64>; 5] = Default::default();
    for _ in 0..TURNS {
        all[0].push(turn(|| {
            black_box((case.tried)(black_box(&case.on)))?;
            Ok(())
        })?);
        let mut copies: Vec<_> = (0..TIMES).map(|_| case.on.clone()).collect();
        let mut next = copies.iter_mut();
        all[1].push(turn(|| {
            if let Some(practice) = next.next() {
                practice.apply(black_box(&event));
            }
            Ok(())
        })?);
        all[2].push(turn(|| {
            black_box(serde_json::to_vec(black_box(&event))?);
            Ok(())
        })?);
        all[3].push(turn(|| {
            black_box(black_box(&case.on).clone());
            Ok(())
        })?);
        all[4].push(turn(|| {
            black_box(serde_json::to_vec(black_box(&case.on))?);
            Ok(())
        })?);
    }
    Ok(all.map(median))
}

/// Nanoseconds for one time.
fn turn(mut once: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    for _ in 0..TIMES {
        once()?;
    }
    Ok(start.elapsed().as_secs_f64() * 1e9 / f64::from(TIMES))
}
