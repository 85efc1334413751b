//! Who acts.

use crate::args::staff::Acting;
use crate::output::Failure;
use crate::store_access::officials::Official;

/// The account that acts, as it is in the store.
pub(super) async fn official(acting: &Acting) -> Result<Official, Failure> {
    let Acting { account, at, database } = acting;
    Official::sign_in(account, *at, &database.db, database.ente.as_ref()).await
}
