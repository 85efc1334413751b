//! Conditions on answers, as officials write them: `isee <= 15000 and children >= 2`.

mod parse;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use mattoni_core::value::Value;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A condition on the answers of a practice.
///
/// It holds, does not hold, or cannot be said because an answer is missing. Whatever cannot be said
/// does not match, and neither does its contrary: `not (isee > 15000)` leaves out whoever gave no
/// ISEE.
///
/// ```
/// use mattoni_core::Money;
/// use mattoni_core::value::{Kind, Value};
/// use mattoni_practice::Condition;
///
/// let kinds = |key: &str| match key {
///     "isee" => Some(Kind::Money { min: None, max: None }),
///     "children" => Some(Kind::Integer { min: None, max: None }),
///     _ => None,
/// };
/// let poor = Condition::parse("isee <= 15000 and (children >= 2 or not children = 0)", &kinds)?;
/// let mut answers = [("isee".to_owned(), Value::Money(Money::from_cents(1_500_000)))].into();
/// assert!(!poor.matches(&answers), "how many children is not known");
/// answers.insert("children".to_owned(), Value::Integer(2));
/// assert!(poor.matches(&answers));
///
/// let refused = Condition::parse("isee <= much or age > 3", &kinds).unwrap_err();
/// let codes: Vec<_> = refused.iter().map(|problem| &*problem.code).collect();
/// assert_eq!(codes, ["value.wrong-type", "practice.condition.unknown"]);
/// # Ok::<(), mattoni_core::Problems>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Condition {
    /// All of them hold.
    All(Vec<Condition>),
    /// At least one of them holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// An answer compares like this with a value.
    Answer {
        /// Key of the answer.
        key: String,
        /// How it compares.
        is: Comparison,
        /// With what.
        value: Value,
    },
}

/// How an answer compares with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

impl Comparison {
    /// As it is written.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::AtLeast => ">=",
            Self::More => ">",
        }
    }

    /// Whether it asks which of two is more, and not only whether they are the same.
    const fn orders(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }

    fn holds(self, found: Ordering) -> bool {
        match self {
            Self::Equal => found.is_eq(),
            Self::NotEqual => found.is_ne(),
            Self::Less => found.is_lt(),
            Self::AtMost => found.is_le(),
            Self::AtLeast => found.is_ge(),
            Self::More => found.is_gt(),
        }
    }
}

impl Condition {
    /// Whether these answers match.
    #[must_use]
    pub fn matches(&self, answers: &BTreeMap<String, Value>) -> bool {
        self.holds(answers) == Some(true)
    }

    /// Whether it holds; `None` when an answer is missing for it to be said.
    fn holds(&self, answers: &BTreeMap<String, Value>) -> Option<bool> {
        let each = |of: &[Self]| of.iter().map(|one| one.holds(answers)).collect::<Vec<_>>();
        match self {
            Self::Answer { key, is, value } => {
                compared(answers.get(key)?, value).map(|found| is.holds(found))
            }
            Self::Not(of) => of.holds(answers).map(|holds| !holds),
            Self::All(of) => {
                let each = each(of);
                let unknown = each.contains(&None);
                if each.contains(&Some(false)) { Some(false) } else { (!unknown).then_some(true) }
            }
            Self::Any(of) => {
                let each = each(of);
                let unknown = each.contains(&None);
                if each.contains(&Some(true)) { Some(true) } else { (!unknown).then_some(false) }
            }
        }
    }
}

/// How two values compare; `None` when they are of kinds that do not.
fn compared(answer: &Value, with: &Value) -> Option<Ordering> {
    match (answer, with) {
        (Value::Boolean(a), Value::Boolean(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Text(a) | Value::Choice(a), Value::Text(b) | Value::Choice(b)) => Some(a.cmp(b)),
        _ => Some(number(answer)?.cmp(&number(with)?)),
    }
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Integer(n) => Some(Decimal::from(*n)),
        Value::Decimal(d) => Some(*d),
        Value::Money(m) => Some(m.euro()),
        _ => None,
    }
}
