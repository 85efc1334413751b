//! The book of the story: chapters that were told to their end, so that a demo that was stopped
//! goes on where it was, and one that is started again says the same.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Stopped;

#[derive(Serialize, Deserialize)]
struct Told {
    chapter: String,
    lines: Vec<String>,
}

pub(super) struct Book {
    file: File,
    told: BTreeMap<String, Vec<String>>,
}

impl Book {
    /// Opens the book in the demo's folder. A chapter whose line was cut short was not told.
    pub(super) fn open(folder: &Path) -> Result<Self, Stopped> {
        let path = folder.join("story.jsonl");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let whole = text.lines().filter_map(|line| serde_json::from_str::<Told>(line).ok());
        let told = whole.map(|told| (told.chapter, told.lines)).collect();
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n")?;
        }
        Ok(Self { file, told })
    }

    pub(super) fn told(&self, chapter: &str) -> Option<&[String]> {
        self.told.get(chapter).map(Vec::as_slice)
    }

    pub(super) fn add(&mut self, chapter: &str, lines: Vec<String>) -> Result<(), Stopped> {
        let mut line = serde_json::to_vec(&Told { chapter: chapter.to_owned(), lines })?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        Ok(self.file.sync_data()?)
    }
}
