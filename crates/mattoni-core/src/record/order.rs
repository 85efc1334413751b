//! What one brick asks of another: typed, versioned orders, each with one taker.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::record::{Marks, Personal, PersonalField};
use crate::value::Value;
use crate::{Aggregate, Contacts, Id, Money, Person};

/// A record of any kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnyRecord {}

/// One run of a bulk verb: the same verb over thousands of records, ordered once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkRun {}

/// Which record: its kind and its id. Written as `kind/id`.
///
/// ```
/// use mattoni_core::Id;
/// use mattoni_core::record::RecordRef;
///
/// let practice = RecordRef::new("practice", Id::from_u128(7));
/// assert_eq!(practice.to_string(), "practice/00000000-0000-0000-0000-000000000007");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordRef {
    /// Stable name of the kind.
    pub kind: Cow<'static, str>,
    /// Its id.
    pub id: Id<AnyRecord>,
}

impl RecordRef {
    /// The record of this kind and id.
    pub fn new(kind: impl Into<Cow<'static, str>>, id: Id<AnyRecord>) -> Self {
        Self { kind: kind.into(), id }
    }

    /// The record `A` with this id.
    #[must_use]
    pub fn of<A: Aggregate>(id: Id<A>) -> Self {
        Self::new(A::KIND, Id::from_u128(id.as_u128()))
    }

    /// Its id, when it is an `A`.
    #[must_use]
    pub fn id<A: Aggregate>(&self) -> Option<Id<A>> {
        (self.kind == A::KIND).then(|| Id::from_u128(self.id.as_u128()))
    }
}

impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

/// Which record another one goes with, and whom that is about: an offer and a review go with a
/// practice, are sealed under its applicant's key, and are erased with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Concerns {
    /// The record it goes with.
    pub record: RecordRef,
    /// The person whom that is about.
    pub person: Id<Person>,
}

/// An order: what one brick asks of another. Its JSON form is stored in the outbox, so it changes
/// only under a new topic.
pub trait Order: Serialize + DeserializeOwned + Personal {
    /// Stable dotted name, e.g. `registry.register`: by it the order finds its taker.
    const TOPIC: &'static str;
}

/// `registry.register`: the register (*registro di protocollo*) is to number a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Register {
    /// Whose document.
    pub of: RecordRef,
    /// Which: a code of the record's own, e.g. `application` or `integration-request/1`.
    #[not_personal]
    pub document: String,
}

impl Order for Register {
    const TOPIC: &'static str = "registry.register";
}

/// `message.tell`: a message is to be sent to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Tell {
    /// What it is about.
    pub about: RecordRef,
    /// Whom.
    pub to: Recipient,
    /// Stable code of the template, e.g. `practice.receipt`.
    #[not_personal]
    pub template: String,
    /// What the template needs beyond the record itself, by the names it uses.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[personal]
    pub details: BTreeMap<String, Value>,
    /// Where and in which language they are reached, where the record knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Contacts>,
}

impl Order for Tell {
    const TOPIC: &'static str = "message.tell";
}

impl Tell {
    /// A message to `to` about the record, by this template.
    pub fn new(about: RecordRef, to: Recipient, template: impl Into<String>) -> Self {
        Self { about, to, template: template.into(), details: BTreeMap::new(), contacts: None }
    }

    /// Sent there, in that language.
    #[must_use]
    pub fn reaching(mut self, contacts: Option<Contacts>) -> Self {
        self.contacts = contacts;
        self
    }

    /// With something the template needs.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: Value) -> Self {
        self.details.insert(name.into(), value);
        self
    }
}

/// To whom a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Recipient {
    /// The applicant's side.
    Applicant,
    /// Whoever has the record in charge, a person or an office; the service's office while nobody
    /// has.
    Office,
}

impl Personal for Recipient {
    fn mark(_: &mut Marks) {}
}

/// `payment.request`: a debt is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct RequestPayment {
    /// What for.
    pub about: RecordRef,
    /// How much.
    pub amount: Money,
    /// What for, in words.
    #[personal]
    pub reason: String,
}

impl Order for RequestPayment {
    const TOPIC: &'static str = "payment.request";
}

/// `payment.cancel`: the open debt is to be cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct CancelPayment {
    /// Whose debt.
    pub about: RecordRef,
}

impl Order for CancelPayment {
    const TOPIC: &'static str = "payment.cancel";
}

/// An order as it is committed with the event that gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewOrder {
    /// Its topic.
    pub topic: &'static str,
    /// Its JSON.
    pub payload: Vec<u8>,
    /// Not to be delivered earlier than this; from the act on when `None`.
    pub not_before: Option<DateTime<Utc>>,
}

/// The orders that a kind of record gives. Made by [`orders!`](crate::orders); a kind that gives
/// none says [`NoOrders`].
pub trait Orders: Sized {
    /// The topics of all of them.
    const TOPICS: &'static [&'static str];

    /// What is personal in each, by topic.
    fn personal() -> BTreeMap<&'static str, Vec<PersonalField>>;

    /// As it is committed.
    fn into_new(self) -> NewOrder;
}

/// The orders of a record that gives none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoOrders {}

impl Orders for NoOrders {
    const TOPICS: &'static [&'static str] = &[];

    fn personal() -> BTreeMap<&'static str, Vec<PersonalField>> {
        BTreeMap::new()
    }

    fn into_new(self) -> NewOrder {
        match self {}
    }
}

impl NewOrder {
    /// This order, to be delivered as soon as it is committed.
    #[must_use]
    pub fn of<O: Order>(order: &O) -> Self {
        // Orders are plain data with text keys, which JSON always takes.
        let payload = serde_json::to_vec(order).unwrap_or_default();
        Self { topic: O::TOPIC, payload, not_before: None }
    }
}

/// Makes the enum of the orders that a kind of record gives.
///
/// ```
/// use mattoni_core::record::{Orders as _, Register, Tell};
///
/// mattoni_core::orders! {
///     /// What a loan asks of others.
///     pub enum LoanOrder { Register, Tell }
/// }
/// assert_eq!(LoanOrder::TOPICS, ["registry.register", "message.tell"]);
/// ```
#[macro_export]
macro_rules! orders {
    ($(#[$meta:meta])* $vis:vis enum $Orders:ident { $($order:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        $vis enum $Orders {
            $(#[doc = concat!("See [`", stringify!($order), "`].")] $order($order),)+
        }

        $(impl From<$order> for $Orders {
            fn from(order: $order) -> Self {
                Self::$order(order)
            }
        })+

        impl $crate::record::Orders for $Orders {
            const TOPICS: &'static [&'static str] =
                &[$(<$order as $crate::record::Order>::TOPIC,)+];

            fn personal() -> ::std::collections::BTreeMap<
                &'static str,
                ::std::vec::Vec<$crate::record::PersonalField>,
            > {
                [$((
                    <$order as $crate::record::Order>::TOPIC,
                    $crate::record::Marks::of::<$order>(),
                ),)+]
                .into_iter()
                .collect()
            }

            fn into_new(self) -> $crate::record::NewOrder {
                match self {
                    $(Self::$order(order) => $crate::record::NewOrder::of(&order),)+
                }
            }
        }
    };
}
