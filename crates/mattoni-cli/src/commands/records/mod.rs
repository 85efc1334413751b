//! `mattoni records`: records of any kind, as their kind describes them. No kind is named here.

mod history;
mod kinds;
mod list;
mod one;
mod show;

use mattoni_core::Id;
use mattoni_core::record::{Concerns, Owner, RecordKind, RecordRef, Sight};
use mattoni_desk::{no_such, read_any};
use mattoni_store::StoredState;

use super::who;
use crate::args::records::{One, Records, RecordsVerb};
use crate::output::{Failure, Reader};
use crate::store_access::officials::Whoever;

pub(crate) async fn run(args: &Records, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        RecordsVerb::Kinds => {
            kinds::run(reader);
            Ok(())
        }
        RecordsVerb::List { kind, list, bucket, limit, by } => {
            let who = who::looking(&by.whoever).await?;
            let kind = who.desk.kind(kind)?;
            if let (Some(list), None) = (list, bucket) {
                return list::buckets(&who.desk, kind, list, *limit, reader).await;
            }
            if is_about_people(kind) {
                let what = format!("records.list {}", kind.kind());
                who.reads(&what, None, by.why.as_deref()).await?;
            }
            let looked = list::Looked { desk: &who.desk, kind, who: who.reader(), limit: *limit };
            match list.as_ref().zip(bucket.as_ref()) {
                None => looked.all(reader).await,
                Some((list, bucket)) => looked.part(list, bucket, reader).await,
            }
        }
        RecordsVerb::Show(one) => {
            let who = who::looking(&one.by.whoever).await?;
            let kind = who.desk.kind(&one.kind)?;
            let stored = read(&who, kind, one, "records.show").await?;
            show::run(kind, &stored, &who.reader(), reader)
        }
        RecordsVerb::History(one) => {
            let who = who::looking(&one.by.whoever).await?;
            let kind = who.desk.kind(&one.kind)?;
            let stored = read(&who, kind, one, "records.history").await?;
            history::run(&who, kind, &stored, reader).await
        }
    }
}

/// The record that is asked for, if whoever asks may see it; that they read it is recorded.
async fn read(
    who: &Whoever,
    kind: &dyn RecordKind,
    one: &One,
    what: &str,
) -> Result<StoredState, Failure> {
    let stored = one::find(&who.desk, kind, &one.id).await?;
    let state = read_any(kind, &stored)?;
    if state.sight(&who.reader()) == Sight::Nothing {
        return Err(no_such(kind.kind(), stored.stream.id).into());
    }
    if is_about_people(kind) {
        let record = RecordRef::new(kind.kind(), Id::from_u128(stored.stream.id.as_u128()));
        let about = state.owners().of(Owner::Subject);
        let concerns = about.map(|person| Concerns { record, person });
        who.reads(what, concerns, one.by.why.as_deref()).await?;
    }
    Ok(stored)
}

/// Whether anything is personal in records of the kind.
fn is_about_people(kind: &dyn RecordKind) -> bool {
    let personal = kind.personal();
    [&personal.events, &personal.state, &personal.row].into_iter().any(|fields| !fields.is_empty())
}
