//! What the clock last saw of a service: whether it was open.

use mattoni_core::record::{
    AccessRefusal, Facts, List, NoOrders, Owners, Personal, Projection, Record, Retention, Role,
    Sight, Subject,
};
use mattoni_core::{Act, Aggregate, Digest, EnteId, Id, named_id};
use serde::{Deserialize, Serialize};

use crate::{Service, Status};

/// How a service stood when the clock looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[not_personal]
pub struct WatchedStatus {
    /// Version of the service.
    pub version: u32,
    /// Open, closed or otherwise, with the instants of its window.
    #[serde(flatten)]
    pub status: Status,
}

/// A service opened, closed, or was seen for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct StatusChange {
    /// When the clock saw it, and which job.
    pub act: Act,
    /// Code of the service.
    #[not_personal]
    pub service: String,
    /// How it stood when last looked at; `None` the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<WatchedStatus>,
    /// How it stands.
    pub to: WatchedStatus,
}

/// The status of a service as the clock last recorded it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct ServiceWatch {
    /// Code of the service.
    #[not_personal]
    pub service: String,
    /// How it stood when last it changed.
    pub standing: WatchedStatus,
    /// Since when.
    pub since: Act,
}

mattoni_core::verbs! {
    /// What the clock does with a service it watches.
    pub enum WatchVerb;
    /// What happens to a service that the clock watches.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
    #[non_exhaustive]
    pub enum WatchEvent;

    /// It opened, closed, or was seen for the first time.
    begin Changed(StatusChange) = "service.status-changed", "stato del servizio cambiato";

    /// Record how the service stands.
    verb Look "look", "guardare come sta il servizio", [System] => Changed;
}

impl ServiceWatch {
    /// The id of the watch on the service with this code.
    #[must_use]
    pub fn id(ente: &EnteId, service: &str) -> Id<Self> {
        named_id(ente, &["service-watch", service])
    }

    /// What is to be recorded of the service at the instant of the act; `None` while it stands as
    /// was recorded `last`.
    ///
    /// ```
    /// use mattoni_core::{Act, Actor, fold};
    /// use mattoni_service::{Service, ServiceSource, ServiceWatch};
    ///
    /// let service = Service::new(toml::from_str::<ServiceSource>(r#"
    ///     ente = "c_f051"
    ///     code = "nido-2026"
    ///     version = 1
    ///     [sheet]
    /// "#)?)?;
    /// let act = Act::new("2026-04-01T10:00:00Z".parse()?, Actor::System("clock".into()));
    /// let first = ServiceWatch::look(None, &service, &act).expect("seen for the first time");
    /// let watch: ServiceWatch = fold([&first]).expect("it begins the record");
    /// // Looking again records nothing while nothing changes.
    /// assert_eq!(ServiceWatch::look(Some(&watch), &service, &act), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn look(last: Option<&Self>, service: &Service, act: &Act) -> Option<WatchEvent> {
        let to = WatchedStatus { version: service.version(), status: service.status(act.at) };
        let from = last.map(|watch| watch.standing.clone());
        let service = service.code().to_owned();
        (from.as_ref() != Some(&to))
            .then(|| WatchEvent::Changed(StatusChange { act: act.clone(), service, from, to }))
    }

    fn after(change: &StatusChange) -> Self {
        Self {
            service: change.service.clone(),
            standing: change.to.clone(),
            since: change.act.clone(),
        }
    }
}

impl Aggregate for ServiceWatch {
    const KIND: &'static str = "service-watch";
    type Event = WatchEvent;

    fn open(event: &WatchEvent) -> Option<Self> {
        match event {
            WatchEvent::Changed(change) => Some(Self::after(change)),
        }
    }

    fn apply(&mut self, event: &WatchEvent) {
        match event {
            WatchEvent::Changed(change) => *self = Self::after(change),
        }
    }
}

impl Record for ServiceWatch {
    const TITLE: &'static str = "stato del servizio";
    type Verb = WatchVerb;
    type Orders = NoOrders;
    type Row = ();
    const PROJECTION: u32 = 1;
    const LISTS: &'static [List] = &[];

    fn verb_of(event: &WatchEvent) -> Option<WatchVerb> {
        event.verb()
    }

    fn act_of(event: &WatchEvent) -> Option<&Act> {
        match event {
            WatchEvent::Changed(change) => Some(&change.act),
        }
    }

    fn projection(&self) -> Projection {
        Projection::new()
    }

    fn row(&self) {}

    fn owners(&self) -> Owners {
        Owners::none()
    }

    fn orders(&self, _: &WatchEvent) -> Vec<NoOrders> {
        Vec::new()
    }

    /// Officials and technical staff: a draft is not for citizens to see.
    fn sight(&self, who: &Subject) -> Sight {
        let sees = |role: &Role| role.is_official() || matches!(role, Role::TechnicalAdmin { .. });
        if who.roles.iter().any(sees) { Sight::Everything } else { Sight::Nothing }
    }

    fn may(&self, who: &Subject, verb: WatchVerb) -> Result<(), AccessRefusal> {
        if self.sight(who) == Sight::Nothing {
            return Err(AccessRefusal::Unknown { kind: Self::KIND });
        }
        if who.roles.iter().any(|role| matches!(role, Role::System)) {
            return Ok(());
        }
        Err(AccessRefusal::NotTheirs { kind: Self::KIND, verb: verb.name() })
    }

    fn sees_whole(who: &Subject, _: &str, _: &str) -> bool {
        who.is_official()
    }

    fn blobs(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn retention(&self) -> Retention {
        Retention::Forever
    }

    fn facts(&self, out: &mut Facts) {
        out.code("service", Some(&self.service));
        out.count("version", self.standing.version as usize);
        out.code("status", Some(self.standing.status.name()));
        out.instant("since", Some(self.since.at));
    }
}
