//! What has to be said to people, written to a file, once each.
//!
//! Until `mattoni-message` is there to say it, whoever runs the desk finds every message in this
//! file, one JSON object a line, and can send it with whatever they have.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_core::record::{Order, Tell};
use mattoni_store::StoredEffect;
use serde::{Deserialize, Serialize};

use crate::{Desk, DeskError, Handled, Taker};

/// A message as it stands in the file.
#[derive(Debug, Serialize, Deserialize)]
struct Letter {
    /// The effect's key: a message with a key that is in the file is not written again.
    key: String,
    /// What it is about.
    stream: String,
    /// Recipient, template and its data.
    message: serde_json::Value,
}

/// Takes the effects of the topic `message.tell`.
#[derive(Debug)]
pub struct FileMailbox {
    path: PathBuf,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    keys: BTreeSet<String>,
    /// The last line may have been cut short, by a crash or a full disk: it is ended before the
    /// next is written.
    torn: bool,
}

impl FileMailbox {
    /// The mailbox in the file at `path`, made if there is none. A line that a crash cut short
    /// affects no other; its message comes again.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref().to_owned();
        let mut options = OpenOptions::new();
        options.create(true).read(true).append(true);
        // The messages are about people.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        let mut lines = BufReader::new(&file);
        let (mut keys, mut torn, mut line) = (BTreeSet::new(), false, Vec::new());
        while lines.read_until(b'\n', &mut line)? > 0 {
            torn = !line.ends_with(b"\n");
            keys.extend(serde_json::from_slice::<Letter>(&line).map(|letter| letter.key));
            line.clear();
        }
        Ok(Self { path, open: Mutex::new(Open { file, keys, torn }) })
    }

    /// How many messages are in the file.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().keys.len()
    }

    /// Whether there is no message yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Open> {
        // What is behind the lock is whole after every statement, even after a panic.
        self.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self, effects: &[StoredEffect]) -> io::Result<Vec<Handled>> {
        let mut open = self.lock();
        let mut lines = Vec::new();
        let mut new = Vec::new();
        let mut handled = Vec::with_capacity(effects.len());
        for effect in effects {
            let key = effect.key.clone();
            handled.push(match serde_json::from_slice(&effect.payload) {
                Ok(_) if open.keys.contains(&key) => Handled::Done,
                Ok(message) => {
                    let letter = Letter { key, stream: effect.stream.to_string(), message };
                    serde_json::to_writer(&mut lines, &letter)?;
                    lines.push(b'\n');
                    new.push(letter.key);
                    Handled::Done
                }
                // It would hold up every other message for good.
                Err(error) => Handled::Never(format!("not a message: {error}")),
            });
        }
        if !lines.is_empty() {
            if std::mem::replace(&mut open.torn, true) {
                open.file.write_all(b"\n")?;
            }
            open.file.write_all(&lines)?;
            open.torn = false;
            open.file.sync_data()?;
            open.keys.extend(new);
        }
        Ok(handled)
    }
}

#[async_trait]
impl Taker for FileMailbox {
    fn topic(&self) -> &str {
        Tell::TOPIC
    }

    async fn take(
        &self,
        _: &Desk,
        effects: &[StoredEffect],
        _: DateTime<Utc>,
    ) -> Result<Vec<Handled>, DeskError> {
        self.write(effects).map_err(|error| {
            let kind = mattoni_store::ErrorKind::Io;
            mattoni_store::Error::new(kind, "failed to write a message")
                .with("file", self.path.display())
                .caused_by(error)
                .into()
        })
    }
}
