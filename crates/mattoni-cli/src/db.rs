//! The name of a store: a file or a server.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The file that is the store where none is named.
pub(crate) const USUAL: &str = "mattoni.sqlite";

/// The name of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Db {
    /// An SQLite file.
    File(PathBuf),
    /// A PostgreSQL database, as a URL.
    Server(String),
}

impl FromStr for Db {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let server = ["postgres://", "postgresql://"].iter().any(|start| text.starts_with(start));
        Ok(if server { Self::Server(text.to_owned()) } else { Self::File(text.into()) })
    }
}

impl fmt::Display for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            // Its URL may hold a password.
            Self::Server(_) => f.write_str("PostgreSQL"),
        }
    }
}

impl Db {
    /// The words that name this store to another command: none where it is the usual one.
    pub(crate) fn argument(&self) -> String {
        match self {
            Self::File(path) if path.as_os_str() == USUAL => String::new(),
            Self::File(path) => format!(" --db {}", shell_word(path)),
            Self::Server(_) => " --db postgres://…".to_owned(),
        }
    }

    /// The file that messages to people are left in, beside the records or in this folder.
    pub(crate) fn messages(&self) -> PathBuf {
        match self {
            Self::File(path) => path.with_extension("messages.jsonl"),
            Self::Server(_) => "mattoni.messages.jsonl".into(),
        }
    }
}

/// A path as one word of a shell's line: between quotes where it holds more than plain letters.
pub(crate) fn shell_word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "_-./,:@+=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text;
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
