//! Lists by what is personal, without it.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use mattoni_core::{DigestBuilder, EnteId};

use crate::listing::BEYOND;
use crate::vault::{Pseudonyms, Vault};
use crate::{
    CommitError, Content, Error, Listing, Lists, Placed, Relisted, Span, Spot, Store, StoredState,
};

/// Letters that a place is kept under.
const LETTERS: usize = 3;

impl<S: Store> Vault<S> {
    /// Puts digests in the place of what the personal places say.
    pub(super) async fn keyed_places(
        &self,
        ente: &EnteId,
        kind: &str,
        listing: &mut Listing,
    ) -> Result<(), Error> {
        let Some(personal) = self.secrets.kinds.get(kind) else { return Ok(()) };
        let hides = |place: &crate::Place| {
            place.content == Content::Personal && personal.lists.contains(&&*place.list)
        };
        if self.ring.is_none() || !listing.places.iter().any(hides) {
            return Ok(());
        }
        let pseudonyms = Pseudonyms::of_ente(&self.ente_key(ente).await?);
        for place in listing.places.iter_mut().filter(|place| hides(place)) {
            place.sort = beginning(&pseudonyms, kind, &place.list, &place.sort);
        }
        // Words that begin alike share a place.
        let mut seen = BTreeSet::new();
        listing.places.retain(|place| seen.insert(place.clone()));
        Ok(())
    }

    /// The span as the list is kept.
    async fn keyed_span(&self, ente: &EnteId, kind: &str, span: &Span) -> Result<Span, Error> {
        let personal = self.secrets.kinds.get(kind);
        let hidden = personal.is_some_and(|personal| personal.lists.contains(&&*span.list));
        let begins = span.to.as_deref().and_then(|to| to.strip_suffix(BEYOND));
        match begins {
            Some(start) if hidden && self.ring.is_some() && start == span.from => {
                let pseudonyms = Pseudonyms::of_ente(&self.ente_key(ente).await?);
                let start = beginning(&pseudonyms, kind, &span.list, start);
                Ok(span.clone().beginning_with(&start))
            }
            _ => Ok(span.clone()),
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

#[async_trait]
impl<S: Store> Lists for Vault<S> {
    async fn page(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
        after: Option<&Spot>,
        limit: usize,
    ) -> Result<Vec<Placed>, Error> {
        let span = self.keyed_span(ente, kind, span).await?;
        let placed = self.store.page(ente, kind, &span, after, limit).await?;
        let (sorts, states): (Vec<String>, Vec<StoredState>) =
            placed.into_iter().map(|placed| (placed.sort, placed.state)).unzip();
        let states = self.states(ente, states).await?;
        let whole = sorts.into_iter().zip(states);
        Ok(whole.map(|(sort, state)| Placed { sort, state }).collect())
    }

    async fn tally(
        &self,
        ente: &EnteId,
        kind: &str,
        list: &str,
        bucket: &str,
    ) -> Result<u64, Error> {
        self.store.tally(ente, kind, list, bucket).await
    }

    async fn forms(&self, ente: &EnteId, kind: &str) -> Result<BTreeMap<u32, u64>, Error> {
        self.store.forms(ente, kind).await
    }

    async fn relist(&self, ente: &EnteId, mut states: Vec<Relisted>) -> Result<u64, CommitError> {
        for state in &mut states {
            let kind = state.stream.kind.clone();
            self.keyed_places(ente, &kind, &mut state.listing).await?;
        }
        self.store.relist(ente, states).await
    }
}
