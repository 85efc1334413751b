//! The practice itself.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use mattoni_core::calendar::{Due, Term};
use mattoni_core::record::Personal;
use mattoni_core::value::Value;
use mattoni_core::{Act, Actor, Aggregate, Contacts, Digest, EnteId, Id, Person, RuleWorld};

use crate::refusal::WrongState;
use crate::transitions::after;
use crate::{
    Assessment, Assignee, Attachment, Demand, Document, Event, Fee, Filer, Integration,
    IntegrationEnd, Mandate, Message, Notice, Objection, Opened, Party, Payment, Procedure,
    RecordedDecision, Registration, ServiceRef, State, StateChange, Step, StepProgress, Surplus,
    SurplusEnd, Verb,
};

/// One citizen's practice (*pratica*, *istanza*), from draft to outcome.
///
/// Changed only by its events. Every verb is a method that returns the [`Event`] to record, or that
/// verb's refusal.
///
/// In the examples `draft`, `submitted`, `registered`, `in_charge` and `accepted` are practices in
/// these states. `citizen`, `office` and `system` are acts of the applicant, of an official and of
/// the software.
#[derive(Debug, Clone, PartialEq, Eq, Personal)]
pub struct Practice {
    pub(crate) id: Id<Practice>,
    pub(crate) ente: EnteId,
    pub(crate) service: ServiceRef,
    pub(crate) procedure: Procedure,
    pub(crate) applicant: Person,
    pub(crate) beneficiary: Option<Person>,
    pub(crate) filer: Filer,
    pub(crate) parties: Vec<Party>,
    pub(crate) mandates: Vec<Mandate>,
    pub(crate) contacts: Option<Contacts>,
    /// Papers that acts on behalf of others name.
    pub(crate) papers: BTreeSet<Digest>,
    /// Accounts of officials who abstain.
    #[not_personal]
    pub(crate) abstained: BTreeSet<String>,
    pub(crate) state: State,
    pub(crate) changes: Vec<StateChange>,
    pub(crate) touched_at: DateTime<Utc>,
    pub(crate) warned_at: Option<DateTime<Utc>>,
    #[personal(keys("child_" = "beneficiary", "beneficiary_" = "beneficiary"))]
    pub(crate) answers: BTreeMap<String, Value>,
    pub(crate) attachments: Vec<Attachment>,
    /// The digest of the summary, while there is a draft to submit. Worked out when the draft
    /// changes, because it takes many times as long as all else that `submit` decides.
    #[personal(erased = "null")]
    pub(crate) summed: Option<Digest>,
    pub(crate) registrations: Vec<Registration>,
    pub(crate) term: Option<Term>,
    pub(crate) due: Option<Due>,
    pub(crate) extensions: u32,
    pub(crate) assignee: Option<Assignee>,
    pub(crate) integrations: Vec<Integration>,
    pub(crate) assessments: Vec<Assessment>,
    pub(crate) demand: Option<Demand>,
    pub(crate) payments: Vec<Payment>,
    pub(crate) surplus: Vec<Surplus>,
    pub(crate) notice: Option<Notice>,
    pub(crate) outcomes: Vec<RecordedDecision>,
    pub(crate) messages: Vec<Message>,
    pub(crate) parents: BTreeSet<Id<Practice>>,
    pub(crate) continues: Option<Id<Practice>>,
}

impl Practice {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> Id<Self> {
        self.id
    }

    /// The ente it is for.
    #[must_use]
    pub fn ente(&self) -> &EnteId {
        &self.ente
    }

    /// The service, in the version it was opened under.
    #[must_use]
    pub fn service(&self) -> &ServiceRef {
        &self.service
    }

    /// The rules it was opened under.
    #[must_use]
    pub fn procedure(&self) -> &Procedure {
        &self.procedure
    }

    /// Whose practice it is (*richiedente*).
    #[must_use]
    pub fn applicant(&self) -> &Person {
        &self.applicant
    }

    /// Whom it benefits, when that is someone else: the child (*beneficiario*).
    #[must_use]
    pub fn beneficiary(&self) -> Option<&Person> {
        self.beneficiary.as_ref()
    }

    /// Who filled it in.
    #[must_use]
    pub fn filer(&self) -> &Filer {
        &self.filer
    }

    /// Other people on it.
    #[must_use]
    pub fn parties(&self) -> &[Party] {
        &self.parties
    }

    /// How the applicant's side is reached.
    #[must_use]
    pub fn contacts(&self) -> Option<&Contacts> {
        self.contacts.as_ref()
    }

