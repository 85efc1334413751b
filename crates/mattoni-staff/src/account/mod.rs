//! An account of somebody who works for the ente.

mod record;
mod verbs;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use mattoni_core::calendar::rome_date;
use mattoni_core::record::{Personal, Role, Subject};
use mattoni_core::{Act, Aggregate, EnteId, Id, Person, Problem, Problems, Refusal, named_id};
use serde::{Deserialize, Serialize};

use crate::checks;

pub use record::{ACCOUNTS, AccountRow, AccountsOf, office_bucket};
pub use verbs::{AccountChanged, AccountCreated, AccountDisabled};

/// What the holder of an account is to the ente.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Personal,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StaffRole {
    /// Works on practices.
    Operator,
    /// Is responsible for offices and services (*responsabile*, L. 241/1990, art. 5).
    Head,
    /// Looks after settings, offices and accounts, and sees no practice.
    Technical,
    /// Looks at everything and changes nothing.
    Auditor,
}

impl StaffRole {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Operator, Self::Head, Self::Technical, Self::Auditor];

    /// Its stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Head => "head",
            Self::Technical => "technical",
            Self::Auditor => "auditor",
        }
    }

    /// As officials read it.
    #[must_use]
    pub const fn italian(self) -> &'static str {
        match self {
            Self::Operator => "operatore",
            Self::Head => "responsabile",
            Self::Technical => "amministratore tecnico",
            Self::Auditor => "revisore",
        }
    }

    /// Whether it is one of certain offices or services.
    const fn works_somewhere(self) -> bool {
        matches!(self, Self::Operator | Self::Head)
    }
}

/// Whose an account is and what it lets them do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[non_exhaustive]
pub struct AccountDetails {
    /// Given name and family name.
    #[personal]
    pub full_name: String,
    /// Who they are as a citizen, so that they can be kept from deciding on an application of
    /// their own (L. 241/1990, art. 6-bis). An id, never a fiscal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Id<Person>>,
    /// What they are to the ente.
    #[not_personal]
    pub roles: BTreeSet<StaffRole>,
    /// Codes of the offices they work in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[not_personal]
    pub offices: BTreeSet<String>,
    /// Codes of the services they work on, whichever office has the practice in charge.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[not_personal]
    pub services: BTreeSet<String>,
    /// The first day on which they may act.
    pub from: NaiveDate,
    /// The last day on which they may act; none while it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

impl AccountDetails {
    /// Somebody who may act from this day on; as what is yet to be said.
    #[must_use]
    pub fn new(full_name: impl Into<String>, from: NaiveDate) -> Self {
        Self {
            full_name: full_name.into(),
            person: None,
            roles: BTreeSet::new(),
            offices: BTreeSet::new(),
            services: BTreeSet::new(),
            from,
            until: None,
        }
    }

    /// With these roles.
    #[must_use]
    pub fn with_roles(mut self, roles: impl IntoIterator<Item = StaffRole>) -> Self {
        self.roles.extend(roles);
        self
    }

    /// In these offices.
    #[must_use]
    pub fn in_offices<C: Into<String>>(mut self, codes: impl IntoIterator<Item = C>) -> Self {
        self.offices.extend(codes.into_iter().map(Into::into));
        self
    }

    /// On these services.
    #[must_use]
    pub fn on_services<C: Into<String>>(mut self, codes: impl IntoIterator<Item = C>) -> Self {
        self.services.extend(codes.into_iter().map(Into::into));
        self
    }

    /// Of this person.
    #[must_use]
    pub fn of_person(mut self, person: Id<Person>) -> Self {
        self.person = Some(person);
        self
    }

    /// Until this day, included.
    #[must_use]
    pub fn until(mut self, last: NaiveDate) -> Self {
        self.until = Some(last);
        self
    }

    fn problems(&self) -> Vec<Problem> {
        let kind = Account::KIND;
        let mut found: Vec<Problem> =
            checks::text(kind, "full_name", &self.full_name).into_iter().collect();
        let codes = self.offices.iter().map(|code| ("offices", code));
        let codes = codes.chain(self.services.iter().map(|code| ("services", code)));
        found.extend(codes.filter_map(|(field, code)| checks::code(kind, field, code)));
        let mut must = |holds: bool, what: &str, field: &str, rule: &str, remedy: &str| {
            if !holds {
                found.push(Problem::new(format!("{kind}.{what}"), field, rule, remedy));
            }
        };
        let roles = !self.roles.is_empty();
        must(roles, "roles", "roles", "must have at least one role", "name a role");
        let somewhere = !self.offices.is_empty() || !self.services.is_empty();
        let needed = self.roles.iter().any(|role| role.works_somewhere());
        must(
            somewhere || !needed,
            "nowhere",
            "offices",
            "an operator or a head must work in an office or on a service",
            "name at least one of them",
        );
        must(
            self.until.is_none_or(|until| until >= self.from),
            "days",
            "until",
            "the last day must not be before the first",
            "correct one of the two",
        );
        found
    }
}

mattoni_core::verbs! {
    /// What can be done with an account.
    pub enum AccountVerb;
    /// What happens to an account.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
    #[non_exhaustive]
    pub enum AccountEvent;

    /// It was given to somebody.
    begin Created(AccountCreated) = "account.created", "utenza creata";
    /// Change what it lets its holder do.
    verb Change "change", "modificare", [Technical] =>
    /// What it lets its holder do was changed.
    Changed(AccountChanged) = "account.changed", "utenza modificata";
    /// Disable it for good.
    verb Disable "disable", "disabilitare", [Technical] =>
    /// It was disabled.
    Disabled(AccountDisabled) = "account.disabled", "utenza disabilitata";
}

/// An account (*utenza*): what one person who works for the ente may do, from one day to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Account {
    #[not_personal]
    ente: EnteId,
    #[not_personal]
    name: String,
    details: AccountDetails,
    disabled: Option<Act>,
}

