//! The sealed form of one value, version 2.
//!
//! `{"$sealed":"2:<shape>:<key>:<ciphertext>"}`: the shape of the placeholder that replaces the value
//! once it is erased, the id of the key, and AES-256-GCM-SIV (RFC 8452) of the value's JSON in
//! base64. The id of the key is empty where it is the key of the sealed value before it in the
//! document. Nonce and associated data are a digest of the value's place, so that it opens nowhere
//! else, and so that sealing the same change again gives the same bytes. An empty ciphertext
//! stands for a value whose key was erased already when the state was written.
//!
//! Version 1 is read, too. There every value has the id of its key.

use std::collections::BTreeMap;

use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use aes_gcm_siv::{Aes256GcmSiv, Nonce};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use mattoni_core::record::PersonalData;
use mattoni_core::{DigestBuilder, EnteId, Id, Person};
use zeroize::Zeroizing;

use crate::keys::Key;
use crate::vault::master::Secret;
use crate::vault::placeholder::placeholder;
use crate::{Error, ErrorKind, Stream, Version};

/// How every sealed value begins. In JSON these bytes cannot stand inside a text, where the
/// quotes would be escaped.
pub(crate) const BEGINS: &str = r#"{"$sealed":""#;
const ENDS: &str = r#""}"#;

/// Which document of a stream.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    Event,
    State,
    /// The payload of the effect with this key.
    Effect(&'a str),
    /// The row that lists show of it.
    Row,
}

/// Which document of the store.
#[derive(Debug, Clone, Copy)]
pub(super) struct Document<'a> {
    pub(super) ente: &'a EnteId,
    pub(super) stream: &'a Stream,
    /// Of the event or the state; none for an effect and a row.
    pub(super) version: Version,
    pub(super) part: Part<'a>,
}

impl Document<'_> {
    /// What the value sealed in the `nth` place is bound to.
    fn label(&self, nth: u64, shape: &str) -> [u8; 32] {
        let (part, key) = match self.part {
            Part::Event => ("event", ""),
            Part::State => ("state", ""),
            Part::Effect(key) => ("effect", key),
            // The name that is stored.
            Part::Row => ("line", ""),
        };
        let label = DigestBuilder::new("mattoni.sealed.v1")
            .field(self.ente.as_str().as_bytes())
            .field(self.stream.kind.as_bytes())
            .field(&self.stream.id.as_u128().to_be_bytes())
            .field(&self.version.get().to_le_bytes())
            .field(part.as_bytes())
            .field(key.as_bytes())
            .field(&nth.to_le_bytes())
            .field(shape.as_bytes());
        *label.finish().as_bytes()
    }

    fn altered(&self) -> Error {
        Error::new(ErrorKind::Corrupt, "failed to open a sealed value: it was altered or moved")
            .with("stream", self.stream)
            .with("version", self.version)
    }

    fn unopened(&self, why: &str, key: Id<Key>) -> Error {
        Error::new(ErrorKind::Corrupt, "failed to open a sealed value")
            .with("why", why)
            .with("stream", self.stream)
            .with("key", key)
    }
}

fn nonce(label: &[u8; 32]) -> Nonce {
    let mut nonce = [0; 12];
    nonce.copy_from_slice(&label[..12]);
    Nonce::from(nonce)
}

/// A value's sealed form.
pub(super) fn seal(
    document: &Document<'_>,
    nth: u64,
    shape: &str,
    key: &KeyName,
    secret: &Secret,
    value: &str,
) -> Result<String, Error> {
    let label = document.label(nth, shape);
    let payload = Payload { msg: value.as_bytes(), aad: &label };
    // Fails for messages of more than 64 GiB only.
    let sealed = Aes256GcmSiv::new(&(**secret).into())
        .encrypt(&nonce(&label), payload)
        .map_err(|_| Error::new(ErrorKind::TooLarge, "failed to seal a value"))?;
    Ok(token(shape, key, &BASE64.encode(sealed)))
}

/// What stands in a state for a value whose key is gone.
pub(super) fn gone(shape: &str, key: &KeyName) -> String {
    token(shape, key, "")
}

fn token(shape: &str, KeyName(key): &KeyName, ciphertext: &str) -> String {
    format!("{BEGINS}2:{shape}:{key}:{ciphertext}{ENDS}")
}

/// How a sealed value names its key: by its id, or by nothing where the value before it did.
pub(super) struct KeyName(String);

impl KeyName {
    /// Of the `key`, behind a value that was sealed under `before`.
    pub(super) fn after(before: Option<Id<Key>>, key: Id<Key>) -> Self {
        Self(if before == Some(key) { String::new() } else { key.to_string() })
    }
}

/// A key as far as reading needs it.
pub(super) enum Opener {
    Secret(Secret),
    /// Erased; placeholders may name the person.
    Erased(Id<Person>),
    /// There, and it does not open: why.
    Broken(Error),
}

/// One sealed value in a document.
struct Token<'a> {
    shape: &'a str,
    key: Id<Key>,
    ciphertext: &'a str,
}

impl<'a> Token<'a> {
    /// What is between the quotes, behind a value that was sealed under `before`.
    fn parse(text: &'a str, before: Option<Id<Key>>) -> Option<Self> {
        let mut parts = text.splitn(4, ':');
        let version = parts.next()?;
        let (shape, key, ciphertext) = (parts.next()?, parts.next()?, parts.next()?);
        let key = match (version, key) {
            ("2", "") => before?,
            ("1" | "2", key) => key.parse().ok()?,
            _ => return None,
        };
        Some(Self { shape, key, ciphertext })
    }
}

