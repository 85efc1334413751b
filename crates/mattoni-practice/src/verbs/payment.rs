//! Payments: before submission, and deferred.

use mattoni_core::record::Personal;
use mattoni_core::text::is_blank;
use mattoni_core::{Act, Actor, Money, Problems, Refusal, RuleWorld};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, problem};
use crate::{
    AmountPart, Demand, Event, Owed, Payment, Practice, RuleAnswer, State, Surplus, SurplusEnd,
    Verb,
};

/// A deferred payment was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct PaymentRequested {
    /// When, and by whom.
    pub act: Act,
    /// How much.
    pub amount: Money,
    /// What for.
    #[personal]
    pub reason: String,
    /// What the amount is made of, where a tariff rule worked it out; reductions are below zero.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[personal]
    pub parts: Vec<AmountPart>,
}

impl PaymentRequested {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        let (amount, reason, asked) = (self.amount, self.reason.clone(), self.act.clone());
        let parts = self.parts.clone();
        practice.demand = Some(Demand { amount, reason, asked, parts });
        practice.move_to(State::AwaitingPayment, &self.act);
    }
}

/// Why no payment can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestPaymentRefusal {
    /// Not in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// Not more than nothing.
    #[error("the amount must be more than zero")]
    Amount,
    /// No reason is given.
    #[error("a reason must be given")]
    NoReason,
    /// No rule has worked out what is due.
    #[error("no tariff rule has worked out an amount")]
    NoTariff,
}

impl Refusal for RequestPaymentRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::Amount => ("amount", "amount", "give the amount"),
            Self::NoReason => ("no-reason", "reason", "say what the payment is for"),
            Self::NoTariff => ("no-tariff", "assessment", "ask the rule first, or give an amount"),
        };
        problem(Verb::RequestPayment, what, field, self.to_string(), remedy).into()
    }
}

/// A payment went well or failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct PaymentRecorded {
    /// When, and by whom.
    pub act: Act,
    /// How it went.
    pub payment: Payment,
    /// Whether it was owed.
    #[serde(default, skip_serializing_if = "Owed::is_yes")]
    pub owed: Owed,
}

impl PaymentRecorded {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.payments.push(self.payment.clone());
        if let (Payment::Paid { amount, reference }, Owed::No | Owed::Ended) =
            (&self.payment, self.owed)
        {
            practice.surplus.push(Surplus {
                amount: *amount,
                reference: reference.clone(),
                recorded: self.act.clone(),
                state: practice.state,
                end: SurplusEnd::Open,
            });
        } else if self.payment.settles() && practice.demand.take().is_some() {
            practice.move_to(State::TakenInCharge, &self.act);
        }
    }
}

/// Why a payment cannot be recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordPaymentRefusal {
    /// Not in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// Nothing is owed, or no longer, and no receipt says that money came.
    #[error("nothing is owed")]
    NothingOwed,
    /// Not more than nothing.
    #[error("the amount must be more than zero")]
    Amount,
    /// The receipt is on record with another amount.
    #[error("a receipt with this reference is on record, of {recorded} euro, not of {paid}")]
    OtherReceipt {
        /// The amount on record.
        recorded: Money,
        /// The amount that was given now.
        paid: Money,
    },
    /// Not the amount that is owed.
    #[error("{owed} euro are owed, {paid} were paid")]
    WrongAmount {
        /// What is owed.
        owed: Money,
        /// What was paid.
        paid: Money,
    },
    /// Only an official can vouch for a payment made some other way.
    #[error("only an official can say that it was settled otherwise")]
    NotAnOfficial,
    /// A reference, note or reason is empty.
    #[error("the reference, the note or the reason is empty")]
    NoGround,
}

