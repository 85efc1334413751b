//! The whole life of the call, on a clock that is told what time it is: one story in chapters.
//!
//! Each chapter looks at what is there and does what is left: that is why the demo can be killed
//! at any moment and started again. A chapter told to its end is read from the `book`.

mod afterwards;
mod answers;
mod appeals;
mod applying;
mod book;
mod deciding;
mod examining;
mod fees;
pub mod late;
mod questions;
pub mod ranking;
mod story;
mod the_call;

use std::path::{Path, PathBuf};

use mattoni_core::record::{CancelPayment, Order as _, RequestPayment};
use mattoni_core::{EnteId, RuleWorld};
use mattoni_desk::{Desk, FileMailbox};
use mattoni_office::{Office, ProtocolOffice};
use mattoni_ranking::{
    Call, Criteria, CriteriaSource, Facilities, FacilitiesSource, Prize, ReservedSeats,
};
use mattoni_rules::{Host, Limits, Ready};
use mattoni_service::{Service, ServiceSource};

use crate::{FAMILIES, Stopped, records, town};
use book::Book;
use story::Story;

/// Tells what was done, a line at a time.
pub type Say<'a> = dyn FnMut(&str) + Send + 'a;

/// The seed of the made-up town.
const SEED: u64 = 2027;

/// The database in the demo's folder.
#[must_use]
pub fn database(folder: &Path) -> PathBuf {
    folder.join("nursery.sqlite")
}

/// A service with its plugin, ready to score, and the plugin's bytes.
pub(crate) struct Equipped {
    pub(crate) service: Service,
    pub(crate) ready: Ready,
    pub(crate) plugin: Vec<u8>,
}

/// Reads a service file.
fn service(file: &str) -> Result<Service, Stopped> {
    let path = crate::folder().join(file);
    let source: ServiceSource = toml::from_str(&std::fs::read_to_string(path)?)?;
    Ok(Service::new(source)?)
}

/// Reads a service file and loads the plugin it names.
pub(crate) fn equip(file: &str) -> Result<Equipped, Stopped> {
    let service = service(file)?;
    let Some(rules) = service.source().rules.of(RuleWorld::Scoring).cloned() else {
        return Err(Stopped(format!("{file} names no plugin")));
    };
    let path = crate::plugins().join(format!("{}.wasm", rules.plugin));
    let plugin = std::fs::read(&path).map_err(|error| {
        Stopped(format!("no plugin at {} ({error}): run cargo xtask plugins", path.display()))
    })?;
    let loaded = Host::new(Limits::default())?.load(&plugin)?;
    let ready = mattoni_office::scoring::grant(&rules, loaded, None)?;
    Ok(Equipped { service, ready, plugin })
}

/// Criteria and places, from their files; a town with fewer families has fewer places.
fn call(families: usize) -> Result<Call, Stopped> {
    let read = |file: &str| std::fs::read_to_string(crate::folder().join(file));
    let criteria: CriteriaSource = toml::from_str(&read("criteria.toml")?)?;
    let mut places: FacilitiesSource = toml::from_str(&read("places.toml")?)?;
    let families = i64::try_from(families.min(FAMILIES))?;
    for seats in places.facility.iter_mut().flat_map(|facility| &mut facility.seats) {
        seats.places = (seats.places * families / FAMILIES as i64).max(1);
        let most = seats.places / 3;
        seats.reserved.retain(|_| most > 0);
        for ReservedSeats { places, .. } in &mut seats.reserved {
            *places = (*places).min(most);
        }
    }
    let prize = Prize::Places(Facilities::new(places)?);
    Ok(Call { criteria: Criteria::new(criteria)?, prize })
}

/// Opens the desk of the town on the demo's database: numbers come from the register, messages go
/// to a file, and nobody here takes payments.
pub(crate) async fn desk(folder: &Path) -> Result<Desk, Stopped> {
    let ente: EnteId = town::ENTE.parse()?;
    let parts = mattoni_office::parts()
        .taker(ProtocolOffice)
        .taker(FileMailbox::open(folder.join("messages.jsonl"))?)
        .taken_elsewhere(RequestPayment::TOPIC)
        .taken_elsewhere(CancelPayment::TOPIC);
    Ok(Desk::new(records::open(&database(folder)).await?, ente, parts)?)
}

#[derive(Clone, Copy)]
enum Chapter {
    TheCall,
    Applying,
    Examining,
    Ranking,
    Appeals,
    Places,
    Deciding,
    Late,
    Autumn,
    Fees,
    AYearLater,
}

const CHAPTERS: [(Chapter, &str); 11] = [
    (Chapter::TheCall, "The call is made ready"),
    (Chapter::Applying, "Families apply"),
    (Chapter::Examining, "The office examines"),
    (Chapter::Ranking, "The provisional ranking"),
    (Chapter::Appeals, "An appeal, and the ranking that holds"),
    (Chapter::Places, "Places are offered"),
    (Chapter::Deciding, "Everyone is answered"),
    (Chapter::Late, "Late applications"),
    (Chapter::Autumn, "A place is lost and found"),
    (Chapter::Fees, "The reduced fee"),
    (Chapter::AYearLater, "A year later"),
];

