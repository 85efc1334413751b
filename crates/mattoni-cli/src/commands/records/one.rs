//! Finding one record of any kind, by its id or by a key that it alone holds.

use mattoni_core::Id;
use mattoni_core::record::RecordKind;
use mattoni_desk::{Desk, no_such};
use mattoni_store::{StoredState, Stream};

use crate::output::{Failure, refused};

pub(super) async fn find(
    desk: &Desk,
    kind: &dyn RecordKind,
    name: &str,
) -> Result<StoredState, Failure> {
    let (store, ente) = (desk.store(), desk.ente());
    if let Some((key, value)) = name.split_once('=') {
        let held = store.holder(ente, kind.kind(), key, value).await?;
        return held.ok_or_else(|| {
            refused(
                "desk.unknown",
                name,
                &format!("must be a key that a {} holds here", kind.kind()),
                "check it, or find the record with `mattoni records list`",
            )
        });
    }
    let id: Id<Stream> = name.parse().map_err(|_| {
        refused(
            "cli.records.id",
            name,
            "must be the id of a record, or name=value of a key that it alone holds",
            "take the id from `mattoni records list`",
        )
    })?;
    let there = store.load(ente, &Stream::new(kind.kind(), id)).await?;
    there.ok_or_else(|| no_such(kind.kind(), id).into())
}
