//! What can be done with a practice, and what can happen to it: verbs and events in one table.

use mattoni_core::Act;
use mattoni_core::record::{Personal, Side, Verb as _};
use serde::{Deserialize, Serialize};

use crate::verbs::*;
use crate::{Audience, Practice};

mattoni_core::verbs! {
    /// Something that can be done with a practice.
    ///
    /// Its sides ([`by`](mattoni_core::record::Verb::by)) are the rights of roles; see
    /// [`Record::may`](mattoni_core::record::Record::may). [`after`](crate::after) says in which
    /// state it is possible, and where it leads.
    pub enum Verb;
    /// Something that happened to a practice, as it is stored for good.
    ///
    /// In JSON the name stands in the field `event`. A change that old readers could not follow
    /// gets a new name (`practice.submitted.v2`); the old one stays readable.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
    #[non_exhaustive]
    pub enum Event;

    /// A draft was opened.
    begin Opened(Opened) = "practice.opened", "bozza aperta";
    /// Put answers into the draft.
    verb Save "save", "compilazione", [Citizen] =>
    /// Answers were put into the draft.
    Saved(Saved) = "practice.saved", "risposte salvate";
    /// Add a file.
    verb Attach "attach", "aggiunta di un allegato", [Citizen, Office] =>
    /// A file was added.
    Attached(Attached) = "practice.attached", "allegato aggiunto";
    /// Take a file out of the draft.
    verb Detach "detach", "rimozione di un allegato", [Citizen] =>
    /// A file was taken out of the draft.
    Detached(Detached) = "practice.detached", "allegato tolto";
    /// Name another person on the practice.
    verb AddParty "add-party", "aggiunta di una persona", [Citizen, Office] =>
    /// Another person was named.
    PartyAdded(PartyAdded) = "practice.party-added", "persona aggiunta";
    /// Take a person off the practice.
    verb RemoveParty "remove-party", "rimozione di una persona", [Citizen, Office] =>
    /// A person was taken off.
    PartyRemoved(PartyRemoved) = "practice.party-removed", "persona tolta";
    /// Give somebody a mandate (*delega*).
    verb Delegate "delegate", "delega", [Citizen] =>
    /// Somebody was given a mandate.
    Delegated(Delegated) = "practice.delegated", "delega data";
    /// Revoke somebody's mandate (*revoca della delega*).
    verb RevokeDelegation "revoke-delegation", "revoca della delega", [Citizen] =>
    /// Somebody's mandate was revoked.
    DelegationRevoked(DelegationRevoked) = "practice.delegation-revoked", "delega revocata";
    /// Change how the applicant is reached (*recapiti*).
    verb UpdateContacts "update-contacts", "aggiornamento dei recapiti", [Citizen] =>
    /// How the applicant is reached was changed.
    ContactsUpdated(ContactsUpdated) = "practice.contacts-updated", "recapiti aggiornati";
    /// Send the draft (*invio*).
    verb Submit "submit", "invio", [Citizen] =>
    /// The draft was sent.
    Submitted(Submitted) = "practice.submitted", "inviata";
    /// Note a number of the register (*protocollo*).
    verb Register "register", "protocollazione", [Office, System] =>
    /// A number of the register was noted.
    Registered(Registered) = "practice.registered", "numero di protocollo assegnato";
    /// Take in charge, or hand on to someone else (*presa in carico*, *riassegnazione*).
    verb TakeInCharge "take-in-charge", "presa in carico", [Office] =>
    /// An office or a person took it, or it was handed on.
    TakenInCharge(TakenInCharge) = "practice.taken-in-charge", "presa in carico";
    /// Abstain, because of an interest of one's own (*astensione*).
    verb Abstain "abstain", "astensione", [Office] =>
    /// An official abstained.
    Abstained(Abstained) = "practice.abstained", "astensione dichiarata";
    /// Ask for what is missing (*richiesta di integrazione*).
    verb RequestIntegration "request-integration", "richiesta di integrazione", [Office] =>
    /// Something missing was asked for.
    IntegrationRequested(IntegrationRequested) =
        "practice.integration-requested", "integrazione chiesta";
    /// Give what was asked for.
    verb AnswerIntegration "answer-integration", "risposta alla richiesta", [Citizen] =>
    /// What was missing was given.
    IntegrationAnswered(IntegrationAnswered) =
        "practice.integration-answered", "integrazione inviata";
    /// Take the request back.
    verb CancelIntegration "cancel-integration", "annullamento della richiesta", [Office] =>
    /// The request was taken back.
    IntegrationCancelled(IntegrationCancelled) =
        "practice.integration-cancelled", "richiesta di integrazione annullata";
    /// Go on without the answer, its day having passed.
    verb LapseIntegration "lapse-integration", "decorso del tempo", [Office, System] =>
    /// The request's last day passed.
    IntegrationLapsed(IntegrationLapsed) =
        "practice.integration-lapsed", "tempo per l'integrazione decorso";
    /// Note what the rules answered.
    verb Assess "assess", "valutazione delle regole", [Office, System] =>
    /// The rules answered.
    Assessed(Assessed) = "practice.assessed", "valutata dalle regole";
    /// Ask for a deferred payment.
    verb RequestPayment "request-payment", "richiesta di pagamento", [Office] =>
    /// A deferred payment was asked for.
    PaymentRequested(PaymentRequested) = "practice.payment-requested", "pagamento chiesto";
    /// Note how a payment went.
    verb RecordPayment "record-payment", "esito del pagamento", [Office, System] =>
    /// A payment went well or failed.
    PaymentRecorded(PaymentRecorded) =
        "practice.payment-recorded", "esito del pagamento annotato";
    /// Take the request for payment back.
    verb CancelPayment "cancel-payment", "annullamento del pagamento", [Office] =>
    /// The request for payment was taken back.
    PaymentCancelled(PaymentCancelled) =
        "practice.payment-cancelled", "richiesta di pagamento annullata";
    /// Note that money which was not owed is given back (*rimborso*).
    verb Refund "refund", "rimborso", [Office] =>
    /// Money that was not owed is given back.
    Refunded(Refunded) = "practice.refunded", "rimborso deciso";
    /// Make the term longer, where a law allows it (*proroga*).
    verb ExtendTerm "extend-term", "proroga del termine", [Head] =>
    /// The term was made longer.
    TermExtended(TermExtended) = "practice.term-extended", "termine prorogato";
    /// Count the term by another calendar (*ricalcolo del termine*).
    verb Recount "recount", "ricalcolo del termine", [System] =>
    /// The term was counted by another calendar.
    TermRecounted(TermRecounted) =
        "practice.term-recounted", "termine ricontato: il calendario dell'ente è cambiato";
    /// Give the reasons against before rejecting (*preavviso di rigetto*).
    verb GiveNotice "give-notice", "preavviso di rigetto", [Office] =>
    /// The reasons against were given.
    NoticeGiven(NoticeGiven) = "practice.notice-given", "preavviso di rigetto inviato";
    /// Make observations on the notice (*osservazioni*).
    verb AnswerNotice "answer-notice", "osservazioni", [Citizen] =>
    /// Observations were made.
    NoticeAnswered(NoticeAnswered) = "practice.notice-answered", "osservazioni presentate";
    /// Answer yes.
    verb Accept "accept", "accoglimento", [Office] =>
    /// The answer is yes.
    Accepted(Accepted) = "practice.accepted", "accolta";
    /// Answer no.
    verb Reject "reject", "rigetto", [Office] =>
    /// The answer is no.
    Rejected(Rejected) = "practice.rejected", "respinta";
    /// Take the practice back (*ritiro*).
    verb Withdraw "withdraw", "ritiro", [Citizen] =>
    /// The applicant took it back.
    Withdrawn(Withdrawn) = "practice.withdrawn", "ritirata";
    /// Examine again (*riesame*).
    verb Reopen "reopen", "riapertura", [Head] =>
    /// It is examined again.
    Reopened(Reopened) = "practice.reopened", "riaperta";
    /// Take an acceptance back (*revoca*, *annullamento*).
    verb Revoke "revoke", "revoca o annullamento", [Head] =>
    /// The acceptance was taken back.
    Revoked(Revoked) = "practice.revoked", "revocata o annullata";
    /// Warn that the draft will expire.
    verb WarnOfExpiry "warn-of-expiry", "avviso di scadenza", [System] =>
    /// The owner of the draft was warned.
    ExpiryWarned(ExpiryWarned) = "practice.expiry-warned", "avviso di scadenza inviato";
    /// Let the draft expire.
    verb Expire "expire", "scadenza", [System] =>
    /// The draft expired.
    Expired(Expired) = "practice.expired", "scaduta";
    /// Write a message that both sides see.
    verb Write "write", "messaggio", [Citizen, Office] => Written;
    /// Write a private note of the office.
    verb Note "note", "nota privata", [Office] => Written;
    /// A message or a private note was written.
    event Written(Written) = "practice.written", "messaggio o nota", |written| match written.audience {
        Audience::Everyone => Verb::Write,
        Audience::Office => Verb::Note,
    };
    /// Mark a message as read.
    verb MarkRead "mark-read", "presa visione", [Citizen, Office] =>
    /// A message was read.
    MessageRead(MessageRead) = "practice.message-read", "messaggio letto";
    /// Put the practice under another.
    verb Relate "relate", "collegamento", [Citizen, Office] =>
    /// It was put under another practice.
    Related(Related) = "practice.related", "collegata";
}

