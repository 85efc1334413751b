//! Who sees a practice and who does what with it.

use std::borrow::Cow;

use mattoni_core::Aggregate as _;
use mattoni_core::record::{AccessRefusal, List, Role, Sight, Subject, Verb as _};

use crate::lists::{
    ACCOUNT_BUCKET, ASSIGNED, DUE, OFFICE, OFFICE_BUCKET, SERVICE_BUCKET, STATE, SURPLUS,
    UNASSIGNED, WAITING, service_and_state,
};
use crate::{Assignee, Audience, Event, Filer, MessageRead, Practice, State, Verb, Written};

impl Practice {
    /// How much of it `who` sees: what their most seeing role does.
    pub(crate) fn seen_by(&self, who: &Subject) -> Sight {
        if who.ente != self.ente {
            return Sight::Nothing;
        }
        who.roles.iter().map(|role| self.seen_as(role, who)).max().unwrap_or(Sight::Nothing)
    }

    fn seen_as(&self, role: &Role, who: &Subject) -> Sight {
        let assignee = self.assignee.as_ref();
        let sees = match role {
            Role::Citizen { person } => {
                let on_it = self.speaks(*person, who.day).is_ok() || self.is_reader(*person);
                return if on_it { Sight::WithoutNotes } else { Sight::Nothing };
            }
            Role::Operator { account, .. } | Role::OfficeHead { account, .. } => {
                let works = if self.is_draft() {
                    self.typed_by(account, role)
                } else {
                    let theirs = |assignee: &Assignee| matches!(assignee, Assignee::Official { account: a, .. } if a == account);
                    role.works_on(assignee.map(Assignee::office_code), Some(&self.service.code))
                        || assignee.is_some_and(theirs)
                };
                // On both sides of the counter they see no more than a citizen does.
                if works && self.conflicts(who, account) {
                    return Sight::WithoutNotes;
                }
                works
            }
            Role::Auditor => !self.is_draft(),
            Role::System => true,
            // A role that is new to this crate sees nothing.
            _ => false,
        };
        if sees { Sight::Everything } else { Sight::Nothing }
    }

    /// Whether this official typed it at the counter, or a colleague of the counter's office did.
    fn typed_by(&self, account: &str, role: &Role) -> bool {
        match &self.filer {
            Filer::Counter { account: typist, office } => {
                typist == account || role.works_on(office.as_deref(), None)
            }
            Filer::Applicant | Filer::Delegate(_) => false,
        }
    }

    /// Whether `who` may do `verb`, the verb's own conditions apart.
    pub(crate) fn allows(&self, who: &Subject, verb: Verb) -> Result<(), AccessRefusal> {
        if self.seen_by(who) == Sight::Nothing {
            return Err(AccessRefusal::Unknown { kind: Self::KIND });
        }
        let (kind, name) = (Self::KIND, verb.name());
        let does: Vec<&Role> =
            who.roles.iter().filter(|role| self.allows_as(role, who, verb)).collect();
        if does.is_empty() {
            return Err(AccessRefusal::NotTheirs { kind, verb: name });
        }
        // To abstain is what somebody with an interest has to do.
        let conflicts = |role: &&Role| match role {
            Role::Operator { account, .. } | Role::OfficeHead { account, .. } => {
                verb != Verb::Abstain && self.conflicts(who, account)
            }
            _ => false,
        };
        if does.iter().all(conflicts) {
            return Err(AccessRefusal::Conflict { kind, verb: name });
        }
        Ok(())
    }

    fn allows_as(&self, role: &Role, who: &Subject, verb: Verb) -> bool {
        if self.seen_as(role, who) == Sight::Nothing {
            return false;
        }
        let has_side = verb.by().iter().any(|side| role.is(*side));
        match role {
            // A reader reads. What a mandate does not hold, the verb itself refuses.
            Role::Citizen { person } if self.speaks(*person, who.day).is_err() => {
                verb == Verb::MarkRead
            }
            // At the counter, an official does for the applicant what the applicant could; the
            // verb itself asks for the signed request.
            Role::Operator { .. } | Role::OfficeHead { .. } => has_side || verb.is_applicants(),
            _ => has_side,
        }
    }

