//! Files on a practice: their digest and kind; the bytes are the store's.

use std::collections::BTreeSet;

use mattoni_core::record::Personal;
use mattoni_core::text::is_blank;
use mattoni_core::{Digest, Problem, media_type};
use serde::{Deserialize, Serialize};

use crate::refusal::problem;
use crate::{Paper, Verb};

/// A file. Two attachments are the same when name, kind, size and digest are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Attachment {
    /// File name as the person gave it.
    #[personal]
    pub name: String,
    /// Media type (RFC 6838), e.g. `application/pdf`.
    #[not_personal]
    pub media_type: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// Key of the [`Paper`] it is for, where the form asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[not_personal]
    pub field: Option<String>,
}

impl Attachment {
    /// A file for no paper of the form in particular.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        media_type: impl Into<String>,
        bytes: u64,
        digest: Digest,
    ) -> Self {
        Self { name: name.into(), media_type: media_type.into(), bytes, digest, field: None }
    }

    /// The same file, for this paper of the form.
    #[must_use]
    pub fn for_paper(mut self, key: impl Into<String>) -> Self {
        self.field = Some(key.into());
        self
    }
}

/// What files may be. Stated to the citizen before they choose one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AttachmentLimits {
    /// Greatest size of one file, in bytes.
    pub each: u64,
    /// Greatest size of all files of a practice together, in bytes.
    pub total: u64,
    /// Allowed media types. Each by every name in use for it, and with any parameters: `image/jpg`
    /// is `image/jpeg`.
    pub media_types: BTreeSet<String>,
    /// Greatest number of files of a practice; as many as fit, without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<u32>,
}

impl AttachmentLimits {
    /// The same limits with other sizes.
    #[must_use]
    pub fn with_bytes(mut self, each: u64, total: u64) -> Self {
        self.each = each;
        self.total = total;
        self
    }

    /// The same limits with these media types only.
    #[must_use]
    pub fn with_media_types<T: Into<String>>(mut self, types: impl IntoIterator<Item = T>) -> Self {
        self.media_types = types.into_iter().map(Into::into).collect();
        self
    }

    /// The same limits with at most so many files.
    #[must_use]
    pub fn with_files(mut self, files: u32) -> Self {
        self.files = Some(files);
        self
    }

    /// Everything that is wrong with adding `new`, for `paper`, to the files that are there.
    pub(crate) fn breaches(
        &self,
        new: &Attachment,
        there: &[&Attachment],
        paper: Option<&Paper>,
    ) -> Vec<AttachmentBar> {
        let held = there.iter().fold(0u64, |sum, file| sum.saturating_add(file.bytes));
        let each = paper.and_then(|paper| paper.max_bytes).unwrap_or(self.each);
        let media_types = match paper {
            Some(paper) if !paper.media_types.is_empty() => &paper.media_types,
            _ => &self.media_types,
        };
        let mut bars = Vec::new();
        if is_blank(&new.name) || new.name.chars().any(char::is_control) {
            bars.push(AttachmentBar::Name);
        }
        if new.bytes == 0 {
            bars.push(AttachmentBar::Empty);
        }
        if new.bytes > each {
            bars.push(AttachmentBar::TooLarge { bytes: new.bytes, limit: each });
        }
        if let Some(limit) = self.files.filter(|limit| there.len() >= *limit as usize) {
            bars.push(AttachmentBar::TooMany { limit });
        }
        if held.saturating_add(new.bytes) > self.total {
            bars.push(AttachmentBar::TooMuch {
                bytes: held.saturating_add(new.bytes),
                limit: self.total,
            });
        }
        let kind = media_type(&new.media_type);
        if !media_types.iter().any(|allowed| media_type(allowed) == kind) {
            bars.push(AttachmentBar::MediaType {
                found: new.media_type.clone(),
                allowed: media_types.iter().cloned().collect(),
            });
        }
        bars
    }
}

impl Default for AttachmentLimits {
    /// 10 MiB each, 50 MiB together; PDF, JPEG, PNG and signed `.p7m`.
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        let types = ["application/pdf", "image/jpeg", "image/png", "application/pkcs7-mime"];
        Self {
            each: 10 * MIB,
            total: 50 * MIB,
            media_types: types.into_iter().map(str::to_owned).collect(),
            files: None,
        }
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttachmentBar {
    /// The name is empty or holds control characters.
    #[error("a file needs a plain name")]
    Name,
    /// No bytes.
    #[error("the file is empty")]
    Empty,
    /// One file over its limit.
    #[error("the file has {bytes} bytes, the limit is {limit}")]
    TooLarge {
        /// What it has.
        bytes: u64,
        /// What is allowed.
        limit: u64,
    },
    /// All files together over their limit.
    #[error("all files together have {bytes} bytes, the limit is {limit}")]
    TooMuch {
        /// What they would have.
        bytes: u64,
        /// What is allowed.
        limit: u64,
    },
    /// As many files as there may be.
    #[error("there may be at most {limit} files")]
    TooMany {
        /// How many.
        limit: u32,
    },
    /// A kind of file the service doesn't take.
    #[error("{found} is not among the kinds of file the service takes")]
    MediaType {
        /// What it is.
        found: String,
        /// What is taken.
        allowed: Vec<String>,
    },
    /// The same bytes are there already.
    #[error("the same file is there already")]
    Twice,
    /// The form asks for no such paper.
    #[error("the form asks for no file under {key}")]
    UnknownPaper {
        /// The key that was given.
        key: String,
    },
    /// Wrong with a file for a paper of the form.
    #[error("“{label}”: {bar}")]
    Paper {
        /// Key of the paper.
        key: String,
        /// Its label.
        label: String,
        /// What is wrong.
        bar: Box<AttachmentBar>,
    },
    /// After submission a citizen adds files by answering a request for integration.
    #[error("after submission files come with the answer to a request")]
    ThroughIntegration,
}

impl AttachmentBar {
    /// The bar as a problem of `verb` with `field`.
    pub(crate) fn problem(&self, verb: Verb, field: &str) -> Problem {
        let (what, remedy) = match self {
            Self::Name => ("name", "give the file a name".to_owned()),
            Self::Empty => ("empty", "choose another file".to_owned()),
            Self::TooLarge { limit, .. } => ("too-large", format!("use at most {limit} bytes")),
            Self::TooMuch { limit, .. } => {
                ("too-much", format!("use at most {limit} bytes in all"))
            }
            Self::MediaType { allowed, .. } => {
                ("media-type", format!("use one of: {}", allowed.join(", ")))
            }
            Self::TooMany { .. } => ("too-many", "take one out first, or leave it out".to_owned()),
            Self::Twice => ("twice", "leave it out".to_owned()),
            Self::UnknownPaper { .. } => {
                ("unknown-paper", "name a paper of the form, or none".to_owned())
            }
            // The problem of the bar within, with the paper's key and label.
            Self::Paper { key, bar, .. } => {
                return Problem { rule: self.to_string(), ..bar.problem(verb, key) };
            }
            Self::ThroughIntegration => {
                ("through-integration", "write to the office that examines the practice".to_owned())
            }
        };
        problem(verb, what, field, self.to_string(), remedy)
    }
}
