//! Lists by what is personal, without it.

use std::collections::BTreeSet;

use mattoni_core::{DigestBuilder, EnteId};

use crate::listing::BEYOND;
use crate::vault::{Pseudonyms, Vault};
use crate::{Content, Error, Listing, Span, Store};

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
    pub(super) async fn keyed_span(
        &self,
        ente: &EnteId,
        kind: &str,
        span: &Span,
    ) -> Result<Span, Error> {
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
