//! Looking for what is harmful.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use mattoni_core::record::Personal;
use serde::{Deserialize, Serialize};

/// Whoever looks for what is harmful in a file: a virus scanner.
#[async_trait]
pub trait Scanner: Send + Sync {
    /// Looks at the whole file.
    ///
    /// # Errors
    /// [`ScanError`] when it could not look. The file is not taken then.
    async fn scan(&self, bytes: &[u8]) -> Result<Scan, ScanError>;
}

/// What a scanner answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The scanner with its version and that of its signatures, as it names them.
    pub engine: String,
    /// What it found.
    pub verdict: Verdict,
}

/// What a scanner found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Verdict {
    /// Nothing.
    Clean,
    /// Something harmful.
    Infected {
        /// What the scanner calls it.
        #[not_personal]
        signature: String,
    },
}

/// A scanner that could not look.
#[derive(Clone)]
pub struct ScanError {
    message: &'static str,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl ScanError {
    /// `message` says what was being done, as a lower-case fragment.
    #[must_use]
    pub fn new(message: &'static str) -> Self {
        Self { message, source: None }
    }

    /// The same error, with its cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl fmt::Debug for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScanError")
            .field("message", &self.message)
            .field("source", &self.source)
            .finish()
    }
}

impl std::error::Error for ScanError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
