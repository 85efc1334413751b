//! `mattoni store`: what whoever runs the store does.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use mattoni_core::{Digest, EnteId, Problem};
use mattoni_desk::{Clock, Desk, Rebuilt, SystemClock};
use mattoni_store::proof::{SignedCheckpoint, SigningKey, checkpoint, confirm};
use mattoni_store::{Sqlite, Store, verify};
use serde_json::json;

use crate::args::store::{Store as Args, StoreVerb};
use crate::db::Db;
use crate::output::{Bar, Failure, Reader, print_json, refused, say, table};
use crate::store_access::{desks, files, stores};

pub(crate) async fn run(args: &Args, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        StoreVerb::Entes(whole) => {
            let store = stores::open_to_prove(&whole.db).await?;
            entes(&store, reader).await
        }
        StoreVerb::Verify(whole) => {
            let store = stores::open_to_prove(&whole.db).await?;
            prove(&store, reader).await
        }
        StoreVerb::Backup { to, whole } => {
            stores::open_to_prove(&whole.db).await?;
            copy(file(&whole.db, "pg_dump")?, to, reader).await
        }
        StoreVerb::Restore { from, whole } => {
            stores::open_to_prove(&Db::File(from.clone())).await?;
            copy(from, file(&whole.db, "pg_restore")?, reader).await
        }
        StoreVerb::Checkpoint { key, last, database } => {
            let desk = desks::to_look(&database.db, database.ente.as_ref()).await?;
            sign(&desk, key, last.as_deref(), reader).await
        }
        StoreVerb::Confirm { checkpoint, whole } => {
            let signed = read(checkpoint)?;
            let store = stores::open_to_prove(&whole.db).await?;
            held(&store, &signed, reader).await
        }
        StoreVerb::Collect { days, at, database } => {
            let desk = desks::to_change(&database.db, database.ente.as_ref()).await?;
            let now = at.unwrap_or_else(|| SystemClock.now());
            let grace = TimeDelta::days(i64::from(*days));
            collect(&desk, now, grace, reader).await
        }
        StoreVerb::Lists { rebuild: false, database } => {
            let desk = desks::to_look(&database.db, database.ente.as_ref()).await?;
            behind(&desk, reader).await
        }
        StoreVerb::Lists { rebuild: true, database } => {
            let desk = desks::to_change(&database.db, database.ente.as_ref()).await?;
            rebuild(&desk, reader).await
        }
    }
}

async fn entes<S: Store>(store: &S, reader: Reader) -> Result<(), Failure> {
    let mut lines = table(["ente", "eventi", "fine della catena"]);
    let mut all = Vec::new();
    for ente in store.entes().await? {
        let Some(head) = store.head(&ente).await? else { continue };
        lines.add_row([ente.to_string(), head.seq.to_string(), head.hash.to_string()]);
        all.push(json!({ "ente": ente, "head": head }));
    }
    say(reader, &json!({ "entes": all }), &lines.to_string());
    Ok(())
}

async fn prove<S: Store>(store: &S, reader: Reader) -> Result<(), Failure> {
    let (mut clean, mut rows) = (true, 0);
    let mut all = Vec::new();
    let mut lines = Vec::new();
    for ente in store.entes().await? {
        let report = verify(store, &ente, |_| {}).await?;
        clean &= report.is_clean();
        let found: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
        lines.push(match report.head {
            Some(head) if report.is_clean() => {
                format!("{ente}: {} righe, fine della catena {}", report.rows, head.hash)
            }
            _ => format!("{ente}: {} righe, anomalie: {}", report.rows, found.len()),
        });
        lines.extend(found.iter().map(|finding| format!("TROVATO {finding}")));
        rows += report.rows;
        all.push(json!({
            "ente": ente, "rows": report.rows, "head": report.head, "findings": found,
            "more": report.more,
        }));
    }
    lines.push(match rows {
        0 => super::verify::NOTHING.to_owned(),
        rows => format!("verificati: {} enti, {rows} eventi", all.len()),
    });
    let answer = json!({ "clean": clean, "rows": rows, "entes": all });
    say(reader, &answer, &lines.join("\n"));
    // A proof of nothing proves nothing.
    if clean && rows > 0 { Ok(()) } else { Err(Failure::Found) }
}

