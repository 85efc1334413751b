//! How runs and offers are kept.

use mattoni_core::DomainEvent;
use mattoni_ranking::{Offer, OfferEvent, RankingRun, RankingRunEvent};
use mattoni_store::{Effect, Facet};

use super::RUN;
use crate::Kept;
use crate::practices::SERVICE;

impl Kept for RankingRun {
    fn facets(&self) -> Vec<Facet> {
        vec![Facet::plain(RUN, self.run().to_string()), Facet::plain(SERVICE, self.of())]
    }

    fn effects(&self, _: &RankingRunEvent, _: &str) -> Vec<Effect> {
        Vec::new()
    }
}

impl Kept for Offer {
    fn facets(&self) -> Vec<Facet> {
        vec![Facet::plain(RUN, self.run().to_string()), Facet::plain("code", self.code())]
    }

    /// The family is told of every place it is offered, and of every one it loses.
    fn effects(&self, event: &OfferEvent, key: &str) -> Vec<Effect> {
        let told = matches!(
            event,
            OfferEvent::Offered { .. }
                | OfferEvent::Improved { .. }
                | OfferEvent::Lapsed { .. }
                | OfferEvent::Revoked { .. }
        );
        if !told {
            return Vec::new();
        }
        let payload = serde_json::json!({
            "application": self.code(),
            "template": event.name(),
            "facility": self.place().facility,
            "answer_by": self.answer_by(),
        });
        vec![Effect::new(format!("{key}/0"), "message.tell", payload.to_string())]
    }
}
