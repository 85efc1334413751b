//! Files that the form asks for: which, of what kind, how many.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::Problem;
use mattoni_core::value::Value;
use serde::{Deserialize, Serialize};

use crate::{Attachment, When};

/// A file that the form asks for (*allegato*): a certificate, a plan, a photograph.
///
/// Its key is that of an [`Attachment::field`]. What it says of kind and size takes the place of
/// [`AttachmentLimits`](crate::AttachmentLimits) for its own files; the limits of all files
/// together hold besides.
///
/// ```
/// use mattoni_practice::{Paper, Procedure, Step};
///
/// let plan = Paper::new("plan", "Planimetria").with_files(1, 3).with_media_types(["image/png"]);
/// let step = Step::new("place", ["address"], []).with_paper(plan);
/// assert!(Procedure::new(30).with_step(step).check().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Paper {
    /// Key, unique among the keys of the procedure.
    pub key: String,
    /// Label the citizen reads.
    pub label: String,
    /// Allowed media types; those of the procedure, without any.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub media_types: BTreeSet<String>,
    /// Greatest size of one file in bytes; that of the procedure, without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
    /// How many files at least, where any are given; 1 or more.
    pub min: u32,
    /// How many files at most.
    pub max: u32,
    /// Whether it may be left out, at least as long as `when` is not met.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// When it must be given although it is optional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

impl Paper {
    /// One file that must be given, of the kinds and sizes that the procedure takes.
    #[must_use]
    pub fn new(key: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            label: label.into(),
            media_types: BTreeSet::new(),
            max_bytes: None,
            min: 1,
            max: 1,
            optional: false,
            when: None,
        }
    }

    /// With at least `min` and at most `max` files.
    #[must_use]
    pub fn with_files(mut self, min: u32, max: u32) -> Self {
        (self.min, self.max) = (min, max);
        self
    }

    /// With these media types only.
    #[must_use]
    pub fn with_media_types<T: Into<String>>(mut self, types: impl IntoIterator<Item = T>) -> Self {
        self.media_types = types.into_iter().map(Into::into).collect();
        self
    }

    /// With files of at most so many bytes each.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// That may be left out.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// That must be given when `key` is answered with `equals`, and may be left out otherwise.
    #[must_use]
    pub fn when(mut self, key: impl Into<String>, equals: Value) -> Self {
        self.optional = true;
        self.when = Some(When { key: key.into(), equals });
        self
    }

    /// How many files are there for it.
    pub(crate) fn given(&self, files: &[Attachment]) -> u32 {
        let own = files.iter().filter(|file| file.field.as_ref() == Some(&self.key)).count();
        u32::try_from(own).unwrap_or(u32::MAX)
    }

    /// Whether more files are needed: none where it must be given, or fewer than `min`.
    pub(crate) fn lacks(&self, answers: &BTreeMap<String, Value>, files: &[Attachment]) -> bool {
        let asked = |when: &When| answers.get(&when.key) == Some(&when.equals);
        let needed = !self.optional || self.when.as_ref().is_some_and(asked);
        let given = self.given(files);
        given < self.min && (needed || given > 0)
    }

    /// What is wrong with it by itself.
    pub(crate) fn problem(&self) -> Option<Problem> {
        let sound = (1..=self.max).contains(&self.min) && self.max_bytes != Some(0);
        (!sound).then(|| {
            Problem::new(
                "practice.procedure.paper",
                &self.key,
                "must take at least one file, no more at least than at most, and some bytes",
                "check how many files it takes, and of what size",
            )
        })
    }
}
