//! `mattoni verify`.

use mattoni_core::calendar::rome_date;
use mattoni_desk::AheadReport;
use mattoni_office::recompute::{Differing, Discrepancy};
use mattoni_office::{Office, OfficeProof};
use mattoni_ranking::SupersededBy;
use mattoni_store::{Finding, RowName, StateFinding, Stream};
use serde_json::{Value, json};

use crate::args::Verify;
use crate::italian;
use crate::output::{Bar, Failure, Reader, print_json, print_text, table};
use crate::store_access::desks;

pub(crate) async fn run(args: &Verify, reader: Reader) -> Result<(), Failure> {
    let desk = desks::to_look(&args.database.db, args.database.ente.as_ref()).await?;
    prove(&Office::new(desk), args.restored, reader).await
}

/// What is said where there was nothing to prove.
pub(super) const NOTHING: &str = "non c'è nessun evento: non è stato verificato niente";

async fn prove(office: &Office, restored: bool, reader: Reader) -> Result<(), Failure> {
    let bar = Bar::new("verifica", None, reader);
    let mut proof = office.verify(&bar).await?;
    drop(bar);
    if restored {
        proof.journal.keys.unexplained.clear();
        proof.journal.keys.more = 0;
    }
    match reader {
        Reader::Machine => print_json(&answer(office, &proof)),
        Reader::Person => print_text(&page(office, &proof).join("\n")),
    }
    // A proof of nothing proves nothing.
    if proof.is_clean() && proof.journal.chain.rows > 0 { Ok(()) } else { Err(Failure::Found) }
}

/// Everything that was found, a sentence each.
fn findings(proof: &OfficeProof) -> Vec<String> {
    let (chain, states, keys) = (&proof.journal.chain, &proof.journal.states, &proof.journal.keys);
    let mut findings: Vec<String> = chain.findings.iter().map(of_chain).collect();
    findings.extend(states.findings.iter().map(of_state));
    findings.extend(keys.unexplained.iter().map(of_keys));
    findings.extend(proof.altered_runs.iter().map(|(id, problems)| {
        let told: Vec<String> = problems.iter().map(italian::problem).collect();
        format!("la graduatoria {id} non torna: {}", told.join("; "))
    }));
    findings.extend(proof.evaluations.differing.iter().map(of_rule));
    findings
}

fn answer(office: &Office, proof: &OfficeProof) -> Value {
    let (chain, states, rules) = (&proof.journal.chain, &proof.journal.states, &proof.evaluations);
    let keys = &proof.journal.keys;
    let (seq, hash) = chain.head.map_or((0, String::new()), |h| (h.seq, h.hash.to_string()));
    let superseded = proof.superseded_runs.iter().map(
        |(id, of, by)| json!({ "run": id, "service": of, "superseded": SupersededBy::from(by) }),
    );
    json!({
        "ente": office.desk().ente(),
        "clean": proof.is_clean(),
        "rows": chain.rows,
        "states": states.states,
        "unique_keys": states.keys,
        "list_entries": states.entries,
        "keys": { "there": keys.keys, "erased": keys.erased },
        "runs": proof.runs,
        "superseded": superseded.collect::<Vec<_>>(),
        "evaluations": {
            "recomputed": rules.evaluations, "whole": rules.whole, "same": rules.same,
            "different": rules.differing.len(), "erased": rules.erased,
            "unrecorded": rules.unrecorded,
        },
        "ahead": proof.journal.ahead,
        "head": { "seq": seq, "hash": hash },
        "findings": findings(proof),
        "more": chain.more + states.more + keys.more,
    })
}

fn page(office: &Office, proof: &OfficeProof) -> Vec<String> {
    let (chain, states, rules) = (&proof.journal.chain, &proof.journal.states, &proof.evaluations);
    let keys = &proof.journal.keys;
    let mut checked = table(["", "controllati", "trovato"]);
    let count = |n: usize| if n == 0 { "niente".to_owned() } else { n.to_string() };
    checked.add_row([
        "giornale, il legame di ogni riga".into(),
        format!("{} righe", chain.rows),
        count(chain.findings.len()),
    ]);
    checked.add_row([
        "stati, rifatti dalla loro storia".into(),
        format!("{} stati", states.states),
        count(states.findings.len()),
    ]);
    checked.add_row([
        "chiavi ed elenchi, come li vogliono gli stati".into(),
        format!("{} chiavi, {} voci", states.keys, states.entries),
        String::new(),
    ]);
    checked.add_row([
        "chiavi cancellate, secondo il giornale".into(),
        format!("{} cancellate su {}", keys.erased, keys.keys),
        count(keys.unexplained.len()),
    ]);
    checked.add_row([
        "graduatorie, formate di nuovo".into(),
        format!("{} graduatorie", proof.runs + proof.altered_runs.len() as u64),
        count(proof.altered_runs.len()),
    ]);
    checked.add_row([
        "valutazioni, rifatte con la loro regola".into(),
        format!("{} valutazioni, {} risposte uguali", rules.evaluations, rules.same),
        count(rules.differing.len()),
    ]);
    let mut text = vec![checked.to_string()];
    if rules.erased > 0 {
        text.push(format!(
            "{} risposte non si possono rifare: i dati delle persone sono stati cancellati",
            rules.erased
        ));
    }
    if rules.unrecorded > 0 {
        text.push(format!(
            "{} risposte vengono da regole senza valutazione registrata: non sono state rifatte",
            rules.unrecorded
        ));
    }
    text.extend(proof.superseded_runs.iter().map(|(id, of, by)| {
        let on = rome_date(by.act.at).format("%d/%m/%Y");
        let by = by.by_run.short();
        format!("graduatoria SOSTITUITA: {id} di {of}, il {on}, dalla graduatoria {by}")
    }));
    text.extend(ahead(&proof.journal.ahead));
    text.extend(findings(proof).iter().map(|finding| format!("TROVATO {finding}")));
    let more = chain.more + states.more + keys.more;
    if more > 0 {
        text.push(format!("e altri {more}"));
    }
    if chain.rows == 0 {
        text.push(NOTHING.to_owned());
    }
    let (seq, hash) = chain.head.map_or((0, String::new()), |h| (h.seq, h.hash.to_string()));
    text.push(format!(
        "fine del giornale di {}: {seq} {hash}\nconserva questa riga altrove: solo così si vede se \
         qualcuno toglie righe dalla fine",
        office.desk().ente()
    ));
    text
}

