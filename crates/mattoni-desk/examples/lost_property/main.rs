//! A brick from nothing: the municipal lost property office (*ufficio oggetti smarriti*).
//!
//! Run with: cargo run -p mattoni-desk --example lost_property
//!
//! `docs/write-a-brick.md` explains it piece by piece. `brick.rs` is the brick; this file is the
//! program of an ente that uses it, and the test that holds it to the laws of the house.

pub mod brick;

use std::error::Error;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{ALL, Bricks, Order as _, PEOPLE, Role, Span, Subject};
use mattoni_core::{Act, Actor, Aggregate as _, Digest, EnteId, Id, Person, named_id};
use mattoni_desk::conformance::{self, Sample};
use mattoni_desk::intake::{Received, Upload};
use mattoni_desk::privacy::{Schedule, ScheduleSource};
use mattoni_desk::{Desk, DeskError, DeskParts, Handled, Taker};
use mattoni_store::{KeyRing, MasterKey, Memory, StoredEffect, Vault};

use crate::brick::{Event, FINDER, Found, FoundItem, InTheOffice, OFFICE, PublishNotice, Verb};

const PHOTO: &[u8] = b"\x89PNG\r\n\x1a\n";

// ---- who takes the orders ----

/// Puts notices on the ente's notice board: here, on standard output.
struct NoticeBoard;

#[async_trait]
impl Taker for NoticeBoard {
    fn topic(&self) -> &str {
        PublishNotice::TOPIC
    }

    async fn take(
        &self,
        desk: &Desk,
        effects: &[StoredEffect],
        _: DateTime<Utc>,
    ) -> Result<Vec<Handled>, DeskError> {
        let put_up = |effect: &StoredEffect| match serde_json::from_slice(&effect.payload) {
            Ok(PublishNotice { number, category, until, .. }) => {
                println!("{}: notice of {category} {number}, until {until}", desk.ente());
                Handled::Done
            }
            Err(why) => Handled::Never(why.to_string()),
        };
        Ok(effects.iter().map(put_up).collect())
    }
}

// ---- the desk ----

async fn open_desk(ente: &EnteId) -> Result<Desk, Box<dyn Error>> {
    let bricks = Bricks::new().with(brick::brick()); // the one line
    let personal = bricks.clone().with(mattoni_desk::brick()).personal();
    let store = Vault::open(Memory::new(), personal, KeyRing::new(MasterKey::draw()?)).await?;
    let parts = DeskParts::new(bricks).taker(NoticeBoard).taken_elsewhere("message.tell");
    Ok(Desk::new(store, ente.clone(), parts)?)
}

// ---- people ----

fn finder() -> Result<Person, Box<dyn Error>> {
    Ok(Person {
        id: Id::from_u128(1),
        fiscal_code: "RSSMRA85T10A562S".parse()?,
        given_name: "Mario".to_owned(),
        family_name: "Rossignoli".to_owned(),
        born_on: "1985-12-10".parse()?,
    })
}

fn official(ente: &EnteId) -> Subject {
    let role = Role::Operator {
        account: "g.verdi".to_owned(),
        offices: [OFFICE.to_owned()].into(),
        services: [].into(),
    };
    Subject::new(ente.clone(), vec![role])
}

fn citizen(ente: &EnteId, person: Id<Person>) -> Subject {
    Subject::new(ente.clone(), vec![Role::Citizen { person }])
}

fn by_official(at: &str) -> Result<Act, Box<dyn Error>> {
    Ok(Act::new(at.parse()?, Actor::Operator("g.verdi".to_owned())))
}

fn wallet(id: Id<FoundItem>, act: &Act) -> Result<Event, Box<dyn Error>> {
    Ok(Event::Found(Found {
        act: act.clone(),
        id,
        number: "2027/0042".to_owned(),
        category: "wallet".to_owned(),
        description: "portafoglio marrone con tessera".to_owned(),
        finder: finder()?,
        phone: Some("+39 055 0123456".to_owned()),
        notice_until: "2027-03-14".parse()?,
    }))
}

// ---- the test ----

