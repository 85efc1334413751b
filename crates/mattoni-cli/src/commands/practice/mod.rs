//! `mattoni practice`: the daily work of an official.

mod bulk;
mod list;
mod show;
mod words;
mod work;

use mattoni_core::Id;
use mattoni_desk::counter::Records;
use mattoni_practice::Practice;
use mattoni_practice::lists::NUMBER;

use crate::args::practice::{Practice as Args, PracticeVerb};
use crate::args::staff::Acting;
use crate::output::{Failure, Reader};
use crate::store_access::officials::Official;

pub(crate) async fn run(args: &Args, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        PracticeVerb::List { listed, acting } => {
            list::run(&official(acting).await?, listed, reader).await
        }
        PracticeVerb::Show { number, why, acting } => {
            show::run(&official(acting).await?, number, why.as_deref(), reader).await
        }
        PracticeVerb::Bulk(work) => bulk::run(work, reader).await,
        verb => work::run(verb, reader).await,
    }
}

/// Who acts.
async fn official(acting: &Acting) -> Result<Official, Failure> {
    let Acting { account, at, database } = acting;
    Official::sign_in(account, *at, &database.db, database.ente.as_ref()).await
}

/// The practice with this number of the register or id, as whoever stands there sees it.
async fn find(practices: &Records<'_, Practice>, name: &str) -> Result<Practice, Failure> {
    if let Ok(id) = name.parse::<Id<Practice>>() {
        return Ok(practices.read(id).await?);
    }
    Ok(practices.holder(NUMBER, name).await?.state)
}