impl Refusal for RecordPaymentRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::NothingOwed => ("nothing-owed", "payment", "look whether it belongs elsewhere"),
            Self::Amount => ("amount", "amount", "give the amount"),
            Self::OtherReceipt { .. } => {
                ("other-receipt", "reference", "look at the receipt; each has its own reference")
            }
            Self::WrongAmount { .. } => {
                ("wrong-amount", "amount", "record what was owed, refund or ask for the rest")
            }
            Self::NotAnOfficial => ("not-an-official", "payment", "ask the office"),
            Self::NoGround => ("no-ground", "payment", "fill it in"),
        };
        problem(Verb::RecordPayment, what, field, self.to_string(), remedy).into()
    }
}

/// The request for payment was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct PaymentCancelled {
    /// When, and by whom.
    pub act: Act,
    /// Why.
    #[personal]
    pub reason: String,
}

impl PaymentCancelled {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.demand = None;
        practice.move_to(State::TakenInCharge, &self.act);
    }
}

/// Why a request for payment cannot be taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CancelPaymentRefusal {
    /// Nothing was asked for.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// No reason is given.
    #[error("a reason must be given")]
    NoReason,
}

impl Refusal for CancelPaymentRefusal {
    fn problems(&self) -> Problems {
        match self {
            Self::WrongState(wrong) => wrong.problems(),
            Self::NotTheirs(not_theirs) => not_theirs.problems(),
            Self::NoReason => problem(
                Verb::CancelPayment,
                "no-reason",
                "reason",
                self.to_string(),
                "say why the payment is not needed",
            )
            .into(),
        }
    }
}

impl Practice {
    /// Asks for a payment in the course of the examination.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// practice.apply(&practice.request_payment(&office, Money::from_cents(1600), "bollo")?);
    /// assert_eq!(practice.state(), State::AwaitingPayment);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RequestPaymentRefusal`].
    pub fn request_payment(
        &self,
        act: &Act,
        amount: Money,
        reason: &str,
    ) -> Result<Event, RequestPaymentRefusal> {
        self.ready(Verb::RequestPayment)?;
        self.theirs(Verb::RequestPayment, act)?;
        if amount <= Money::ZERO {
            return Err(RequestPaymentRefusal::Amount);
        }
        if is_blank(reason) {
            return Err(RequestPaymentRefusal::NoReason);
        }
        let reason = reason.to_owned();
        Ok(PaymentRequested { act: act.clone(), amount, reason, parts: Vec::new() }.into())
    }

    /// Asks for what the tariff rule worked out, part by part.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// let part = |code: &str, cents| AmountPart {
    ///     code: code.into(),
    ///     amount: Money::from_cents(cents),
    ///     reason: None,
    /// };
    /// let answer = RuleAnswer::Tariff {
    ///     charges: vec![part("meals", 11_000)],
    ///     reductions: vec![part("isee", 4_500)],
    /// };
    /// practice.apply(&practice.assess(&system, by_rule(answer))?);
    /// practice.apply(&practice.request_due(&system, "mensa di ottobre")?);
    /// let demand = practice.demand().unwrap();
    /// assert_eq!(demand.amount, Money::from_cents(6_500));
    /// assert_eq!(demand.parts[1].amount, Money::from_cents(-4_500));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`NoTariff`](RequestPaymentRefusal::NoTariff) while no tariff rule has answered; otherwise
    /// as [`request_payment`](Self::request_payment).
    pub fn request_due(&self, act: &Act, reason: &str) -> Result<Event, RequestPaymentRefusal> {
        let tariff = self.assessment_of(RuleWorld::Tariff).and_then(|a| a.answer.as_ref());
        let Some(answer @ RuleAnswer::Tariff { charges, reductions }) = tariff else {
            return Err(RequestPaymentRefusal::NoTariff);
        };
        let amount = answer.amount().unwrap_or(Money::ZERO);
        self.request_payment(act, amount, reason)?;
        let less = reductions.iter().map(|part| AmountPart {
            amount: Money::from_cents(-part.amount.cents()),
            ..part.clone()
        });
        let parts = charges.iter().cloned().chain(less).collect();
        let reason = reason.to_owned();
        Ok(PaymentRequested { act: act.clone(), amount, reason, parts }.into())
    }

