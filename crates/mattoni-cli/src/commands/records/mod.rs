//! `mattoni records`: records of any kind, as their kind describes them. No kind is named here.

mod history;
mod kinds;
mod list;
mod one;
mod show;

use crate::args::records::{Records, RecordsVerb};
use crate::output::{Failure, Reader};
use crate::store_access::desks;

pub(crate) async fn run(args: &Records, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        RecordsVerb::Kinds => {
            kinds::run(reader);
            Ok(())
        }
        RecordsVerb::List { kind, list, bucket, limit, database } => {
            let desk = desks::to_look(&database.db, database.ente.as_ref()).await?;
            let kind = desk.kind(kind)?;
            match (list, bucket) {
                (None, _) => list::all(&desk, kind, *limit, reader).await,
                (Some(list), None) => list::buckets(&desk, kind, list, *limit, reader).await,
                (Some(list), Some(bucket)) => {
                    list::part(&desk, kind, list, bucket, *limit, reader).await
                }
            }
        }
        RecordsVerb::Show(one) => {
            let desk = desks::to_look(&one.database.db, one.database.ente.as_ref()).await?;
            let kind = desk.kind(&one.kind)?;
            let stored = one::find(&desk, kind, &one.id).await?;
            show::run(kind, &stored, reader)
        }
        RecordsVerb::History(one) => {
            let desk = desks::to_look(&one.database.db, one.database.ente.as_ref()).await?;
            let kind = desk.kind(&one.kind)?;
            let stored = one::find(&desk, kind, &one.id).await?;
            history::run(&desk, kind, &stored, reader).await
        }
    }
}
