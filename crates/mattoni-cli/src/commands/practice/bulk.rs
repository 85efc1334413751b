//! `mattoni practice bulk`: one decision over all practices that fit.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;

use mattoni_core::calendar::rome_date;
use mattoni_core::record::BulkRun;
use mattoni_core::{Act, Id, Problems, Refusal, named_id};
use mattoni_desk::counter::BulkPreview;
use mattoni_office::Office;
use mattoni_practice::bulk::Selection;
use mattoni_practice::{BulkDecision, Condition, Decision, Event, Practice, State, Verb};
use serde_json::{Value, json};

use super::official::official;
use crate::args::practice::{Bulk, BulkWork};
use crate::italian;
use crate::output::{Bar, Failure, Reader, refused, say, table};
use crate::store_access::officials::Official;

/// Lines shown of a preview.
const LINES: usize = 10;
/// Practices read at a time.
const PAGE: usize = 500;

pub(super) async fn run(work: &Bulk, reader: Reader) -> Result<(), Failure> {
    match work {
        Bulk::Accept(work) => decide(work, Verb::Accept, reader, Practice::accept).await,
        Bulk::Reject(work) => decide(work, Verb::Reject, reader, Practice::reject).await,
    }
}

async fn decide<R: Refusal>(
    work: &BulkWork,
    verb: Verb,
    reader: Reader,
    decide: impl Fn(&Practice, &Act, Decision) -> Result<Event, R>,
) -> Result<(), Failure> {
    let who = official(&work.acting).await?;
    let order = BulkDecision::new(selection(&who, work).await?, &work.motivation);
    let run = run_id(&who, work, verb);
    let practices = who.counter().of::<Practice>();
    let each = |practice: &Practice, act: &Act| decide(practice, act, order.decision(run));
    let preview = practices.preview(run, verb, &order, &who.act, each).await?;
    if work.preview {
        return shown(&who, &preview, reader).await;
    }
    // Opened before anything is decided: what became of each must not be lost.
    let out = work.out.as_ref().map(|path| {
        File::create_new(path).map_err(|error| {
            let field = path.display().to_string();
            refused("cli.file.unwritable", &field, &error.to_string(), "choose another name")
        })
    });
    let out = out.transpose()?;
    let bar = Bar::new("decido", None, reader);
    let report = practices.bulk(run, verb, &order, &who.act, each, &bar).await?;
    drop(bar);
    let results = results(&who, &preview.decided, &report.refused).await?;
    if let Some(file) = out {
        write(file, &results)?;
    }
    let mut text = format!(
        "decise {}, rifiutate {}, già passate {} ({run})",
        report.done,
        report.refused.len(),
        report.unchanged
    );
    if let Some(left_out) = italian::counted(report.unreadable.len()) {
        text.push_str(&format!("\n{left_out}"));
    }
    let answer = json!({
        "run": run, "done": report.done, "refused": report.refused.len(),
        "unchanged": report.unchanged, "unreadable": report.unreadable, "results": results,
    });
    say(reader, &answer, &text);
    Ok(())
}

/// What fits: of the service, open, with answers of which the condition holds.
async fn selection(who: &Official, work: &BulkWork) -> Result<Selection, Failure> {
    let open = State::ALL.into_iter().filter(|s| !s.is_final() && *s != State::Draft);
    let all = Selection::all().of_service(&work.service).in_states(open);
    let Some(text) = &work.condition else { return Ok(all) };
    let service = Office::new(who.desk.clone()).offered(&work.service).await?;
    // A field may be of one version only; where several have it, the newest says its kind.
    let mut versions = Vec::new();
    for number in service.versions().collect::<Vec<_>>().into_iter().rev() {
        if let Some(version) = service.version(number) {
            versions.push(version?);
        }
    }
    let kind = |key: &str| {
        let field = versions.iter().find_map(|version| version.form().field(key));
        field.map(|field| field.kind.clone())
    };
    Ok(all.with_condition(Condition::parse(text, &kind)?))
}

/// The same order on the same day is one run.
fn run_id(who: &Official, work: &BulkWork, verb: Verb) -> Id<BulkRun> {
    let on = rome_date(who.act.at).to_string();
    let condition = work.condition.as_deref().unwrap_or_default();
    named_id(
        who.desk.ente(),
        &[
            "practice-bulk",
            who.account.name(),
            verb.name(),
            &work.service,
            condition,
            &work.motivation,
            &work.run,
            &on,
        ],
    )
}

async fn shown(
    who: &Official,
    preview: &BulkPreview<Practice>,
    reader: Reader,
) -> Result<(), Failure> {
    let BulkPreview { decided, refused, unreadable, .. } = preview;
    let all = results(who, decided, refused).await?;
    let mut lines = table(["numero", "esito", "perché"]);
    for result in all.iter().take(LINES) {
        let text = |name: &str| result[name].as_str().unwrap_or("–").to_owned();
        lines.add_row([text("number"), text("result"), text("why")]);
    }
    let mut text = format!(
        "{lines}\nsi deciderebbero {}, si rifiuterebbero {}; niente è stato cambiato",
        decided.len(),
        refused.len()
    );
    if let Some(left_out) = italian::counted(unreadable.len()) {
        text.push_str(&format!("\n{left_out}"));
    }
    let answer = json!({
        "would_decide": decided.len(), "would_refuse": refused.len(), "unreadable": unreadable,
        "results": all,
    });
    say(reader, &answer, &text);
    Ok(())
}

/// What becomes of each: its number, and why where it is refused.
async fn results(
    who: &Official,
    decided: &[Id<Practice>],
    refused: &[(Id<Practice>, Problems)],
) -> Result<Vec<Value>, Failure> {
    let why = |problems: &Problems| {
        let all: Vec<String> =
            problems.iter().map(|p| format!("{} [{}]", italian::rule(p), p.code)).collect();
        all.join("; ")
    };
    let left_out: BTreeSet<Id<Practice>> = refused.iter().map(|(id, _)| *id).collect();
    let mut all: Vec<(Id<Practice>, &str, String)> = decided
        .iter()
        .filter(|id| !left_out.contains(id))
        .map(|id| (*id, "decisa", String::new()))
        .collect();
    all.extend(refused.iter().map(|(id, problems)| (*id, "rifiutata", why(problems))));
    let ids: Vec<Id<Practice>> = all.iter().map(|(id, ..)| *id).collect();
    let mut numbers = BTreeMap::new();
    for page in ids.chunks(PAGE) {
        for loaded in who.desk.load_many(page).await? {
            numbers.insert(loaded.id, loaded.state.protocol_number().map(str::to_owned));
        }
    }
    let result = |(id, result, why): &(Id<Practice>, &str, String)| json!({ "id": id, "number": numbers.get(id), "result": result, "why": why });
    Ok(all.iter().map(result).collect())
}

fn write(file: File, results: &[Value]) -> Result<(), Failure> {
    let failed = |error: csv::Error| Failure::broken("non si possono scrivere i risultati", &error);
    let mut out = csv::Writer::from_writer(file);
    out.write_record(["id", "numero", "esito", "perché"]).map_err(failed)?;
    for result in results {
        let text = |name: &str| result[name].as_str().unwrap_or_default().to_owned();
        let row = [text("id"), text("number"), text("result"), text("why")];
        out.write_record(&row).map_err(failed)?;
    }
    out.flush().map_err(|error| Failure::broken("non si possono scrivere i risultati", &error))
}
