//! What staff do with a service.

use chrono::NaiveDate;
use mattoni_core::{Act, Problems, Refusal};

use super::Suspension;
use super::{Drafted, OfferedService, Published, ServiceEvent, ServiceRefusal, SettingChanged};
use crate::{Publication, Service, ServiceSource, Setting, Staff};

impl OfferedService {
    /// Begins the record of a service with its first version, as a draft. What the source says of
    /// publication does not count: [`publish`](Self::publish) is a verb of its own.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let imported = OfferedService::import(&staff, source, "det. 12/2027")?;
    /// let service: OfferedService = fold([&imported]).expect("it begins the record");
    /// assert_eq!(service.versions().collect::<Vec<_>>(), [1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ServiceRefusal::Unsound`] with everything that is wrong with it,
    /// [`ServiceRefusal::NoBasis`].
    pub fn import(
        act: &Act,
        source: ServiceSource,
        basis: &str,
    ) -> Result<ServiceEvent, ServiceRefusal> {
        Ok(ServiceEvent::Imported(drafted(act, source, basis)?))
    }

    /// Writes a new version, or a draft anew. A version that is published stays as it is.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// let mut next = source.clone();
    /// next.version = 2;
    /// next.procedure.term_days = 60;
    /// service.apply(&service.draft(&staff, next, "delib. 3/2027")?);
    /// assert_eq!(service.versions().collect::<Vec<_>>(), [1, 2]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ServiceRefusal`]: unsound, of another service, without a basis, or published.
    pub fn draft(
        &self,
        act: &Act,
        source: ServiceSource,
        basis: &str,
    ) -> Result<ServiceEvent, ServiceRefusal> {
        if (&source.ente, &source.code) != (&self.ente, &self.code) {
            return Err(ServiceRefusal::OtherService(self.code.clone()));
        }
        if self.source(source.version).is_some_and(is_published) {
            return Err(ServiceRefusal::Published(source.version));
        }
        Ok(ServiceEvent::Drafted(drafted(act, source, basis)?))
    }

    /// Writes the next version as a draft that says what the newest one does, its days apart: to be
    /// [changed](Self::change_all), and published from a day on.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// service.apply(&service.publish(&head, 1, "2027-02-01".parse()?, "det. 14/2027")?);
    /// service.apply(&service.next_version(&staff, "det. 20/2027")?);
    /// assert_eq!(service.versions().collect::<Vec<_>>(), [1, 2]);
    /// assert!(service.number_on("2027-03-01".parse()?) == Some(1), "the second one is a draft");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ServiceRefusal`]: without a basis, or unsound, where this software has come to ask for more
    /// than when the newest version was written.
    pub fn next_version(&self, act: &Act, basis: &str) -> Result<ServiceEvent, ServiceRefusal> {
        let newest = self.versions.values().next_back();
        let mut source = newest.cloned().ok_or(ServiceRefusal::NoVersion(0))?;
        source.version = source.version.saturating_add(1);
        (source.valid_from, source.valid_to) = (None, None);
        self.draft(act, source, basis)
    }

    /// Changes one setting of a version, as whose it is. Of a published version, only its texts,
    /// its window and what is not for citizens to rely on can be changed
    /// ([`Setting::changes_when_published`]).
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// use mattoni_service::{Setting, Staff};
    ///
    /// let longer = Setting::Closes(Some("2027-12-31T12:00".to_owned()));
    /// let refused = service.change(&staff, 1, longer.clone(), Staff::Technical, "det. 9/2027");
    /// assert!(refused.is_err(), "the window is the office's");
    /// service.apply(&service.change(&head, 1, longer, Staff::Office, "det. 9/2027")?);
    /// assert!(service.log().last().unwrap().what.contains("chiusura"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ServiceRefusal`]: no such version, not theirs, published, unsound, without a basis.
    pub fn change(
        &self,
        act: &Act,
        version: u32,
        setting: Setting,
        by: Staff,
        basis: &str,
    ) -> Result<ServiceEvent, ServiceRefusal> {
        if setting.owner() != by {
            return Err(ServiceRefusal::not_theirs(setting.name(), setting.owner()));
        }
        let mut events = self.change_all(act, version, vec![setting], basis)?;
        events.pop().ok_or(ServiceRefusal::NoVersion(version))
    }

    /// Changes several settings of a version together, each as whose it is. The service must be
    /// sound with all of them: opening and closing can be moved past each other.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// use mattoni_service::Setting;
    ///
    /// let later = source.with("opens", "2029-01-01T09:00")?.with("closes", "2029-12-31T12:00")?;
    /// let settings = Setting::between(&source, &later)?;
    /// for event in service.change_all(&head, 1, settings, "det. 9/2028")? {
    ///     service.apply(&event);
    /// }
    /// assert_eq!(service.source(1).unwrap().opens.as_deref(), Some("2029-01-01T09:00"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ServiceRefusal`], with everything that stands in the way: no such version, published,
    /// unsound, without a basis, a setting that has a verb of its own.
    pub fn change_all(
        &self,
        act: &Act,
        version: u32,
        settings: Vec<Setting>,
        basis: &str,
    ) -> Result<Vec<ServiceEvent>, ServiceRefusal> {
        let source = self.source(version).ok_or(ServiceRefusal::NoVersion(version))?;
        let barred = |setting: &Setting| {
            if setting.has_its_own_verb() {
                return Some(ServiceRefusal::not_theirs(setting.name(), setting.owner()));
            }
            let relied_on = is_published(source) && !setting.changes_when_published();
            relied_on.then(|| ServiceRefusal::ReliedOn { version, setting: setting.name() })
        };
        let mut found: Vec<ServiceRefusal> = settings.iter().filter_map(barred).collect();
        let basis = named(basis).map_err(|refusal| found.push(refusal)).unwrap_or_default();
        let mut changed = source.clone();
        settings.iter().for_each(|setting| setting.clone().put_into(&mut changed));
        found.extend(Service::new(changed).err().map(ServiceRefusal::Unsound));
        if let [only] = &found[..] {
            return Err(only.clone());
        }
        let all = found.iter().flat_map(Refusal::problems).collect();
        Problems::check(all).map_err(ServiceRefusal::Several)?;
        let event = |setting| {
            let (act, basis) = (act.clone(), basis.clone());
            ServiceEvent::Changed(SettingChanged { act, basis, version, setting })
        };
        Ok(settings.into_iter().map(event).collect())
    }

