//! Putting services into the store: imported, published, and looked up.

use mattoni_core::calendar::rome_date;
use mattoni_core::record::Subject;
use mattoni_core::{Act, Aggregate as _, Problem, Problems, Refusal as _};
use mattoni_desk::DeskError;
use mattoni_service::{OfferedService, Publication, Service, ServiceEvent, ServiceVerb, Setting};

use crate::Office;

/// Settings of one version of a service, changed together.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceChange {
    /// The version.
    pub version: u32,
    /// What the settings are to be.
    pub settings: Vec<Setting>,
    /// The act of the ente that says so.
    pub basis: String,
}

impl ServiceChange {
    fn verbs(&self) -> Vec<ServiceVerb> {
        self.settings.iter().map(Setting::verb).collect()
    }
}

impl Office {
    /// Imports a version of a service, as technical staff do, and publishes it, as the head of its
    /// office does, both by the same act: for whoever sets an ente up. Safe to run twice.
    ///
    /// A version that says from when it is valid is published from that day on, another one from
    /// the day of the act on.
    ///
    /// # Errors
    /// [`DeskError::Refused`] with the refusals of [`OfferedService::import`],
    /// [`draft`](OfferedService::draft) and [`publish`](OfferedService::publish),
    /// `office.service.differs` when the version is there already and says something else, and
    /// those of [`check_chain`](Self::check_chain).
    pub async fn offer(
        &self,
        service: &Service,
        act: &Act,
        basis: &str,
    ) -> Result<OfferedService, DeskError> {
        self.import_service(service, act, basis).await?;
        let from = service.source().valid_from.unwrap_or_else(|| rome_date(act.at));
        let version = service.version();
        let publish = |there: &OfferedService| match there.source(version) {
            Some(source) if source.publication == Publication::Published => Ok(Vec::new()),
            _ => there.publish(act, version, from, basis).map(|event| vec![event]),
        };
        let id = OfferedService::id_of(self.desk().ente(), service.code());
        Ok(self.desk().decide(id, act, publish).await?.state)
    }

    /// Imports a version of a service as a draft. Safe to run twice: one that is there and says the
    /// same stays as it is.
    ///
    /// # Errors
    /// As [`offer`](Self::offer).
    pub async fn import_service(
        &self,
        service: &Service,
        act: &Act,
        basis: &str,
    ) -> Result<OfferedService, DeskError> {
        self.check_chain(service)?;
        let id = OfferedService::id_of(self.desk().ente(), service.code());
        let source = || service.source().clone();
        let first = OfferedService::import(act, source(), basis).map_err(|r| r.problems())?;
        self.desk().open(id, act, &[first]).await?;
        let version = service.version();
        let draft = |there: &OfferedService| -> Result<Vec<ServiceEvent>, Problems> {
            match there.source(version) {
                Some(kept) if says_the_same(kept, service) => Ok(Vec::new()),
                Some(kept) if kept.publication == Publication::Published => Err(differs(version)),
                _ => Ok(vec![there.draft(act, source(), basis).map_err(|r| r.problems())?]),
            }
        };
        Ok(self.desk().decide(id, act, draft).await?.state)
    }

    /// Imports a version of a service as [`import_service`](Self::import_service) does, for `who`,
    /// who must be of the technical staff.
    ///
    /// # Errors
    /// `service.access.not-theirs`; those of [`import_service`](Self::import_service).
    pub async fn import_service_as(
        &self,
        who: &Subject,
        service: &Service,
        act: &Act,
        basis: &str,
    ) -> Result<OfferedService, DeskError> {
        self.check_chain(service)?;
        let id = OfferedService::id_of(self.desk().ente(), service.code());
        let first = OfferedService::import(act, service.source().clone(), basis)
            .map_err(|refusal| refusal.problems())?;
        let counter = self.desk().at_counter(who.clone());
        counter.of::<OfferedService>().open(id, ServiceVerb::Draft, act, &[first]).await?;
        self.import_service(service, act, basis).await
    }

    /// Changes settings of a version of a service together, for `who`: an official of the service
    /// or technical staff, as whose the settings are.
    ///
    /// # Errors
    /// `desk.unknown` when the ente keeps no such service, `service.access.not-theirs`, those of
    /// [`OfferedService::change_all`] and of [`check_chain`](Self::check_chain).
    pub async fn change_service_as(
        &self,
        who: &Subject,
        code: &str,
        change: &ServiceChange,
        act: &Act,
    ) -> Result<OfferedService, DeskError> {
        let (id, verbs) = (OfferedService::id_of(self.desk().ente(), code), change.verbs());
        let counter = self.desk().at_counter(who.clone());
        let decide = |service: &OfferedService, act: &Act| self.changed(service, change, act);
        counter.of::<OfferedService>().decide_all(id, &verbs, act, decide).await
    }

    /// The service as [`change_service_as`](Self::change_service_as) would leave it: nothing is
    /// changed.
    ///
    /// # Errors
    /// As it.
    pub async fn try_service_change_as(
        &self,
        who: &Subject,
        code: &str,
        change: &ServiceChange,
        act: &Act,
    ) -> Result<OfferedService, DeskError> {
        let (id, verbs) = (OfferedService::id_of(self.desk().ente(), code), change.verbs());
        let counter = self.desk().at_counter(who.clone());
        let decide = |service: &OfferedService, act: &Act| self.changed(service, change, act);
        counter.of::<OfferedService>().try_all(id, &verbs, act, decide).await
    }

    fn changed(
        &self,
        service: &OfferedService,
        change: &ServiceChange,
        act: &Act,
    ) -> Result<Vec<ServiceEvent>, Problems> {
        let ServiceChange { version, settings, basis } = change;
        let events = service
            .change_all(act, *version, settings.clone(), basis)
            .map_err(|refusal| refusal.problems())?;
        let mut after = service.clone();
        events.iter().for_each(|event| after.apply(event));
        if let Some(version) = after.version(*version) {
            self.check_chain(&version?)?;
        }
        Ok(events)
    }

    /// The service with this code as the ente keeps it.
    ///
    /// # Errors
    /// `office.service.unknown` when it keeps none; [`DeskError::Store`] when the machine fails.
    pub async fn offered(&self, code: &str) -> Result<OfferedService, DeskError> {
        let id = OfferedService::id_of(self.desk().ente(), code);
        let there = self.desk().load(id).await?.map(|loaded| loaded.state);
        there.ok_or_else(|| DeskError::Refused(unknown_service(code)))
    }
}

/// Whether a version says what the service says, its publication apart.
fn says_the_same(kept: &mattoni_service::ServiceSource, service: &Service) -> bool {
    let mut kept = kept.clone();
    let wanted = service.source();
    kept.publication = wanted.publication;
    kept.suspended.clone_from(&wanted.suspended);
    (kept.valid_from, kept.valid_to) = (wanted.valid_from, wanted.valid_to);
    kept == *wanted
}

/// The refusal of a service that the ente does not keep.
pub(crate) fn unknown_service(code: &str) -> Problems {
    unknown(format!("must be a service that the ente offers: {code} is none"))
}

pub(crate) fn unknown(rule: String) -> Problems {
    let remedy = "name a service of the catalogue, or import it first";
    Problem::new("office.service.unknown", "service", rule, remedy).into()
}

fn differs(version: u32) -> Problems {
    Problem::new(
        "office.service.differs",
        "version",
        format!("must say what version {version} says, which is published"),
        "give it the next number",
    )
    .into()
}
