//! `mattoni person`: all that is held on someone, and erasing them.

use std::fs::File;
use std::io::{Cursor, Write};
use std::path::Path;

use mattoni_core::{Act, Actor};
use mattoni_desk::privacy::Dossier;
use mattoni_desk::{Clock, SystemClock};
use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::args::privacy::{Person, PersonVerb};
use crate::output::{Failure, Reader, refused, say};
use crate::store_access::desks;

pub(crate) async fn run(args: &Person, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        PersonVerb::Export { code, out, at, database } => {
            let at = at.unwrap_or_else(|| SystemClock.now());
            let desk = desks::to_look(&database.db, database.ente.as_ref()).await?;
            let dossier = desk.dossier(desk.names().await?.person(code), at).await?;
            write(&dossier, out)?;
            let count = dossier.entries.len();
            let text = format!("documenti scritti in {}: {count}", out.display());
            say(reader, &json!({ "records": count, "file": out }), &text);
        }
        PersonVerb::Erase { code, reason, operator, at, database } => {
            let at = at.unwrap_or_else(|| SystemClock.now());
            let act = Act::new(at, Actor::Operator(operator.clone()));
            let desk = desks::to_change(&database.db, database.ente.as_ref()).await?;
            let person = desk.names().await?.person(code);
            let done = desk.erase_person(person, reason, &act).await?;
            let text = format!(
                "la persona è stata tolta da {} documenti, con {} file; ora copi di nuovo le chiavi \
                 e distrugga la copia precedente",
                done.records, done.files
            );
            say(reader, &json!({ "records": done.records, "files": done.files }), &text);
        }
    }
    Ok(())
}

fn write(dossier: &Dossier, out: &Path) -> Result<(), Failure> {
    let failed =
        |error: std::io::Error| Failure::file("non si può scrivere l'archivio", out, &error);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in &dossier.files {
        let added = archive.start_file(path.as_str(), SimpleFileOptions::default());
        added.map_err(|e| failed(e.into()))?;
        archive.write_all(bytes).map_err(failed)?;
    }
    let bytes = archive.finish().map_err(|e| failed(e.into()))?.into_inner();
    let mut file = File::create_new(out).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            let field = out.display().to_string();
            refused("cli.file.exists", &field, "must not be there yet", "choose another name")
        }
        _ => failed(error),
    })?;
    file.write_all(&bytes).map_err(failed)
}
