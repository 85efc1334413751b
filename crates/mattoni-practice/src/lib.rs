//! The life of a practice (*pratica*, *istanza*): from a citizen's draft to the ente's answer.
//!
//! Pure: no I/O, no clock, no randomness. A verb takes the practice by reference, and the time and
//! the person as an [`Act`](mattoni_core::Act). It returns the [`Event`] to record, or a refusal of
//! its own type that says everything that stands in the way.
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use chrono::NaiveDate;
//! use mattoni_core::calendar::LegalCalendar;
//! use mattoni_core::value::Value;
//! use mattoni_core::{Act, Actor, Aggregate, Id, Person, Refusal};
//! use mattoni_practice::{
//!     Assignee, Decision, Document, Opening, Practice, Procedure, Saving, ServiceRef, State, Step,
//! };
//!
//! let born_on = NaiveDate::from_ymd_opt(1980, 1, 1).unwrap();
//! let maria = Person {
//!     id: Id::from_u128(1),
//!     fiscal_code: "RSSMRA80A41H501Y".parse()?,
//!     given_name: "Maria".into(),
//!     family_name: "Rossi".into(),
//!     born_on,
//! };
//! let at = "2026-09-04T08:00:00Z".parse()?;
//! let citizen = Act::new(at, Actor::Citizen(maria.id));
//! let office = Act::new(at, Actor::Operator("anna.bianchi".into()));
//! let calendar = LegalCalendar::national();
//!
//! // A draft, under the rules of the day.
//! let procedure = Procedure::new(30).with_step(Step::new("famiglia", ["isee"], ["note"]));
//! let service = ServiceRef::new("nido", 1);
//! let opening = Opening::new(Id::from_u128(7), "c_f051".parse()?, service, procedure, maria);
//! let opened = Practice::open_draft(&citizen, opening)?;
//! let mut practice = Practice::open(&opened).expect("opened by its first event");
//!
//! // It cannot be sent yet, and says why.
//! let refused = practice.submit(&citizen, practice.summary().digest(), &calendar).unwrap_err();
//! assert_eq!(refused.problems().iter().next().unwrap().code, "practice.submit.missing");
//!
//! // Answers, summary, submission: from now on the last day for the answer is known.
//! let answers = BTreeMap::from([("isee".to_owned(), Value::Integer(9000))]);
//! practice.apply(&practice.save(&citizen, Saving::set(answers))?);
//! practice.apply(&practice.submit(&citizen, practice.summary().digest(), &calendar)?);
//! assert_eq!(practice.due().unwrap().on.to_string(), "2026-10-05");
//!
//! // The office numbers it, takes it in charge, answers.
//! practice.apply(&practice.register(&office, Document::Application, "2026/0000123")?);
//! practice.apply(&practice.take_in_charge(&office, Assignee::office("scuola"))?);
//! practice.apply(&practice.accept(&office, Decision::new("ha i requisiti"))?);
//! assert_eq!(practice.state(), State::Accepted);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The life of the thing
//! [`State`] names where a practice stands, and [`Verb`] what can be done with it. [`after`] says
//! which verb leads where. Verbs, tests and `docs/practice-states.md` are made from that one table.
//! A practice carries the [`Procedure`] it was opened under and stays under it.
//!
//! [`brick`] hands the shell everything it needs to know about practices: lists ([`lists`]),
//! rights, orders to other bricks ([`PracticeOrder`]), personal data, retention, files, the
//! clock's work. What a service adds to the orders of every practice stands in
//! [`Procedure::follows`] as data. [`Screen`] and [`Query`] are the questions that people ask of
//! practices, [`bulk::Selection`] says which ones a bulk verb is for, [`Relations`] which practice
//! stands under which.
//!
//! # What this crate does not do
//! It does not know the form's types: `mattoni-service` checks answers before they come here. It
//! does not store (`mattoni-store`), give numbers of the register, send messages or make debts: it
//! orders them. It does not compute points (`mattoni-rules`) or rank (`mattoni-ranking`), and does
//! not run bulk verbs: the shell does. It does not know which official may do what inside a verb:
//! a verb holds the law and keeps citizens to their side. Ask
//! [`Record::may`](mattoni_core::record::Record::may) first.
//!
//! `docs/practice.md` explains all of it to officials, with a picture of the states.
#![forbid(unsafe_code)]

// Verbs come first: rustdoc shows the methods of `Practice` in this order.
mod verbs;

