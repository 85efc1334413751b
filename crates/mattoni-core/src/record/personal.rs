//! Which parts of what is stored are personal data, and whose.
//!
//! A type says so itself: `#[derive(Personal)]` on a struct or enum goes through its fields. A
//! field of a type that holds nothing personal ([`Id`], numbers, days, [`Act`]) needs no mark. Any
//! other field, free text above all, must say `#[personal]` or `#[not_personal]`; without one of
//! them the type does not compile.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;

use crate::calendar::{Due, Term};
use crate::record::RecordRef;
use crate::value::Value;
use crate::{
    Act, Actor, Contacts, Digest, EnteId, FiscalCode, Id, Money, Person, Problems, RuleWorld,
};

/// The text that stands in the place of an erased one.
pub const ERASED: &str = "[dati cancellati]";

/// A type whose JSON form says which of its parts are personal data.
///
/// Derive it. Types that hold nothing personal, such as ids, numbers, days and acts, say so here;
/// any other field, free text above all, bears `#[personal]` or `#[not_personal]`. Written by hand
/// it must describe the JSON that `serde` writes for the type.
///
/// A field that declares nothing does not compile:
///
/// ```compile_fail
/// use mattoni_core::record::Personal;
///
/// #[derive(serde::Serialize, Personal)]
/// struct Loan {
///     reason: String,
/// }
/// ```
///
/// ```
/// use mattoni_core::record::{Marks, Owner, Personal, Step};
///
/// #[derive(serde::Serialize, Personal)]
/// struct Loan {
///     #[not_personal]
///     room: String,
///     #[personal]
///     reason: String,
/// }
///
/// let fields = Marks::of::<Loan>();
/// assert_eq!(fields.len(), 1);
/// assert_eq!(fields[0].path, [Step::Key("reason")]);
/// assert_eq!(fields[0].owner, Owner::Subject);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether it holds personal data",
    label = "mark this field `#[personal]` or `#[not_personal]`, or derive `Personal` for its type"
)]
pub trait Personal {
    /// Marks the personal parts of a value of this type.
    fn mark(marks: &mut Marks);
}

/// A type whose values can be replaced by a fixed one when the person is erased, so that the
/// record around them still reads.
pub trait Erasable {
    /// What stands there afterwards.
    const PLACEHOLDER: Placeholder;
}

/// What stands in the place of an erased value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placeholder {
    /// Stable name, stored beside each sealed value.
    pub shape: &'static str,
    /// The JSON. `$person` in it becomes the id of the person, which is a pseudonym and stays.
    pub json: &'static str,
}

