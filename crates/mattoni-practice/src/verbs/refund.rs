//! Giving back what was paid and not owed (*rimborso*).

use mattoni_core::record::Personal;
use mattoni_core::text::is_blank;
use mattoni_core::{Act, Problems, Refusal};
use serde::{Deserialize, Serialize};

use crate::refusal::{NotTheirs, WrongState, problem};
use crate::{Event, Practice, SurplusEnd, Verb};

/// Money that was not owed is given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Refunded {
    /// When it was decided, and by whom.
    pub act: Act,
    /// Reference of the receipt.
    #[personal]
    pub reference: String,
    /// How, and by which act of the ente.
    #[personal]
    pub note: String,
}

impl Refunded {
    pub(crate) fn apply_to(&self, practice: &mut Practice) {
        let open = practice.surplus.iter_mut().filter(|surplus| surplus.end == SurplusEnd::Open);
        for surplus in open.filter(|surplus| surplus.reference == self.reference).take(1) {
            let (act, note) = (self.act.clone(), self.note.clone());
            surplus.end = SurplusEnd::Refunded { act, note };
        }
    }
}

/// Why no refund is noted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RefundRefusal {
    /// Not in this state.
    #[error(transparent)]
    WrongState(#[from] WrongState),
    /// Not for this citizen to do.
    #[error(transparent)]
    NotTheirs(#[from] NotTheirs),
    /// Nothing is to be given back for this reference.
    #[error("no receipt with this reference waits for a decision")]
    NoReceipt,
    /// Nobody says how.
    #[error("it must be said how the money is given back")]
    NoReason,
}

impl Refusal for RefundRefusal {
    fn problems(&self) -> Problems {
        let (what, field, remedy) = match self {
            Self::WrongState(wrong) => return wrong.problems(),
            Self::NotTheirs(not_theirs) => return not_theirs.problems(),
            Self::NoReceipt => ("no-receipt", "reference", "look at the payments of the practice"),
            Self::NoReason => ("no-reason", "note", "name the order to pay, or the decision"),
        };
        problem(Verb::Refund, what, field, self.to_string(), remedy).into()
    }
}

impl Practice {
    /// Notes that money which was not owed is given back.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut practice = in_charge;
    /// practice.apply(&practice.withdraw(&citizen, "non serve più")?);
    /// let late = Payment::Paid { amount: Money::from_cents(1600), reference: "RT-1".into() };
    /// if let Some(event) = practice.record_payment(&system, late)? {
    ///     practice.apply(&event);
    /// }
    /// practice.apply(&practice.refund(&office, "RT-1", "mandato n. 12/2026")?);
    /// assert_eq!(practice.open_surplus().count(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`RefundRefusal`] when no receipt with this reference waits for a decision, or without a
    /// note.
    pub fn refund(&self, act: &Act, reference: &str, note: &str) -> Result<Event, RefundRefusal> {
        self.ready(Verb::Refund)?;
        self.theirs(Verb::Refund, act)?;
        let open = self.open_surplus().find(|open| open.reference.trim() == reference.trim());
        let reference = open.ok_or(RefundRefusal::NoReceipt)?.reference.clone();
        if is_blank(note) {
            return Err(RefundRefusal::NoReason);
        }
        Ok(Refunded { act: act.clone(), reference, note: note.to_owned() }.into())
    }
}
