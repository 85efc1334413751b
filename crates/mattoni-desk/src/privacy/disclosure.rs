//! All that is held on one person.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use mattoni_core::record::{Disclosure, Happened, PEOPLE, RecordKind, RecordRef, Section, Span};
use mattoni_core::{Id, Person};
use mattoni_store::{KeyFor, Stream, Version};
use serde::Serialize;

use super::erasure::Held;
use super::{letter, marked};
use crate::bulk::PAGE;
use crate::{Desk, DeskError};

/// What is held on a person (GDPR, art. 15), as files of a folder: a letter in Italian that says
/// what it is, everything as JSON, and for each record a page to read, its data, and the files.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Dossier {
    /// Whose.
    pub person: Id<Person>,
    /// What was found, record by record.
    pub entries: Vec<DossierEntry>,
    /// The files, by path.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// What one record holds on the person.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DossierEntry {
    /// The record.
    pub record: RecordRef,
    /// What officials call such a record.
    pub title: &'static str,
    /// Its name, e.g. its number of the register.
    pub name: String,
    /// What it is and how it stands, in Italian.
    pub about: String,
    /// What the person is to it, in Italian.
    pub relation: String,
    /// What the person reads, section by section.
    pub sections: Vec<Section>,
    /// The same as data.
    pub data: serde_json::Value,
    /// Names of files, as they lie in the folder.
    pub files: Vec<String>,
}

impl Desk {
    /// Gathers all that is held on a person at `at`, whatever the kind of record. Who they are was
    /// made sure of by whoever calls this.
    ///
    /// Each kind says itself what a person may know
    /// ([`Record::disclose`](mattoni_core::record::Record::disclose)); of a kind that does not, every
    /// value is given that its marks say is theirs. So nothing is forgotten.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn dossier(
        &self,
        person: Id<Person>,
        at: DateTime<Utc>,
    ) -> Result<Dossier, DeskError> {
        let mut files = BTreeMap::new();
        let mut entries: Vec<DossierEntry> = Vec::new();
        for stream in self.records_of(person).await? {
            let Some(kind) = self.bricks().kind(&stream.kind) else { continue };
            let Some(held) = self.held(std::slice::from_ref(&stream)).await?.pop() else {
                continue;
            };
            let Some(disclosure) = self.disclose(kind, &held, person).await? else { continue };
            let folder = format!("{}/{}", plain(kind.title()), plain(&disclosure.name));
            let mut names = Vec::with_capacity(disclosure.files.len());
            for (n, (name, digest)) in disclosure.files.iter().enumerate() {
                let path = format!("allegati/{:02}-{}", n + 1, plain(name));
                match self.store().get(self.ente(), *digest).await? {
                    Some(bytes) => {
                        files.insert(format!("{folder}/{path}"), bytes);
                        names.push(path);
                    }
                    None => names.push(format!("{name} (non conservato)")),
                }
            }
            let Disclosure { name, about, relation, sections, data, .. } = disclosure;
            let (record, title) = (held.record, kind.title());
            let entry =
                DossierEntry { record, title, name, about, relation, sections, data, files: names };
            files.insert(format!("{folder}/dati.json"), json(&entry));
            files.insert(format!("{folder}/scheda.html"), letter::page(&entry).into_bytes());
            entries.push(entry);
        }
        let letter = letter::letter(self.ente(), person, at, &entries);
        files.insert("LEGGIMI.txt".into(), letter.into_bytes());
        let all = serde_json::json!({
            "version": 3, "ente": self.ente(), "person": person, "at": at, "records": entries,
        });
        files.insert("dati.json".into(), json(&all));
        Ok(Dossier { person, entries, files })
    }

    async fn disclose(
        &self,
        kind: &dyn RecordKind,
        held: &Held,
        person: Id<Person>,
    ) -> Result<Option<Disclosure>, DeskError> {
        let history = self.raw_history(&held.stored.stream).await?;
        let own = held.state.disclose(person, &history);
        let unreadable = |e| {
            let kind = mattoni_store::ErrorKind::Unreadable;
            let error = mattoni_store::Error::new(kind, "failed to read an event");
            DeskError::Store(error.with("record", &held.record).caused_by(e))
        };
        if let Some(disclosure) = own.map_err(unreadable)? {
            return Ok(Some(disclosure));
        }
        let state = serde_json::from_slice(held.stored.json()?).unwrap_or_default();
        let fields = kind.personal().state;
        let values = marked::values_of(&state, &fields, &held.state.owners(), person);
        if values.is_empty() {
            return Ok(None);
        }
        let lines = values.iter().map(|(path, value)| match value {
            serde_json::Value::String(text) => format!("{path}: {text}"),
            other => format!("{path}: {other}"),
        });
        let data = values.iter().cloned().collect::<serde_json::Map<_, _>>();
        let name = held.record.id.to_string();
        let disclosure = Disclosure::new(name, kind.title(), "interessato", data.into());
        Ok(Some(disclosure.section("Dati", lines)))
    }

    /// The rows of a record's history, its events as JSON.
    async fn raw_history(&self, stream: &Stream) -> Result<Vec<Happened<Vec<u8>>>, DeskError> {
        let mut rows = Vec::new();
        let mut after = Version::NONE;
        loop {
            let page = self.store().history(self.ente(), stream, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(rows) };
            after = last.version;
            for row in page {
                let number = rows.len() as u64 + 1;
                rows.push(Happened { number, act: row.act()?, event: row.body });
            }
        }
    }

    /// The records that name the person: found by the list of people, and by the keys of what is
    /// sealed of them, which know of beneficiaries too.
    async fn records_of(&self, person: Id<Person>) -> Result<BTreeSet<Stream>, DeskError> {
        let mut found = BTreeSet::new();
        let span = Span::new(PEOPLE, person.to_string());
        for kind in self.bricks().kinds().filter(|kind| kind.lists().contains(&PEOPLE)) {
            found.extend(self.streams_in(kind.kind(), &span).await?);
        }
        for key in self.store().keys_of_person(self.ente(), person).await? {
            if let KeyFor::Person { stream, .. } = key.of {
                found.insert(stream);
            }
        }
        Ok(found)
    }
}

/// A name that any file system takes, and that leads nowhere else.
fn plain(name: &str) -> String {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let dashed = name.replace('/', "-");
    let name: String = dashed.chars().map(|c| if fits(c) { c } else { '_' }).take(100).collect();
    name.trim_matches(['.', ' ']).to_owned()
}

fn json(value: &impl Serialize) -> Vec<u8> {
    // Text, numbers and dates: JSON always takes them.
    serde_json::to_vec_pretty(value).unwrap_or_default()
}
