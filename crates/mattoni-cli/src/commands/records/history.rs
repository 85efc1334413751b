//! `mattoni records history`: what happened to one record.

use chrono::SecondsFormat;
use mattoni_core::Actor;
use mattoni_core::record::{RecordKind, Sight};
use mattoni_desk::read_any;
use mattoni_store::{StoredState, Version};
use serde_json::json;

use crate::output::{Failure, Reader, say, table};
use crate::store_access::officials::Whoever;

/// Events read at a time.
const PAGE: usize = 500;

pub(super) async fn run(
    who: &Whoever,
    kind: &dyn RecordKind,
    stored: &StoredState,
    reader: Reader,
) -> Result<(), Failure> {
    let mut lines = table(["giornale", "istante (UTC)", "chi", "evento", "nome"]);
    let mut all = Vec::new();
    let (desk, subject) = (&who.desk, who.reader());
    let state = read_any(kind, stored)?;
    let whole = state.sight(&subject) == Sight::Everything;
    let mut after = Version::NONE;
    loop {
        let page = desk.store().history(desk.ente(), &stored.stream, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.version;
        for row in page {
            let act = row.act()?;
            let unreadable =
                |e| Failure::broken(&format!("non si può leggere l'evento {}", row.seq), &e);
            if !state.knows(&subject, &row.body).map_err(unreadable)? {
                continue;
            }
            let italian = kind.event_italian(&row.body).map_err(unreadable)?;
            let at = act.at.to_rfc3339_opts(SecondsFormat::Secs, true);
            let number = all.len() + 1;
            let mut entry = json!({
                "number": number, "at": act.at, "by": act.by, "event": row.name,
                "italian": italian,
            });
            // Places in the journal count what is hidden from whoever does not see all.
            let place = if whole {
                entry["seq"] = json!(row.seq);
                entry["version"] = json!(row.version);
                entry["hash"] = json!(row.hash);
                row.seq.to_string()
            } else {
                number.to_string()
            };
            all.push(entry);
            lines.add_row([place, at, by(&act.by), italian, row.name.clone()]);
        }
    }
    let answer = json!({ "kind": kind.kind(), "id": stored.stream.id, "history": all });
    let text = format!("{} {}\n{lines}", kind.title(), stored.stream.id);
    say(reader, &answer, &text);
    Ok(())
}

fn by(by: &Actor) -> String {
    match by {
        Actor::Citizen(person) => format!("cittadino {person}"),
        Actor::Operator(account) => format!("operatore {account}"),
        Actor::System(job) => format!("sistema {job}"),
        other => other.to_string(),
    }
}
