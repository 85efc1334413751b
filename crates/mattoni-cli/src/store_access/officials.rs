//! The official who acts: an account that exists and is active, and what it lets them do.

use chrono::{DateTime, Utc};
use mattoni_core::calendar::rome_date;
use mattoni_core::record::{Concerns, Subject};
use mattoni_core::{Act, Actor, EnteId, Refusal as _};
use mattoni_desk::{Clock, Counter, Desk, SystemClock};
use mattoni_staff::{Account, Reading, ReadingEvent};

use super::desks;
use crate::db::Db;
use crate::output::{Failure, refused};

/// An official at a desk.
pub(crate) struct Official {
    /// The desk.
    pub(crate) desk: Desk,
    /// Their account.
    pub(crate) account: Account,
    /// What they do now is by this act.
    pub(crate) act: Act,
}

impl Official {
    /// Who acts by this account now, on the records of the ente.
    pub(crate) async fn sign_in(
        name: &str,
        at: Option<DateTime<Utc>>,
        db: &Db,
        ente: Option<&EnteId>,
    ) -> Result<Self, Failure> {
        let desk = desks::to_change(db, ente).await?;
        let at = at.unwrap_or_else(|| SystemClock.now());
        let account = account(&desk, name, "--as").await?;
        account.active(rome_date(at)).map_err(|refusal| refusal.problems())?;
        let act = Act::new(at, Actor::Operator(name.to_owned()));
        Ok(Self { desk, account, act })
    }

    pub(crate) fn subject(&self) -> Subject {
        self.account.subject(rome_date(self.act.at))
    }

    /// The counter where they stand.
    pub(crate) fn counter(&self) -> Counter<'_> {
        self.desk.at_counter(self.subject())
    }

    /// Records that they read personal data, before it is shown.
    pub(crate) async fn reads(
        &self,
        what: &str,
        concerns: Option<Concerns>,
        why: &str,
    ) -> Result<(), Failure> {
        let read = Reading::of(&self.act, self.desk.ente(), what, concerns, why)
            .map_err(|refusal| refusal.problems())?;
        self.desk.open(read.id(), &self.act, &[ReadingEvent::Read(read)]).await?;
        Ok(())
    }
}

/// The account with this name.
pub(crate) async fn account(desk: &Desk, name: &str, field: &str) -> Result<Account, Failure> {
    let there = desk.load(Account::id_of(desk.ente(), name)).await?;
    there.map(|loaded| loaded.state).ok_or_else(|| {
        refused(
            "account.unknown",
            field,
            "must be an account of the ente",
            "check how it is written, or ask technical staff for an account",
        )
    })
}