mod access;
mod annulment;
mod assessment;
mod attachment;
pub mod bulk;
mod bulk_decision;
mod clock;
mod condition;
mod contents;
mod disclosure;
mod document;
mod event;
mod json;
pub mod lists;
mod mandate;
mod orders;
mod paper;
mod particulars;
mod people;
mod picture;
mod practice;
mod procedure;
mod questions;
mod record;
mod refusal;
mod relations;
mod reminder;
mod room;
mod row;
mod standing;
mod state;
mod summary;
mod template;
mod transitions;

pub use annulment::{ANNULMENT_LIMITS, AnnulmentLimit, annul_by};
pub use assessment::{
    AmountPart, Assessment, CriterionPoints, FieldCheck, Objection, PluginRef, RequirementMet,
    RuleAnswer,
};
pub use attachment::{Attachment, AttachmentBar, AttachmentLimits};
pub use bulk_decision::BulkDecision;
pub use clock::{Chore, REMINDER_DAYS};
pub use condition::{Comparison, Condition};
pub use contents::{
    Answer, Asked, Audience, Decision, Demand, GrantedAmount, Integration, IntegrationAnswer,
    IntegrationEnd, Message, Notice, Observations, Owed, Payment, RecordedDecision,
    RevocationGround, StateChange, StepProgress, Surplus, SurplusEnd,
};
pub use document::{Document, Registration};
pub use event::{Event, Verb};
pub use mandate::{Mandate, MandateBar, MandateKind, WithdrawalRight};
pub use orders::{PracticeOrder, read_register};
pub use paper::Paper;
pub use people::{Assignee, Filer, Party, PartyRole, ServiceRef};
pub use picture::picture;
pub use practice::Practice;
pub use procedure::{
    DRAFT_PERIOD_AT_LEAST, EXPIRY_NOTICE_DAYS, Fee, Flow, Follow, FollowOrder, Nature, Permission,
    Procedure, Registering, Step, When,
};
pub use questions::{Query, Screen, Within};
pub use record::{SERVICE_GUARD, brick};
pub use refusal::{NotTheirs, NotTheirsBecause, WrongState};
pub use relations::{Branch, LinkRefusal, Relations};
pub use reminder::{Reminder, ReminderEvent, ReminderOrder};
pub use room::{
    Full, LARGEST_ACT, MOST_FILES, MOST_MESSAGES, MOST_PARENTS, MOST_PEOPLE, NoRoom,
    ROOM_FOR_ANSWERS, ROOM_FOR_APPLICANT, ROOM_FOR_OFFICE,
};
pub use row::{PracticeRow, RowApplicant};
pub use state::State;
pub use summary::{Summary, SummaryStep};
pub use template::Template;
pub use transitions::{after, transitions};
pub use verbs::{
    AbstainRefusal, Abstained, AcceptRefusal, Accepted, AddPartyRefusal, Admission, AnswerBar,
    AnswerIntegrationRefusal, AnswerNoticeRefusal, AssessRefusal, Assessed, AttachRefusal,
    Attached, CancelIntegrationRefusal, CancelPaymentRefusal, ContactsUpdated, DelegateRefusal,
    Delegated, DelegationBar, DelegationRevoked, DetachRefusal, Detached, ExpireRefusal, Expired,
    ExpiryWarned, ExtendTermRefusal, ExtensionBar, GiveNoticeRefusal, IntegrationAnswered,
    IntegrationCancelled, IntegrationLapsed, IntegrationRequested, LapseIntegrationRefusal,
    MarkReadRefusal, MessageRead, NoteRefusal, NoticeAnswered, NoticeGiven, OpenRefusal, Opened,
    Opening, PartyAdded, PartyRemoved, PaymentCancelled, PaymentRecorded, PaymentRequested,
    RecordPaymentRefusal, RecountRefusal, RefundRefusal, Refunded, RegisterRefusal, Registered,
    RejectBar, RejectRefusal, Rejected, RelateRefusal, Related, RemovePartyRefusal, ReopenRefusal,
    Reopened, RequestBar, RequestIntegrationRefusal, RequestPaymentRefusal, RevocationBar,
    RevokeDelegationRefusal, RevokeRefusal, Revoked, SaveRefusal, Saved, Saving, SubmitBar,
    SubmitRefusal, Submitted, TakeInChargeRefusal, TakeUpRefusal, TakenInCharge, Taking,
    TermExtended, TermRecounted, UpdateContactsRefusal, WarnOfExpiryRefusal, WithdrawRefusal,
    WithdrawalBar, Withdrawn, WriteRefusal, Written,
};