    /// The practice as `who` sees it: without private notes, for whoever sees none.
    pub(crate) fn as_seen_by(&self, who: &Subject) -> Option<Cow<'_, Self>> {
        match self.seen_by(who) {
            Sight::Nothing => None,
            Sight::WithoutNotes => Some(self.without_notes()),
            Sight::Everything => Some(Cow::Borrowed(self)),
        }
    }

    /// The practice without private notes. Messages are numbered anew, so that no gap tells of one.
    pub(crate) fn without_notes(&self) -> Cow<'_, Self> {
        if self.messages.iter().all(|message| message.audience == Audience::Everyone) {
            return Cow::Borrowed(self);
        }
        let mut seen = self.clone();
        seen.messages.retain(|message| message.audience == Audience::Everyone);
        for (message, number) in seen.messages.iter_mut().zip(1..) {
            message.number = number;
        }
        Cow::Owned(seen)
    }

    /// The number that the message has for whoever sees no private notes; `None` for a note.
    pub(crate) fn number_without_notes(&self, number: u32) -> Option<u32> {
        let open = self.messages.iter().filter(|message| message.audience == Audience::Everyone);
        (1..).zip(open).find(|(_, message)| message.number == number).map(|(number, _)| number)
    }

    /// The event as `who` sees it: whoever sees no private notes finds messages numbered without
    /// them.
    pub(crate) fn event_as_seen_by(&self, who: &Subject, event: Event) -> Option<Event> {
        if !self.lets_know(who, &event) {
            return None;
        }
        let mut event = event;
        if let (Sight::WithoutNotes, Event::Written(Written { number, .. }))
        | (Sight::WithoutNotes, Event::MessageRead(MessageRead { number, .. })) =
            (self.seen_by(who), &mut event)
        {
            *number = self.number_without_notes(*number)?;
        }
        Some(event)
    }

    /// Whether `who` may know of `event`: whoever sees no private notes does not see that one was
    /// written or read either.
    pub(crate) fn lets_know(&self, who: &Subject, event: &Event) -> bool {
        match self.seen_by(who) {
            Sight::Nothing => false,
            Sight::Everything => true,
            Sight::WithoutNotes => match event {
                Event::Written(written) => written.audience == Audience::Everyone,
                Event::MessageRead(read) => self.messages.iter().any(|message| {
                    message.number == read.number && message.audience == Audience::Everyone
                }),
                _ => true,
            },
        }
    }
}

/// Whether `who` sees every practice there can be in the bucket.
pub(crate) fn sees_whole(who: &Subject, list: &str, bucket: &str) -> bool {
    let is = |known: List| known.name == list;
    if is(STATE) {
        return match service_and_state(bucket) {
            Some((_, State::Draft | State::Expired)) => who.roles.contains(&Role::System),
            Some((service, _)) => sees_all_of(who, None, Some(service)),
            None => false,
        };
    }
    if is(ASSIGNED) {
        let Some(name) = bucket.strip_prefix(ACCOUNT_BUCKET) else { return false };
        let sees = |role: &Role| match role {
            Role::Auditor | Role::System => true,
            Role::Operator { account, .. } | Role::OfficeHead { account, .. } => account == name,
            _ => false,
        };
        return who.roles.iter().any(sees);
    }
    // No draft is in any of them.
    if [DUE, OFFICE, UNASSIGNED, WAITING, SURPLUS].into_iter().any(is) {
        let (office, service) =
            (bucket.strip_prefix(OFFICE_BUCKET), bucket.strip_prefix(SERVICE_BUCKET));
        return (office.is_some() || service.is_some()) && sees_all_of(who, office, service);
    }
    false
}

/// Whether `who` sees every submitted practice of the office or the service.
fn sees_all_of(who: &Subject, office: Option<&str>, service: Option<&str>) -> bool {
    let sees = |role: &Role| {
        matches!(role, Role::Auditor | Role::System) || role.works_on(office, service)
    };
    who.roles.iter().any(sees)
}
