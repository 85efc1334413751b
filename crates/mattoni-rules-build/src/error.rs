//! What stops a build.

use std::error::Error;

/// Why there is no plugin: one line that says what to do; details in
/// [`source`](std::error::Error::source).
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct BuildError {
    message: String,
    missing_tool: bool,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl BuildError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), missing_tool: false, source: None }
    }

    pub(crate) fn because(
        message: impl Into<String>,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self { message: message.into(), missing_tool: false, source: Some(source.into()) }
    }

    pub(crate) fn missing_tool(mut self) -> Self {
        self.missing_tool = true;
        self
    }

    /// Whether it is the tools for the rule's language that could not be had (no npm, no PyPI),
    /// rather than anything about the rule.
    #[must_use]
    pub fn is_missing_tool(&self) -> bool {
        self.missing_tool
    }
}
