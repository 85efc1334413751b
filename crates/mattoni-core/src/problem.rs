//! What is wrong with something, said so that it can be put right.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing that is wrong: where, which rule, what to do.
///
/// `code` is stable and meant for machines and translations; `rule` and `remedy` are lower-case
/// English fragments for logs and developers. What a citizen reads is made at the edge from the
/// code and the field.
///
/// ```
/// use mattoni_core::Problem;
///
/// let p = Problem::new("value.money.comma", "isee", "amounts use a decimal point", "write 1234.56")
///     .at_line(17);
/// assert_eq!(p.to_string(), "line 17, isee: amounts use a decimal point; write 1234.56 [value.money.comma]");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable, dotted, lower case: `practice.submit.incomplete`.
    pub code: Cow<'static, str>,
    /// The field (column, key, option) that is wrong; empty when the whole is.
    pub field: String,
    /// The rule that was broken.
    pub rule: String,
    /// What to do about it.
    pub remedy: String,
    /// Line of the file the value came from, counted from 1, where there is a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
}

impl Problem {
    /// A problem with `field`, which broke `rule`; `remedy` says what to do.
    pub fn new(
        code: impl Into<Cow<'static, str>>,
        field: impl Into<String>,
        rule: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            code: code.into(),
            field: field.into(),
            rule: rule.into(),
            remedy: remedy.into(),
            line: None,
        }
    }

    /// The same problem, found on `line` (counted from 1) of a file.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same problem under another field name, as when a list names which of its items it is.
    #[must_use]
    pub fn in_field(mut self, field: impl Into<String>) -> Self {
        self.field = field.into();
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.field.as_str()) {
            (Some(line), "") => write!(f, "line {line}: ")?,
            (Some(line), field) => write!(f, "line {line}, {field}: ")?,
            (None, "") => {}
            (None, field) => write!(f, "{field}: ")?,
        }
        write!(f, "{}; {} [{}]", self.rule, self.remedy, self.code)
    }
}

impl std::error::Error for Problem {}

/// Everything that is wrong, at least one thing.
///
/// Checks answer with all problems at once, so that a form or a file is put right in one go.
///
/// ```
/// use mattoni_core::{Problem, Problems};
///
/// assert!(Problems::check(vec![]).is_ok());
/// let found = vec![Problem::new("form.missing", "isee", "must be given", "fill it in")];
/// let refused = Problems::check(found).unwrap_err();
/// assert_eq!(refused.iter().count(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Problem>", into = "Vec<Problem>")]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// `Ok` when nothing was found.
    ///
    /// # Errors
    /// The problems, when there is at least one.
    pub fn check(found: Vec<Problem>) -> Result<(), Self> {
        if found.is_empty() { Ok(()) } else { Err(Self(found)) }
    }

    /// The problems, in the order they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }

    /// The problems as a plain list.
    #[must_use]
    pub fn into_vec(self) -> Vec<Problem> {
        self.0
    }
}

impl From<Problem> for Problems {
    fn from(one: Problem) -> Self {
        Self(vec![one])
    }
}

impl TryFrom<Vec<Problem>> for Problems {
    type Error = &'static str;

    fn try_from(found: Vec<Problem>) -> Result<Self, Self::Error> {
        if found.is_empty() { Err("a refusal needs at least one problem") } else { Ok(Self(found)) }
    }
}

impl From<Problems> for Vec<Problem> {
    fn from(problems: Problems) -> Self {
        problems.0
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// An answer of "no": typed, with every reason. Not a broken machine.
///
/// Each verb has a refusal type of its own; this trait is how the edge shows any of them.
pub trait Refusal: std::error::Error {
    /// Every reason, at least one.
    fn problems(&self) -> Problems;
}

impl Refusal for Problems {
    fn problems(&self) -> Problems {
        self.clone()
    }
}
