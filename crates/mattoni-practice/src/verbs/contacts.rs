//! How the applicant's side is reached (*recapiti*).

use mattoni_core::record::Personal;
use mattoni_core::{Act, Contacts, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, all, problem};
use crate::{Event, NoRoom, Practice, Verb};

/// How the applicant is reached was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct ContactsUpdated {
    /// When, and by whom.
    pub act: Act,
    /// All of it as it is now.
    pub contacts: Contacts,
}

impl ContactsUpdated {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.contacts = Some(self.contacts.clone());
    }
}

/// Why contacts are not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateContactsRefusal {
    /// The draft expired.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for them to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// There is no room for it on the practice.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// Everything that is wrong with them.
    #[error("the contacts are not sound")]
    Contacts(Problems),
    /// They are the same as before.
    #[error("must differ from the contacts that are held")]
    Same,
}

impl Refusal for UpdateContactsRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NoRoom(no_room) => no_room.problems(),
            Self::NotTheirs(not_theirs) => not_theirs.problems(),
            Self::Contacts(found) => {
                let renamed = found.iter().cloned().map(|one| {
                    problem(Verb::UpdateContacts, "unsound", one.field, one.rule, one.remedy)
                });
                all(Verb::UpdateContacts, renamed.collect())
            }
            Self::Same => problem(
                Verb::UpdateContacts,
                "same",
                "contacts",
                self.to_string(),
                "nothing: they stay as they are",
            )
            .into(),
        }
    }
}

impl Practice {
    /// Changes how the applicant's side is reached: all of it at once. What is said to them from
    /// now on goes there.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// use mattoni_core::{Channel, Contacts};
    ///
    /// let mut practice = in_charge;
    /// let email = "maria.rossi@example.it".parse()?;
    /// let channel = Some(Channel::Email);
    /// let contacts = Contacts { email: Some(email), channel, ..Contacts::default() };
    /// practice.apply(&practice.update_contacts(&citizen, contacts)?);
    /// assert_eq!(practice.contacts().unwrap().channel, Some(Channel::Email));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`UpdateContactsRefusal`] with everything that is wrong with them.
    pub fn update_contacts(
        &self,
        act: &Act,
        contacts: Contacts,
    ) -> Result<Event, UpdateContactsRefusal> {
        self.ready(Verb::UpdateContacts)?;
        self.theirs(Verb::UpdateContacts, act)?;
        contacts.check().map_err(UpdateContactsRefusal::Contacts)?;
        if self.contacts.as_ref() == Some(&contacts) {
            return Err(UpdateContactsRefusal::Same);
        }
        Ok(self.room_for(ContactsUpdated { act: act.clone(), contacts })?)
    }
}
