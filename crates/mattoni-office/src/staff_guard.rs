//! That offices, accounts and services which are named exist.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use chrono::NaiveDate;
use mattoni_core::calendar::rome_date;
use mattoni_core::{Aggregate as _, Problem, Problems, Refusal as _};
use mattoni_desk::{Desk, Guard, read_change};
use mattoni_practice::{Assignee, Event, Practice};
use mattoni_service::OfferedService;
use mattoni_staff::{Account, AccountEvent, Office, OfficeEvent};
use mattoni_store::{Change, Error};

use crate::offer::unknown_service;

/// A practice is assigned to an office that exists and is not closed, or to an account of such an
/// office that may act on that day.
#[derive(Debug, Clone, Copy, Default)]
pub struct AssigneeGuard;

/// An account works in offices that exist and are not closed, and on services that the ente keeps.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccountGuard;

/// The head of an office has an account that may act on that day.
#[derive(Debug, Clone, Copy, Default)]
pub struct OfficeGuard;

/// What changes name: an office, an account, or both, on a day; or a service.
struct Named {
    field: &'static str,
    office: Option<String>,
    account: Option<String>,
    service: Option<String>,
    on: NaiveDate,
}

impl Named {
    /// Nothing yet, in this field.
    fn in_field(field: &'static str, on: NaiveDate) -> Self {
        Self { field, office: None, account: None, service: None, on }
    }
}

/// The offices, accounts and services of one commit, each read once.
struct Staff {
    offices: BTreeMap<String, Option<Office>>,
    accounts: BTreeMap<String, Option<Account>>,
    services: BTreeSet<String>,
}

impl Staff {
    /// Those that are named.
    async fn read<'n>(
        desk: &Desk,
        named: impl Iterator<Item = &'n Named> + Clone,
    ) -> Result<Self, Error> {
        let (store, ente) = (desk.store(), desk.ente());
        let (mut offices, mut accounts) = (BTreeMap::new(), BTreeMap::new());
        let codes: BTreeSet<&String> = named.clone().filter_map(|n| n.office.as_ref()).collect();
        for code in codes {
            let there = mattoni_store::load(store, ente, Office::id_of(ente, code)).await?;
            offices.insert(code.clone(), there.map(|loaded| loaded.state));
        }
        let mut services = BTreeSet::new();
        let codes: BTreeSet<&String> = named.clone().filter_map(|n| n.service.as_ref()).collect();
        for code in codes {
            let id = OfferedService::id_of(ente, code);
            let there = mattoni_store::load(store, ente, id).await?;
            services.extend(there.map(|_| code.clone()));
        }
        let names: BTreeSet<&String> = named.filter_map(|n| n.account.as_ref()).collect();
        for name in names {
            let there = mattoni_store::load(store, ente, Account::id_of(ente, name)).await?;
            accounts.insert(name.clone(), there.map(|loaded| loaded.state));
        }
        Ok(Self { offices, accounts, services })
    }

    fn wrong(&self, named: &Named) -> Vec<Problem> {
        let mut found = Vec::new();
        if let Some(code) = &named.office {
            found.extend(self.wrong_office(named.field, code));
        }
        if let Some(name) = &named.account {
            match self.accounts.get(name).and_then(Option::as_ref) {
                None => found.push(unknown_account(named.field, name)),
                Some(account) => found.extend(wrong_account(account, named)),
            }
        }
        if let Some(code) = named.service.as_ref().filter(|code| !self.services.contains(*code)) {
            found.extend(unknown_service(code).into_iter().map(|p| p.in_field(named.field)));
        }
        found
    }

    fn wrong_office(&self, field: &str, code: &str) -> Option<Problem> {
        let (what, rule, remedy) = match self.offices.get(code).and_then(Option::as_ref) {
            None => (
                "unknown",
                format!("must be an office of the ente: there is no {code}"),
                "look at the list of offices, or set it up",
            ),
            Some(office) if office.is_closed() => (
                "closed",
                format!("must be an office that is open: {code} is closed"),
                "choose another office",
            ),
            Some(_) => return None,
        };
        Some(Problem::new(format!("office.{what}"), field, rule, remedy))
    }
}

/// The refusal of an account that does not exist.
pub(crate) fn unknown_account(field: &str, name: &str) -> Problem {
    Problem::new(
        "account.unknown",
        field,
        format!("must be an account of the ente: there is no {name}"),
        "check how it is written, or ask technical staff for an account",
    )
}

