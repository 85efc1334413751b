//! A service as the ente keeps it: a record with all its versions, and who changed what.

mod catalogue;
mod record;
mod refusal;
mod verbs;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::calendar::rome_date;
use mattoni_core::record::Personal;
use mattoni_core::{Act, Aggregate, EnteId, Id, Problems, named_id};
use serde::{Deserialize, Serialize};

use crate::{Publication, Service, ServiceSource, Setting};

pub use catalogue::{ALL_SERVICES, CATALOGUE, CatalogueRow, InCatalogue, WORDS};
pub use refusal::ServiceRefusal;

/// A service of the ente with its versions: drafts, published ones, and those that are over.
///
/// Applications are taken under the version that is published and valid on the day
/// ([`on`](Self::on)). What is published changes only in what citizens cannot be misled by: its
/// texts and window, its suspension. Everything else is a new version.
///
/// ```
/// use mattoni_core::{Act, Actor, fold};
/// use mattoni_service::{OfferedService, Status};
/// # let source: mattoni_service::ServiceSource = toml::from_str(include_str!("../../tests/it/dog.toml"))?;
///
/// let at = |day: &str| format!("{day}T09:00:00Z").parse();
/// let staff = Act::new(at("2027-01-10")?, Actor::Operator("ced".into()));
/// let drafted = OfferedService::import(&staff, source, "det. 12/2027")?;
/// let mut service: OfferedService = fold([&drafted]).expect("it begins the record");
/// assert!(service.on("2027-02-01".parse()?).is_none(), "a draft takes no applications");
///
/// let head = Act::new(at("2027-01-11")?, Actor::Operator("rossi".into()));
/// service.apply(&service.publish(&head, 1, "2027-02-01".parse()?, "det. 14/2027")?);
/// assert!(service.on("2027-01-31".parse()?).is_none());
/// let version = service.on("2027-02-01".parse()?).expect("published from that day on");
/// assert!(matches!(version.status(at("2027-02-01")?), Status::Open { .. }));
/// # use mattoni_core::Aggregate as _;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Personal)]
pub struct OfferedService {
    /// The ente that offers it.
    #[not_personal]
    ente: EnteId,
    /// Its code.
    #[not_personal]
    code: String,
    /// Its versions as they are written down, by number.
    #[not_personal]
    versions: BTreeMap<u32, ServiceSource>,
    /// What was done to it, the first first.
    log: Vec<LogEntry>,
}

/// One line of what was done to a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct LogEntry {
    /// When, and by whom.
    pub act: Act,
    /// The act of the ente that says so (*determina*, *delibera*).
    #[not_personal]
    pub basis: String,
    /// The version.
    #[not_personal]
    pub version: u32,
    /// What, in Italian.
    #[not_personal]
    pub what: String,
}

/// A version was written as a draft: imported, duplicated, or made anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Personal)]
pub struct Drafted {
    /// When, and by whom.
    pub act: Act,
    /// The act of the ente that says so.
    #[not_personal]
    pub basis: String,
    /// The version as it is written down. It is never published yet.
    #[not_personal]
    pub source: Box<ServiceSource>,
}

/// A setting was changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Personal)]
pub struct SettingChanged {
    /// When, and by whom.
    pub act: Act,
    /// The act of the ente that says so.
    #[not_personal]
    pub basis: String,
    /// The version.
    #[not_personal]
    pub version: u32,
    /// What it is now.
    #[not_personal]
    pub setting: Setting,
}

/// A version was published, from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Published {
    /// When, and by whom.
    pub act: Act,
    /// The act of the ente that says so.
    #[not_personal]
    pub basis: String,
    /// The version.
    #[not_personal]
    pub version: u32,
    /// The first day on which it holds.
    #[not_personal]
    pub from: NaiveDate,
    /// The version that held until then, and ends the day before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[not_personal]
    pub replaces: Option<u32>,
}

/// A version was suspended, or goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
pub struct Suspension {
    /// When, and by whom.
    pub act: Act,
    /// The version.
    #[not_personal]
    pub version: u32,
    /// Why, as citizens read it.
    #[not_personal]
    pub reason: String,
}

mattoni_core::verbs! {
    /// What staff do with a service. Settings belong to the office or to technical staff; whose a
    /// setting is says [`Setting::owner`].
    pub enum ServiceVerb;
    /// What happens to a service.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Personal)]
    #[non_exhaustive]
    pub enum ServiceEvent;

    /// It was written down for the first time.
    begin Imported(Drafted) = "service.imported", "servizio importato";
    /// Write a new version, or a draft anew.
    verb Draft "draft", "bozza di una versione", [Technical] =>
    /// A version was drafted.
    Drafted(Drafted) = "service.drafted", "bozza di una versione scritta";
    /// Change a setting of the office.
    verb Change "change", "modifica di un'impostazione dell'ufficio", [Office, Head] => Changed;
    /// Change a setting of technical staff.
    verb Configure "configure", "modifica di un'impostazione tecnica", [Technical] => Changed;
    /// A setting was changed.
    event Changed(SettingChanged) = "service.changed", "impostazione modificata", |e| e.setting.verb();
    /// Publish a version, at once or from a later day on.
    verb Publish "publish", "pubblicazione", [Head] =>
    /// A version was published.
    Published(Published) = "service.published", "versione pubblicata";
    /// Take no applications for now.
    verb Suspend "suspend", "sospensione", [Office, Head] =>
    /// It was suspended.
    Suspended(Suspension) = "service.suspended", "servizio sospeso";
    /// Take applications again.
    verb Resume "resume", "ripresa", [Office, Head] =>
    /// It was resumed.
    Resumed(Suspension) = "service.resumed", "servizio ripreso";
}

