//! Payments: asked for, recorded, taken back.

use mattoni_core::value::{Kind, Notation};
use mattoni_core::{Act, Money, Problems};
use mattoni_practice::{Payment, Practice, Verb};

use super::work::one;
use crate::args::practice::Paid;
use crate::args::staff::Acting;
use crate::output::{Failure, Reader};

pub(super) async fn ask(
    acting: &Acting,
    number: &str,
    amount: Option<&str>,
    reason: &str,
    reader: Reader,
) -> Result<(), Failure> {
    let amount = amount.map(euro).transpose()?;
    let ask = |p: &Practice, act: &Act| match amount {
        Some(amount) => p.request_payment(act, amount, reason),
        None => p.request_due(act, reason),
    };
    one(acting, number, Verb::RequestPayment, reader, ask).await
}

pub(super) async fn record(paid: &Paid, reader: Reader) -> Result<(), Failure> {
    let payment = match (&paid.amount, &paid.otherwise, &paid.failed) {
        (Some(amount), ..) => {
            let reference = paid.reference.clone().unwrap_or_default();
            Payment::Paid { amount: euro(amount)?, reference }
        }
        (None, Some(note), _) => Payment::SettledOtherwise { note: note.clone() },
        (None, None, failed) => Payment::Failed { reason: failed.clone().unwrap_or_default() },
    };
    let record = |p: &Practice, act: &Act| p.record_payment(act, payment.clone());
    one(&paid.acting, &paid.number, Verb::RecordPayment, reader, record).await
}

pub(super) async fn cancel(
    acting: &Acting,
    number: &str,
    reason: &str,
    reader: Reader,
) -> Result<(), Failure> {
    let cancel = |p: &Practice, act: &Act| p.cancel_payment(act, reason);
    one(acting, number, Verb::CancelPayment, reader, cancel).await
}

/// An amount as people write it, with a decimal comma or point.
fn euro(text: &str) -> Result<Money, Problems> {
    let kind = Kind::Money { min: None, max: None };
    let read = kind.parse_in(text, Notation::Italian).map_err(|p| p.in_field("--amount"))?;
    read.to_string().parse()
}
