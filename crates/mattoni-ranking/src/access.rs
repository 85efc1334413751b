//! Who sees the records of a ranking, and who may do what to them.

use mattoni_core::record::{AccessRefusal, Concerns, Role, Side, Sight, Subject, Verb};
use mattoni_core::{Id, Person};

/// Whose a record is: the service it belongs to and the citizen who sees it.
pub(crate) struct Access<'a> {
    /// Code of the service. `None` in journals written before offers named it: then heads of
    /// offices alone deal with the record.
    pub(crate) service: Option<&'a str>,
    /// The citizen who sees the record, where one does.
    pub(crate) citizen: Option<Id<Person>>,
    /// Whom it is about: an official who is this person does nothing to it (L. 241/1990, art.
    /// 6-bis).
    pub(crate) about: Option<Id<Person>>,
}

impl<'a> Access<'a> {
    /// Officials of the service alone.
    pub(crate) fn of_office(service: &'a str) -> Self {
        Self { service: Some(service), citizen: None, about: None }
    }

    /// Officials of the service alone, of a record about this person.
    pub(crate) fn of_office_about(service: &'a str, concerns: Option<&Concerns>) -> Self {
        Self { about: concerns.map(|concerns| concerns.person), ..Self::of_office(service) }
    }

    /// And the person whom the record is about.
    pub(crate) fn with_person(service: Option<&'a str>, concerns: Option<&Concerns>) -> Self {
        let person = concerns.map(|concerns| concerns.person);
        Self { service, citizen: person, about: person }
    }

    fn of(&self, role: &Role) -> Sight {
        let official = match (role, self.service) {
            (Role::Auditor | Role::System, _) | (Role::OfficeHead { .. }, None) => true,
            (role, service) => role.works_on(None, service),
        };
        match role {
            _ if official => Sight::Everything,
            Role::Citizen { person } if self.citizen == Some(*person) => Sight::WithoutNotes,
            _ => Sight::Nothing,
        }
    }

    /// What `who` sees, by the role that sees most.
    pub(crate) fn sight(&self, who: &Subject) -> Sight {
        who.roles.iter().map(|role| self.of(role)).max().unwrap_or(Sight::Nothing)
    }

    /// Whether a role that sees the record is on a side that does the verb.
    pub(crate) fn may<V: Verb>(
        &self,
        kind: &'static str,
        who: &Subject,
        verb: V,
    ) -> Result<(), AccessRefusal> {
        if self.sight(who) == Sight::Nothing {
            return Err(AccessRefusal::Unknown { kind });
        }
        let does = |role: &&Role| {
            self.of(role) > Sight::Nothing && verb.by().iter().any(|side| role.is(*side))
        };
        let mut does = who.roles.iter().filter(does).peekable();
        if does.peek().is_none() {
            return Err(AccessRefusal::NotTheirs { kind, verb: verb.name() });
        }
        let interested = self.about.is_some_and(|person| who.is(person));
        let official = |role: &Role| role.is(Side::Office);
        if interested && does.all(official) {
            return Err(AccessRefusal::Conflict { kind, verb: verb.name() });
        }
        Ok(())
    }
}

/// Whether every record of the service is seen: by its officials, by auditors, by the software.
pub(crate) fn sees_service(who: &Subject, service: &str) -> bool {
    Access::of_office(service).sight(who) > Sight::Nothing
}

/// Whether every record of the ente is seen.
pub(crate) fn sees_ente(who: &Subject) -> bool {
    who.roles.iter().any(|role| matches!(role, Role::Auditor | Role::System))
}