    /// Records how a payment went. A failed one can be tried again; one made some other way is
    /// vouched for by an official, so that nobody waits for ever.
    ///
    /// A receipt is a fact: it is taken whenever it comes. Where nothing was owed, or the practice
    /// has ended, it stands in [`surplus`](Self::surplus) until the office decides on it: see
    /// [`refund`](Self::refund) and [`reopen`](Self::reopen). `None` for a receipt that is on record
    /// already: there is nothing to do.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// let amount = Money::from_cents(1600);
    /// practice.apply(&practice.request_payment(&office, amount, "bollo")?);
    /// let paid = Payment::Paid { amount, reference: "RT-1".into() };
    /// if let Some(event) = practice.record_payment(&system, paid.clone())? {
    ///     practice.apply(&event);
    /// }
    /// assert_eq!(practice.state(), State::TakenInCharge);
    /// assert_eq!(practice.record_payment(&system, paid)?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RecordPaymentRefusal`].
    pub fn record_payment(
        &self,
        act: &Act,
        payment: Payment,
    ) -> Result<Option<Event>, RecordPaymentRefusal> {
        self.ready(Verb::RecordPayment)?;
        self.theirs(Verb::RecordPayment, act)?;
        if self.has_receipt(&payment)? {
            return Ok(None);
        }
        let ground = match (&payment, self.owed()) {
            (Payment::Paid { amount, .. }, Some(owed)) if *amount != owed => {
                return Err(RecordPaymentRefusal::WrongAmount { owed, paid: *amount });
            }
            (Payment::Paid { amount, .. }, None) if *amount <= Money::ZERO => {
                return Err(RecordPaymentRefusal::Amount);
            }
            (Payment::SettledOtherwise { .. } | Payment::Failed { .. }, None) => {
                return Err(RecordPaymentRefusal::NothingOwed);
            }
            (Payment::SettledOtherwise { .. }, _) if !matches!(act.by, Actor::Operator(_)) => {
                return Err(RecordPaymentRefusal::NotAnOfficial);
            }
            (
                Payment::Paid { reference: ground, .. }
                | Payment::SettledOtherwise { note: ground }
                | Payment::Failed { reason: ground },
                _,
            ) => ground,
        };
        if is_blank(ground) {
            return Err(RecordPaymentRefusal::NoGround);
        }
        let owed = match self.owed() {
            Some(_) => Owed::Yes,
            None if self.state.is_final() => Owed::Ended,
            None => Owed::No,
        };
        Ok(Some(PaymentRecorded { act: act.clone(), payment, owed }.into()))
    }

    /// Whether this very receipt is on record: the reference names it.
    fn has_receipt(&self, payment: &Payment) -> Result<bool, RecordPaymentRefusal> {
        let Payment::Paid { amount: paid, reference } = payment else { return Ok(false) };
        let recorded = self.payments.iter().find_map(|known| match known {
            Payment::Paid { amount, reference: known } if known.trim() == reference.trim() => {
                Some(*amount)
            }
            _ => None,
        });
        match recorded {
            Some(recorded) if recorded != *paid => {
                Err(RecordPaymentRefusal::OtherReceipt { recorded, paid: *paid })
            }
            known => Ok(known.is_some()),
        }
    }

    /// Takes the request for payment back.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// practice.apply(&practice.request_payment(&office, Money::from_cents(1600), "bollo")?);
    /// practice.apply(&practice.cancel_payment(&office, "esente")?);
    /// assert_eq!(practice.demand(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CancelPaymentRefusal`] when nothing was asked for, or without a reason.
    pub fn cancel_payment(&self, act: &Act, reason: &str) -> Result<Event, CancelPaymentRefusal> {
        self.ready(Verb::CancelPayment)?;
        self.theirs(Verb::CancelPayment, act)?;
        if is_blank(reason) {
            return Err(CancelPaymentRefusal::NoReason);
        }
        Ok(PaymentCancelled { act: act.clone(), reason: reason.to_owned() }.into())
    }
}