async fn conforms(ente: &EnteId) -> Result<(), Box<dyn Error>> {
    let id = Id::from_u128(7);
    let finder = finder()?;
    let owner = Person { id: Id::from_u128(2), ..finder.clone() };
    let day = |n: u32| by_official(&format!("2027-03-{n:02}T09:00:00Z"));

    let found = wallet(id, &day(1)?)?;
    let item = FoundItem::open(&found).ok_or("not an opening event")?;
    let photographed = item.photograph(&day(1)?, Digest::of(PHOTO))?;
    let noted = item.annotate(&day(2)?, "telefonare dopo le 18")?;
    let returned = item.give_back(&day(20)?, owner, "CA1234567")?;

    let sample = Sample::<FoundItem>::new(id, finder.id)
        .event(day(1)?, found)
        .event(day(1)?, photographed)
        .event(day(2)?, noted)
        .event(day(20)?, returned)
        .secret("portafoglio marrone")
        .secret("+39 055 0123456")
        .secret("telefonare dopo le 18")
        .seen_by(official(ente))
        .seen_by(citizen(ente, finder.id))
        .hidden_from(citizen(ente, Id::from_u128(9)))
        .hidden_from(Subject::new(
            ente.clone(),
            vec![Role::TechnicalAdmin { account: "ced".to_owned() }],
        ))
        .listed(PEOPLE, finder.id.to_string())
        .listed(FINDER, ALL)
        .file(PHOTO)
        .due("2028-03-15".parse()?);
    Ok(conformance::brick(brick::brick, &sample).await?)
}

// ---- a year at the office ----

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let ente: EnteId = "c_d612".parse()?;
    conforms(&ente).await?;
    println!("the brick conforms");

    let desk = open_desk(&ente).await?;
    let nothing = |_: u64| {};

    // An official takes a wallet in, with a photograph.
    let office = desk.at_counter(official(&ente)).of::<FoundItem>();
    let act = by_official("2027-03-01T09:00:00Z")?;
    let id = named_id(&ente, &["found-item", "2027/0042"]);
    office.open(id, Verb::Annotate, &act, &[wallet(id, &act)?]).await?;
    let photo = Upload {
        name: "foto.png".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: PHOTO.to_vec(),
    };
    let photograph =
        |item: &FoundItem, act: &Act, files: &[Received]| item.photograph(act, files[0].digest);
    office.hand_in(id, Verb::Photograph, &act, vec![photo], None, photograph).await?;
    let note = |item: &FoundItem, act: &Act| item.annotate(act, "telefonare dopo le 18");
    office.decide(id, Verb::Annotate, &act, note).await?;

    // What the office sees, and what the finder sees.
    let page = office.rows(&InTheOffice, None, 20).await?;
    println!("in the office: {}", page.rows.len());
    let span = Span::new(FINDER, ALL).beginning_with("rossi");
    println!("found by Rossi…: {}", desk.all_of::<FoundItem>(&span).await?.len());
    let finder = finder()?;
    let at_home = desk.at_counter(citizen(&ente, finder.id)).of::<FoundItem>();
    println!("notes that the finder reads: {}", at_home.read(id).await?.notes.len());
    let stranger = desk.at_counter(citizen(&ente, Id::from_u128(9))).of::<FoundItem>();
    if let Err(why) = stranger.read(id).await {
        println!("a stranger reads: {why}");
    }

    // The orders go out; the clock ticks a year later.
    desk.deliver(act.at, &nothing).await?;
    let (calendar, a_year_later) = (LegalCalendar::national(), "2028-03-15T06:00:00Z".parse()?);
    let ticked = desk.tick(&calendar, a_year_later, &nothing).await?;
    println!("the clock recorded: {:?}", ticked.events);
    let award = |item: &FoundItem, act: &Act| item.award(act, "CA7654321");
    let act = by_official("2028-03-20T09:00:00Z")?;
    office.decide(id, Verb::Award, &act, award).await?;
    let late = Act::new(act.at, Actor::Citizen(finder.id));
    let waive = |item: &FoundItem, act: &Act| item.waive(act);
    if let Err(why) = at_home.decide(id, Verb::Waive, &late, waive).await {
        println!("the finder renounces too late: {why}");
    }

    // What the finder may know, and how it ends.
    let dossier = desk.dossier(finder.id, act.at).await?;
    println!("in the dossier: {:?}", dossier.files.keys());
    let rules: ScheduleSource = toml::from_str(
        r#"
            [[rule]]
            code = "lost-property"
            services = ["lost-property"]
            years = 5
            action = "erase"
            source = "Massimario di scarto, tit. IX, cl. 4"
        "#,
    )?;
    let schedule = Schedule::new(rules, desk.bricks())?;
    let clock = Act::new("2033-03-20T06:00:00Z".parse()?, Actor::System("retention".to_owned()));
    let retained = desk.retain(&schedule, &clock, &nothing).await?;
    println!("erased after five years: {}", retained.rules[0].done);
    println!("the finder is now: {}", office.read(id).await?.found.finder.family_name);
    println!("the journal is clean: {}", desk.verify(&nothing).await?.is_clean());
    Ok(())
}