/// The document in pieces: a text that is not sealed, and the sealed value after it, `Err` where
/// that cannot be read.
fn pieces(body: &str) -> impl Iterator<Item = (&str, Option<Result<Token<'_>, ()>>)> {
    let mut before = None;
    texts(body).map(move |(text, sealed)| {
        let token = sealed.map(|sealed| Token::parse(sealed, before).ok_or(()));
        if let Some(Ok(token)) = &token {
            before = Some(token.key);
        }
        (text, token)
    })
}

fn texts(body: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = Some(body);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let sealed = text.find(BEGINS).and_then(|at| {
            let inside = &text[at + BEGINS.len()..];
            inside.find(ENDS).map(|end| (&text[..at], &inside[..end], &inside[end + ENDS.len()..]))
        });
        match sealed {
            None => Some((text, None)),
            Some((before, inside, after)) => {
                rest = Some(after);
                Some((before, Some(inside)))
            }
        }
    })
}

/// Whether anything is sealed in a document, whether it can be read or not.
pub(super) fn has_sealed(body: &[u8]) -> bool {
    // Borrowed where it is UTF-8, as all but what was altered is.
    String::from_utf8_lossy(body).contains(BEGINS)
}

/// The keys that a document needs.
pub(super) fn keys_in(body: &[u8]) -> impl Iterator<Item = Id<Key>> {
    // A body that is not UTF-8 is no JSON, which its reader reports.
    let body = std::str::from_utf8(body).unwrap_or_default();
    pieces(body).filter_map(|(_, sealed)| sealed?.ok().map(|token| token.key))
}

/// The document with its sealed values opened.
pub(super) fn open(
    body: &[u8],
    document: &Document<'_>,
    keys: &BTreeMap<Id<Key>, (Stream, Opener)>,
    personal: &PersonalData,
) -> Result<Vec<u8>, Error> {
    let text = std::str::from_utf8(body).map_err(|_| document.altered())?;
    let mut out = String::with_capacity(text.len());
    for (nth, (before, sealed)) in (0..).zip(pieces(text)) {
        out.push_str(before);
        let Some(sealed) = sealed else { break };
        let token = sealed.map_err(|()| document.altered())?;
        let key = keys.get(&token.key);
        if key.is_some_and(|(stream, _)| stream != document.stream) {
            return Err(document.unopened("its key is of another record", token.key));
        }
        match key.map(|(_, opener)| opener) {
            Some(Opener::Secret(secret)) => {
                let label = document.label(nth, token.shape);
                let sealed = BASE64.decode(token.ciphertext).map_err(|_| document.altered())?;
                let payload = Payload { msg: &sealed, aad: &label };
                let value = Aes256GcmSiv::new(&(**secret).into())
                    .decrypt(&nonce(&label), payload)
                    .map(Zeroizing::new)
                    .map_err(|_| document.altered())?;
                out.push_str(std::str::from_utf8(&value).map_err(|_| document.altered())?);
            }
            Some(Opener::Erased(person)) => {
                let json = placeholder(personal, token.shape);
                out.push_str(&json.replace("$person", &person.to_string()));
            }
            Some(Opener::Broken(why)) => {
                return Err(document
                    .unopened("its key does not open", token.key)
                    .caused_by(why.clone()));
            }
            None => return Err(document.unopened("its key is not here", token.key)),
        }
    }
    Ok(out.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 2] =
        ["018f3c5e-0000-7000-8000-000000000001", "018f3c5e-0000-7000-8000-000000000002"];

    fn keys(body: &str) -> Vec<String> {
        keys_in(body.as_bytes()).map(|key| key.to_string()).collect()
    }

    #[test]
    fn a_value_without_a_key_has_that_of_the_value_before_it() {
        let [one, two] = KEYS;
        let body = format!(
            r#"{{"a":{{"$sealed":"2:text:{one}:AA"}},"b":{{"$sealed":"2:text::BB"}},"c":{{"$sealed":"2:text:{two}:CC"}},"d":{{"$sealed":"2:text::"}}}}"#
        );
        assert_eq!(keys(&body), [one, one, two, two]);
    }

    #[test]
    fn version_1_names_the_key_of_every_value_and_must_do_so() {
        let [one, _] = KEYS;
        let named = format!(r#"[{{"$sealed":"1:text:{one}:AA"}},{{"$sealed":"1:text:{one}:AA"}}]"#);
        assert_eq!(keys(&named), [one, one]);
        let unnamed = format!(r#"[{{"$sealed":"1:text:{one}:AA"}},{{"$sealed":"1:text::AA"}}]"#);
        assert_eq!(keys(&unnamed), [one]);
        assert_eq!(keys(r#"[{"$sealed":"2:text::AA"}]"#), [""; 0]);
    }

    #[test]
    fn a_key_is_named_when_it_changes() {
        let [one, two] = KEYS.map(|key| key.parse::<Id<Key>>().unwrap());
        assert_eq!(KeyName::after(None, one).0, KEYS[0]);
        assert_eq!(KeyName::after(Some(one), one).0, "");
        assert_eq!(KeyName::after(Some(one), two).0, KEYS[1]);
    }
}
