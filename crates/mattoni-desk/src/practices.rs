//! How practices are kept, and what follows from what happens to them.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::{EnteId, FiscalCode, Id, Person};
use mattoni_practice::{Assignee, Filer, Practice, Reaction, State, reactions};
use mattoni_store::{Effect, Facet, Place, sort};
use serde::{Deserialize, Serialize};

use crate::line::PracticeLine;
use crate::names::words_of;
use crate::{Kept, Names};

/// Facet: the code of the service.
pub const SERVICE: &str = "service";
/// Facet: the service and the state together, as [`in_state`] writes them.
pub const SERVICE_STATE: &str = "service-state";
/// Facet: a number of the register.
pub const NUMBER: &str = "number";
/// Facet: the id of the applicant.
pub const APPLICANT: &str = "applicant";
/// Facet: the id of anyone else on it: a delegate, who applies with them, who may read it.
pub const PERSON: &str = "person";
/// Facet: the code of the office that has it in charge.
pub const OFFICE: &str = "office";

/// List: open practices by the last day for the answer, of a [`service`] and of an [`office`].
pub const DUE: &str = "due";
/// List: practices by the first day on which the clock has something to do, all in one bucket,
/// [`EVERY`].
pub const CHORE: &str = "chore";
/// The one bucket of a list that has one.
pub const EVERY: &str = "all";
/// List: practices of a service in a state ([`in_state`]), by when they were submitted, or last
/// touched as long as they are drafts.
pub const STATE: &str = "state";
/// List: practices of a person, by id, whatever they are to it, in the order of [`STATE`].
pub const MINE: &str = "person";
/// List: practices by each word of the applicant's name, of a [`service`] and of an [`office`].
/// Personal: whoever erases a person relists their practices
/// [without it](mattoni_store::Listing::without_personal). Where not even the running store may
/// hold names in the clear, each word's first letters can be put through a keyed digest instead,
/// one place for every length that is searched for: the list is only ever asked for beginnings.
pub const NAME: &str = "name";

/// The bucket of a service.
#[must_use]
pub fn service(code: &str) -> String {
    format!("service/{code}")
}

/// The bucket of an office.
#[must_use]
pub fn office(code: &str) -> String {
    format!("office/{code}")
}

/// When a practice was submitted, or last touched as long as it is a draft: what [`STATE`] and
/// [`MINE`] are in order of.
pub(crate) fn since(practice: &Practice) -> DateTime<Utc> {
    practice.submitted_at().unwrap_or_else(|| practice.touched_at())
}

/// The last day for the answer, as long as there is one to be given.
pub(crate) fn due_on(practice: &Practice) -> Option<NaiveDate> {
    practice.due().filter(|_| !practice.state().is_final() && !is_draft(practice)).map(|due| due.on)
}

/// Whether it is still, or for ever, only its owner's.
pub(crate) fn is_draft(practice: &Practice) -> bool {
    matches!(practice.state(), State::Draft | State::Expired)
}

/// The value of [`SERVICE_STATE`].
///
/// ```
/// use mattoni_desk::practices::in_state;
/// use mattoni_practice::State;
///
/// assert_eq!(in_state("nido-2027", State::TakenInCharge), "nido-2027/taken-in-charge");
/// ```
#[must_use]
pub fn in_state(service: &str, state: State) -> String {
    format!("{service}/{state}")
}

/// The id under which the ente's journal knows the person with this fiscal code, in a store that
/// seals nothing; otherwise ask [`Desk::names`](crate::Desk::names).
///
/// A pseudonym: it keeps the code out of every line, but whoever has the code can make it too.
#[must_use]
pub fn person_id(ente: &EnteId, fiscal_code: &FiscalCode) -> Id<Person> {
    Names::plain(ente.clone()).person(fiscal_code)
}

/// What the handler of an effect is given: which practice, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The practice.
    pub practice: Id<Practice>,
    /// What has to happen.
    #[serde(flatten)]
    pub reaction: Reaction,
}

/// Who handles a reaction.
#[must_use]
pub fn topic(reaction: &Reaction) -> &'static str {
    match reaction {
        Reaction::RegisterAtProtocol { .. } => "registry.register",
        Reaction::Tell { .. } => "message.tell",
        Reaction::MakeDebt { .. } => "payment.make-debt",
        Reaction::CancelDebt => "payment.cancel-debt",
        // The enum may grow: a topic nobody handles is retried, and seen in the outbox.
        _ => "unknown",
    }
}

/// Everyone on the practice but its applicant.
fn others(practice: &Practice) -> BTreeSet<Id<Person>> {
    let delegate = match practice.filer() {
        Filer::Delegate { person, .. } => Some(person.id),
        _ => None,
    };
    let parties = practice.parties().iter().map(|party| party.person.id);
    let mut others: BTreeSet<_> = delegate.into_iter().chain(parties).collect();
    others.remove(&practice.applicant().id);
    others
}

/// Whether the person is on the practice: as its applicant or as anyone else.
pub(crate) fn names(practice: &Practice, person: Id<Person>) -> bool {
    practice.applicant().id == person || others(practice).contains(&person)
}

impl Kept for Practice {
    fn facets(&self) -> Vec<Facet> {
        let service = &self.service().code;
        let mut facets = vec![
            Facet::plain(SERVICE, service),
            Facet::plain(SERVICE_STATE, in_state(service, self.state())),
            Facet::plain(APPLICANT, self.applicant().id.to_string()),
        ];
        let others = others(self).into_iter();
        facets.extend(others.map(|person| Facet::plain(PERSON, person.to_string())));
        let office = self.assignee().map(Assignee::office_code);
        facets.extend(office.map(|office| Facet::plain(OFFICE, office)));
        let numbers = self.registrations().iter();
        facets.extend(numbers.map(|registration| Facet::unique(NUMBER, &registration.number)));
        facets
    }

    const LISTS: u32 = 2;

    fn places(&self) -> Vec<Place> {
        let (code, since) = (&self.service().code, sort::instant(since(self)));
        let state = Place::new(STATE, in_state(code, self.state()), since.clone());
        let mut places = vec![state.with_line()];
        let chore = self.next_chore_on().map(sort::date);
        places.extend(chore.map(|on| Place::new(CHORE, EVERY, on)));
        let people = others(self).into_iter().chain([self.applicant().id]);
        places.extend(people.map(|who| Place::new(MINE, who.to_string(), since.clone())));
        if is_draft(self) {
            return places;
        }
        let assigned = self.assignee().map(|assignee| office(assignee.office_code()));
        let buckets: Vec<String> = [service(code)].into_iter().chain(assigned).collect();
        let due = due_on(self).map(sort::date);
        for bucket in &buckets {
            places.extend(due.iter().map(|due| Place::new(DUE, bucket, due).with_line()));
            let words = words_of(self.applicant()).into_iter();
            places.extend(words.map(|word| Place::personal(NAME, bucket, word)));
        }
        places
    }

    fn line(&self) -> String {
        PracticeLine::of(self).written()
    }

    fn effects(&self, event: &Self::Event, key: &str) -> Vec<Effect> {
        let reactions = reactions(event, self).into_iter().enumerate();
        reactions
            .map(|(index, reaction)| {
                let topic = topic(&reaction);
                let task = Task { practice: self.id(), reaction };
                // A task is ids, numbers and text: JSON always takes it.
                let payload = serde_json::to_vec(&task).unwrap_or_default();
                Effect::new(format!("{key}/{index}"), topic, payload)
            })
            .collect()
    }
}
