//! Taking up an expired draft as a new one.

use mattoni_core::{Act, Actor, Id, Problem, Problems, Refusal};

use crate::{
    Event, Filer, OpenRefusal, Opening, Practice, Procedure, Saved, Saving, ServiceRef, State,
};

/// Why a draft cannot be taken up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TakeUpRefusal {
    /// Only an expired draft is.
    #[error("must be an expired draft, and is {state}")]
    NotExpired {
        /// Where it stands.
        state: State,
    },
    /// The new practice needs an id of its own.
    #[error("the new practice must have an id of its own")]
    SameId,
    /// The new practice cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenRefusal),
}

impl Refusal for TakeUpRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::Open(refusal) => return refusal.problems(),
            Self::NotExpired { .. } => ("not-expired", "state", "go on with the practice itself"),
            Self::SameId => ("same-id", "id", "give it a new one"),
        };
        Problem::new(format!("practice.take-up.{what}"), field, self.to_string(), remedy).into()
    }
}

impl Practice {
    /// Opens a new draft with the answers of this expired one, so that nobody has to write them
    /// again. The new practice names the old one; the old one stays as it is.
    ///
    /// Answers that the procedure of today no longer asks for are left behind, and so are files:
    /// they are the old practice's, and go when it does. A form may have changed since: whoever
    /// opens the draft checks the answers by it.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut old = draft;
    /// let answers = BTreeMap::from([("isee".to_owned(), Value::Integer(9000))]);
    /// old.apply(&old.save(&citizen, Saving::set(answers))?);
    /// old.apply(&old.warn_of_expiry(&on("2027-09-04", &system))?);
    /// old.apply(&old.expire(&on("2027-10-05", &system))?);
    ///
    /// let (service, procedure) = (old.service().clone(), old.procedure().clone());
    /// let today = on("2027-10-20", &citizen);
    /// let events = old.take_up(&today, mattoni_core::Id::from_u128(8), service, procedure)?;
    /// let new: Practice = mattoni_core::fold(&events).unwrap();
    /// assert_eq!(new.state(), State::Draft);
    /// assert_eq!(new.answers(), old.answers());
    /// assert_eq!(new.continues(), Some(old.id()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`TakeUpRefusal`] when it is no expired draft, or the new one cannot be opened by who acts.
    pub fn take_up(
        &self,
        act: &Act,
        id: Id<Practice>,
        service: ServiceRef,
        procedure: Procedure,
    ) -> Result<Vec<Event>, TakeUpRefusal> {
        if self.state != State::Expired {
            return Err(TakeUpRefusal::NotExpired { state: self.state });
        }
        if id == self.id {
            return Err(TakeUpRefusal::SameId);
        }
        let filer = match &act.by {
            Actor::Citizen(person) if *person == self.applicant.id => Filer::Applicant,
            Actor::Operator(account) => {
                let office = match &self.filer {
                    Filer::Counter { office, .. } => office.clone(),
                    Filer::Applicant | Filer::Delegate(_) => None,
                };
                Filer::Counter { account: account.clone(), office }
            }
            _ => self.filer.clone(),
        };
        let mut saving = Saving::default();
        for (key, answer) in self.answers.iter().filter(|(key, _)| procedure.asks(key)) {
            saving.set.insert(key.clone(), answer.clone());
        }
        let (ente, applicant) = (self.ente.clone(), self.applicant.clone());
        let mut opening = Opening::new(id, ente, service, procedure, applicant).filed_by(filer);
        opening.beneficiary.clone_from(&self.beneficiary);
        opening.continues = Some(self.id);
        opening.contacts.clone_from(&self.contacts);
        let mut events = vec![Self::open_draft(act, opening)?];
        if !saving.set.is_empty() {
            let Saving { set, clear } = saving;
            events.push(Saved { act: act.clone(), set, clear }.into());
        }
        Ok(events)
    }
}