/// That rows are dated in days to come; nothing where none is.
fn ahead(report: &AheadReport) -> Option<String> {
    let (first, at) = report.rows.first()?;
    let count = report.rows.len() as u64 + report.more;
    let on = rome_date(*at).format("%d/%m/%Y");
    let rows = if count == 1 { "riga ha una data" } else { "righe hanno una data" };
    Some(format!("{count} {rows} oltre domani, per l'orologio di qui: {}, del {on}", row(first)))
}

fn row(row: &RowName) -> String {
    format!("la riga {} ({} di {})", row.seq, row.event, stream(&row.stream))
}

fn stream(stream: &Stream) -> String {
    format!("{} {}", stream.kind, stream.id)
}

fn of_chain(finding: &Finding) -> String {
    match finding {
        Finding::Changed { row: at } => {
            format!("{} non segue da quella prima: è stata alterata, o lo è stata quella", row(at))
        }
        Finding::HashChanged { row: at } => format!("{} ha un'altra impronta", row(at)),
        Finding::Swapped { first, second } => {
            format!("{} e {} sono state scambiate", row(first), row(second))
        }
        Finding::Added { row: at } => format!("{} è stata aggiunta", row(at)),
        Finding::Missing { first, last } if first == last => format!("manca la riga {first}"),
        Finding::Missing { first, last } => format!("mancano le righe da {first} a {last}"),
        Finding::Renumbered { row: at, by } => {
            format!("da {} in poi le righe sono spostate di {by:+}", row(at))
        }
        Finding::Unreadable { seq, error } => format!("la riga {seq} non si legge: {error}"),
        Finding::Head { kept: Some(kept), journal } => format!(
            "il giornale finisce con la riga {} ({}), e non con la {} ({})",
            journal.seq,
            journal.hash.short(),
            kept.seq,
            kept.hash.short()
        ),
        Finding::Head { kept: None, journal } => {
            format!("il giornale ha {} righe e nessuna fine registrata", journal.seq)
        }
        // Of software that is newer than this command.
        other => other.to_string(),
    }
}

fn of_keys(of: &Stream) -> String {
    format!(
        "{}: i dati di una persona sono cancellati, e nessuna cancellazione registrata lo dice",
        stream(of)
    )
}

fn of_state(finding: &StateFinding) -> String {
    match finding {
        StateFinding::Changed { stream: of, version } => format!(
            "lo stato di {} dopo {version} eventi non è quello che dice la sua storia",
            stream(of)
        ),
        StateFinding::Version { stream: of, state, journal } => format!(
            "lo stato di {} è dopo {state} eventi, e il giornale ne ha {journal}",
            stream(of)
        ),
        StateFinding::Gap { stream: of, rows, last } => format!(
            "la storia di {} ha {rows} righe, e l'ultima porta il numero {last}",
            stream(of)
        ),
        StateFinding::NoJournal { stream: of } => {
            format!("lo stato di {} non ha una storia", stream(of))
        }
        StateFinding::NoState { stream: of } => {
            format!("la storia di {} non ha uno stato", stream(of))
        }
        StateFinding::Unreadable { stream: of, error } => {
            format!("{} non si legge: {error}", stream(of))
        }
        StateFinding::Index { kind, lacking, stray, miscounted, .. } => format!(
            "chiavi ed elenchi di {kind}: ne mancano {lacking}, {stray} non sono di nessuno, {miscounted} \
             conti sbagliati: `mattoni store lists --rebuild`"
        ),
        StateFinding::UnknownKind { kind, states } => {
            format!("{states} stati di {kind} non si possono rifare: nessun mattone li conosce")
        }
        other => other.to_string(),
    }
}

/// A difference with its application, rule and version.
fn of_rule(differing: &Differing) -> String {
    let Differing { practice, evaluation, rule, version, what, .. } = differing;
    let of = match practice {
        Some(practice) => format!("la domanda {practice}"),
        None => format!("la valutazione {}", evaluation.short()),
    };
    let what = match what {
        Discrepancy::NoPlugin => "manca la regola che ha risposto, o è stata alterata".to_owned(),
        Discrepancy::Unusable(why) => format!("la regola non si può eseguire: {why}"),
        Discrepancy::Inputs => "le risposte date non sono quelle che la regola ha visto".to_owned(),
        Discrepancy::Points { criterion, was, is } => format!(
            "criterio {criterion}: registrato «{}», ricalcolato «{}»",
            with_comma(was),
            with_comma(is)
        ),
        Discrepancy::Part { name, was, is } => {
            format!("{name}: registrato «{was}», ricalcolato «{is}»")
        }
        other => format!("{other:?}"),
    };
    format!("{of}, regola {rule} {version}: {what}")
}

/// Points are written with a decimal comma.
fn with_comma(text: &str) -> String {
    text.replacen('.', ",", 1)
}
