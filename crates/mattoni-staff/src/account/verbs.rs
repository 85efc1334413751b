//! What technical staff do with accounts.

use mattoni_core::record::Personal;
use mattoni_core::{Act, Actor, Aggregate as _, EnteId, Problem, Problems};
use serde::{Deserialize, Serialize};

use super::{Account, AccountDetails, AccountEvent, AccountRefusal};
use crate::checks;

/// An account was given to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct AccountCreated {
    /// When, and by whom.
    pub act: Act,
    /// The ente.
    #[not_personal]
    pub ente: EnteId,
    /// Its name, for good: it signs acts.
    #[not_personal]
    pub name: String,
    /// Whose it is and what it lets them do.
    pub details: AccountDetails,
}

/// What an account lets its holder do was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct AccountChanged {
    /// When, and by whom.
    pub act: Act,
    /// Whose it is and what it lets them do from now on.
    pub details: AccountDetails,
}

/// An account was disabled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct AccountDisabled {
    /// When, and by whom.
    pub act: Act,
}

impl Account {
    /// Gives an account to somebody.
    ///
    /// ```
    /// use mattoni_core::{Act, Actor, Refusal as _};
    /// use mattoni_staff::{Account, AccountDetails, StaffRole};
    ///
    /// let ced = Act::new("2027-01-04T08:00:00Z".parse()?, Actor::Operator("ced".into()));
    /// let ente = "c_h223".parse()?;
    /// let nobody = AccountDetails::new("", "2027-01-07".parse()?).with_roles([StaffRole::Head]);
    /// let refused = Account::create(&ced, &ente, "G. Verdi", nobody).unwrap_err().problems();
    /// let codes: Vec<_> = refused.iter().map(|problem| &*problem.code).collect();
    /// assert_eq!(codes, ["account.code", "account.text", "account.nowhere"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AccountRefusal::Unsound`] with everything that is wrong, [`AccountRefusal::Own`].
    pub fn create(
        act: &Act,
        ente: &EnteId,
        name: &str,
        details: AccountDetails,
    ) -> Result<AccountEvent, AccountRefusal> {
        let mut found: Vec<Problem> = checks::code(Self::KIND, "name", name).into_iter().collect();
        found.extend(details.problems());
        Problems::check(found).map_err(AccountRefusal::Unsound)?;
        if is_by(act, name) {
            return Err(AccountRefusal::Own);
        }
        let (act, ente, name) = (act.clone(), ente.clone(), name.to_owned());
        Ok(AccountEvent::Created(AccountCreated { act, ente, name, details }))
    }

    /// Changes whose it is or what it lets them do.
    ///
    /// ```
    #[doc = include_str!("../account_example.txt")]
    /// let details = account.details().clone().until("2027-12-31".parse()?);
    /// let own = Act::new(ced.at, Actor::Operator("g.verdi".into()));
    /// assert!(account.change(&own, details.clone()).is_err());
    /// account.apply(&account.change(&ced, details)?);
    /// assert!(account.active("2028-01-01".parse()?).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AccountRefusal`]: disabled, unsound, or one's own.
    pub fn change(
        &self,
        act: &Act,
        details: AccountDetails,
    ) -> Result<AccountEvent, AccountRefusal> {
        self.changeable(act)?;
        Problems::check(details.problems()).map_err(AccountRefusal::Unsound)?;
        Ok(AccountEvent::Changed(AccountChanged { act: act.clone(), details }))
    }

    /// Disables it for good: whoever comes back gets another account, so that each name signs for
    /// one time in the life of the ente.
    ///
    /// ```
    #[doc = include_str!("../account_example.txt")]
    /// account.apply(&account.disable(&ced)?);
    /// assert!(account.disabled().is_some());
    /// assert!(account.disable(&ced).is_err(), "once");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AccountRefusal::Disabled`], [`AccountRefusal::Own`].
    pub fn disable(&self, act: &Act) -> Result<AccountEvent, AccountRefusal> {
        self.changeable(act)?;
        Ok(AccountEvent::Disabled(AccountDisabled { act: act.clone() }))
    }

    fn changeable(&self, act: &Act) -> Result<(), AccountRefusal> {
        if self.disabled.is_some() {
            return Err(AccountRefusal::Disabled);
        }
        if is_by(act, &self.name) {
            return Err(AccountRefusal::Own);
        }
        Ok(())
    }
}

/// Whether the holder of this account acts.
fn is_by(act: &Act, name: &str) -> bool {
    matches!(&act.by, Actor::Operator(account) if account == name)
}
