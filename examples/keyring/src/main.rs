//! A key is asked for, taken, overdue and brought back, at the counter of one desk.
//!
//! ```console
//! $ cargo run -p mattoni-keyring
//! ```
#![forbid(unsafe_code)]

use std::error::Error;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{Bricks, EveryRecord, Order, Role, Subject, Tell};
use mattoni_core::{Act, Actor, Aggregate, EnteId, FiscalCode, Person, Sex, named_id};
use mattoni_desk::{Desk, DeskError, DeskParts, Handled, Taker};
use mattoni_keyring::{Asked, Event, KeyLoan, KeysOut, Verb};
use mattoni_store::{KeyRing, MasterKey, Memory, StoredEffect, Vault};

/// Says on the screen what has to be said to people.
struct Screen;

#[async_trait]
impl Taker for Screen {
    fn topic(&self) -> &str {
        Tell::TOPIC
    }

    async fn take(
        &self,
        _: &Desk,
        effects: &[StoredEffect],
        _: DateTime<Utc>,
    ) -> Result<Vec<Handled>, DeskError> {
        let say = |effect: &StoredEffect| match serde_json::from_slice::<Tell>(&effect.payload) {
            Ok(Tell { template, details, .. }) => {
                println!("message {template}: due back on {}", details["due_on"]);
                Handled::Done
            }
            Err(why) => Handled::Never(why.to_string()),
        };
        Ok(effects.iter().map(say).collect())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let ente: EnteId = "c_h223".parse()?;
    let bricks = Bricks::new().with(mattoni_keyring::brick()); // the one line
    let personal = bricks.clone().with(mattoni_desk::brick()).personal();
    let store = Vault::open(Memory::new(), personal, KeyRing::new(MasterKey::draw()?)).await?;
    let desk = Desk::new(store, ente.clone(), DeskParts::new(bricks).taker(Screen))?;
    let nothing = |_: u64| {};

    // Maria asks for the key of the gym and takes it.
    let born_on = "1980-01-01".parse()?;
    let fiscal_code = FiscalCode::make("Rossi", "Maria", born_on, Sex::Female, "H223")?;
    let maria = Person {
        id: desk.names().await?.person(&fiscal_code),
        fiscal_code: fiscal_code.into(),
        given_name: "Maria".to_owned(),
        family_name: "Rossi".to_owned(),
        born_on,
    };
    let act = Act::new("2027-03-01T09:00:00Z".parse()?, Actor::Citizen(maria.id));
    let asked = Asked {
        act: act.clone(),
        id: named_id(&ente, &[KeyLoan::KIND, "gym-north", "2027-03-01"]),
        office: "sport".to_owned(),
        room: "gym-north".to_owned(),
        borrower: maria.clone(),
        why: "rehearsal of the school play".to_owned(),
        due_on: "2027-03-05".parse()?,
    };
    let id = asked.id;
    let citizen = Subject::new(ente.clone(), vec![Role::Citizen { person: maria.id }]);
    let hers = desk.at_counter(citizen).of::<KeyLoan>();
    hers.open(id, Verb::Take, &act, &[Event::Asked(asked)]).await?;
    hers.decide(id, Verb::Take, &act, KeyLoan::take).await?;
    desk.deliver(act.at, &nothing).await?;

    // The day after it was due, the clock reminds her.
    let late = "2027-03-06T06:00:00Z".parse()?;
    let ticked = desk.tick(&LegalCalendar::national(), late, &nothing).await?;
    println!("the clock recorded: {:?}", ticked.events);
    desk.deliver(late, &nothing).await?;

    // The office sees what is out, and takes the key back.
    let official = Role::Operator {
        account: "g.verdi".to_owned(),
        offices: ["sport".to_owned()].into(),
        services: [].into(),
    };
    let office = desk.at_counter(Subject::new(ente, vec![official])).of::<KeyLoan>();
    let out = KeysOut { office: "sport".to_owned() };
    for (_, row) in office.rows(&out, None, 20).await?.rows {
        println!("out: {}, with {}, due back on {}", row.room, row.borrower, row.due_on);
    }
    let act = Act::new("2027-03-08T09:00:00Z".parse()?, Actor::Operator("g.verdi".to_owned()));
    office.decide(id, Verb::Return, &act, KeyLoan::give_back).await?;
    println!("out now: {} of {}", office.count(&out).await?, office.count(&EveryRecord).await?);

    for past in hers.history(id).await? {
        println!("{}: {}", past.act.at.date_naive(), past.event.italian());
    }
    let dossier = desk.dossier(maria.id, act.at).await?;
    println!("in her dossier: {:?}", dossier.files.keys());
    println!("proven: {}", desk.verify(&nothing).await?.is_clean());
    Ok(())
}
