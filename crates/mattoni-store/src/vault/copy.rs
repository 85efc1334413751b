//! Keys out of a store and into one, as lines of JSON.
//!
//! A backup of the records has no keys in it: it would keep readable what is erased later. They
//! are copied to a file of their own, of which only the newest copy is worth anything. The keys
//! in it are wrapped; without the master key it opens nothing.

use std::io::{BufRead, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use mattoni_core::{Digest, EnteId, Id, Person};
use serde::{Deserialize, Serialize};

use crate::keys::{Key, KeyFor, Keys, StoredKey};
use crate::{Error, ErrorKind, Journal, Stream};

/// What a copy of the keys holds, or what came of taking one in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct KeyCopy {
    /// Keys.
    pub keys: u64,
    /// Those of them that were erased.
    pub erased: u64,
    /// How many changed something here: were added, or erased what was there. 0 for a copy out.
    pub changed: u64,
}

const FORM: &str = "mattoni.keys.v1";
/// The form of lines with a blob's key, which readers of the first would take for the ente's.
const BLOB_FORM: &str = "mattoni.keys.v2";

#[derive(Serialize, Deserialize)]
struct Line {
    form: String,
    ente: EnteId,
    id: Id<Key>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    person: Option<Id<Person>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stream: Option<Stream>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blob: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<Digest>,
    wrapped: Option<String>,
}

const COPYING: &str = "failed to copy the keys";
const RESTORING: &str = "failed to restore the keys";
const PAGE: usize = 500;

/// Writes every key of every ente, wrapped as it is, one a line. Taken after the backup of the
/// records, it has every key that those need.
///
/// # Errors
/// When the machine fails.
pub async fn copy_keys(
    store: &(impl Journal + Keys + ?Sized),
    out: &mut (impl Write + Send),
) -> Result<KeyCopy, Error> {
    let lost = |e: std::io::Error| Error::new(ErrorKind::Io, COPYING).caused_by(e);
    let mut copied = KeyCopy::default();
    for ente in store.entes().await? {
        let mut after = None;
        loop {
            let page = store.all_keys(&ente, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for key in page {
                copied.keys += 1;
                copied.erased += u64::from(key.wrapped.is_none());
                let line = Line::of(ente.clone(), key);
                serde_json::to_writer(&mut *out, &line).map_err(|e| lost(e.into()))?;
                out.write_all(b"\n").map_err(lost)?;
            }
        }
    }
    out.flush().map_err(lost)?;
    Ok(copied)
}

/// Takes a copy of keys in. What was erased, in the copy or here, is erased: so the newest copy
/// after an older backup brings back nobody who was erased since.
///
/// # Errors
/// [`ErrorKind::Unreadable`] for a file that is no copy of keys, with its line; when the machine
/// fails. Keys before that line are taken in.
pub async fn restore_keys(
    store: &(impl Keys + ?Sized),
    from: &mut (impl BufRead + Send),
) -> Result<KeyCopy, Error> {
    let mut restored = KeyCopy::default();
    let mut text = String::new();
    let mut page: Vec<StoredKey> = Vec::new();
    let mut of: Option<EnteId> = None;
    loop {
        text.clear();
        let read = from.read_line(&mut text);
        let read = read.map_err(|e| Error::new(ErrorKind::Io, RESTORING).caused_by(e))?;
        let next = if read == 0 { None } else { Some(parse(&text, restored.keys + 1)?) };
        let turns = next.as_ref().is_none_or(|(ente, _)| of.as_ref() != Some(ente));
        if (turns || page.len() >= PAGE)
            && let Some(ente) = &of
        {
            restored.changed += store.put_keys(ente, &page).await?;
            page.clear();
        }
        let Some((ente, key)) = next else { return Ok(restored) };
        restored.keys += 1;
        restored.erased += u64::from(key.wrapped.is_none());
        page.push(key);
        of = Some(ente);
    }
}

impl Line {
    fn of(ente: EnteId, StoredKey { id, of, wrapped }: StoredKey) -> Self {
        let form = if matches!(of, KeyFor::Blob { .. }) { BLOB_FORM } else { FORM };
        let (mut person, mut stream, mut blob, mut sealed) = (None, None, None, None);
        match of {
            KeyFor::Ente => {}
            KeyFor::Person { person: whose, stream: of } => {
                (person, stream) = (Some(whose), Some(of));
            }
            KeyFor::Blob { blob: which, sealed: form } => {
                (blob, sealed) = (Some(which), Some(form));
            }
        }
        let wrapped = wrapped.map(|wrapped| BASE64.encode(wrapped));
        Self { form: form.to_owned(), ente, id, person, stream, blob, sealed, wrapped }
    }
}

fn parse(text: &str, number: u64) -> Result<(EnteId, StoredKey), Error> {
    let unreadable = || Error::new(ErrorKind::Unreadable, RESTORING).with("line", number);
    let line: Line = serde_json::from_str(text).map_err(|e| unreadable().caused_by(e))?;
    let of = match (&*line.form, line.person, line.stream, line.blob, line.sealed) {
        (FORM, Some(person), Some(stream), None, None) => KeyFor::Person { stream, person },
        (FORM, None, None, None, None) => KeyFor::Ente,
        (BLOB_FORM, None, None, Some(blob), Some(sealed)) => KeyFor::Blob { blob, sealed },
        _ => return Err(unreadable().with("form", line.form)),
    };
    let wrapped = line.wrapped.map(|wrapped| BASE64.decode(wrapped)).transpose();
    let wrapped = wrapped.map_err(|e| unreadable().caused_by(e))?;
    Ok((line.ente, StoredKey { id: line.id, of, wrapped }))
}