fn wrong_account(account: &Account, named: &Named) -> Vec<Problem> {
    let not_active = account.active(named.on).err();
    let mut found: Vec<Problem> =
        not_active.into_iter().flat_map(|refusal| refusal.problems()).collect();
    let elsewhere = named.office.as_ref().filter(|code| !account.details().offices.contains(*code));
    found.extend(elsewhere.map(|code| {
        Problem::new(
            "account.other-office",
            named.field,
            format!("must be an account of the office {code}"),
            "choose a colleague of that office, or another office",
        )
    }));
    found
}

/// What is wrong with each change, where `named` says what it names.
async fn check(
    desk: &Desk,
    changes: &[&Change],
    named: impl Fn(&Change) -> Result<Vec<Named>, Problems>,
) -> Result<Vec<Result<(), Problems>>, Error> {
    let read: Vec<Result<Vec<Named>, Problems>> =
        changes.iter().map(|change| named(change)).collect();
    let staff = Staff::read(desk, read.iter().flatten().flatten()).await?;
    let checked = |named: Vec<Named>| {
        Problems::check(named.iter().flat_map(|named| staff.wrong(named)).collect())
    };
    Ok(read.into_iter().map(|read| read.and_then(checked)).collect())
}

#[async_trait]
impl Guard for AssigneeGuard {
    fn name(&self) -> &'static str {
        "assignee"
    }

    fn kind(&self) -> &'static str {
        Practice::KIND
    }

    fn events(&self) -> &[&'static str] {
        &["practice.taken-in-charge"]
    }

    async fn check(
        &self,
        desk: &Desk,
        changes: &[&Change],
    ) -> Result<Vec<Result<(), Problems>>, Error> {
        check(desk, changes, |change| {
            let (events, _) = read_change::<Practice>(change)?;
            let named = |event: &Event| {
                let Event::TakenInCharge(taken) = event else { return None };
                let office = Some(taken.assignee.office_code().to_owned());
                let account = match &taken.assignee {
                    Assignee::Official { account, .. } => Some(account.clone()),
                    _ => None,
                };
                let named = Named::in_field("assignee", rome_date(taken.act.at));
                Some(Named { office, account, ..named })
            };
            Ok(events.iter().filter_map(named).collect())
        })
        .await
    }
}

#[async_trait]
impl Guard for AccountGuard {
    fn name(&self) -> &'static str {
        "account"
    }

    fn kind(&self) -> &'static str {
        Account::KIND
    }

    fn events(&self) -> &[&'static str] {
        &["account.created", "account.changed"]
    }

    async fn check(
        &self,
        desk: &Desk,
        changes: &[&Change],
    ) -> Result<Vec<Result<(), Problems>>, Error> {
        check(desk, changes, |change| {
            let (events, account) = read_change::<Account>(change)?;
            let mut acts = events.iter().filter_map(|event| match event {
                AccountEvent::Created(created) => Some(&created.act),
                AccountEvent::Changed(changed) => Some(&changed.act),
                _ => None,
            });
            let details = account.details();
            let named = |on: NaiveDate| {
                let office = |code: &String| Named {
                    office: Some(code.clone()),
                    ..Named::in_field("offices", on)
                };
                let service = |code: &String| Named {
                    service: Some(code.clone()),
                    ..Named::in_field("services", on)
                };
                let offices = details.offices.iter().map(office);
                offices.chain(details.services.iter().map(service)).collect()
            };
            Ok(acts.next_back().map(|act| named(rome_date(act.at))).unwrap_or_default())
        })
        .await
    }
}

#[async_trait]
impl Guard for OfficeGuard {
    fn name(&self) -> &'static str {
        "office"
    }

    fn kind(&self) -> &'static str {
        Office::KIND
    }

    fn events(&self) -> &[&'static str] {
        &["office.opened", "office.changed"]
    }

    async fn check(
        &self,
        desk: &Desk,
        changes: &[&Change],
    ) -> Result<Vec<Result<(), Problems>>, Error> {
        check(desk, changes, |change| {
            let (events, _) = read_change::<Office>(change)?;
            let named = |event: &OfficeEvent| {
                let (act, details) = match event {
                    OfficeEvent::Opened(opened) => (&opened.act, &opened.details),
                    OfficeEvent::Changed(changed) => (&changed.act, &changed.details),
                    _ => return None,
                };
                let account = Some(details.head.clone()?);
                Some(Named { account, ..Named::in_field("head", rome_date(act.at)) })
            };
            Ok(events.iter().filter_map(named).collect())
        })
        .await
    }
}
