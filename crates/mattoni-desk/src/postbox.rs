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
use mattoni_store::StoredEffect;
use serde::{Deserialize, Serialize};

use crate::{DeskError, Handled, Handler};

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
pub struct FilePostbox {
    path: PathBuf,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    file: File,
    keys: BTreeSet<String>,
}

impl FilePostbox {
    /// The postbox in the file at `path`, made if there is none. A line that a crash cut short
    /// is ended, so that it spoils no other; its message comes again.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref().to_owned();
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(&path)?;
        let mut keys = BTreeSet::new();
        let mut whole = true;
        for line in BufReader::new(&file).split(b'\n') {
            match serde_json::from_slice::<Letter>(&line?) {
                Ok(letter) => {
                    keys.insert(letter.key);
                    whole = true;
                }
                Err(_) => whole = false,
            }
        }
        if !whole {
            file.write_all(b"\n")?;
        }
        Ok(Self { path, open: Mutex::new(Open { file, keys }) })
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

    fn write(&self, effects: &[StoredEffect]) -> io::Result<()> {
        let mut open = self.lock();
        let mut lines = Vec::new();
        let mut new = Vec::new();
        for effect in effects.iter().filter(|effect| !open.keys.contains(&effect.key)) {
            let letter = Letter {
                key: effect.key.clone(),
                stream: effect.stream.to_string(),
                message: serde_json::from_slice(&effect.payload)?,
            };
            serde_json::to_writer(&mut lines, &letter)?;
            lines.push(b'\n');
            new.push(letter.key);
        }
        open.file.write_all(&lines)?;
        open.file.sync_data()?;
        open.keys.extend(new);
        Ok(())
    }
}

#[async_trait]
impl Handler for FilePostbox {
    fn topic(&self) -> &str {
        "message.tell"
    }

    async fn handle(&self, effects: &[StoredEffect]) -> Result<Vec<Handled>, DeskError> {
        match self.write(effects) {
            Ok(()) => Ok(vec![Handled::Done; effects.len()]),
            Err(error) => Err(DeskError::Store(
                mattoni_store::Error::new(
                    mattoni_store::ErrorKind::Io,
                    "failed to write a message",
                )
                .with("file", self.path.display())
                .caused_by(error),
            )),
        }
    }
}
