//! The brick held to the laws of the house, and one loan at the counter.
#![forbid(unsafe_code)]

mod careless;

use std::error::Error;

use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{Bricks, EveryRecord, PEOPLE, Record, Role, Subject};
use mattoni_core::{Act, Actor, Aggregate, EnteId, FiscalCode, Id, Person, Sex};
use mattoni_desk::conformance::{self, Sample};
use mattoni_desk::privacy::{Schedule, ScheduleSource};
use mattoni_desk::{Desk, DeskError, DeskParts, FileMailbox};
use mattoni_keyring::{Asked, Event, KeyLoan, KeysOut, Verb};
use mattoni_store::{KeyRing, MasterKey, Memory, Vault};

type Tested = Result<(), Box<dyn Error>>;
/// An event, with the act that did it.
type Done = (Act, Event);
/// What happens next to a loan.
type Step = fn(&KeyLoan) -> Done;

const WHY: &str = "rehearsal of the school play";

fn ente() -> EnteId {
    "c_h223".parse().expect("an ente's code")
}

fn maria() -> Person {
    let born_on = "1980-01-01".parse().expect("a day");
    let made = FiscalCode::make("Bianchi", "Maria", born_on, Sex::Female, "H223");
    Person {
        id: Id::from_u128(1),
        fiscal_code: made.expect("a fiscal code").into(),
        given_name: "Maria".to_owned(),
        family_name: "Bianchi".to_owned(),
        born_on,
    }
}

fn act(at: &str, by: Actor) -> Act {
    Act::new(at.parse().expect("an instant"), by)
}

fn hers(at: &str) -> Act {
    act(at, Actor::Citizen(maria().id))
}

fn officials(at: &str) -> Act {
    act(at, Actor::Operator("g.verdi".to_owned()))
}

fn citizen(person: Id<Person>) -> Subject {
    Subject::new(ente(), vec![Role::Citizen { person }])
}

fn official(office: &str) -> Subject {
    let (account, offices) = ("g.verdi".to_owned(), [office.to_owned()].into());
    Subject::new(ente(), vec![Role::Operator { account, offices, services: [].into() }])
}

fn asked(id: u128, act: &Act) -> Event {
    Event::Asked(Asked {
        act: act.clone(),
        id: Id::from_u128(id),
        office: "sport".to_owned(),
        room: "gym-north".to_owned(),
        borrower: maria(),
        why: WHY.to_owned(),
        due_on: "2027-03-05".parse().expect("a day"),
    })
}

/// Every event of one way through, in order, each with its act.
fn through(last: &[Step]) -> Vec<Done> {
    let begun = hers("2027-03-01T09:00:00Z");
    let mut events = vec![(begun.clone(), asked(7, &begun))];
    let mut loan = KeyLoan::open(&events[0].1).expect("an opening event");
    for step in last {
        let (act, event) = step(&loan);
        loan.apply(&event);
        events.push((act, event));
    }
    events
}

fn taken(loan: &KeyLoan) -> Done {
    let act = hers("2027-03-01T10:00:00Z");
    (act.clone(), loan.take(&act).expect("can be taken"))
}

fn overdue(_: &KeyLoan) -> Done {
    let act = act("2027-03-06T06:00:00Z", Actor::System("clock".to_owned()));
    (act.clone(), Event::Overdue { act })
}

fn lapsed(_: &KeyLoan) -> Done {
    let act = act("2027-03-06T06:00:00Z", Actor::System("clock".to_owned()));
    (act.clone(), Event::Lapsed { act })
}

fn returned(loan: &KeyLoan) -> Done {
    let act = officials("2027-03-08T09:00:00Z");
    (act.clone(), loan.give_back(&act).expect("can be returned"))
}

/// What is to hold of that way through, whatever type holds the loan.
fn sample<A: Record<Event = Event>>(events: Vec<Done>) -> Sample<A> {
    let admin = Subject::new(ente(), vec![Role::TechnicalAdmin { account: "ced".to_owned() }]);
    let sample = Sample::new(Id::from_u128(7), maria().id)
        .secret(WHY)
        .secret(maria().family_name)
        .secret(maria().fiscal_code.to_string())
        .seen_by(citizen(maria().id))
        .seen_by(official("sport"))
        .seen_by(Subject::new(ente(), vec![Role::Auditor]))
        .hidden_from(citizen(Id::from_u128(2)))
        .hidden_from(official("registry"))
        .hidden_from(admin)
        .listed(PEOPLE, maria().id.to_string());
    events.into_iter().fold(sample, |sample, (act, event)| sample.event(act, event))
}

