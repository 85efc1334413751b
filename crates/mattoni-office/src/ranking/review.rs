//! What the office says of single applications before a run is drawn up.

use std::collections::BTreeMap;

use mattoni_core::record::{AccessRefusal, Span};
use mattoni_core::{Act, Actor, Aggregate as _, EnteId, Id, Refusal, named_id};
use mattoni_desk::{DeskError, Opened};
use mattoni_ranking::{Review, ReviewEvent, SERVICE};
use mattoni_service::Service;

use super::concerns_of;
use crate::Office;

/// The id of the review of an application, by the service's code and the application's.
#[must_use]
pub fn review_id(ente: &EnteId, service: &str, code: &str) -> Id<Review> {
    named_id(ente, &["ranking-review", service, code])
}

impl Office {
    /// Does `verb` with the review of the application `code` (its number of the register), which
    /// is begun with its first verb. Answers with the review as it stands then.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with the verb's refusal, `ranking-review.access.conflict-of-interest` for an
    /// official who abstains from the practice, or `desk.unknown` when the service has no such
    /// application: nothing was written; [`DeskError::Contended`] and [`DeskError::Store`]
    /// as [`Desk::decide`](mattoni_desk::Desk::decide).
    pub async fn review<R: Refusal>(
        &self,
        service: &Service,
        code: &str,
        act: &Act,
        verb: impl Fn(&Review) -> Result<ReviewEvent, R>,
    ) -> Result<Review, DeskError> {
        let practice = self.practice(code).await?;
        if practice.state.service().code != service.code() {
            return Err(crate::explain::nowhere(code));
        }
        if let Actor::Operator(account) = &act.by
            && practice.state.abstained().contains(account)
        {
            let conflict = AccessRefusal::Conflict { kind: Review::KIND, verb: "review" };
            return Err(DeskError::refused(&conflict));
        }
        let id = review_id(self.desk().ente(), service.code(), code);
        if self.desk().load(id).await?.is_none() {
            let begun = Review::begin(act, service.code(), code, Some(concerns_of(&practice)));
            // Just begun by the event that begins one.
            let review = Review::open(&begun).ok_or_else(|| crate::explain::nowhere(code))?;
            let event = verb(&review).map_err(|refusal| DeskError::refused(&refusal))?;
            if let Opened::New(loaded) = self.desk().open(id, act, &[begun, event]).await? {
                return Ok(loaded.state);
            }
            // Someone else began it meanwhile: the verb is for what they left.
        }
        let events = |review: &Review| verb(review).map(|event| vec![event]);
        Ok(self.desk().decide(id, act, events).await?.state)
    }

    /// Every review of the service, by the application's code.
    pub(super) async fn reviews(
        &self,
        service: &str,
    ) -> Result<BTreeMap<String, Review>, DeskError> {
        let reviews = self.desk().all_of::<Review>(&Span::new(SERVICE, service)).await?;
        let by_code =
            |review: mattoni_store::Loaded<Review>| (review.state.code().to_owned(), review.state);
        Ok(reviews.into_iter().map(by_code).collect())
    }
}
