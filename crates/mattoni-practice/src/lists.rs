//! The lists that practices stand in: their names, their buckets, and a practice's entries.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::record::{ERASED, List, ListEntry, PEOPLE, Projection, sort};
use mattoni_core::{DigestBuilder, Id, Person, search_words};

use crate::{Assignee, Practice, State};

/// Unique key: a number of the register.
pub const NUMBER: &str = "number";

/// Unique key: what makes two applications to a service the same. Its value is a digest of the
/// answers to [`Procedure::duplicate_key`](crate::Procedure); a store that seals keeps it keyed.
pub const APPLICATION: &str = "application";

/// Practices of a service in a state, in buckets of [`in_state`]; by when they were submitted, or
/// last touched while they are drafts. Its entries carry the row.
pub const STATE: List = List::plain("state");
/// Open practices by the last day for the answer, in buckets of [`service`] and [`office`]. Its
/// entries carry the row.
pub const DUE: List = List::plain("due");
/// Practices that an office has in charge, in buckets of [`office`]; by when they were submitted.
pub const OFFICE: List = List::plain("office");
/// Open practices that nobody has in charge, in buckets of [`service`]; by when they were
/// submitted. Its entries carry the row.
pub const UNASSIGNED: List = List::plain("unassigned");
/// Open practices that a person has in charge, in buckets of [`account`]; by the last day for the
/// answer, those without one last. Its entries carry the row.
pub const ASSIGNED: List = List::plain("assigned");
/// Open practices that wait for their applicant (an integration, a payment, observations), in
/// buckets of [`service`] and [`office`]; by when they were submitted. Its entries carry the row.
pub const WAITING: List = List::plain("waiting");
/// Practices for which money came that was not owed, and on which the office has yet to decide, in
/// buckets of [`service`] and [`office`]; by when it came. Its entries carry the row.
pub const SURPLUS: List = List::plain("surplus");
/// Practices that were submitted by each word of the applicant's name, in buckets of [`service`]
/// and [`office`].
pub const NAME: List = List::personal("name");

/// Every list that a practice stands in; the shell adds the one of the clock.
pub(crate) const LISTS: &[List] =
    &[STATE, PEOPLE, DUE, OFFICE, UNASSIGNED, ASSIGNED, WAITING, SURPLUS, NAME];

/// The bucket of a service's practices in a state.
///
/// ```
/// use mattoni_practice::State;
/// use mattoni_practice::lists::in_state;
///
/// assert_eq!(in_state("nido-2027", State::TakenInCharge), "nido-2027/taken-in-charge");
/// ```
#[must_use]
pub fn in_state(service: &str, state: State) -> String {
    format!("{service}/{state}")
}

/// The service and the state of a bucket of [`in_state`].
pub(crate) fn service_and_state(bucket: &str) -> Option<(&str, State)> {
    let (service, state) = bucket.rsplit_once('/')?;
    let state = State::ALL.into_iter().find(|known| known.name() == state)?;
    Some((service, state))
}

/// The bucket of a service's practices.
#[must_use]
pub fn service(code: &str) -> String {
    format!("{SERVICE_BUCKET}{code}")
}

/// The bucket of the practices that an office has in charge.
#[must_use]
pub fn office(code: &str) -> String {
    format!("{OFFICE_BUCKET}{code}")
}

/// The bucket of the practices that the holder of an account has in charge.
#[must_use]
pub fn account(name: &str) -> String {
    format!("{ACCOUNT_BUCKET}{name}")
}

/// How buckets of accounts begin.
pub(crate) const ACCOUNT_BUCKET: &str = "account/";
/// What stands after the last day there can be.
const NO_DAY: &str = "9999-99-99";
/// How buckets of services begin.
pub(crate) const SERVICE_BUCKET: &str = "service/";
/// How buckets of offices begin.
pub(crate) const OFFICE_BUCKET: &str = "office/";

/// The most words of a name by which somebody is found: a commit takes 256 entries, and each word
/// stands in the lists of the service and of the office.
const WORDS: usize = 16;

/// The words of a person's name.
pub(crate) fn words_of(person: &Person) -> Vec<String> {
    let mut words = search_words(&format!("{} {}", person.given_name, person.family_name));
    words.truncate(WORDS);
    words
}

impl Practice {
    /// When it was submitted, or last touched while it is a draft: what most lists are in order
    /// of.
    pub(crate) fn since(&self) -> DateTime<Utc> {
        self.submitted_at().unwrap_or(self.touched_at)
    }

    /// The last day for the answer, while there is one to be given.
    pub(crate) fn open_until(&self) -> Option<NaiveDate> {
        self.due.as_ref().filter(|_| !self.state.is_final() && !self.is_draft()).map(|due| due.on)
    }