    /// Accounts of the officials who abstain (L. 241/1990, art. 6-bis).
    #[must_use]
    pub fn abstained(&self) -> &BTreeSet<String> {
        &self.abstained
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// Every state it came into, in order; the first is the draft.
    #[must_use]
    pub fn changes(&self) -> &[StateChange] {
        &self.changes
    }

    /// When it was submitted, once it was.
    #[must_use]
    pub fn submitted_at(&self) -> Option<DateTime<Utc>> {
        self.changes.iter().find(|c| c.to == State::Submitted).map(|c| c.act.at)
    }

    /// When its applicant last worked on the draft.
    #[must_use]
    pub fn touched_at(&self) -> DateTime<Utc> {
        self.touched_at
    }

    /// What the form holds.
    #[must_use]
    pub fn answers(&self) -> &BTreeMap<String, Value> {
        &self.answers
    }

    /// Its files.
    #[must_use]
    pub fn attachments(&self) -> &[Attachment] {
        &self.attachments
    }

    /// Every number of the register it has.
    #[must_use]
    pub fn registrations(&self) -> &[Registration] {
        &self.registrations
    }

    /// Its own number in the register (*numero di protocollo*).
    #[must_use]
    pub fn protocol_number(&self) -> Option<&str> {
        self.registered(Document::Application)
    }

    /// The last day for the answer with its reasons: known from submission on, and kept as the
    /// applicant was given it. While they are asked for something, the latest day it can
    /// come to.
    #[must_use]
    pub fn due(&self) -> Option<&Due> {
        self.due.as_ref()
    }

    /// Who examines it.
    #[must_use]
    pub fn assignee(&self) -> Option<&Assignee> {
        self.assignee.as_ref()
    }

    /// Every request for integration.
    #[must_use]
    pub fn integrations(&self) -> &[Integration] {
        &self.integrations
    }

    /// The request for integration that awaits its answer.
    #[must_use]
    pub fn open_integration(&self) -> Option<&Integration> {
        self.integrations.last().filter(|i| i.end == IntegrationEnd::Open)
    }

    /// Every answer of the rules, in order.
    #[must_use]
    pub fn assessments(&self) -> &[Assessment] {
        &self.assessments
    }

    /// The latest points.
    #[must_use]
    pub fn assessment(&self) -> Option<&Assessment> {
        self.assessment_of(RuleWorld::Scoring)
    }

    /// The latest answer of a rule of this world.
    #[must_use]
    pub fn assessment_of(&self, world: RuleWorld) -> Option<&Assessment> {
        self.assessments.iter().rev().find(|assessment| assessment.world() == world)
    }

    /// What the rule on requirements proposes to reject it for; empty when it proposes nothing.
    /// The office decides: a proposal rejects nothing (L. 241/1990, art. 6; GDPR, art. 22).
    #[must_use]
    pub fn proposed_rejection(&self) -> Vec<Objection> {
        self.assessment_of(RuleWorld::Eligibility).map(Assessment::objections).unwrap_or_default()
    }

    /// The deferred payment the office is waiting for.
    #[must_use]
    pub fn demand(&self) -> Option<&Demand> {
        self.demand.as_ref()
    }

    /// How every payment went.
    #[must_use]
    pub fn payments(&self) -> &[Payment] {
        &self.payments
    }

    /// Receipts of money for which nothing was owed when it came.
    #[must_use]
    pub fn surplus(&self) -> &[Surplus] {
        &self.surplus
    }

    /// Those of them on which the office has yet to decide: refund, or reopening.
    pub fn open_surplus(&self) -> impl Iterator<Item = &Surplus> {
        self.surplus.iter().filter(|surplus| surplus.end == SurplusEnd::Open)
    }

    /// The notice before rejection.
    #[must_use]
    pub fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// Every answer it got; more than one when it was re-opened or revoked.
    #[must_use]
    pub fn outcomes(&self) -> &[RecordedDecision] {
        &self.outcomes
    }

    /// The answer that counts now; `None` while there is none, and after re-opening.
    #[must_use]
    pub fn outcome(&self) -> Option<&RecordedDecision> {
        let answered = matches!(self.state, State::Accepted | State::Rejected | State::Revoked);
        self.outcomes.last().filter(|_| answered)
    }

    /// Messages and private notes together. What a reader may see of them is decided by
    /// [`Record::shown_to`](mattoni_core::record::Record::shown_to).
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Practices it stands under.
    #[must_use]
    pub fn parents(&self) -> &BTreeSet<Id<Self>> {
        &self.parents
    }

    /// The expired draft that it goes on from: see [`take_up`](Self::take_up).
    #[must_use]
    pub fn continues(&self) -> Option<Id<Self>> {
        self.continues
    }

    /// How far each step of the form is filled in.
    #[must_use]
    pub fn progress(&self) -> Vec<StepProgress> {
        let held = |keys: &BTreeSet<String>| {
            let answer = |key: &&String| self.answers.get(*key).is_some_and(|a| !a.is_blank());
            keys.iter().filter(answer).count()
        };
        let papers = |step: &Step| {
            step.papers.iter().filter(|paper| paper.given(&self.attachments) >= paper.min).count()
        };
        self.procedure
            .steps
            .iter()
            .map(|step| StepProgress {
                step: step.name.clone(),
                answered: held(&step.required) + held(&step.optional) + papers(step),
                keys: step.required.len() + step.optional.len() + step.papers.len(),
                missing: step
                    .missing(&self.answers)
                    .chain(
                        step.missing_papers(&self.answers, &self.attachments)
                            .map(|paper| &paper.key),
                    )
                    .cloned()
                    .collect(),
            })
            .collect()
    }

    /// `Ok` when the verb is possible in this state at all.
    pub(crate) fn ready(&self, verb: Verb) -> Result<(), WrongState> {
        if after(verb, self.state).is_empty() {
            Err(WrongState { verb, state: self.state })
        } else {
            Ok(())
        }
    }

    /// The number of a document.
    pub(crate) fn registered(&self, document: Document) -> Option<&str> {
        let numbers = |of: Document| self.registrations.iter().filter(move |r| r.document == of);
        let again = match document {
            Document::Notice { number } => Some((Document::Notice { number: 1 }, number)),
            Document::Observations { number } => {
                Some((Document::Observations { number: 1 }, number))
            }
            Document::Withdrawal { number } => Some((Document::Withdrawal { number: 1 }, number)),
            _ => None,
        };
        // A second notice that was registered before notices were numbered stands as a first one.
        let unnumbered = again.filter(|(_, number)| *number > 1).and_then(|(first, number)| {
            numbers(first).nth(usize::try_from(number).unwrap_or(usize::MAX) - 1)
        });
        numbers(document).next().or(unnumbered).map(|r| r.number.as_str())
    }

    /// How often the practice came into a state: how many notices were given, how often it was
    /// withdrawn.
    pub(crate) fn times_in(&self, state: State) -> u32 {
        u32::try_from(self.changes.iter().filter(|c| c.to == state).count()).unwrap_or(u32::MAX)
    }

    /// What is owed now: what the office asked for, or the fee of a draft.
    pub(crate) fn owed(&self) -> Option<mattoni_core::Money> {
        match self.state {
            State::Draft => self.owed_before_submission(),
            state if state.is_final() => None,
            _ => self.demand.as_ref().map(|demand| demand.amount),
        }
    }

    /// What has to be paid before the draft can be submitted and hasn't been.
    pub(crate) fn owed_before_submission(&self) -> Option<mattoni_core::Money> {
        match self.procedure.fee {
            Fee::BeforeSubmission { amount } if !self.payments.iter().any(Payment::settles) => {
                Some(amount)
            }
            Fee::BeforeSubmission { .. } | Fee::None => None,
        }
    }

    /// The number the next thing in a list gets.
    pub(crate) fn next_number<T>(list: &[T]) -> u32 {
        u32::try_from(list.len()).unwrap_or(u32::MAX - 1) + 1
    }

    pub(crate) fn move_to(&mut self, state: State, act: &Act) {
        self.state = state;
        self.sum_up();
        self.changes.push(StateChange { to: state, act: act.clone() });
    }

    /// Whether the citizen's side acts, not the office or the software.
    pub(crate) fn is_citizen(act: &Act) -> bool {
        matches!(act.by, Actor::Citizen(_))
    }

    pub(crate) fn from_opened(event: &Opened) -> Self {
        let opening = event.opening.clone();
        let mut draft = Self {
            id: opening.id,
            ente: opening.ente,
            service: opening.service,
            procedure: opening.procedure,
            applicant: opening.applicant,
            beneficiary: opening.beneficiary,
            filer: opening.filer,
            parties: Vec::new(),
            mandates: Vec::new(),
            contacts: opening.contacts,
            papers: event.act.paper().into_iter().collect(),
            abstained: BTreeSet::new(),
            state: State::Draft,
            changes: vec![StateChange { to: State::Draft, act: event.act.clone() }],
            touched_at: event.act.at,
            warned_at: None,
            answers: BTreeMap::new(),
            attachments: Vec::new(),
            summed: None,
            registrations: Vec::new(),
            term: None,
            due: None,
            extensions: 0,
            assignee: None,
            integrations: Vec::new(),
            assessments: Vec::new(),
            demand: None,
            payments: Vec::new(),
            surplus: Vec::new(),
            notice: None,
            outcomes: Vec::new(),
            messages: Vec::new(),
            parents: BTreeSet::new(),
            continues: opening.continues,
        };
        draft.sum_up();
        draft
    }
}

impl Aggregate for Practice {
    const KIND: &'static str = "practice";
    type Event = Event;

    fn open(event: &Event) -> Option<Self> {
        match event {
            Event::Opened(opened) => Some(Self::from_opened(opened)),
            _ => None,
        }
    }

    fn apply(&mut self, event: &Event) {
        event.apply_to(self);
    }
}