impl Placeholder {
    /// `null`, for values that may be missing.
    pub const NULL: Self = Self { shape: "null", json: "null" };
    /// The placeholder of a text.
    pub const TEXT: Self = Self { shape: "text", json: r#""[dati cancellati]""# };
    /// The placeholder of a whole person.
    pub const PERSON: Self = Self {
        shape: "person",
        json: r#"{"id":"$person","fiscal_code":"XXXXXX00A01A000S","given_name":"[dati cancellati]","family_name":"[dati cancellati]","born_on":"1900-01-01"}"#,
    };
}

/// Whose a personal value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Owner {
    /// The person whom the record is about (*interessato*); see
    /// [`Record::owners`](crate::record::Record::owners).
    Subject,
    /// A person whom the record names by this role, or the subject where it names none.
    Named(&'static str),
    /// The person whose id stands in the value itself, under this key.
    Itself(&'static str),
}

/// One step of a path through a JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Into the member with this key.
    Key(&'static str),
    /// Into every member whose key begins so; an empty text means every member.
    Keys(&'static str),
    /// Into every item of an array.
    Each,
    /// Stays where it is, and goes on only if the member `key` is the text `value`: one variant of
    /// an enum with a tag.
    Tag {
        /// The key of the tag.
        key: &'static str,
        /// What stands there.
        value: &'static str,
    },
}

/// A personal value: where it stands, whose it is, and what takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PersonalField {
    /// The way to it from the top of the document. A way that leads nowhere is passed over; where
    /// several lead to one value, the first counts.
    pub path: Vec<Step>,
    /// Whose it is.
    pub owner: Owner,
    /// What stands there once it is erased.
    pub placeholder: Placeholder,
}

/// Gathers the personal fields of a type.
#[derive(Debug, Default)]
pub struct Marks {
    path: Vec<Step>,
    fields: Vec<PersonalField>,
}

impl Marks {
    /// The personal fields of `T`.
    #[must_use]
    pub fn of<T: Personal + ?Sized>() -> Vec<PersonalField> {
        let mut marks = Self::default();
        T::mark(&mut marks);
        marks.fields
    }

    /// What `inner` marks lies one step further.
    pub fn at(&mut self, step: Step, inner: impl FnOnce(&mut Self)) {
        self.path.push(step);
        inner(self);
        self.path.pop();
    }

    /// The value here is personal.
    pub fn personal(&mut self, owner: Owner, placeholder: Placeholder) {
        self.fields.push(PersonalField { path: self.path.clone(), owner, placeholder });
    }
}

/// Types that hold nothing personal. Ids of people are pseudonyms that only the ente can make.
macro_rules! nothing_personal {
    ($($ty:ty),+ $(,)?) => {$(
        impl Personal for $ty {
            fn mark(_: &mut Marks) {}
        }
    )+};
}

nothing_personal!(
    (),
    bool,
    u8,
    u16,
    u32,
    u64,
    i32,
    i64,
    usize,
    NaiveDate,
    DateTime<Utc>,
    Decimal,
    Money,
    Digest,
    EnteId,
    Act,
    Actor,
    Due,
    Term,
    RuleWorld,
    // Codes, rules and remedies; values that people gave are not in them.
    Problems,
    RecordRef,
);

impl<K: ?Sized> Personal for Id<K> {
    fn mark(_: &mut Marks) {}
}

impl<T: Personal> Personal for Option<T> {
    fn mark(marks: &mut Marks) {
        T::mark(marks);
    }
}

impl<T: Personal + ?Sized> Personal for Box<T> {
    fn mark(marks: &mut Marks) {
        T::mark(marks);
    }
}

impl<T: Personal> Personal for Vec<T> {
    fn mark(marks: &mut Marks) {
        marks.at(Step::Each, T::mark);
    }
}

impl<T: Personal> Personal for BTreeSet<T> {
    fn mark(marks: &mut Marks) {
        marks.at(Step::Each, T::mark);
    }
}

/// The keys are taken to be codes. A map whose keys are personal is marked as a whole.
impl<K, V: Personal> Personal for BTreeMap<K, V> {
    fn mark(marks: &mut Marks) {
        marks.at(Step::Keys(""), V::mark);
    }
}

impl Personal for Person {
    fn mark(marks: &mut Marks) {
        marks.personal(Owner::Itself("id"), Placeholder::PERSON);
    }
}

macro_rules! erasable {
    ($($ty:ty: $shape:literal, $json:literal;)+) => {$(
        impl Erasable for $ty {
            const PLACEHOLDER: Placeholder = Placeholder { shape: $shape, json: $json };
        }
    )+};
}

erasable! {
    String: "text", r#""[dati cancellati]""#;
    Value: "answer", r#"{"type":"text","value":"[dati cancellati]"}"#;
    Digest: "digest", r#""0000000000000000000000000000000000000000000000000000000000000000""#;
    FiscalCode: "fiscal-code", r#""XXXXXX00A01A000S""#;
    NaiveDate: "date", r#""1900-01-01""#;
    Money: "money", r#""0.00""#;
    u32: "number", "0";
    i64: "number", "0";
}

/// How to reach the person whom the record is about: theirs as a whole.
impl Personal for Contacts {
    fn mark(marks: &mut Marks) {
        marks.personal(Owner::Subject, Self::PLACEHOLDER);
    }
}

impl Erasable for Contacts {
    const PLACEHOLDER: Placeholder = Placeholder { shape: "map", json: "{}" };
}

impl Erasable for Person {
    const PLACEHOLDER: Placeholder = Placeholder::PERSON;
}

impl<T: Erasable> Erasable for Option<T> {
    const PLACEHOLDER: Placeholder = T::PLACEHOLDER;
}

impl<T> Erasable for Vec<T> {
    const PLACEHOLDER: Placeholder = Placeholder { shape: "list", json: "[]" };
}

impl<T> Erasable for BTreeSet<T> {
    const PLACEHOLDER: Placeholder = Placeholder { shape: "list", json: "[]" };
}

/// A map whose values can be replaced one by one.
pub trait ErasableValues {
    /// What stands in the place of each.
    const PLACEHOLDER: Placeholder;
}

impl<K, V: Erasable> ErasableValues for BTreeMap<K, V> {
    const PLACEHOLDER: Placeholder = V::PLACEHOLDER;
}

impl<K, V> Erasable for BTreeMap<K, V> {
    const PLACEHOLDER: Placeholder = Placeholder { shape: "map", json: "{}" };
}

/// The people whose personal data a record holds, each by the role that its marks name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owners {
    subject: Option<Id<Person>>,
    named: Vec<(&'static str, Id<Person>)>,
}

impl Owners {
    /// Nobody: what is personal in the record all the same is sealed under a key of the record.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The person whom the record is about.
    #[must_use]
    pub fn subject(person: Id<Person>) -> Self {
        Self { subject: Some(person), named: Vec::new() }
    }

    /// And another person, by the role that marks name.
    #[must_use]
    pub fn with(mut self, role: &'static str, person: Id<Person>) -> Self {
        self.named.push((role, person));
        self
    }

    /// Whose a value is that is marked so. `None`: the record's own, or it says so itself.
    #[must_use]
    pub fn of(&self, owner: Owner) -> Option<Id<Person>> {
        match owner {
            Owner::Subject => self.subject,
            Owner::Named(role) => {
                let named = self.named.iter().find(|(name, _)| *name == role);
                named.map(|(_, person)| *person).or(self.subject)
            }
            Owner::Itself(_) => None,
        }
    }
}

/// What is personal in one kind of record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KindPersonal {
    /// In its events.
    pub events: Vec<PersonalField>,
    /// In its state.
    pub state: Vec<PersonalField>,
    /// In the row that lists show.
    pub row: Vec<PersonalField>,
    /// In the orders it gives, by topic.
    pub orders: BTreeMap<&'static str, Vec<PersonalField>>,
    /// The names of its unique keys whose values say something about a person. A store that seals
    /// keeps keyed digests of them.
    pub unique: &'static [&'static str],
}