/// The file of a store that is one.
fn file<'a>(db: &'a Db, instead: &str) -> Result<&'a Path, Failure> {
    match db {
        Db::File(path) => Ok(path),
        Db::Server(_) => Err(refused(
            "cli.db.file",
            "--db",
            "must be an SQLite file: this command copies no PostgreSQL database",
            &format!("use {instead}, see docs/store.md"),
        )),
    }
}

/// Copies a store into a file that is not there yet, and verifies the copy.
async fn copy(from: &Path, to: &Path, reader: Reader) -> Result<(), Failure> {
    let copied = Sqlite::open_read_only(from)?.back_up(to).await?;
    let heads: Vec<_> =
        copied.heads.iter().map(|(ente, head)| json!({ "ente": ente, "head": head })).collect();
    let ends =
        copied.heads.iter().map(|(ente, head)| format!("{ente}: {} {}", head.seq, head.hash));
    let text = format!(
        "{}: {} byte, verificato\n{}\nconservi queste righe altrove",
        to.display(),
        copied.bytes,
        ends.collect::<Vec<_>>().join("\n")
    );
    say(reader, &json!({ "file": to, "bytes": copied.bytes, "heads": heads }), &text);
    Ok(())
}

async fn sign(desk: &Desk, key: &Path, last: Option<&Path>, reader: Reader) -> Result<(), Failure> {
    let text = String::from_utf8(files::bytes(key)?).unwrap_or_default();
    // 32 bytes in hexadecimal, as a digest is written.
    let seed: Digest = text.trim().parse().map_err(|_| {
        refused(
            "cli.key.form",
            &key.display().to_string(),
            "must be a signing key of 64 hexadecimal digits",
            "draw one: openssl rand -hex 32",
        )
    })?;
    let key = SigningKey::from_seed(*seed.as_bytes());
    let last = last.map(read).transpose()?;
    let bar = Bar::new("leggo il giornale", None, reader);
    let signed =
        checkpoint(desk.store(), desk.ente(), last.as_ref(), &key, SystemClock.now(), |_| {});
    let signed = signed.await?;
    drop(bar);
    match signed {
        // For people as well: it is to be published as it is.
        Some(signed) => print_json(&signed),
        None => return Err(nothing(desk.ente())),
    }
    Ok(())
}

fn nothing(ente: &EnteId) -> Failure {
    refused(
        "cli.checkpoint.empty",
        "--ente",
        &format!("must have a journal, and {ente} has none yet"),
        "sign once something has happened",
    )
}

fn read(path: &Path) -> Result<SignedCheckpoint, Failure> {
    serde_json::from_slice(&files::bytes(path)?).map_err(|error| {
        let (field, why) = (path.display().to_string(), error.to_string());
        Failure::Refused(
            Problem::new("cli.checkpoint.form", field, why, "take the file as it was published")
                .into(),
        )
    })
}

async fn held<S: Store>(
    store: &S,
    signed: &SignedCheckpoint,
    reader: Reader,
) -> Result<(), Failure> {
    signed.verify(&signed.key)?;
    let contradiction = confirm(store, signed).await?;
    let (ente, head) = (&signed.checkpoint.ente, signed.checkpoint.head);
    let text = match &contradiction {
        None => format!("il giornale di {ente} passa per {} {}", head.seq, head.hash),
        Some(contradiction) => format!("TROVATO {contradiction:?}"),
    };
    let key = signed.key;
    let text = format!("{text}\nfirmato con la chiave {key}: la confronti con quella che conosce");
    say(reader, &json!({ "contradiction": contradiction, "key": key }), &text);
    if contradiction.is_none() { Ok(()) } else { Err(Failure::Found) }
}