impl Account {
    /// The id of the account with this name.
    #[must_use]
    pub fn id_of(ente: &EnteId, name: &str) -> Id<Self> {
        named_id(ente, &[Self::KIND, name])
    }

    /// Its name, which signs acts.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whose it is and what it lets them do.
    #[must_use]
    pub fn details(&self) -> &AccountDetails {
        &self.details
    }

    /// When it was disabled, and by whom.
    #[must_use]
    pub fn disabled(&self) -> Option<&Act> {
        self.disabled.as_ref()
    }

    /// Whether its holder may act on this day.
    ///
    /// # Errors
    /// [`AccountRefusal::Disabled`], or [`AccountRefusal::NotActive`] before its first day and
    /// after its last one.
    pub fn active(&self, on: NaiveDate) -> Result<(), AccountRefusal> {
        if self.disabled.is_some() {
            return Err(AccountRefusal::Disabled);
        }
        let (from, until) = (self.details.from, self.details.until);
        if on < from || until.is_some_and(|until| on > until) {
            return Err(AccountRefusal::NotActive);
        }
        Ok(())
    }

    /// What its holder is to the ente on this day: nothing unless the account is
    /// [active](Self::active).
    ///
    /// ```
    #[doc = include_str!("../account_example.txt")]
    /// use mattoni_core::record::{Role, Side};
    ///
    /// let roles = account.roles("2027-03-01".parse()?);
    /// assert!(roles[0].works_on(Some("scuola"), None) && roles[0].is(Side::Office));
    /// account.apply(&account.disable(&ced)?);
    /// assert!(account.roles("2027-03-01".parse()?).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn roles(&self, on: NaiveDate) -> Vec<Role> {
        if self.active(on).is_err() {
            return Vec::new();
        }
        let account = || self.name.clone();
        let (offices, services) = (&self.details.offices, &self.details.services);
        let role = |role: &StaffRole| match role {
            StaffRole::Operator => Role::Operator {
                account: account(),
                offices: offices.clone(),
                services: services.clone(),
            },
            StaffRole::Head => Role::OfficeHead {
                account: account(),
                offices: offices.clone(),
                services: services.clone(),
            },
            StaffRole::Technical => Role::TechnicalAdmin { account: account() },
            StaffRole::Auditor => Role::Auditor,
        };
        self.details.roles.iter().map(role).collect()
    }

    /// Its holder at the counter on this day. Where the account says who they are as a citizen,
    /// an interest of their own is noticed (L. 241/1990, art. 6-bis).
    #[must_use]
    pub fn subject(&self, on: NaiveDate) -> Subject {
        let subject = Subject::new(self.ente.clone(), self.roles(on)).on(on);
        match self.details.person {
            Some(person) => subject.being(person),
            None => subject,
        }
    }

    fn disabled_on(&self) -> Option<NaiveDate> {
        self.disabled.as_ref().map(|act| rome_date(act.at))
    }
}

/// Why an account is not created, changed, disabled or used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountRefusal {
    /// It would not be sound.
    #[error("an account must be described in full")]
    Unsound(Problems),
    /// It is disabled.
    #[error("must be an account that is not disabled")]
    Disabled,
    /// It is not valid on this day.
    #[error("must be an account that is valid on this day")]
    NotActive,
    /// Its own holder would change it.
    #[error("nobody may create, change or disable an account of their own")]
    Own,
}

impl Refusal for AccountRefusal {
    fn problems(&self) -> Problems {
        let (what, remedy) = match self {
            Self::Unsound(problems) => return problems.clone(),
            Self::Disabled => ("disabled", "ask technical staff for an account"),
            Self::NotActive => ("not-active", "ask technical staff to look at its days"),
            Self::Own => ("own", "ask somebody else of the technical staff"),
        };
        Problem::new(format!("account.{what}"), "account", self.to_string(), remedy).into()
    }
}

impl Aggregate for Account {
    const KIND: &'static str = "account";
    type Event = AccountEvent;

    fn open(event: &AccountEvent) -> Option<Self> {
        let AccountEvent::Created(created) = event else { return None };
        let AccountCreated { ente, name, details, .. } = created.clone();
        Some(Self { ente, name, details, disabled: None })
    }

    fn apply(&mut self, event: &AccountEvent) {
        match event {
            // The first event is taken in by `open`.
            AccountEvent::Created(_) => {}
            AccountEvent::Changed(changed) => self.details = changed.details.clone(),
            AccountEvent::Disabled(disabled) => self.disabled = Some(disabled.act.clone()),
        }
    }
}
