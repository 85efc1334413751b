//! What the house needs to know about an account.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use mattoni_core::record::{
    ALL, AccessRefusal, Ended, Facts, List, ListEntry, NoOrders, Owners, PEOPLE, Personal,
    Projection, Question, Record, Retention, Role, Sight, Span, Spans, Subject, Verb as _,
};
use mattoni_core::{Act, Aggregate as _, Digest};
use serde::{Deserialize, Serialize};

use super::{Account, AccountEvent, AccountVerb, StaffRole};

/// Every account by its name, in the bucket [`ALL`] and in those of [`office_bucket`]. Its entries
/// carry the row.
pub const ACCOUNTS: List = List::plain("account");
/// How buckets of offices begin.
const OFFICE: &str = "office/";

/// The bucket of the accounts of an office.
#[must_use]
pub fn office_bucket(code: &str) -> String {
    format!("{OFFICE}{code}")
}

/// An account as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[non_exhaustive]
pub struct AccountRow {
    /// Its name.
    #[not_personal]
    pub name: String,
    /// Whose.
    #[personal]
    pub full_name: String,
    /// What they are to the ente.
    #[not_personal]
    pub roles: BTreeSet<StaffRole>,
    /// The offices they work in.
    #[not_personal]
    pub offices: BTreeSet<String>,
    /// The services they work on.
    #[not_personal]
    pub services: BTreeSet<String>,
    /// The first day on which they may act.
    pub from: NaiveDate,
    /// The last one.
    pub until: Option<NaiveDate>,
    /// Whether it is disabled.
    pub disabled: bool,
}

/// The accounts of an office, or all, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct AccountsOf {
    /// Code of the office; `None` for all.
    pub office: Option<String>,
}

impl Question<Account> for AccountsOf {
    fn spans(&self, _: &Subject) -> Spans {
        let bucket = self.office.as_deref().map_or(ALL.to_owned(), office_bucket);
        Spans::Of(vec![Span::new(ACCOUNTS, bucket)])
    }

    fn picks(&self, _: &Account, _: &str) -> bool {
        true
    }

    fn picks_all(&self) -> bool {
        true
    }
}

impl Account {
    /// Technical staff and auditors see every account, colleagues those of their offices, and
    /// everybody their own.
    fn seen_as(&self, role: &Role) -> bool {
        match role {
            Role::TechnicalAdmin { .. } | Role::Auditor | Role::System => true,
            Role::Citizen { person } => self.details.person == Some(*person),
            Role::Operator { account, .. } | Role::OfficeHead { account, .. } => {
                *account == self.name
                    || self.details.offices.iter().any(|code| role.works_on(Some(code), None))
            }
            // A role that is new to this crate sees nothing.
            _ => false,
        }
    }
}

impl Record for Account {
    const TITLE: &'static str = "utenza";
    type Verb = AccountVerb;
    type Orders = NoOrders;
    type Row = AccountRow;
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[ACCOUNTS, PEOPLE];

    fn verb_of(event: &AccountEvent) -> Option<AccountVerb> {
        event.verb()
    }

    fn event_italian(event: &AccountEvent) -> &'static str {
        event.italian()
    }

    fn act_of(event: &AccountEvent) -> Option<&Act> {
        Some(match event {
            AccountEvent::Created(created) => &created.act,
            AccountEvent::Changed(changed) => &changed.act,
            AccountEvent::Disabled(disabled) => &disabled.act,
        })
    }

    fn projection(&self) -> Projection {
        let offices = self.details.offices.iter().map(|code| office_bucket(code));
        let entry = |bucket| ListEntry::new(ACCOUNTS, bucket, &self.name).with_row();
        let person = self.details.person.map(|id| ListEntry::new(PEOPLE, id.to_string(), ""));
        Projection::new()
            .unique("name", &self.name)
            .entry(entry(ALL.to_owned()))
            .entries(offices.map(entry))
            .entries(person)
    }

    fn row(&self) -> AccountRow {
        let details = self.details.clone();
        AccountRow {
            name: self.name.clone(),
            full_name: details.full_name,
            roles: details.roles,
            offices: details.offices,
            services: details.services,
            from: details.from,
            until: details.until,
            disabled: self.disabled.is_some(),
        }
    }

    fn owners(&self) -> Owners {
        self.details.person.map_or(Owners::none(), Owners::subject)
    }

    fn orders(&self, _: &AccountEvent) -> Vec<NoOrders> {
        Vec::new()
    }

    fn sight(&self, who: &Subject) -> Sight {
        let sees = who.ente == self.ente && who.roles.iter().any(|role| self.seen_as(role));
        if sees { Sight::Everything } else { Sight::Nothing }
    }

    fn may(&self, who: &Subject, verb: AccountVerb) -> Result<(), AccessRefusal> {
        if self.sight(who) == Sight::Nothing {
            return Err(AccessRefusal::Unknown { kind: Self::KIND });
        }
        if who.is_on(verb.by()) {
            return Ok(());
        }
        Err(AccessRefusal::NotTheirs { kind: Self::KIND, verb: verb.name() })
    }

    fn sees_whole(who: &Subject, list: &str, bucket: &str) -> bool {
        let office = bucket.strip_prefix(OFFICE);
        let sees = |role: &Role| match role {
            Role::TechnicalAdmin { .. } | Role::Auditor | Role::System => true,
            _ => office.is_some() && role.works_on(office, None),
        };
        list == ACCOUNTS.name && who.roles.iter().any(sees)
    }

    fn blobs(&self) -> Vec<Digest> {
        Vec::new()
    }

    /// The ente's rules say how long the names of former staff are kept: whose acts they are must
    /// be found as long as the acts can be contested.
    fn retention(&self) -> Retention {
        self.disabled_on().map_or(Retention::UnderWay, |on| {
            Retention::Ended(Ended {
                service: "staff".to_owned(),
                state: "disabled",
                on,
                submitted_on: Some(self.details.from),
                name: self.name.clone(),
            })
        })
    }

    fn final_states() -> &'static [&'static str] {
        &["disabled"]
    }

    fn facts(&self, out: &mut Facts) {
        let details = &self.details;
        for role in StaffRole::ALL {
            out.flag(role.name(), details.roles.contains(&role));
        }
        out.count("offices", details.offices.len());
        out.count("services", details.services.len());
        out.date("from", Some(details.from));
        out.date("until", details.until);
        out.date("disabled_on", self.disabled_on());
    }
}
