//! `mattoni person`: all that is held on someone, and erasing them.

use std::fs::File;
use std::io::{Cursor, Write};
use std::path::Path;

use mattoni_desk::privacy::Dossier;
use serde_json::json;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::who;
use crate::args::privacy::{Person, PersonVerb};
use crate::output::{Failure, Reader, refused, say};

pub(crate) async fn run(args: &Person, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        PersonVerb::Export { code, out, by } => {
            let who = who::looking(&by.whoever).await?;
            who.reads("person.export", None, by.why.as_deref()).await?;
            let person = who.desk.names().await?.person(code);
            let dossier = who.desk.dossier(person, who.act.at).await?;
            write(&dossier, out)?;
            let count = dossier.entries.len();
            let text = format!("documenti scritti in {}: {count}", out.display());
            say(reader, &json!({ "records": count, "file": out }), &text);
        }
        PersonVerb::Erase { code, reason, acting } => {
            let who = who::acting(acting).await?;
            let person = who.desk.names().await?.person(code);
            let done = who.desk.erase_person(person, reason, &who.act).await?;
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
