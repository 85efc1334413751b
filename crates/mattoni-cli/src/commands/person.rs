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
use crate::output::{Failure, Reader, print_json, print_text};
use crate::records::{self, desk, refused};

pub(crate) async fn run(args: &Person, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        PersonVerb::Export { code, out, at, database } => {
            let at = at.unwrap_or_else(|| SystemClock.now());
            let ente = database.ente.as_ref();
            let desk = desk(records::open_to_read(&database.db).await?, ente).await?;
            let dossier = desk.dossier(desk.names().await?.person(code), at).await?;
            write(&dossier, out)?;
            let count = dossier.entries.len();
            match reader {
                Reader::Machine => print_json(&json!({ "practices": count, "file": out })),
                Reader::Person => {
                    print_text(&format!("{count} practices written to {}", out.display()));
                }
            }
        }
        PersonVerb::Erase { code, reason, operator, at, database } => {
            drop(records::open_to_read(&database.db).await?);
            let at = at.unwrap_or_else(|| SystemClock.now());
            let act = Act::new(at, Actor::Operator(operator.clone()));
            let ente = database.ente.as_ref();
            let desk = desk(records::open(&database.db).await?, ente).await?;
            let person = desk.names().await?.person(code);
            let done = desk.erase_person(person, reason, &act).await?;
            match reader {
                Reader::Machine => print_json(
                    &json!({ "practices": done.practices, "attachments": done.attachments }),
                ),
                Reader::Person => print_text(&format!(
                    "erased from {} practices, with {} attachments; now copy the keys anew and \
                     destroy the older copy",
                    done.practices, done.attachments
                )),
            }
        }
    }
    Ok(())
}

fn write(dossier: &Dossier, out: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::broken("the archive cannot be written", &error);
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
            refused("cli.file.exists", &field, "there is no such file yet", "choose another name")
        }
        _ => failed(error),
    })?;
    file.write_all(&bytes).map_err(failed)
}
