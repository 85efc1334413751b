//! `mattoni outbox`: what waits, what is dead, and taking it up again.

use chrono::SecondsFormat;
use mattoni_core::{Problem, Problems};
use mattoni_desk::{Clock, Desk, SystemClock};
use mattoni_store::{EffectId, StoredEffect};
use serde_json::{Value, json};

use crate::args::outbox::{Outbox as Args, OutboxVerb};
use crate::output::{Failure, Reader, print_json, print_text, table};
use crate::store_access::desks;

const PAGE: usize = 500;

pub(crate) async fn run(args: &Args, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        OutboxVerb::Due { at, limit, database } => {
            let now = at.unwrap_or_else(|| SystemClock.now());
            let desk = desks::to_look(&database.db, database.ente.as_ref()).await?;
            show("due", "in uscita", &desk.store().due(desk.ente(), now, *limit).await?, reader);
        }
        OutboxVerb::Dead(database) => {
            let desk = desks::to_look(&database.db, database.ente.as_ref()).await?;
            show("dead", "fallito", &dead(&desk).await?, reader);
        }
        OutboxVerb::Replay { keys, database } => {
            let desk = desks::to_change(&database.db, database.ente.as_ref()).await?;
            replay(&desk, keys, reader).await?;
        }
    }
    Ok(())
}

async fn dead(desk: &Desk) -> Result<Vec<StoredEffect>, Failure> {
    let mut dead = Vec::new();
    let mut after: Option<EffectId> = None;
    loop {
        let page = desk.store().dead(desk.ente(), after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(dead) };
        after = Some(last.id);
        dead.extend(page);
    }
}

/// The payload is left out: it is for who handles it, and may be about a person.
fn show(what: &str, italian: &str, effects: &[StoredEffect], reader: Reader) {
    let instant = |effect: &StoredEffect| effect.next_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    match reader {
        Reader::Machine => {
            let each = |effect: &StoredEffect| {
                json!({
                    "key": effect.key, "topic": effect.topic, "attempts": effect.attempts,
                    "next_at": instant(effect), "last_error": effect.last_error,
                })
            };
            let mut answer = serde_json::Map::new();
            answer.insert(what.to_owned(), effects.iter().map(each).collect::<Vec<_>>().into());
            print_json(&Value::from(answer));
        }
        Reader::Person if effects.is_empty() => print_text(&format!("niente è {italian}")),
        Reader::Person => {
            let mut lines =
                table(["chiave", "argomento", "tentativi", "prossimo", "ultimo errore"]);
            for effect in effects {
                lines.add_row([
                    effect.key.clone(),
                    effect.topic.to_string(),
                    effect.attempts.to_string(),
                    instant(effect),
                    effect.last_error.clone().unwrap_or_default(),
                ]);
            }
            print_text(&lines.to_string());
        }
    }
}

/// All of those named, or none when one of them is not dead.
async fn replay(desk: &Desk, keys: &[String], reader: Reader) -> Result<(), Failure> {
    let dead = dead(desk).await?;
    let unknown = keys.iter().filter(|key| !dead.iter().any(|effect| effect.key == **key));
    let problems: Vec<Problem> = unknown
        .map(|key| {
            Problem::new(
                "cli.outbox.key",
                key,
                "must be the key of a dead letter",
                "take one from `mattoni outbox dead`",
            )
        })
        .collect();
    Problems::check(problems).map_err(Failure::Refused)?;
    let now = SystemClock.now();
    let mut replayed = Vec::new();
    for effect in dead.iter().filter(|effect| keys.is_empty() || keys.contains(&effect.key)) {
        if desk.store().replay(desk.ente(), effect.id, now).await? {
            replayed.push(&effect.key);
        }
    }
    match reader {
        Reader::Machine => print_json(&json!({ "replayed": replayed })),
        Reader::Person => {
            print_text(&format!("da consegnare di nuovo, subito: {}", replayed.len()))
        }
    }
    Ok(())
}