impl Verb {
    /// Whether the applicant's side does it: the applicant, their delegate, who applies with
    /// them, or an official who types for them at the counter.
    #[must_use]
    pub fn is_applicants(self) -> bool {
        self.by().contains(&Side::Citizen)
    }
}

/// What is the same for each event. The matches are exhaustive: an event that is missing here
/// does not compile.
macro_rules! for_each_event {
    ($($variant:ident)*) => {
        $(impl From<$variant> for Event {
            fn from(event: $variant) -> Self {
                Self::$variant(event)
            }
        })*

        impl Event {
            /// When it happened, and who did it.
            #[must_use]
            pub fn act(&self) -> &Act {
                match self {
                    $(Self::$variant(event) => &event.act,)*
                }
            }

            pub(crate) fn apply_to(&self, practice: &mut Practice) {
                match self {
                    $(Self::$variant(event) => event.apply_to(practice),)*
                }
                practice.papers.extend(self.act().paper());
            }
        }
    };
}

for_each_event! {
    Opened Saved Attached Detached PartyAdded PartyRemoved Delegated DelegationRevoked
    ContactsUpdated Submitted Registered TakenInCharge Abstained
    IntegrationRequested IntegrationAnswered IntegrationCancelled IntegrationLapsed Assessed
    PaymentRequested PaymentRecorded PaymentCancelled Refunded TermExtended TermRecounted NoticeGiven NoticeAnswered
    Accepted Rejected Withdrawn Reopened Revoked ExpiryWarned Expired Written MessageRead Related
}
