//! `mattoni staff`: offices, accounts, and what an account did.

mod accounts;
mod journal;
mod offices;
mod official;

use mattoni_core::calendar::rome_date;
use mattoni_core::{Act, Actor, Refusal as _};
use mattoni_desk::{Clock as _, SystemClock};
use mattoni_staff::{Account, AccountDetails, StaffRole};
use serde_json::json;

use self::official::official;
use crate::args::staff::{Staff, StaffVerb};
use crate::output::{Failure, Reader, refused, say};
use crate::store_access::{desks, officials};

pub(crate) async fn run(args: &Staff, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        StaffVerb::First { account, full_name, at, database } => {
            let desk = desks::to_change(&database.db, database.ente.as_ref()).await?;
            if officials::has_accounts(&desk).await? {
                return Err(refused(
                    "cli.staff.first",
                    account,
                    "must be the first account: the ente has accounts already",
                    "let technical staff give it with `mattoni staff account add`",
                ));
            }
            let at = at.unwrap_or_else(|| SystemClock.now());
            let act = Act::new(at, Actor::System("staff".to_owned()));
            let details =
                AccountDetails::new(full_name, rome_date(at)).with_roles([StaffRole::Technical]);
            let created = Account::create(&act, desk.ente(), account, details)
                .map_err(|refusal| refusal.problems())?;
            desk.open(Account::id_of(desk.ente(), account), &act, &[created]).await?;
            let text = format!("prima utenza creata: {account}, amministratore tecnico");
            say(reader, &json!({ "account": account }), &text);
            Ok(())
        }
        StaffVerb::Office(work) => offices::run(work, reader).await,
        StaffVerb::Account(work) => accounts::run(work, reader).await,
        StaffVerb::Journal { of, limit, acting } => {
            journal::run(&official(acting).await?, of, *limit, reader).await
        }
    }
}
