//! Blind index: lists by personal sort keys keep keyed digests of their first letters, and
//! personal unique keys are kept as keyed digests.

use std::collections::BTreeSet;

use mattoni_core::record::{Content, ListEntry, Projection, Span};
use mattoni_core::{DigestBuilder, EnteId};

use crate::vault::{Pseudonyms, Vault};
use crate::{Error, Store};

/// How many letters of a sort key count.
const LETTERS: usize = 3;

impl<S: Store> Vault<S> {
    /// Replaces personal sort keys and personal unique keys by digests.
    pub(super) async fn key_entries(
        &self,
        ente: &EnteId,
        kind: &str,
        projection: &mut Projection,
    ) -> Result<(), Error> {
        let is_personal = |entry: &ListEntry| entry.content == Content::Personal;
        let keyed = |name: &str| self.is_personal_key(kind, name);
        if self.ring.is_none()
            || !(projection.entries.iter().any(is_personal)
                || projection.unique.iter().any(|unique| keyed(&unique.name)))
        {
            return Ok(());
        }
        let pseudonyms = Pseudonyms::of_ente(&self.ente_key(ente).await?);
        for unique in projection.unique.iter_mut().filter(|unique| keyed(&unique.name)) {
            unique.value = unique_key(&pseudonyms, kind, &unique.name, &unique.value);
        }
        for entry in projection.entries.iter_mut().filter(|entry| is_personal(entry)) {
            entry.sort = beginning(&pseudonyms, kind, &entry.list, &entry.sort);
        }
        // Sort keys with the same beginning become the same entry, which is kept once.
        let mut seen = BTreeSet::new();
        projection.entries.retain(|entry| seen.insert(entry.clone()));
        Ok(())
    }

    /// The value of a unique key as it is kept.
    pub(super) async fn keyed_value(
        &self,
        ente: &EnteId,
        kind: &str,
        name: &str,
        value: &str,
    ) -> Result<String, Error> {
        if self.ring.is_none() || !self.is_personal_key(kind, name) {
            return Ok(value.to_owned());
        }
        let pseudonyms = Pseudonyms::of_ente(&self.ente_key(ente).await?);
        Ok(unique_key(&pseudonyms, kind, name, value))
    }

    fn is_personal_key(&self, kind: &str, name: &str) -> bool {
        self.personal.kind(kind).is_some_and(|personal| personal.unique.contains(&name))
    }

    /// The span as the list is kept.
    pub(super) async fn keyed_span(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
    ) -> Result<Span, Error> {
        let personal = span.content == Content::Personal && self.ring.is_some();
        match span.beginning().filter(|_| personal) {
            Some(start) => {
                let pseudonyms = Pseudonyms::of_ente(&self.ente_key(ente).await?);
                let start = beginning(&pseudonyms, kind, &span.list, start);
                Ok(span.clone().beginning_with(&start))
            }
            None => Ok(span.clone()),
        }
    }
}

fn unique_key(pseudonyms: &Pseudonyms, kind: &str, name: &str, value: &str) -> String {
    let named = DigestBuilder::new("mattoni.unique.v1")
        .field(kind.as_bytes())
        .field(name.as_bytes())
        .field(value.as_bytes())
        .finish();
    pseudonyms.of(named).to_string()
}

fn beginning(pseudonyms: &Pseudonyms, kind: &str, list: &str, word: &str) -> String {
    let letters: String = word.chars().take(LETTERS).collect();
    let named = DigestBuilder::new("mattoni.list.v1")
        .field(kind.as_bytes())
        .field(list.as_bytes())
        .field(letters.as_bytes())
        .finish();
    pseudonyms.of(named).short()
}
