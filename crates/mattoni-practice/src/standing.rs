//! Whether whoever acts may speak for the applicant, and whether an official may deal with the
//! practice at all. Sight ([`Record::sight`](mattoni_core::record::Record::sight)) and the verbs
//! both ask here.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use mattoni_core::calendar::rome_date;
use mattoni_core::record::{Side, Subject, Verb as _};
use mattoni_core::{Act, Actor, Id, Person};

use crate::refusal::{NotTheirs, NotTheirsBecause as Because};
use crate::{Filer, Mandate, PartyRole, Practice, State, Verb};

impl Practice {
    /// Every mandate: of who filled it in, and those given later; revoked and ended ones as well.
    pub fn mandates(&self) -> impl Iterator<Item = &Mandate> {
        let first = match &self.filer {
            Filer::Delegate(mandate) => Some(mandate),
            Filer::Applicant | Filer::Counter { .. } => None,
        };
        first.into_iter().chain(&self.mandates)
    }

    /// Whether the person speaks for the applicant on this day: the applicant, someone who
    /// applies with them, a delegate whose mandate holds.
    #[must_use]
    pub fn speaks_for_applicant(&self, person: Id<Person>, day: NaiveDate) -> bool {
        self.speaks(person, Some(day)).is_ok()
    }

    /// Whether the person speaks for the applicant on this day and may give up what was applied
    /// for: whoever applies, a delegate whose mandate says so.
    #[must_use]
    pub fn withdraws_for_applicant(&self, person: Id<Person>, day: NaiveDate) -> bool {
        let day = Some(day);
        self.speaks(person, day).is_ok() && self.decides(Verb::Withdraw, person, day).is_ok()
    }

    pub(crate) fn speaks(&self, person: Id<Person>, day: Option<NaiveDate>) -> Result<(), Because> {
        if self.applies(person) {
            return Ok(());
        }
        let mut theirs = self.mandates().filter(|mandate| mandate.person.id == person).peekable();
        if theirs.peek().is_none() {
            return Err(Because::NotOnIt);
        }
        // One that holds counts; of those that do not, the latest says why.
        let mut last = Err(Because::NotOnIt);
        for mandate in theirs {
            match mandate.holds_on(day) {
                Ok(()) => return Ok(()),
                Err(bar) => last = Err(Because::Mandate(bar)),
            }
        }
        last
    }

    /// Whether it is their own application: the applicant, or someone who applies with them.
    pub(crate) fn applies(&self, person: Id<Person>) -> bool {
        let joined = |party: &crate::Party| {
            party.role == PartyRole::CoApplicant && party.person.id == person
        };
        self.applicant.id == person || self.parties.iter().any(joined)
    }

    pub(crate) fn is_reader(&self, person: Id<Person>) -> bool {
        self.parties.iter().any(|p| p.role == PartyRole::Reader && p.person.id == person)
    }

    /// Everyone with an interest in it: all who are on it, and whom it benefits.
    pub(crate) fn interested(&self) -> BTreeSet<Id<Person>> {
        let beneficiary = self.beneficiary.as_ref().map(|person| person.id);
        self.people().into_iter().chain(beneficiary).collect()
    }

    /// Whether `who`, acting under this account, is on both sides of the counter or has declared
    /// that they are (L. 241/1990, art. 6-bis).
    pub(crate) fn conflicts(&self, who: &Subject, account: &str) -> bool {
        self.abstained.contains(account) || self.interested().into_iter().any(|p| who.is(p))
    }

    /// Whether the draft is being typed at a counter.
    pub(crate) fn is_being_typed(&self) -> bool {
        self.state == State::Draft && matches!(self.filer, Filer::Counter { .. })
    }

    /// `Ok` unless somebody acts who may not do this: a citizen who does not speak for the
    /// applicant, or an official who does what is the applicant's without a signed request.
    pub(crate) fn theirs(&self, verb: Verb, act: &Act) -> Result<(), NotTheirs> {
        let day = Some(rome_date(act.at));
        let because = match &act.by {
            Actor::Citizen(person) => self.citizen_may(verb, *person, day),
            Actor::Operator(account) => self.official_may(verb, account, act, day),
            _ => Ok(()),
        };
        because.map_err(|because| NotTheirs { verb, because })
    }

    fn citizen_may(
        &self,
        verb: Verb,
        person: Id<Person>,
        day: Option<NaiveDate>,
    ) -> Result<(), Because> {
        match self.speaks(person, day) {
            // A reader reads, no more.
            Err(_) if verb == Verb::MarkRead && self.is_reader(person) => Ok(()),
            Err(because) => Err(because),
            Ok(()) if !verb.is_applicants() => Err(Because::TheOffices),
            Ok(()) => self.decides(verb, person, day),
        }
    }

    /// What a mandate does not hold: giving and revoking mandates, and withdrawing unless it
    /// says so.
    fn decides(
        &self,
        verb: Verb,
        person: Id<Person>,
        day: Option<NaiveDate>,
    ) -> Result<(), Because> {
        if self.applies(person) {
            return Ok(());
        }
        match verb {
            Verb::Delegate | Verb::RevokeDelegation => Err(Because::TheApplicants),
            Verb::Withdraw => {
                let withdraws =
                    |m: &Mandate| m.person.id == person && m.withdraws() && m.holds_on(day).is_ok();
                if self.mandates().any(withdraws) { Ok(()) } else { Err(Because::NoWithdrawal) }
            }
            _ => Ok(()),
        }
    }

    fn official_may(
        &self,
        verb: Verb,
        account: &str,
        act: &Act,
        day: Option<NaiveDate>,
    ) -> Result<(), Because> {
        if self.abstained.contains(account) && verb != Verb::Abstain {
            return Err(Because::Conflict);
        }
        if let Some(on_behalf) = act.on_behalf {
            self.speaks(on_behalf.person, day)?;
            self.decides(verb, on_behalf.person, day)?;
        }
        let offices = verb.by().iter().any(|side| matches!(side, Side::Office | Side::Head));
        let typing = self.is_being_typed() && verb != Verb::Submit;
        if offices || !verb.is_applicants() || typing || act.paper().is_some() {
            Ok(())
        } else {
            Err(Because::NoPaper)
        }
    }
}
