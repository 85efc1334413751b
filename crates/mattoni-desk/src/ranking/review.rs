//! What the office says of single applications before a run is drawn up.

use std::collections::BTreeMap;

use mattoni_core::{Act, Aggregate, EnteId, Id, Refusal};
use mattoni_ranking::{Review, ReviewEvent};
use mattoni_service::Service;
use mattoni_store::{Effect, Facet, Loaded, Store};

use super::PAGE;
use crate::practices::SERVICE;
use crate::{Desk, DeskError, Kept, Opened, named_id};

/// The id of the review of an application, by the service's code and the application's.
#[must_use]
pub fn review_id(ente: &EnteId, service: &str, code: &str) -> Id<Review> {
    named_id(ente, &["ranking-review", service, code])
}

impl Kept for Review {
    fn facets(&self) -> Vec<Facet> {
        vec![Facet::plain(SERVICE, self.of())]
    }

    fn effects(&self, _: &ReviewEvent, _: &str) -> Vec<Effect> {
        Vec::new()
    }
}

impl<S: Store> Desk<S> {
    /// Does `verb` with the review of the application `code` (its number of the register), which
    /// is begun with its first verb. Answers with the review as it stands then.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with the verb's refusal, or `desk.unknown` when the service has no
    /// such application: nothing was written; [`DeskError::Contended`] and [`DeskError::Store`]
    /// as [`Desk::decide`].
    pub async fn review<R: Refusal>(
        &self,
        service: &Service,
        code: &str,
        act: &Act,
        verb: impl Fn(&Review) -> Result<ReviewEvent, R>,
    ) -> Result<Review, DeskError> {
        let practice = self.practice(code).await?.state;
        if practice.service().code != service.code() {
            return Err(crate::explain::nowhere(code));
        }
        let id = review_id(self.ente(), service.code(), code);
        if self.load(id).await?.is_none() {
            let begun = Review::begin(act, service.code(), code);
            // Just begun by the event that begins one.
            let review = Review::open(&begun).ok_or_else(|| crate::explain::nowhere(code))?;
            let event = verb(&review).map_err(|refusal| DeskError::refused(&refusal))?;
            if let Opened::New(loaded) = self.open(id, act, &[begun, event]).await? {
                return Ok(loaded.state);
            }
            // Someone else began it meanwhile: the verb is for what they left.
        }
        let events = |review: &Review| verb(review).map(|event| vec![event]);
        Ok(self.decide(id, act, events).await?.state)
    }

    /// Every review of the service, by the application's code.
    pub(super) async fn reviews(
        &self,
        service: &str,
    ) -> Result<BTreeMap<String, Review>, DeskError> {
        let (mut reviews, mut after) = (BTreeMap::new(), None);
        loop {
            let facet = (SERVICE, service);
            let page = self.store().find(self.ente(), Review::KIND, facet, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(reviews) };
            after = Some(last.stream.id);
            for stored in &page {
                let review: Loaded<Review> = Loaded::read(stored)?;
                reviews.insert(review.state.code().to_owned(), review.state);
            }
        }
    }
}