/// What is personal in every kind a store keeps. A kind that is not in it is unknown, and a store
/// that seals refuses it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonalData {
    kinds: BTreeMap<&'static str, KindPersonal>,
}

impl PersonalData {
    /// No kind yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// And this kind.
    #[must_use]
    pub fn with(mut self, kind: &'static str, personal: KindPersonal) -> Self {
        self.kinds.insert(kind, personal);
        self
    }

    /// What is personal in records of this kind; `None` when the kind is not known.
    #[must_use]
    pub fn kind(&self, kind: &str) -> Option<&KindPersonal> {
        self.kinds.get(kind)
    }

    /// What stands in the place of an erased value of this shape.
    #[must_use]
    pub fn placeholder(&self, shape: &str) -> Option<&'static str> {
        self.fields().find(|field| field.placeholder.shape == shape).map(|f| f.placeholder.json)
    }

    /// Shapes for which two kinds name different placeholders.
    #[must_use]
    pub fn ambiguous_shapes(&self) -> BTreeSet<&'static str> {
        let mut first: BTreeMap<&str, &str> = BTreeMap::new();
        let placeholders = self.fields().map(|field| field.placeholder);
        placeholders
            .filter(|p| *first.entry(p.shape).or_insert(p.json) != p.json)
            .map(|p| p.shape)
            .collect()
    }

    fn fields(&self) -> impl Iterator<Item = &PersonalField> {
        self.kinds.values().flat_map(|kind| {
            let orders = kind.orders.values().flatten();
            kind.events.iter().chain(&kind.state).chain(&kind.row).chain(orders)
        })
    }
}
