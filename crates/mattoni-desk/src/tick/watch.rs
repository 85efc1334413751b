//! What the clock last saw of a service: whether it was open.

use mattoni_core::{Act, Aggregate, DomainEvent, EnteId, Id};
use mattoni_service::Status;
use mattoni_store::{Effect, Facet};
use serde::{Deserialize, Serialize};

use crate::{Kept, named_id};

/// How a service stood when the clock looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Version of the service.
    pub version: u32,
    /// Open, closed or otherwise, with the instants of its window.
    #[serde(flatten)]
    pub status: Status,
}

/// A service opened, closed, or was seen for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusChange {
    /// When the clock saw it, and which job.
    pub act: Act,
    /// Code of the service.
    pub service: String,
    /// How it stood when last looked at; `None` the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Standing>,
    /// How it stands.
    pub to: Standing,
}

/// A service under the clock's eyes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceWatch {
    /// Code of the service.
    pub service: String,
    /// How it stood when last it changed.
    pub standing: Standing,
    /// Since when.
    pub since: Act,
}

/// What happens to a service under the clock's eyes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
#[non_exhaustive]
pub enum WatchEvent {
    /// It opened, closed, or was seen for the first time.
    #[serde(rename = "service.status-changed")]
    Changed(StatusChange),
}

impl DomainEvent for WatchEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::Changed(_) => "service.status-changed",
        }
    }
}

impl ServiceWatch {
    /// The id of the watch on the service with this code.
    #[must_use]
    pub fn id(ente: &EnteId, service: &str) -> Id<Self> {
        named_id(ente, &["service-watch", service])
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

impl Kept for ServiceWatch {
    fn facets(&self) -> Vec<Facet> {
        Vec::new()
    }

    fn effects(&self, _: &WatchEvent, _: &str) -> Vec<Effect> {
        Vec::new()
    }
}
