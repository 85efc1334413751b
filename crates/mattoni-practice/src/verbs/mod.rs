//! The verbs, one file a subject: what each needs, why it is refused, what it leaves behind.

// In the order of a practice's life, which rustdoc keeps. The lines between keep rustfmt from
// sorting them.
mod draft;

mod files;

mod parties;

mod delegate;

mod contacts;

mod submit;

mod register;

mod charge;

mod abstain;

mod integration;

mod assess;

mod payment;

mod refund;

mod extend;

mod recount;

mod notice;

mod decide;

mod withdraw;

mod reopen;

mod revoke;

mod expiry;

mod take_up;

mod message;

mod relate;

pub use abstain::{AbstainRefusal, Abstained};
pub use assess::{AssessRefusal, Assessed};
pub use charge::{TakeInChargeRefusal, TakenInCharge, Taking};
pub use contacts::{ContactsUpdated, UpdateContactsRefusal};
pub use decide::{AcceptRefusal, Accepted, RejectBar, RejectRefusal, Rejected};
pub use delegate::{
    DelegateRefusal, Delegated, DelegationBar, DelegationRevoked, RevokeDelegationRefusal,
};
pub use draft::{OpenRefusal, Opened, Opening, SaveRefusal, Saved, Saving};
pub use expiry::{ExpireRefusal, Expired, ExpiryWarned, WarnOfExpiryRefusal};
pub use extend::{ExtendTermRefusal, ExtensionBar, TermExtended};
pub use files::{AttachRefusal, Attached, DetachRefusal, Detached};
pub use integration::{
    AnswerBar, AnswerIntegrationRefusal, CancelIntegrationRefusal, IntegrationAnswered,
    IntegrationCancelled, IntegrationLapsed, IntegrationRequested, LapseIntegrationRefusal,
    RequestBar, RequestIntegrationRefusal,
};
pub use message::{MarkReadRefusal, MessageRead, NoteRefusal, WriteRefusal, Written};
pub use notice::{AnswerNoticeRefusal, GiveNoticeRefusal, NoticeAnswered, NoticeGiven};
pub use parties::{AddPartyRefusal, PartyAdded, PartyRemoved, RemovePartyRefusal};
pub use payment::{
    CancelPaymentRefusal, PaymentCancelled, PaymentRecorded, PaymentRequested,
    RecordPaymentRefusal, RequestPaymentRefusal,
};
pub use recount::{RecountRefusal, TermRecounted};
pub use refund::{RefundRefusal, Refunded};
pub use register::{RegisterRefusal, Registered};
pub use relate::{RelateRefusal, Related};
pub use reopen::{ReopenRefusal, Reopened};
pub use revoke::{RevocationBar, RevokeRefusal, Revoked};
pub use submit::{Admission, SubmitBar, SubmitRefusal, Submitted};
pub use take_up::TakeUpRefusal;
pub use withdraw::{WithdrawRefusal, WithdrawalBar, Withdrawn};
