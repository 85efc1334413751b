//! `mattoni staff office`.

use mattoni_core::{Act, Refusal as _};
use mattoni_staff::{EveryOffice, Office, OfficeDetails, OfficeVerb};
use serde_json::json;

use super::official::official;
use crate::args::staff::OfficeWork;
use crate::output::{Failure, Reader, refused, say, table};

/// Offices read at a time.
const PAGE: usize = 200;

pub(super) async fn run(work: &OfficeWork, reader: Reader) -> Result<(), Failure> {
    match work {
        OfficeWork::Add { code, name, phone, email, pec, hours, head, acting } => {
            let who = official(acting).await?;
            let mut details = OfficeDetails::new(name);
            details.phone.clone_from(phone);
            details.email.clone_from(email);
            details.pec.clone_from(pec);
            details.hours.clone_from(hours);
            details.head.clone_from(head);
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
        OfficeWork::Change { code, name, phone, email, pec, hours, head, acting } => {
            let who = official(acting).await?;
            let change = |office: &Office, act: &Act| {
                let mut details = office.details().clone();
                if let Some(name) = name {
                    details.name.clone_from(name);
                }
                for (said, kept) in [
                    (phone, &mut details.phone),
                    (email, &mut details.email),
                    (pec, &mut details.pec),
                    (hours, &mut details.hours),
                    (head, &mut details.head),
                ] {
                    if said.is_some() {
                        kept.clone_from(said);
                    }
                }
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
