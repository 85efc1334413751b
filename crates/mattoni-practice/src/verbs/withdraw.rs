//! Taking the practice back (*ritiro*), and what stands in its way.

use mattoni_core::record::Personal;
use mattoni_core::{Act, Actor, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, all, problem};
use crate::{
    Event, Flow, NoRoom, Payment, Permission, Practice, Registering, State, Surplus, SurplusEnd,
    Verb,
};

/// The applicant took it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Withdrawn {
    /// When, and by whom.
    pub act: Act,
    /// What they said.
    #[serde(default)]
    #[personal]
    pub reason: String,
}

impl Withdrawn {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        practice.demand = None;
        practice.move_to(State::Withdrawn, &self.act);
    }
}

/// Why a practice cannot be withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WithdrawRefusal {
    /// Not in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// There is no room for it on the practice.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// Everything that stands in the way.
    #[error("the practice cannot be withdrawn")]
    Barred(Vec<WithdrawalBar>),
}

/// One thing that stands in the way of a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WithdrawalBar {
    /// The service does not allow it.
    #[error("the service does not allow withdrawal")]
    NotAllowed,
    /// Money was paid; the office has to deal with it.
    #[error("something was paid on it")]
    Paid,
    /// Not for whoever acts: a delegate without the right, an official without a signed request.
    #[error(transparent)]
    NotTheirs(NotTheirs),
    /// Only the applicant's side withdraws.
    #[error("only the applicant can withdraw it")]
    NotTheApplicant,
    /// A forwarded practice that was taken in.
    #[error("the ente has taken it in")]
    TakenIn,
    /// The register is about to number it.
    #[error("its number in the register is awaited")]
    AwaitingNumber,
}

impl Refusal for WithdrawRefusal {
    fn problems(&self) -> Problems {
        let bars = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NoRoom(no_room) => return no_room.problems(),
            Self::Barred(bars) => bars,
        };
        let found = bars.iter().flat_map(|bar| {
            let (what, field, remedy) = match bar {
                WithdrawalBar::NotTheirs(not_theirs) => return not_theirs.problems().into_vec(),
                WithdrawalBar::NotAllowed => ("not-allowed", "procedure", "write to the office"),
                WithdrawalBar::Paid => ("paid", "payments", "ask the office for a refund"),
                WithdrawalBar::NotTheApplicant => {
                    ("not-the-applicant", "actor", "let the applicant do it")
                }
                WithdrawalBar::TakenIn => ("taken-in", "state", "write to the office"),
                WithdrawalBar::AwaitingNumber => ("awaiting-number", "state", "try again later"),
            };
            vec![problem(Verb::Withdraw, what, field, bar.to_string(), remedy)]
        });
        all(Verb::Withdraw, found.collect())
    }
}

impl Practice {
    /// Whether money came by this payment that was not given back.
    fn keeps(&self, payment: &Payment) -> bool {
        let Payment::Paid { reference, .. } = payment else { return false };
        let refunded = |surplus: &Surplus| {
            surplus.reference == *reference && matches!(surplus.end, SurplusEnd::Refunded { .. })
        };
        !self.surplus.iter().any(refunded)
    }

    /// Takes the practice back.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// practice.apply(&practice.withdraw(&citizen, "non serve più")?);
    /// assert_eq!(practice.state(), State::Withdrawn);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`WithdrawRefusal`] with everything that stands in the way.
    pub fn withdraw(&self, act: &Act, reason: &str) -> Result<Event, WithdrawRefusal> {
        self.ready(Verb::Withdraw)?;
        let mut bars = Vec::new();
        if self.procedure.withdrawal == Permission::Denied {
            bars.push(WithdrawalBar::NotAllowed);
        }
        if self.payments.iter().any(|payment| self.keeps(payment)) {
            bars.push(WithdrawalBar::Paid);
        }
        match self.theirs(Verb::Withdraw, act) {
            Err(not_theirs) => bars.push(WithdrawalBar::NotTheirs(not_theirs)),
            Ok(()) if matches!(act.by, Actor::System(_)) => {
                bars.push(WithdrawalBar::NotTheApplicant);
            }
            Ok(()) => {}
        }
        if self.procedure.flow == Flow::Forward
            && !matches!(self.state, State::Submitted | State::Registered)
        {
            bars.push(WithdrawalBar::TakenIn);
        }
        if self.state == State::Submitted && self.procedure.registering == Registering::Needed {
            bars.push(WithdrawalBar::AwaitingNumber);
        }
        if bars.is_empty() {
            Ok(self.room_for(Withdrawn { act: act.clone(), reason: reason.to_owned() })?)
        } else {
            Err(WithdrawRefusal::Barred(bars))
        }
    }
}
