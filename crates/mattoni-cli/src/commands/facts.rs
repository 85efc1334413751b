//! `mattoni facts`: a table for analysts, nothing personal: what each record says of itself
//! ([`Record::facts`](mattoni_core::record::Record::facts)).

use std::io::Write;
use std::path::Path;

use mattoni_core::record::{Fact, RecordKind};
use mattoni_desk::{Desk, DeskError, Progress as _, Unreadable, read_any};
use serde_json::{Map, Value, json};

use crate::args::records::Facts as Args;
use crate::output::{Bar, Failure, Reader, print_json, print_text, say};
use crate::store_access::{desks, files};

/// Records read at a time.
const PAGE: usize = 500;

pub(crate) async fn run(args: &Args, reader: Reader) -> Result<(), Failure> {
    let desk = desks::to_look(&args.database.db, args.database.ente.as_ref()).await?;
    let kind = desk.kind(&args.kind)?;
    match (&args.out, reader) {
        (Some(path), _) => to_file(&desk, kind, path, reader).await,
        (None, Reader::Machine) => to_machine(&desk, kind).await,
        (None, Reader::Person) => {
            let mut text = Vec::new();
            let (_, unreadable) = write(&desk, kind, &mut text, reader).await?;
            print_text(String::from_utf8_lossy(&text).trim_end());
            Failure::none_left_out(&unreadable)
        }
    }
}

async fn to_file(
    desk: &Desk,
    kind: &dyn RecordKind,
    path: &Path,
    reader: Reader,
) -> Result<(), Failure> {
    let file = files::create_new(path)?;
    let (written, unreadable) = write(desk, kind, &file, reader).await?;
    file.sync_all().map_err(|error| unwritten(&error))?;
    let text = format!("{written} righe scritte in {}", path.display());
    say(reader, &json!({ "kind": kind.kind(), "rows": written, "file": path }), &text);
    Failure::none_left_out(&unreadable)
}

/// Writes the table and answers how many rows it has, and which records could not be read. A kind without records has no header: its
/// columns are known by its records.
async fn write(
    desk: &Desk,
    kind: &dyn RecordKind,
    out: impl Write,
    reader: Reader,
) -> Result<(u64, Vec<Unreadable>), Failure> {
    let bar = Bar::new("lettura", None, reader);
    let mut table = csv::Writer::from_writer(out);
    let mut rows = 0;
    let read = |stored| read_any(kind, &stored);
    let unreadable = desk.each_page(kind.kind(), PAGE, read, async |page| {
        for state in &page {
            let facts = state.facts();
            if rows == 0 {
                table.write_record(facts.iter().map(|(name, _)| name)).map_err(DeskError::part)?;
            }
            let cells = facts.iter().map(|(_, fact)| fact.to_string());
            table.write_record(cells).map_err(DeskError::part)?;
            rows += 1;
        }
        bar.reached(rows);
        Ok::<_, DeskError>(())
    });
    let unreadable = unreadable.await?;
    table.flush().map_err(|error| unwritten(&error))?;
    Ok((rows, unreadable))
}

async fn to_machine(desk: &Desk, kind: &dyn RecordKind) -> Result<(), Failure> {
    let mut all: Vec<Value> = Vec::new();
    let read = |stored| read_any(kind, &stored);
    let unreadable = desk.each_page(kind.kind(), PAGE, read, async |page| {
        for state in &page {
            let facts = state.facts();
            let cells = facts.iter().map(|(name, fact)| (name.to_owned(), value(fact)));
            all.push(cells.collect::<Map<_, _>>().into());
        }
        Ok::<_, DeskError>(())
    });
    let unreadable = unreadable.await?;
    print_json(&all);
    Failure::none_left_out(&unreadable)
}

fn value(fact: &Fact) -> Value {
    match fact {
        Fact::Count(count) => json!(count),
        Fact::Flag(flag) => json!(flag),
        other => match other.to_string() {
            nothing if nothing.is_empty() => Value::Null,
            text => json!(text),
        },
    }
}

fn unwritten(error: &std::io::Error) -> Failure {
    Failure::broken("non si può scrivere la tabella", error)
}