impl OfferedService {
    /// The id of the service with this code.
    #[must_use]
    pub fn id_of(ente: &EnteId, code: &str) -> Id<Self> {
        named_id(ente, &["service", code])
    }

    /// The ente that offers it.
    #[must_use]
    pub fn ente(&self) -> &EnteId {
        &self.ente
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The numbers of its versions.
    pub fn versions(&self) -> impl Iterator<Item = u32> {
        self.versions.keys().copied()
    }

    /// A version as it is written down.
    #[must_use]
    pub fn source(&self, version: u32) -> Option<&ServiceSource> {
        self.versions.get(&version)
    }

    /// A version, published or not.
    ///
    /// # Errors
    /// Those of [`Service::new`]. A version was sound when it was written; it is not when this
    /// software has come to ask for more.
    pub fn version(&self, version: u32) -> Option<Result<Service, Problems>> {
        self.versions.get(&version).cloned().map(Service::new)
    }

    /// The version under which applications are taken on `day`: published, and valid then.
    #[must_use]
    pub fn on(&self, day: NaiveDate) -> Option<Service> {
        self.source_on(day).and_then(|source| Service::new(source.clone()).ok())
    }

    /// The number of that version, where making all of it would be too much.
    #[must_use]
    pub fn number_on(&self, day: NaiveDate) -> Option<u32> {
        self.source_on(day).map(|source| source.version)
    }

    fn source_on(&self, day: NaiveDate) -> Option<&ServiceSource> {
        self.published().find(|source| {
            source.valid_from.is_none_or(|from| day >= from)
                && source.valid_to.is_none_or(|to| day <= to)
        })
    }

    fn published(&self) -> impl Iterator<Item = &ServiceSource> {
        self.versions.values().filter(|source| source.publication == Publication::Published)
    }

    /// The version that citizens read about: the one of today, else the next one to come, else the
    /// last one. `None` while nothing is published.
    #[must_use]
    pub fn shown_on(&self, day: NaiveDate) -> Option<&ServiceSource> {
        let coming = || {
            self.published()
                .filter(|source| source.valid_from.is_some_and(|from| from > day))
                .min_by_key(|source| source.valid_from)
        };
        self.source_on(day).or_else(coming).or_else(|| self.published().last())
    }

    /// How it stands at `at`: as the version that citizens read about.
    #[must_use]
    pub fn status(&self, at: DateTime<Utc>) -> crate::Status {
        let shown = self.shown_on(rome_date(at)).cloned().map(Service::new);
        shown.and_then(Result::ok).map_or(crate::Status::Draft, |service| service.status(at))
    }

    /// What was done to it, the first first.
    #[must_use]
    pub fn log(&self) -> &[LogEntry] {
        &self.log
    }

    fn begun(drafted: &Drafted) -> Self {
        let source = &drafted.source;
        let mut service = Self {
            ente: source.ente.clone(),
            code: source.code.clone(),
            versions: BTreeMap::new(),
            log: Vec::new(),
        };
        service.draft_in(drafted, "importata");
        service
    }

    fn draft_in(&mut self, drafted: &Drafted, what: &str) {
        let version = drafted.source.version;
        self.versions.insert(version, (*drafted.source).clone());
        self.note(&drafted.act, &drafted.basis, version, what.to_owned());
    }

    fn note(&mut self, act: &Act, basis: &str, version: u32, what: String) {
        let (act, basis) = (act.clone(), basis.to_owned());
        self.log.push(LogEntry { act, basis, version, what });
    }
}

impl Aggregate for OfferedService {
    const KIND: &'static str = "service";
    type Event = ServiceEvent;

    fn open(event: &ServiceEvent) -> Option<Self> {
        match event {
            ServiceEvent::Imported(drafted) => Some(Self::begun(drafted)),
            _ => None,
        }
    }

    fn apply(&mut self, event: &ServiceEvent) {
        match event {
            // A history has one first event; a second one changes nothing.
            ServiceEvent::Imported(_) => {}
            ServiceEvent::Drafted(drafted) => self.draft_in(drafted, "bozza"),
            ServiceEvent::Changed(changed) => {
                let SettingChanged { act, basis, version, setting } = changed;
                self.note(act, basis, *version, format!("modifica: {}", setting.italian()));
                if let Some(source) = self.versions.get_mut(version) {
                    setting.clone().put_into(source);
                }
            }
            ServiceEvent::Published(published) => self.publish_in(published),
            ServiceEvent::Suspended(Suspension { act, version, reason }) => {
                self.note(act, "", *version, format!("sospesa: {reason}"));
                if let Some(source) = self.versions.get_mut(version) {
                    source.suspended = Some(reason.clone());
                }
            }
            ServiceEvent::Resumed(Suspension { act, version, reason }) => {
                self.note(act, "", *version, format!("ripresa: {reason}"));
                if let Some(source) = self.versions.get_mut(version) {
                    source.suspended = None;
                }
            }
        }
    }
}
