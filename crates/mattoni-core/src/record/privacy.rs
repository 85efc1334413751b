//! How long a record is kept, and what the person it is about may know of it.

use chrono::NaiveDate;
use serde::Serialize;

use crate::record::RecordRef;
use crate::{Act, Digest};

/// How long a record is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retention {
    /// It is not at its end: nobody is erased from it.
    UnderWay,
    /// It came to its end; the ente's rules of retention (*massimario di scarto*) say what follows.
    Ended(Ended),
    /// It goes with another record, whose people are erased from it too.
    With(RecordRef),
    /// For ever: it holds nothing about people.
    Forever,
}

/// A record at its end, as rules of retention see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Code of the service, by which rules are chosen.
    pub service: String,
    /// The final state, by its stable name.
    pub state: &'static str,
    /// The day it came to its end.
    pub on: NaiveDate,
    /// The day it was submitted, when it was.
    pub submitted_on: Option<NaiveDate>,
    /// What an official calls it, e.g. its number of the register.
    pub name: String,
}

/// One event of a record's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened<E> {
    /// Its place in the record's history, from 1.
    pub number: u64,
    /// When, and by whom.
    pub act: Act,
    /// What.
    pub event: E,
}

/// What a record holds on a person, for the copy that they have a right to.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Disclosure {
    /// The record's name, e.g. its number of the register; also names its folder.
    pub name: String,
    /// A line in Italian on what it is and how it stands.
    pub about: String,
    /// What the person is to it, in Italian.
    pub relation: String,
    /// What the person reads, in Italian, section by section.
    pub sections: Vec<Section>,
    /// The same as data.
    pub data: serde_json::Value,
    /// Files that are theirs, each with the name it is given.
    pub files: Vec<(String, Digest)>,
}

impl Disclosure {
    /// What the record `name` holds, without sections.
    pub fn new(
        name: impl Into<String>,
        about: impl Into<String>,
        relation: impl Into<String>,
        data: serde_json::Value,
    ) -> Self {
        let (name, about, relation) = (name.into(), about.into(), relation.into());
        Self { name, about, relation, sections: Vec::new(), data, files: Vec::new() }
    }

    /// With a section, unless it has no lines.
    #[must_use]
    pub fn section(
        mut self,
        title: impl Into<String>,
        lines: impl IntoIterator<Item = String>,
    ) -> Self {
        let lines: Vec<String> = lines.into_iter().collect();
        if !lines.is_empty() {
            self.sections.push(Section { title: title.into(), lines });
        }
        self
    }

    /// With files.
    #[must_use]
    pub fn files(mut self, files: impl IntoIterator<Item = (String, Digest)>) -> Self {
        self.files.extend(files);
        self
    }
}

/// One section of what the person reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its title.
    pub title: String,
    /// Its lines, plain text.
    pub lines: Vec<String>,
}
