//! Who acts, and on which practice.

use mattoni_core::Id;
use mattoni_desk::counter::Records;
use mattoni_practice::Practice;
use mattoni_practice::lists::NUMBER;

use crate::args::staff::Acting;
use crate::output::Failure;
use crate::store_access::officials::Official;

/// Who acts.
pub(crate) async fn official(acting: &Acting) -> Result<Official, Failure> {
    let Acting { account, at, database } = acting;
    Official::sign_in(account, *at, &database.db, database.ente.as_ref()).await
}

/// The practice with this number of the register or id, as whoever stands there sees it.
pub(crate) async fn find(
    practices: &Records<'_, Practice>,
    name: &str,
) -> Result<Practice, Failure> {
    if let Ok(id) = name.parse::<Id<Practice>>() {
        return Ok(practices.read(id).await?);
    }
    Ok(practices.holder(NUMBER, name).await?)
}
