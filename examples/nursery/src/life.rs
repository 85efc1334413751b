//! The whole life of the call, on a clock that is told what time it is.
//!
//! Each stage looks at what is there and does what is left: that is why the demo can be killed
//! at any moment and started again.

mod answers;
mod questions;
mod stages;

use std::path::{Path, PathBuf};

use mattoni_core::EnteId;
use mattoni_desk::{Desk, FilePostbox};
use mattoni_ranking::{Call, Criteria, CriteriaSource, Facilities, FacilitiesSource, Prize};
use mattoni_rules::{Host, Limits, Ready};
use mattoni_service::{Service, ServiceSource};
use mattoni_store::Sqlite;

use crate::{Stopped, town};

/// Tells what was done, a line at a time.
pub type Say<'a> = dyn FnMut(&str) + Send + 'a;

/// The name of the one run of the call.
pub const RUN: &str = "1";

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

/// Reads a service file and loads the plugin it names.
pub(crate) fn equip(file: &str) -> Result<Equipped, Stopped> {
    let path = crate::folder().join(file);
    let source: ServiceSource = toml::from_str(&std::fs::read_to_string(path)?)?;
    let service = Service::new(source)?;
    let Some(rules) = service.source().rules.clone() else {
        return Err(Stopped(format!("{file} names no plugin")));
    };
    let path = crate::plugins().join(format!("{}.wasm", rules.plugin));
    let plugin = std::fs::read(&path).map_err(|error| {
        Stopped(format!("no plugin at {} ({error}): run cargo xtask plugins", path.display()))
    })?;
    let loaded = Host::new(Limits::default())?.load(&plugin)?;
    let ready = mattoni_desk::scoring::grant(&rules, loaded, None)?;
    Ok(Equipped { service, ready, plugin })
}

/// Criteria and places, from their files.
fn call() -> Result<Call, Stopped> {
    let read = |file: &str| std::fs::read_to_string(crate::folder().join(file));
    let criteria: CriteriaSource = toml::from_str(&read("criteria.toml")?)?;
    let places: FacilitiesSource = toml::from_str(&read("places.toml")?)?;
    let prize = Prize::Places(Facilities::new(places)?);
    Ok(Call { criteria: Criteria::new(criteria)?, prize })
}

/// Opens the desk of the town on the demo's database.
pub(crate) fn desk(folder: &Path) -> Result<Desk<Sqlite>, Stopped> {
    let ente: EnteId = town::ENTE.parse()?;
    Ok(Desk::new(Sqlite::open(database(folder))?, ente))
}

pub(crate) fn postbox(folder: &Path) -> Result<FilePostbox, Stopped> {
    Ok(FilePostbox::open(folder.join("messages.jsonl"))?)
}

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
    let stages = stages::Stages {
        desk: desk(folder)?,
        postbox: postbox(folder)?,
        equipped: equip("service.toml")?,
        call: call()?,
        folder: folder.to_owned(),
    };
    stages.applications(&csv, say).await?;
    stages.examination(say).await?;
    let drawn = stages.ranking(say).await?;
    stages.answers(&drawn, say).await?;
    stages.outcomes(&drawn, say).await?;
    say("\nwhat people ask about the ranking");
    questions::answer(&drawn, say)
}

/// Proves the records and says where everything is.
///
/// # Errors
/// When the proof finds anything.
pub async fn where_to_look(folder: &Path, say: &mut Say<'_>) -> Result<(), Stopped> {
    let desk = desk(folder)?;
    let proof = desk.verify(&|_| ()).await?;
    say(&format!(
        "\nproved: {} rows of the journal linked, {} states equal to their history, {} rankings drawn up again",
        proof.chain.rows, proof.states.states, proof.runs
    ));
    if !proof.is_clean() {
        return Err(Stopped("the proof found something: run mattoni verify".into()));
    }
    let at = |name: &str| folder.join(name).display().to_string();
    let db = database(folder).display().to_string();
    say(&format!("\nwhere to look\n  {db}  the records"));
    say(&format!("  {}  what the families sent", at("applications.csv")));
    say(&format!("  {}  the list anyone may read", at("graduatoria.txt")));
    say(&format!("  {}  what was said to whom", at("messages.jsonl")));
    say("ask the records");
    say(&format!("  cargo run -q -p mattoni-cli -- explain 2027/0000042 --db {db}"));
    say(&format!("  cargo run -q -p mattoni-cli -- verify --db {db}"));
    Ok(())
}