    /// Publishes a draft from a day on. The version that holds then ends the day before: practices
    /// that are open stay under it.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// service.apply(&service.publish(&head, 1, "2027-02-01".parse()?, "det. 14/2027")?);
    /// assert!(service.on("2027-02-01".parse()?).is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ServiceRefusal`]: no such version, published already, without a basis, not ready to be
    /// read by citizens (an incomplete sheet), or not after a version that is published for later.
    pub fn publish(
        &self,
        act: &Act,
        version: u32,
        from: NaiveDate,
        basis: &str,
    ) -> Result<ServiceEvent, ServiceRefusal> {
        let source = self.source(version).ok_or(ServiceRefusal::NoVersion(version))?;
        if is_published(source) {
            return Err(ServiceRefusal::Published(version));
        }
        let basis = named(basis)?;
        let overtaken = |other: &&ServiceSource| {
            is_published(other) && other.valid_from.is_some_and(|begins| begins >= from)
        };
        if let Some(later) = self.versions.values().find(overtaken) {
            return Err(ServiceRefusal::Overtaken(later.version));
        }
        Service::new(published(source, from)).map_err(ServiceRefusal::Unsound)?;
        let replaces = self.source_on(from).map(|source| source.version);
        let act = act.clone();
        Ok(ServiceEvent::Published(Published { act, basis, version, from, replaces }))
    }

    /// Takes no applications for now.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// service.apply(&service.publish(&head, 1, "2027-02-01".parse()?, "det. 14/2027")?);
    /// service.apply(&service.suspend(&head, 1, "guasto al sistema dei pagamenti")?);
    /// assert_eq!(service.status("2027-02-01T09:00:00Z".parse()?).name(), "suspended");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ServiceRefusal`]: no such version, a draft, or no reason.
    pub fn suspend(
        &self,
        act: &Act,
        version: u32,
        reason: &str,
    ) -> Result<ServiceEvent, ServiceRefusal> {
        let source = self.source(version).ok_or(ServiceRefusal::NoVersion(version))?;
        if !is_published(source) {
            return Err(ServiceRefusal::Draft(version));
        }
        let suspended = ServiceSource { suspended: Some(reason.to_owned()), ..source.clone() };
        Service::new(suspended).map_err(ServiceRefusal::Unsound)?;
        Ok(ServiceEvent::Suspended(suspension(act, version, reason)))
    }

    /// Takes applications again.
    ///
    /// ```
    #[doc = include_str!("example.txt")]
    /// assert!(service.resume(&head, 1, "risolto").is_err(), "it was never suspended");
    /// service.apply(&service.publish(&head, 1, "2027-02-01".parse()?, "det. 14/2027")?);
    /// service.apply(&service.suspend(&head, 1, "guasto")?);
    /// service.apply(&service.resume(&head, 1, "risolto")?);
    /// assert_eq!(service.status("2027-02-01T09:00:00Z".parse()?).name(), "open");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ServiceRefusal`]: no such version, or not suspended.
    pub fn resume(
        &self,
        act: &Act,
        version: u32,
        reason: &str,
    ) -> Result<ServiceEvent, ServiceRefusal> {
        let source = self.source(version).ok_or(ServiceRefusal::NoVersion(version))?;
        if source.suspended.is_none() {
            return Err(ServiceRefusal::NotSuspended);
        }
        Ok(ServiceEvent::Resumed(suspension(act, version, reason)))
    }

    pub(super) fn publish_in(&mut self, event: &Published) {
        let Published { act, basis, version, from, replaces } = event;
        let day = from.format("%d/%m/%Y");
        self.note(act, basis, *version, format!("pubblicata dal {day}"));
        if let Some(old) = replaces.and_then(|replaced| self.versions.get_mut(&replaced)) {
            old.valid_to = from.pred_opt();
        }
        if let Some(source) = self.versions.get_mut(version) {
            *source = published(source, *from);
        }
    }
}

fn is_published(source: &ServiceSource) -> bool {
    source.publication == Publication::Published
}

fn published(source: &ServiceSource, from: NaiveDate) -> ServiceSource {
    ServiceSource { publication: Publication::Published, valid_from: Some(from), ..source.clone() }
}

fn drafted(act: &Act, source: ServiceSource, basis: &str) -> Result<Drafted, ServiceRefusal> {
    let basis = named(basis)?;
    let source = ServiceSource { publication: Publication::Draft, suspended: None, ..source };
    let service = Service::new(source).map_err(ServiceRefusal::Unsound)?;
    Ok(Drafted { act: act.clone(), basis, source: Box::new(service.source().clone()) })
}

fn named(basis: &str) -> Result<String, ServiceRefusal> {
    let basis = basis.trim();
    if basis.is_empty() { Err(ServiceRefusal::NoBasis) } else { Ok(basis.to_owned()) }
}

fn suspension(act: &Act, version: u32, reason: &str) -> Suspension {
    Suspension { act: act.clone(), version, reason: reason.trim().to_owned() }
}
