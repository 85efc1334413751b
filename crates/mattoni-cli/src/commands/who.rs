//! Who acts, and who looks, by the words of the command.

use crate::args::staff as args;
use crate::output::Failure;
use crate::store_access::desks;
use crate::store_access::officials::Whoever;

/// Who acts on the records of an ente that is there.
pub(super) async fn acting(args: &args::Whoever) -> Result<Whoever, Failure> {
    let args::Whoever { account, at, database } = args;
    let desk = desks::to_change(&database.db, database.ente.as_ref()).await?;
    Whoever::at(desk, account.as_deref(), *at).await
}

/// Who looks at the records of an ente that is there. Where readings are recorded, the store is
/// opened to be written.
pub(super) async fn looking(args: &args::Whoever) -> Result<Whoever, Failure> {
    let args::Whoever { account, at, database } = args;
    let desk = desks::to_look(&database.db, database.ente.as_ref()).await?;
    let who = Whoever::at(desk, account.as_deref(), *at).await?;
    if who.sets_up() {
        return Ok(who);
    }
    let desk = desks::to_change(&database.db, database.ente.as_ref()).await?;
    Ok(who.standing_at(desk))
}
