//! `mattoni practice list`: lists of work.

use chrono::Days;
use mattoni_core::calendar::rome_date;
use mattoni_desk::counter::{Lists, MAX_ROWS};
use mattoni_practice::{Practice, PracticeRow, Screen, Within};
use serde_json::json;

use super::words::day;
use crate::args::practice::Listed;
use crate::italian;
use crate::output::{Failure, Reader, refused, say, table};
use crate::store_access::officials::Official;

pub(super) async fn run(who: &Official, listed: &Listed, reader: Reader) -> Result<(), Failure> {
    let (screen, title) = asked(who, listed)?;
    who.reads("practice.list", None, &format!("elenco: {title}")).await?;
    let practices = who.counter().of::<Practice>();
    let (mut rows, mut after) = (Vec::new(), None);
    let (mut lists, mut unreadable) = (Lists::Complete, 0);
    while rows.len() < listed.limit {
        let want = (listed.limit - rows.len()).min(MAX_ROWS);
        let page = practices.rows(&screen, after.as_ref(), want).await?;
        rows.extend(page.rows);
        lists = page.lists;
        unreadable += page.unreadable;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let more = after.is_some();
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(id, row)| {
            let json = json!({
                "id": id, "number": row.number, "service": row.service, "state": row.state,
                "applicant": row.applicant.name, "office": row.office, "since": row.since,
                "due": row.due,
            });
            (json, line(&row))
        })
        .collect();
    let mut lines =
        table(["numero", "servizio", "richiedente", "stato", "ufficio", "dal", "entro"]);
    for (_, line) in &rows {
        lines.add_row(line.clone());
    }
    let mut text = match rows.len() {
        0 => format!("{title}: nessuna pratica"),
        _ if more => format!("{title}\n{lines}\nle prime {} (--limit)", rows.len()),
        all => format!("{title}\n{lines}\n{all} in tutto"),
    };
    if lists == Lists::BeingRebuilt {
        text.push_str("\ngli elenchi non sono ancora completi: `mattoni store lists --rebuild`");
    }
    if let Some(left_out) = italian::counted(usize::try_from(unreadable).unwrap_or(usize::MAX)) {
        text.push_str(&format!("\n{left_out}"));
    }
    let all: Vec<_> = rows.into_iter().map(|(json, _)| json).collect();
    let answer = json!({
        "title": title, "practices": all, "more": more, "lists": lists, "unreadable": unreadable,
    });
    say(reader, &answer, &text);
    Ok(())
}

/// What is asked for, and what it is called.
fn asked(who: &Official, listed: &Listed) -> Result<(Screen, String), Failure> {
    let today = rome_date(who.act.at);
    let named = match (&listed.office, &listed.service) {
        (Some(code), _) => Some(Within::Office(code.clone())),
        (None, Some(code)) => Some(Within::Service(code.clone())),
        (None, None) => None,
    };
    let theirs = Within::work_of(&who.subject().roles);
    let within = || match named.clone().unwrap_or_else(|| theirs.clone()) {
        Within::AnyOf(none) if none.is_empty() => Err(refused(
            "cli.practice.where",
            "--service",
            "must be given: the account works in no office and on no service",
            "name a service or an office",
        )),
        within => Ok(within),
    };
    Ok(if listed.mine {
        let account = who.account.name().to_owned();
        (Screen::AssignedTo { account }, "le mie pratiche".to_owned())
    } else if listed.unassigned {
        let services = match &listed.service {
            Some(code) => [code.clone()].into(),
            None => who.account.details().services.clone(),
        };
        if services.is_empty() {
            return Err(refused(
                "cli.practice.where",
                "--service",
                "must be given: the account works on no service of its own",
                "name a service",
            ));
        }
        (Screen::Unassigned { services }, "pratiche non assegnate".to_owned())
    } else if listed.overdue {
        let to = today.pred_opt().unwrap_or(today);
        let screen = Screen::Due { within: within()?, from: None, to };
        (screen, "pratiche in ritardo".to_owned())
    } else if let Some(days) = listed.due_in {
        let to = today.checked_add_days(Days::new(days.into())).unwrap_or(today);
        let screen = Screen::Due { within: within()?, from: Some(today), to };
        (screen, format!("pratiche in scadenza entro il {}", day(to)))
    } else if listed.suspended {
        let screen = Screen::Waiting { within: within()? };
        (screen, "pratiche in attesa del richiedente".to_owned())
    } else if listed.surplus {
        let screen = Screen::Surplus { within: within()? };
        (screen, "pratiche pagate senza dovere: rimborso o riapertura da decidere".to_owned())
    } else {
        (Screen::Work { within: within()? }, "pratiche in corso".to_owned())
    })
}

fn line(row: &PracticeRow) -> [String; 7] {
    let or = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    [
        or(row.number.clone()),
        row.service.clone(),
        row.applicant.name.clone(),
        row.state.italian().to_owned(),
        or(row.office.clone()),
        day(rome_date(row.since)),
        or(row.due.map(day)),
    ]
}