/// Carries the call from the first draft to the last outcome, doing what is left to do.
///
/// # Errors
/// When a file is missing, a plugin fails or the database does; started again, it carries on.
pub async fn run(folder: &Path, families: usize, say: &mut Say<'_>) -> Result<(), Stopped> {
    let csv = folder.join("applications.csv");
    let people = town::families(families, SEED);
    std::fs::write(&csv, town::to_csv(&people))?;
    say(&format!(
        "{} families of Reggio nell'Emilia (made up) apply for a nursery place",
        people.len()
    ));
    let equipped = equip("service.toml")?;
    let desk = desk(folder).await?;
    let story = Story {
        names: desk.names().await?,
        calls: Office::new(desk.clone()),
        desk,
        versions: the_call::versions(&equipped.service)?,
        equipped,
        fee: service("fee.toml")?,
        call: call(families)?,
        folder: folder.to_owned(),
    };
    let mut book = Book::open(folder)?;
    for (number, (chapter, title)) in (1..).zip(CHAPTERS) {
        say(&format!("\n{number}. {title}"));
        if let Some(lines) = book.told(title) {
            lines.iter().for_each(|line| say(line));
            continue;
        }
        let mut lines = Vec::new();
        let mut told = |line: &str| {
            say(line);
            lines.push(line.to_owned());
        };
        match chapter {
            Chapter::TheCall => story.the_call(&mut told).await?,
            Chapter::Applying => story.applying(&mut told).await?,
            Chapter::Examining => story.examining(&mut told).await?,
            Chapter::Ranking => story.ranking(&mut told).await?,
            Chapter::Appeals => story.appeals(&mut told).await?,
            Chapter::Places => story.places(&mut told).await?,
            Chapter::Deciding => story.deciding(&mut told).await?,
            Chapter::Late => story.late(&mut told).await?,
            Chapter::Autumn => story.autumn(&mut told).await?,
            Chapter::Fees => story.fees(&mut told).await?,
            Chapter::AYearLater => story.a_year_later(&mut told).await?,
        }
        book.add(title, lines)?;
    }
    Ok(())
}

/// Proves the records, shows that people's data is sealed in them, and says where everything is.
///
/// # Errors
/// When the proof finds anything, or a fiscal code stands in the database.
pub async fn where_to_look(folder: &Path, say: &mut Say<'_>) -> Result<(), Stopped> {
    let office = Office::new(desk(folder).await?);
    let proof = office.verify(&|_| ()).await?;
    say(&format!(
        "\nproved: {} rows of the journal linked, {} states equal to their history, {} rankings drawn up again",
        proof.journal.chain.rows, proof.journal.states.states, proof.runs
    ));
    if !proof.is_clean() {
        return Err(Stopped("the proof found something: run mattoni verify".into()));
    }
    let (csv, database) = (folder.join("applications.csv"), database(folder));
    let sent = fiscal_codes(&csv)?;
    let codes = sent.iter().map(String::as_str).collect();
    if let Some(code) = records::standing_in(&database, &codes)? {
        return Err(Stopped(format!("{code} stands in the clear in {}", database.display())));
    }
    say(&format!(
        "sealed: of the {} fiscal codes in {} none stands in the {} MB of the database",
        codes.len(),
        csv.display(),
        records::bytes(&database)? / 1_000_000
    ));
    let at = |name: &str| folder.join(name).display().to_string();
    let (db, key) = (database.display(), records::key_file(&database));
    say(&format!("\nwhere to look\n  {db}  the records, with people's data sealed"));
    say(&format!("  {}  the key that opens it; nothing else does", key.display()));
    say(&format!("  {}  what the families sent", csv.display()));
    say(&format!("  {}  the list anyone may read", at("graduatoria.txt")));
    say(&format!("  {}  what was said to whom", at("messages.jsonl")));
    say("ask the records");
    say(&format!("  cargo xtask mattoni explain 2027/0000042 --db {db}"));
    say(&format!("  cargo xtask mattoni verify --db {db}"));
    Ok(())
}

/// The fiscal codes of parents and children in a file of applications.
fn fiscal_codes(csv: &Path) -> Result<Vec<String>, Stopped> {
    let mut reader = csv::Reader::from_path(csv)?;
    let columns: Vec<usize> = reader
        .headers()?
        .iter()
        .enumerate()
        .filter_map(|(place, name)| name.ends_with("_fiscal_code").then_some(place))
        .collect();
    let mut codes = Vec::new();
    for record in reader.records() {
        let record = record?;
        codes.extend(columns.iter().filter_map(|place| record.get(*place)).map(str::to_owned));
    }
    Ok(codes)
}