async fn collect(
    desk: &Desk,
    now: DateTime<Utc>,
    grace: TimeDelta,
    reader: Reader,
) -> Result<(), Failure> {
    let bar = Bar::new("guardo che cosa usa gli allegati", None, reader);
    let done = desk.collect_blobs(now, grace, &bar).await?;
    drop(bar);
    let mut lines = vec![format!(
        "usati: {}, messi da parte: {}, ripresi: {}, tolti: {} ({} byte)",
        done.kept,
        done.set_aside.len(),
        done.taken_back.len(),
        done.discarded.len(),
        done.bytes
    )];
    lines.extend(done.missing.iter().map(|digest| format!("TROVATO manca {digest}")));
    let unknown = done.unknown_kinds.iter();
    lines.extend(unknown.map(|kind| {
        format!("non è stato guardato niente: che cosa usa un {kind} lo sa solo il suo programma")
    }));
    say(reader, &json!(done), &lines.join("\n"));
    if done.missing.is_empty() && done.unknown_kinds.is_empty() {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}

async fn behind(desk: &Desk, reader: Reader) -> Result<(), Failure> {
    let (mut all, mut kinds, mut lines) = (0, Vec::new(), Vec::new());
    for kind in desk.bricks().kinds() {
        let behind = desk.lists_behind(kind.kind()).await?;
        all += behind;
        kinds.push(json!({ "kind": kind.kind(), "behind": behind }));
        if behind > 0 {
            lines.push(format!("{} ({}): {behind} da rimettere", kind.title(), kind.kind()));
        }
    }
    lines.push(match all {
        0 => "gli elenchi sono aggiornati".to_owned(),
        _ => "gli elenchi vanno rifatti: mattoni store lists --rebuild".to_owned(),
    });
    say(reader, &json!({ "behind": all, "kinds": kinds }), &lines.join("\n"));
    if all == 0 { Ok(()) } else { Err(Failure::Found) }
}

async fn rebuild(desk: &Desk, reader: Reader) -> Result<(), Failure> {
    let (mut all, mut kinds, mut lines) = (Rebuilt::default(), Vec::new(), Vec::new());
    for kind in desk.bricks().kinds() {
        let bar = Bar::new("rifaccio gli elenchi", None, reader);
        let rebuilt = desk.rebuild_lists(kind.kind(), &bar).await?;
        drop(bar);
        all.looked_at += rebuilt.looked_at;
        all.relisted += rebuilt.relisted;
        all.behind += rebuilt.behind;
        all.unreadable.extend(rebuilt.unreadable.iter().cloned());
        let mut told = told(&rebuilt);
        told["kind"] = json!(kind.kind());
        kinds.push(told);
        if rebuilt.looked_at > 0 {
            let (title, kind) = (kind.title(), kind.kind());
            let Rebuilt { looked_at, relisted, .. } = rebuilt;
            lines.push(format!("{title} ({kind}): {relisted} rimessi in elenco su {looked_at}"));
        }
    }
    if lines.is_empty() {
        lines.push("non c'è ancora niente da mettere in elenco".to_owned());
    }
    if all.behind > 0 {
        let behind = all.behind;
        lines.push(format!("{behind} restano indietro: un programma più vecchio è ancora in uso"));
    }
    let mut answer = told(&all);
    answer["kinds"] = json!(kinds);
    say(reader, &answer, &lines.join("\n"));
    Failure::none_left_out(&all.unreadable)?;
    if all.behind == 0 { Ok(()) } else { Err(Failure::Found) }
}

fn told(rebuilt: &Rebuilt) -> serde_json::Value {
    let Rebuilt { looked_at, relisted, behind, unreadable, .. } = rebuilt;
    json!({
        "looked_at": looked_at, "relisted": relisted, "behind": behind, "unreadable": unreadable,
    })
}
