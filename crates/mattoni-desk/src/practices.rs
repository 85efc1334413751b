//! How practices are kept, and what follows from what happens to them.

use std::collections::BTreeSet;

use mattoni_core::{Id, Person};
use mattoni_practice::{Assignee, Filer, Practice, Reaction, State, reactions};
use mattoni_store::{Effect, Facet};
use serde::{Deserialize, Serialize};

use crate::Kept;

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
