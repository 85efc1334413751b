//! Blind index: lists by personal sort keys keep keyed digests of their first letters.

use std::collections::BTreeSet;

use mattoni_core::record::{Content, ListEntry, Projection, Span};
use mattoni_core::{DigestBuilder, EnteId};

use crate::vault::{Pseudonyms, Vault};
use crate::{Error, Store};

/// How many letters of a sort key count.
const LETTERS: usize = 3;

impl<S: Store> Vault<S> {
    /// Replaces personal sort keys by digests.
    pub(super) async fn key_entries(
        &self,
        ente: &EnteId,
        kind: &str,
        projection: &mut Projection,
    ) -> Result<(), Error> {
        let is_personal = |entry: &ListEntry| entry.content == Content::Personal;
        if self.ring.is_none() || !projection.entries.iter().any(is_personal) {
            return Ok(());
        }
        let pseudonyms = Pseudonyms::of_ente(&self.ente_key(ente).await?);
        for entry in projection.entries.iter_mut().filter(|entry| is_personal(entry)) {
            entry.sort = beginning(&pseudonyms, kind, &entry.list, &entry.sort);
        }
        // Words that begin alike share an entry.
        let mut seen = BTreeSet::new();
        projection.entries.retain(|entry| seen.insert(entry.clone()));
        Ok(())
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

fn beginning(pseudonyms: &Pseudonyms, kind: &str, list: &str, word: &str) -> String {
    let letters: String = word.chars().take(LETTERS).collect();
    let named = DigestBuilder::new("mattoni.list.v1")
        .field(kind.as_bytes())
        .field(list.as_bytes())
        .field(letters.as_bytes())
        .finish();
    pseudonyms.of(named).short()
}
