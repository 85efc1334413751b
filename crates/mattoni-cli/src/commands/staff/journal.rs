//! `mattoni staff journal`: everything an account did and read.

use std::collections::VecDeque;

use mattoni_core::Actor;
use mattoni_desk::Desk;
use mattoni_staff::{READERS, Reading};
use mattoni_store::{Recorded, Version};
use serde_json::{Value, json};

use crate::output::{Failure, Reader, refused, say, table};
use crate::store_access::officials::Official;

/// Rows of the journal read at a time.
const PAGE: usize = 2000;

pub(super) async fn run(
    who: &Official,
    account: &str,
    limit: usize,
    reader: Reader,
) -> Result<(), Failure> {
    use mattoni_core::record::Record as _;

    // Whoever may see all that the account read may see all that it did.
    if !Reading::sees_whole(&who.subject(), READERS.name, &format!("account/{account}")) {
        return Err(refused(
            "cli.staff.journal",
            "--account",
            "must be the account of whoever asks, unless they are a head of offices or an auditor",
            "ask a head of offices or an auditor",
        ));
    }
    let desk = &who.desk;
    let by = Actor::Operator(account.to_owned());
    let mut rows: VecDeque<Recorded> = VecDeque::new();
    let (mut after, mut count) = (0, 0_u64);
    loop {
        let page = desk.store().scan(desk.ente(), after, PAGE).await?;
        let Some(end) = page.last() else { break };
        after = end.seq;
        for row in page {
            if row.act()?.by != by {
                continue;
            }
            count += 1;
            rows.push_back(row);
            if rows.len() > limit {
                rows.pop_front();
            }
        }
    }
    let mut last = Vec::with_capacity(rows.len());
    for row in rows {
        last.push(described(&who.desk, row).await?);
    }
    let mut lines = table(["istante (UTC)", "giornale", "evento", "documento", "perché"]);
    for (at, [seq, italian, about, why], _) in &last {
        lines.add_row([at, seq, italian, about, why]);
    }
    let all: Vec<&Value> = last.iter().map(|(.., answer)| answer).collect();
    let answer = json!({ "account": account, "count": count, "journal": all });
    let text = match (last.len() as u64, count) {
        (_, 0) => format!("{account} non ha fatto né letto niente"),
        (shown, count) if shown == count => format!("{lines}\n{count} in tutto"),
        (shown, count) => format!("{lines}\ngli ultimi {shown} di {count} (--limit)"),
    };
    say(reader, &answer, &text);
    Ok(())
}

/// A line about one row: when, what people read of it, and the same for machines.
async fn described(desk: &Desk, row: Recorded) -> Result<(String, [String; 4], Value), Failure> {
    let act = row.act()?;
    // A scan gives rows as they are stored; the history of a record gives them opened.
    let before = usize::try_from(row.version.get()).unwrap_or(usize::MAX).saturating_sub(1);
    let opened = desk.store().history(desk.ente(), &row.stream, Version::NONE.plus(before), 1);
    let opened = opened.await?.pop().unwrap_or(row);
    let kind = desk.kind(&opened.stream.kind)?;
    let unreadable = |e| Failure::broken("non si può leggere un evento", &e);
    let italian = kind.event_italian(&opened.body).map_err(unreadable)?;
    // What was read says which record, and why.
    let body: Value = serde_json::from_slice(&opened.body).unwrap_or_default();
    let read = &body["concerns"]["record"];
    let about = match (read["kind"].as_str(), read["id"].as_str()) {
        (Some(kind), Some(id)) => format!("{kind} {id}"),
        _ => format!("{} {}", opened.stream.kind, opened.stream.id),
    };
    let why = if opened.stream.kind == "reading" { body["why"].clone() } else { Value::Null };
    let at = act.at.format("%d/%m/%Y %H:%M").to_string();
    let reason = why.as_str().unwrap_or_default().to_owned();
    let answer = json!({
        "seq": opened.seq, "at": act.at, "event": opened.name, "italian": italian,
        "kind": opened.stream.kind, "id": opened.stream.id, "about": about, "why": why,
    });
    Ok((at, [opened.seq.to_string(), italian, about, reason], answer))
}
