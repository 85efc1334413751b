//! `mattoni staff office`.

use mattoni_core::{Act, Refusal as _};
use mattoni_staff::{EveryOffice, Office, OfficeDetails, OfficeVerb};
use serde_json::json;

use super::official::official;
use crate::args::staff::{OfficeWords, OfficeWork};
use crate::output::{Failure, Reader, refused, say, table};

/// Offices read at a time.
const PAGE: usize = 200;

pub(super) async fn run(work: &OfficeWork, reader: Reader) -> Result<(), Failure> {
    match work {
        OfficeWork::Add { code, name, said, acting } => {
            let who = official(acting).await?;
            let mut details = OfficeDetails::new(name);
            put_into(&mut details, said);
            let opened = Office::open_office(&who.act, who.desk.ente(), code, details.clone())
                .map_err(|refusal| refusal.problems())?;
            let id = Office::id_of(who.desk.ente(), code);
            let offices = who.counter().of::<Office>();
            let there = offices.open(id, OfficeVerb::Change, &who.act, &[opened]).await?;
            if *there.details() != details || there.is_closed() {
                return Err(refused(
                    "cli.staff.exists",
                    code,
                    "must be a new code: another office has it",
                    "choose another code",
                ));
            }
            say(reader, &json!({ "office": code }), &format!("ufficio istituito: {code}, {name}"));
        }
        OfficeWork::Change { code, name, said, acting } => {
            let who = official(acting).await?;
            let change = |office: &Office, act: &Act| {
                let mut details = office.details().clone();
                if let Some(name) = name {
                    details.name.clone_from(name);
                }
                put_into(&mut details, said);
                office.change(act, details)
            };
            let id = Office::id_of(who.desk.ente(), code);
            let offices = who.counter().of::<Office>();
            offices.decide(id, OfficeVerb::Change, &who.act, change).await?;
            say(reader, &json!({ "office": code }), &format!("ufficio modificato: {code}"));
        }
        OfficeWork::List { acting } => {
            let who = official(acting).await?;
            let offices = who.counter().of::<Office>();
            let (mut all, mut after) = (Vec::new(), None);
            loop {
                let page = offices.rows(&EveryOffice, after.as_ref(), PAGE).await?;
                all.extend(page.rows.into_iter().map(|(_, row)| row));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let mut lines =
                table(["codice", "nome", "responsabile", "telefono", "e-mail", "stato"]);
            for row in &all {
                let or = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
                let details = &row.details;
                lines.add_row([
                    row.code.clone(),
                    details.name.clone(),
                    or(&details.head),
                    or(&details.phone),
                    or(&details.email),
                    if row.closed { "chiuso" } else { "aperto" }.to_owned(),
                ]);
            }
            let text = if all.is_empty() { "nessun ufficio".to_owned() } else { lines.to_string() };
            say(reader, &json!({ "offices": all }), &text);
        }
        OfficeWork::Close { code, acting } => {
            let who = official(acting).await?;
            let id = Office::id_of(who.desk.ente(), code);
            let offices = who.counter().of::<Office>();
            offices.decide(id, OfficeVerb::Close, &who.act, Office::close).await?;
            say(reader, &json!({ "office": code }), &format!("ufficio chiuso: {code}"));
        }
    }
    Ok(())
}

/// Puts what is said into the details of an office; what is not said stays.
fn put_into(details: &mut OfficeDetails, said: &OfficeWords) {
    for (said, kept) in [
        (&said.phone, &mut details.phone),
        (&said.email, &mut details.email),
        (&said.pec, &mut details.pec),
        (&said.hours, &mut details.hours),
        (&said.head, &mut details.head),
    ] {
        if said.is_some() {
            kept.clone_from(said);
        }
    }
}