    /// Whether it was never submitted: a draft, open or expired.
    pub(crate) fn is_draft(&self) -> bool {
        matches!(self.state, State::Draft | State::Expired)
    }

    /// Everyone who is on it: applicant, delegates, who applies with them, who may read it. A
    /// delegate whose mandate is over stays on it, and sees it no more.
    pub(crate) fn people(&self) -> BTreeSet<Id<Person>> {
        let delegates = self.mandates().map(|mandate| mandate.person.id);
        let parties = self.parties.iter().map(|party| party.person.id);
        parties.chain(delegates).chain([self.applicant.id]).collect()
    }

    /// What this application has in common with another one for the same thing, `None` where its
    /// service has no such key, an answer to it is missing, or was erased.
    #[must_use]
    pub fn application_key(&self) -> Option<String> {
        let keys = &self.procedure.duplicate_key;
        let mut digest = DigestBuilder::new("mattoni.application.v1");
        digest = digest.field(self.service.code.as_bytes());
        for key in keys {
            let answer = self.answers.get(key)?.to_string().trim().to_uppercase();
            if answer == ERASED.to_uppercase() {
                return None;
            }
            digest = digest.field(answer.as_bytes());
        }
        (!keys.is_empty()).then(|| digest.finish().to_string())
    }

    /// Whether no other application for the same thing may be submitted.
    fn keeps_others_out(&self) -> bool {
        !self.is_draft()
            && !matches!(self.state, State::Withdrawn | State::Rejected | State::Revoked)
    }

    /// Where it stands in the lists of open work, once it is submitted.
    fn work_entries(&self, since: &str, due: Option<&str>) -> Vec<ListEntry> {
        if self.state.is_final() {
            return Vec::new();
        }
        let with_whom = match &self.assignee {
            Some(Assignee::Official { account: name, .. }) => {
                Some(ListEntry::new(ASSIGNED, account(name), due.unwrap_or(NO_DAY)))
            }
            Some(Assignee::Office { .. }) => None,
            None => Some(ListEntry::new(UNASSIGNED, service(&self.service.code), since)),
        };
        let with_whom = with_whom.map(ListEntry::with_row);
        with_whom.into_iter().chain(self.waiting_entries(since)).collect()
    }

    /// Where it stands while it waits for its applicant.
    fn waiting_entries(&self, since: &str) -> Vec<ListEntry> {
        if !self.waits_for_applicant() {
            return Vec::new();
        }
        let in_charge = self.assignee.as_ref().map(|assignee| office(assignee.office_code()));
        let buckets = [service(&self.service.code)].into_iter().chain(in_charge);
        buckets.map(|bucket| ListEntry::new(WAITING, bucket, since).with_row()).collect()
    }

    /// Whether the next step is the applicant's: the ente asked for something, or gave notice.
    #[must_use]
    pub fn waits_for_applicant(&self) -> bool {
        matches!(
            self.state,
            State::AwaitingIntegration | State::AwaitingPayment | State::NoticeGiven
        )
    }

    /// Unique keys and entries in lists.
    pub(crate) fn projected(&self) -> Projection {
        let (code, since) = (&self.service.code, sort::instant(self.since()));
        let mut people = self.people();
        // The dossier finds them there. They see no practice for it.
        people.extend(self.beneficiary.as_ref().map(|person| person.id));
        let mut projection = Projection::new()
            .entry(ListEntry::new(STATE, in_state(code, self.state), &since).with_row())
            .entries(people.iter().map(|who| ListEntry::new(PEOPLE, who.to_string(), &since)));
        for registration in &self.registrations {
            projection = projection.unique(NUMBER, &registration.number);
        }
        if self.is_draft() {
            return projection;
        }
        if let Some(key) = self.application_key().filter(|_| self.keeps_others_out()) {
            projection = projection.unique(APPLICATION, key);
        }
        let in_charge = self.assignee.as_ref().map(Assignee::office_code).map(office);
        if let Some(bucket) = &in_charge {
            projection = projection.entry(ListEntry::new(OFFICE, bucket, &since));
        }
        let due = self.open_until().map(sort::date);
        projection = projection.entries(self.work_entries(&since, due.as_deref()));
        let surplus = self.open_surplus().next().map(|open| sort::instant(open.recorded.at));
        let words = words_of(&self.applicant);
        for bucket in [service(code)].into_iter().chain(in_charge) {
            let due = due.iter().map(|due| ListEntry::new(DUE, &bucket, due).with_row());
            let surplus = surplus.iter().map(|at| ListEntry::new(SURPLUS, &bucket, at).with_row());
            let words = words.iter().map(|word| ListEntry::new(NAME, &bucket, word));
            projection = projection.entries(due).entries(surplus).entries(words);
        }
        projection
    }
}
