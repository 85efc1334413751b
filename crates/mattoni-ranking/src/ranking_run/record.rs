//! How a run is found, seen, kept and disclosed: its `Record`.

use mattoni_core::record::{
    AccessRefusal, Facts, List, ListEntry, NoOrders, Owners, Projection, Record, Retention, Sight,
    Subject, sort,
};
use mattoni_core::{Act, Aggregate, Digest};

use super::{RankingRun, RankingRunEvent, RankingRunVerb};
use crate::access::{Access, sees_ente, sees_service};
use crate::lists::{RUN, SERVICE};

impl Record for RankingRun {
    const TITLE: &'static str = "graduatoria";
    type Verb = RankingRunVerb;
    type Orders = NoOrders;
    type Row = ();
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[SERVICE, RUN];

    fn verb_of(event: &RankingRunEvent) -> Option<RankingRunVerb> {
        event.verb()
    }

    fn event_italian(event: &RankingRunEvent) -> &'static str {
        event.italian()
    }

    fn event_detail(event: &RankingRunEvent) -> Option<String> {
        match event {
            RankingRunEvent::Superseded { by_run, .. } => {
                Some(format!("dalla graduatoria {}", by_run.short()))
            }
            RankingRunEvent::DrawnUp { .. } | RankingRunEvent::Published { .. } => None,
        }
    }

    fn act_of(event: &RankingRunEvent) -> Option<&Act> {
        match event {
            RankingRunEvent::DrawnUp { act, .. }
            | RankingRunEvent::Published { act, .. }
            | RankingRunEvent::Superseded { act, .. } => Some(act),
        }
    }

    fn projection(&self) -> Projection {
        Projection::new()
            .entry(ListEntry::new(SERVICE, &*self.of, sort::instant(self.drawn_up.at)))
            .entry(ListEntry::new(RUN, self.run.to_string(), ""))
    }

    fn row(&self) {}

    /// Nobody: the reason of a supersession is sealed under a key of the record.
    fn owners(&self) -> Owners {
        Owners::none()
    }

    fn orders(&self, _: &RankingRunEvent) -> Vec<NoOrders> {
        Vec::new()
    }

    fn sight(&self, who: &Subject) -> Sight {
        Access::of_office(&self.of).sight(who)
    }

    fn may(&self, who: &Subject, verb: RankingRunVerb) -> Result<(), AccessRefusal> {
        Access::of_office(&self.of).may(Self::KIND, who, verb)
    }

    fn sees_whole(who: &Subject, list: &str, bucket: &str) -> bool {
        sees_ente(who) || list == SERVICE.name && sees_service(who, bucket)
    }

    fn blobs(&self) -> Vec<Digest> {
        vec![self.document]
    }

    fn retention(&self) -> Retention {
        Retention::Forever
    }

    fn facts(&self, out: &mut Facts) {
        out.code("service", Some(&self.of));
        out.count("applications", usize::try_from(self.lines).unwrap_or(usize::MAX));
        out.instant("drawn_up_at", Some(self.drawn_up.at));
        out.instant("published_at", self.published.as_ref().map(|act| act.at));
        out.instant("superseded_at", self.superseded.as_ref().map(|by| by.act.at));
        let by = self.superseded.as_ref().map(|by| by.by_run.to_string());
        out.code("superseded_by", by.as_deref());
    }
}
