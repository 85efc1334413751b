//! `mattoni init`: a first service, its database and its key.

use std::path::Path;

use chrono::{Days, Months};
use mattoni_core::calendar::rome_date;
use mattoni_core::{Act, Actor};
use mattoni_desk::{Clock, SystemClock};
use mattoni_office::Office;
use mattoni_service::{Service, ServiceSource};
use serde_json::json;

use crate::args::Init;
use crate::db::{Db, shell_word};
use crate::output::{Failure, Reader, refused, say};
use crate::store_access::desks;
use crate::store_access::officials::{self, FOUNDER};

const SERVICE: &str = include_str!("service.toml.template");
const APPLICATIONS: &str = include_str!("applications.csv.template");

/// The ente is in the database before the folder is made: running it again after a failure goes on.
pub(crate) async fn run(args: &Init, reader: Reader) -> Result<(), Failure> {
    let folder = &args.folder;
    if folder.exists() {
        let field = folder.display().to_string();
        let (rule, remedy) = ("must not be there yet", "name a folder that does not exist");
        return Err(refused("cli.init.there", &field, rule, remedy));
    }
    let now = args.at.unwrap_or_else(|| SystemClock.now());
    let today = rome_date(now);
    let day = |later: Days| today.checked_add_days(later).unwrap_or(today).to_string();
    let closes = today.checked_add_months(Months::new(12)).unwrap_or(today);
    let service = SERVICE
        .replace("ENTE", args.ente.as_str())
        .replace("TODAY", &today.to_string())
        .replace("CLOSES", &closes.to_string());
    let applications = APPLICATIONS.replace("DAY", &day(Days::new(30)));
    let wrong = |e: toml::de::Error| Failure::broken("il modello del servizio non si legge", &e);
    let source: ServiceSource = toml::from_str(&service).map_err(wrong)?;
    let checked = Service::new(source)?;

    let desk = desks::at_work(&args.db, args.ente.clone(), true).await?;
    if officials::has_accounts(&desk).await? {
        let rule = "must be an ente that is still being set up: it has accounts";
        let remedy = "duplicate a service, and let technical staff import it with --as";
        return Err(refused("cli.init.accounts", "--ente", rule, remedy));
    }
    let office = Office::new(desk);
    let act = Act::new(now, Actor::Operator(FOUNDER.to_owned()));
    office.offer(&checked, &act, "mattoni init").await?;
    write(folder, &[("service.toml", &service), ("applications.csv", &applications)])?;

    let answer = json!({ "folder": folder, "ente": args.ente, "db": args.db.to_string() });
    say(reader, &answer, &page(folder, &args.db));
    Ok(())
}

fn write(folder: &Path, files: &[(&str, &str)]) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::file("non si può fare la cartella", folder, &error))?;
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text)
            .map_err(|error| Failure::file("non si può scrivere", &path, &error))?;
    }
    Ok(())
}

/// What was made, and what to do now.
fn page(folder: &Path, db: &Db) -> String {
    let applications = shell_word(&folder.join("applications.csv"));
    let (there, folder, db) = (folder.display(), shell_word(folder), db.argument());
    format!(
        "{there}/service.toml è un servizio di prova, aperto da oggi: la prenotazione di una sala.\n\
         {there}/applications.csv è una domanda, di una persona inventata.\n\
         Ora:\n  \
         mattoni call --service {folder}{db} import {applications}\n  \
         mattoni records list practice{db}\n  \
         mattoni verify{db}\n\
         Poi cambi service.toml, e lo controlli: mattoni service check {folder}"
    )
}
