//! The official who acts: an account that exists and is active, and what it lets them do.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::calendar::{LegalCalendar, rome_date};
use mattoni_core::record::{Concerns, Role, Subject};
use mattoni_core::{Act, Actor, Aggregate as _, EnteId, Id, Person, Refusal as _};
use mattoni_desk::{Clock, Counter, Desk, SystemClock};
use mattoni_office::Office;
use mattoni_practice::{Assignee, Practice};
use mattoni_staff::{Account, Reading, ReadingEvent};

use super::{desks, files};
use crate::db::Db;
use crate::output::{Failure, refused};

/// Whoever sets an ente up, before it has accounts.
pub(crate) const FOUNDER: &str = "cli";
/// Why whoever works on a practice reads it.
pub(crate) const WORK: &str = "istruttoria";

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
        let account = active(&desk, name, at).await?;
        Ok(Self { desk, account, act: act(name, at) })
    }

    pub(crate) fn subject(&self) -> Subject {
        self.account.subject(rome_date(self.act.at))
    }

    /// The calendar that the ente's terms are counted by.
    pub(crate) async fn calendar(&self) -> Result<LegalCalendar, Failure> {
        Ok(Office::new(self.desk.clone()).calendar().await?)
    }

    /// The act by which they do something for this person, whose signed request they have in their
    /// hands: it goes on file.
    pub(crate) async fn for_person(
        &self,
        person: Id<Person>,
        signed: &Path,
    ) -> Result<Act, Failure> {
        let paper = self.desk.store().put(self.desk.ente(), files::bytes(signed)?).await?;
        Ok(self.act.clone().on_behalf_of(person, Some(paper)))
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
        read(&self.desk, &self.act, what, concerns, why).await
    }
}

/// Whoever uses a command that also works while an ente is set up: an official, or, as long as the
/// ente has no accounts, who has its store and key.
pub(crate) struct Whoever {
    /// The desk.
    pub(crate) desk: Desk,
    /// What they do now is by this act.
    pub(crate) act: Act,
    /// The name they act under.
    name: String,
    account: Option<Account>,
}

impl Whoever {
    /// Who acts at this desk, by the account with this name.
    pub(crate) async fn at(
        desk: Desk,
        name: Option<&str>,
        at: Option<DateTime<Utc>>,
    ) -> Result<Self, Failure> {
        let at = at.unwrap_or_else(|| SystemClock.now());
        if !has_accounts(&desk).await? {
            let name = name.unwrap_or(FOUNDER).to_owned();
            return Ok(Self { desk, act: act(&name, at), name, account: None });
        }
        let name = name.ok_or_else(|| {
            refused(
                "cli.account.needed",
                "--as",
                "must be the account that acts: the ente has accounts",
                "name yours with --as, or in MATTONI_ACCOUNT",
            )
        })?;
        let account = active(&desk, name, at).await?;
        Ok(Self { desk, act: act(name, at), name: name.to_owned(), account: Some(account) })
    }

    /// The same at another desk.
    pub(crate) fn standing_at(self, desk: Desk) -> Self {
        Self { desk, ..self }
    }

    /// Whether the ente is being set up: it has no accounts yet.
    pub(crate) fn sets_up(&self) -> bool {
        self.account.is_none()
    }

    /// What they may do; while the ente is set up, all that staff may do with this service.
    pub(crate) fn on_service(&self, service: &str) -> Subject {
        if let Some(account) = &self.account {
            return account.subject(rome_date(self.act.at));
        }
        let (account, offices) = (self.name.clone(), BTreeSet::new());
        let services = [service.to_owned()].into();
        let head = Role::OfficeHead { account: account.clone(), offices, services };
        Subject::new(self.desk.ente().clone(), vec![head, Role::TechnicalAdmin { account }])
    }

    /// What they may see; while the ente is set up, everything.
    pub(crate) fn reader(&self) -> Subject {
        match &self.account {
            Some(account) => account.subject(rome_date(self.act.at)),
            None => Subject::new(self.desk.ente().clone(), vec![Role::System]),
        }
    }

    /// Records that an account reads personal data, before it is shown.
    pub(crate) async fn reads(
        &self,
        what: &str,
        concerns: Option<Concerns>,
        why: Option<&str>,
    ) -> Result<(), Failure> {
        if self.account.is_none() {
            return Ok(());
        }
        read(&self.desk, &self.act, what, concerns, why.unwrap_or_default()).await
    }

    /// Why they read this practice: what they say, or that it is their work.
    pub(crate) fn why<'w>(&self, practice: &Practice, said: Option<&'w str>) -> Option<&'w str> {
        let account = self.account.as_ref()?;
        said.or_else(|| works_on(account, rome_date(self.act.at), practice).then_some(WORK))
    }
}

/// Whether the ente has accounts: from the first one on, whoever does something has one.
pub(crate) async fn has_accounts(desk: &Desk) -> Result<bool, Failure> {
    Ok(!desk.store().streams(desk.ente(), Account::KIND, None, 1).await?.is_empty())
}

/// Whether the practice is the work of this account: in its office, on its service, in its charge.
pub(crate) fn works_on(account: &Account, day: NaiveDate, practice: &Practice) -> bool {
    let to = practice.assignee();
    let theirs =
        matches!(to, Some(Assignee::Official { account: who, .. }) if who == account.name());
    let (office, service) = (to.map(Assignee::office_code), practice.service().code.as_str());
    theirs || account.subject(day).roles.iter().any(|role| role.works_on(office, Some(service)))
}

async fn read(
    desk: &Desk,
    act: &Act,
    what: &str,
    concerns: Option<Concerns>,
    why: &str,
) -> Result<(), Failure> {
    let read =
        Reading::of(act, desk.ente(), what, concerns, why).map_err(|refusal| refusal.problems())?;
    desk.open(read.id(), act, &[ReadingEvent::Read(read)]).await?;
    Ok(())
}

fn act(name: &str, at: DateTime<Utc>) -> Act {
    Act::new(at, Actor::Operator(name.to_owned()))
}

/// The account that acts, which may do so on that day.
async fn active(desk: &Desk, name: &str, at: DateTime<Utc>) -> Result<Account, Failure> {
    let account = account(desk, name, "--as").await?;
    account.active(rome_date(at)).map_err(|refusal| refusal.problems())?;
    Ok(account)
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
