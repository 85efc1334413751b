//! What a plugin did wrong, or the machine under it.

use std::error::Error;
use std::fmt;
use std::ops::Range;

use mattoni_core::Problems;

/// A plugin that cannot be run, or did not do what it declares. It costs this one error and
/// nothing else: the host and other plugins run on.
///
/// `Display` names plugin, world and rows, and what to do about it is the plugin's author's;
/// the cause underneath is in [`source`](Error::source).
#[derive(Debug)]
pub struct RuleError {
    kind: RuleErrorKind,
    plugin: String,
    world: Option<&'static str>,
    rows: Option<Range<usize>>,
    detail: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RuleErrorKind {
    /// The bytes are no component.
    Malformed,
    /// The component is larger than a plugin may be: in bytes, or once everything it instantiates
    /// is written out. It was not compiled.
    TooLarge,
    /// The component imports something.
    ForeignImport,
    /// The component speaks no version of the contract that this host knows.
    UnknownContract,
    /// The plugin describes itself wrongly.
    BadDescription,
    /// The batch was made for other inputs.
    ForeignBatch,
    /// The plugin worked for too long.
    OutOfFuel,
    /// The plugin asked for too much memory.
    OutOfMemory,
    /// The plugin stopped: a panic, a stack too deep, a division by zero.
    Trap,
    /// The plugin itself answered that it could not answer.
    Failed,
    /// The answer is not what the plugin declared.
    BadAnswer,
    /// All instances are in use; worth trying again.
    Busy,
    /// The cache of compiled plugins cannot be used.
    Cache,
    /// The host's own machinery failed.
    Host,
}

impl RuleErrorKind {
    /// Stable dotted code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "rules.malformed",
            Self::TooLarge => "rules.too-large",
            Self::ForeignImport => "rules.foreign-import",
            Self::UnknownContract => "rules.unknown-contract",
            Self::BadDescription => "rules.bad-description",
            Self::ForeignBatch => "rules.foreign-batch",
            Self::OutOfFuel => "rules.out-of-fuel",
            Self::OutOfMemory => "rules.out-of-memory",
            Self::Trap => "rules.trap",
            Self::Failed => "rules.failed",
            Self::BadAnswer => "rules.bad-answer",
            Self::Busy => "rules.busy",
            Self::Cache => "rules.cache",
            Self::Host => "rules.host",
        }
    }
}

impl RuleError {
    pub(crate) fn new(kind: RuleErrorKind, plugin: &str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            plugin: plugin.to_owned(),
            world: None,
            rows: None,
            detail: detail.into(),
            source: None,
        }
    }

    pub(crate) fn in_world(mut self, world: &'static str) -> Self {
        self.world = Some(world);
        self
    }

    pub(crate) fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Whether it is the same failure, wherever it happened.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.kind == other.kind && self.detail == other.detail
    }

    pub(crate) fn in_rows(mut self, rows: Range<usize>) -> Self {
        self.rows = Some(rows);
        self
    }

    pub(crate) fn description(plugin: &str, problems: Problems) -> Self {
        let count = problems.iter().count();
        Self::new(
            RuleErrorKind::BadDescription,
            plugin,
            format!("describes itself wrongly in {count} places"),
        )
        .because(problems)
    }

    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> RuleErrorKind {
        self.kind
    }

    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.kind == RuleErrorKind::Busy
    }

    /// The plugin, by its name, or by the beginning of its digest before it said its name.
    #[must_use]
    pub fn plugin(&self) -> &str {
        &self.plugin
    }

    /// The world it answers in, once that is known.
    #[must_use]
    pub fn world(&self) -> Option<&'static str> {
        self.world
    }

    /// The rows among which it went wrong, counted from 0; one row where it is known.
    #[must_use]
    pub fn rows(&self) -> Option<Range<usize>> {
        self.rows.clone()
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "plugin {}", self.plugin)?;
        if let Some(world) = self.world {
            write!(f, " ({world})")?;
        }
        match &self.rows {
            Some(rows) if rows.len() == 1 => write!(f, ", row {}", rows.start)?,
            Some(rows) => write!(f, ", rows {} to {}", rows.start, rows.end.saturating_sub(1))?,
            None => {}
        }
        write!(f, ": {} [{}]", self.detail, self.kind.code())
    }
}

impl Error for RuleError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
