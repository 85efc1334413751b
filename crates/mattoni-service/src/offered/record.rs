//! What the house needs to know about a service.

use std::borrow::Cow;
use std::collections::BTreeSet;

use mattoni_core::record::{
    AccessRefusal, Facts, List, NoOrders, Owners, Projection, Record, Retention, Role, Sight,
    Subject, Verb as _,
};
use mattoni_core::{Act, Aggregate as _, Digest};

use super::{CatalogueRow, OfferedService, ServiceEvent, ServiceVerb, catalogue};
use crate::Publication;

impl Record for OfferedService {
    const TITLE: &'static str = "servizio";
    type Verb = ServiceVerb;
    type Orders = NoOrders;
    type Row = CatalogueRow;
    const PROJECTION: u32 = 2;
    const LISTS: &'static [List] = catalogue::LISTS;

    fn verb_of(event: &ServiceEvent) -> Option<ServiceVerb> {
        event.verb()
    }

    fn event_italian(event: &ServiceEvent) -> &'static str {
        event.italian()
    }

    fn act_of(event: &ServiceEvent) -> Option<&Act> {
        Some(match event {
            ServiceEvent::Imported(drafted) | ServiceEvent::Drafted(drafted) => &drafted.act,
            ServiceEvent::Changed(changed) => &changed.act,
            ServiceEvent::Published(published) => &published.act,
            ServiceEvent::Suspended(suspension) | ServiceEvent::Resumed(suspension) => {
                &suspension.act
            }
        })
    }

    fn projection(&self) -> Projection {
        self.projected()
    }

    fn row(&self) -> CatalogueRow {
        self.catalogue_row()
    }

    fn owners(&self) -> Owners {
        Owners::none()
    }

    fn orders(&self, _: &ServiceEvent) -> Vec<NoOrders> {
        Vec::new()
    }

    /// Staff see all of it, whoever else what is published.
    fn sight(&self, who: &Subject) -> Sight {
        if who.ente != self.ente {
            return Sight::Nothing;
        }
        let staff = |role: &Role| role.is_official() || matches!(role, Role::TechnicalAdmin { .. });
        if who.roles.iter().any(staff) {
            Sight::Everything
        } else if self.published().next().is_some() {
            Sight::WithoutNotes
        } else {
            Sight::Nothing
        }
    }

    /// Settings are changed by whose they are: officials of this service, or technical staff.
    fn may(&self, who: &Subject, verb: ServiceVerb) -> Result<(), AccessRefusal> {
        if self.sight(who) == Sight::Nothing {
            return Err(AccessRefusal::Unknown { kind: Self::KIND });
        }
        let may = |role: &Role| {
            let theirs = match role {
                Role::Operator { .. } | Role::OfficeHead { .. } => {
                    role.works_on(None, Some(&self.code))
                }
                Role::TechnicalAdmin { .. } => true,
                _ => false,
            };
            theirs && verb.by().iter().any(|side| role.is(*side))
        };
        if who.roles.iter().any(may) {
            return Ok(());
        }
        Err(AccessRefusal::NotTheirs { kind: Self::KIND, verb: verb.name() })
    }

    fn sees_whole(who: &Subject, _: &str, _: &str) -> bool {
        who.is_official()
    }

    /// Drafts, and who did what, are the ente's own.
    fn shown_to(&self, who: &Subject) -> Option<Cow<'_, Self>> {
        match self.sight(who) {
            Sight::Nothing => None,
            Sight::Everything => Some(Cow::Borrowed(self)),
            Sight::WithoutNotes => {
                let mut seen = self.clone();
                seen.versions.retain(|_, source| source.publication == Publication::Published);
                seen.log.clear();
                Some(Cow::Owned(seen))
            }
        }
    }

    fn knows(&self, who: &Subject, _: &ServiceEvent) -> bool {
        self.sight(who) == Sight::Everything
    }

    fn blobs(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn retention(&self) -> Retention {
        Retention::Forever
    }

    fn facts(&self, out: &mut Facts) {
        let published = self.published().last();
        let topics: BTreeSet<&String> =
            published.iter().flat_map(|source| &source.sheet.topics).collect();
        out.code("service", Some(&self.code));
        out.count("versions", self.versions.len());
        out.count("published_version", published.map_or(0, |source| source.version as usize));
        out.code(
            "category",
            published.and_then(|source| source.sheet.category).map(crate::Category::code),
        );
        out.count("topics", topics.len());
        out.flag("suspended", published.is_some_and(|source| source.suspended.is_some()));
    }
}