#[tokio::test]
async fn conforms() -> Tested {
    let due = "2027-03-06".parse()?;
    let ways: [(Vec<Done>, bool); 3] = [
        (through(&[taken, returned]), true),
        (through(&[taken, overdue, returned]), false),
        (through(&[lapsed]), true),
    ];
    for (events, is_due) in ways {
        let sample: Sample<KeyLoan> = sample(events);
        let sample = if is_due { sample.due(due) } else { sample };
        conformance::brick(mattoni_keyring::brick, &sample).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_loan_at_the_counter() -> Tested {
    let folder = tempfile::tempdir()?;
    let bricks = Bricks::new().with(mattoni_keyring::brick());
    let personal = bricks.clone().with(mattoni_desk::brick()).personal();
    let store = Vault::open(Memory::new(), personal, KeyRing::new(MasterKey::draw()?)).await?;
    let mailbox = folder.path().join("messages.jsonl");
    let parts = DeskParts::new(bricks).taker(FileMailbox::open(&mailbox)?);
    let desk = Desk::new(store, ente(), parts)?;
    let nothing = |_: u64| {};

    // She asks for the key twice and takes it once: there is one key.
    let (maria, hers) = (maria().id, hers("2027-03-01T09:00:00Z"));
    let borrower = desk.at_counter(citizen(maria)).of::<KeyLoan>();
    let (id, twin) = (Id::from_u128(7), Id::from_u128(8));
    // Nobody opens what they could not go on with.
    assert!(borrower.open(id, Verb::Return, &hers, &[asked(7, &hers)]).await.is_err());
    borrower.open(id, Verb::Take, &hers, &[asked(7, &hers)]).await?;
    borrower.open(twin, Verb::Take, &hers, &[asked(8, &hers)]).await?;
    borrower.decide(id, Verb::Take, &hers, KeyLoan::take).await?;
    let refused = borrower.decide(twin, Verb::Take, &hers, KeyLoan::take).await;
    assert!(matches!(refused, Err(DeskError::Refused(_))));
    // She cannot say herself that it is back, and nobody else sees anything.
    let back = borrower.decide(id, Verb::Return, &hers, KeyLoan::give_back).await;
    assert!(matches!(back, Err(DeskError::Refused(_))));
    let other = desk.at_counter(citizen(Id::from_u128(2))).of::<KeyLoan>();
    assert_eq!(other.count(&EveryRecord).await?, 0);

    // The office's list; the clock, the day after.
    let office = desk.at_counter(official("sport")).of::<KeyLoan>();
    let out = KeysOut { office: "sport".to_owned() };
    assert_eq!(office.rows(&out, None, 20).await?.rows[0].1.borrower, "Bianchi");
    assert_eq!(desk.at_counter(official("registry")).of::<KeyLoan>().count(&out).await?, 0);
    let late = "2027-03-06T06:00:00Z".parse()?;
    let ticked = desk.tick(&LegalCalendar::national(), late, &nothing).await?;
    assert_eq!((ticked.count("key-loan.overdue"), ticked.count("key-loan.lapsed")), (1, 1));
    desk.deliver(late, &nothing).await?;
    let messages = std::fs::read_to_string(&mailbox)?;
    assert_eq!(messages.lines().count(), 2);
    assert!(messages.contains("key-loan.taken") && messages.contains("key-loan.overdue"));

    // Back; then what the law asks for.
    let act = officials("2027-03-08T09:00:00Z");
    office.decide(id, Verb::Return, &act, KeyLoan::give_back).await?;
    assert_eq!(office.count(&out).await?, 0);
    let dossier = desk.dossier(maria, act.at).await?;
    assert_eq!(dossier.entries.len(), 2);
    assert!(serde_json::to_string(&dossier.entries[0].data)?.contains(WHY));
    let rules: ScheduleSource = toml::from_str(
        r#"
            [[rule]]
            code = "keys"
            services = ["keys"]
            states = ["returned", "never-taken"]
            years = 1
            action = "erase"
            source = "Massimario di scarto, tit. IV, cl. 2"
        "#,
    )?;
    let clock = Actor::System("retention".to_owned());
    let clock = Act::new("2028-03-10T06:00:00Z".parse()?, clock);
    let retained = desk.retain(&Schedule::new(rules, desk.bricks())?, &clock, &nothing).await?;
    assert_eq!(retained.rules[0].done, 2);
    let erased = office.read(id).await?.asked;
    assert_eq!((erased.why.as_str(), erased.room.as_str()), ("[dati cancellati]", "gym-north"));
    assert!(desk.verify(&nothing).await?.is_clean());
    Ok(())
}
