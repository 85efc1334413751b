//! What is the same for all of an ente's work: its calendar, and the services it keeps.

use chrono::NaiveDate;
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::{Record as _, Subject};
use mattoni_core::{Act, Aggregate as _, Problems, fold};
use mattoni_desk::DeskError;
use mattoni_service::{EnteSettings, EnteVerb, OfferedService, Service};
use mattoni_store::Loaded;

use crate::Office;

/// Services read at a time.
const PAGE: usize = 100;

impl Office {
    /// The calendar that the ente's terms are counted by: the national one where it has set none.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn calendar(&self) -> Result<LegalCalendar, DeskError> {
        let id = EnteSettings::id(self.desk().ente());
        let settings = self.desk().load(id).await?;
        Ok(settings.map(|there| there.state.calendar().clone()).unwrap_or_default())
    }

    /// Sets the ente's calendar, as technical staff do. Safe to run twice.
    ///
    /// # Errors
    /// `ente-settings.access.not-theirs` for others; those of
    /// [`EnteSettings::set_calendar`]; [`DeskError::Store`] when the machine fails.
    pub async fn set_calendar(
        &self,
        who: &Subject,
        calendar: &LegalCalendar,
        act: &Act,
    ) -> Result<(), DeskError> {
        let id = EnteSettings::id(self.desk().ente());
        let set = EnteSettings::set_calendar(act, self.desk().ente(), calendar.clone())?;
        let there = self.desk().load(id).await?.map(|there| there.state);
        match &there {
            Some(settings) if settings.calendar() == calendar => return Ok(()),
            None if *calendar == LegalCalendar::national() => return Ok(()),
            _ => {}
        }
        if let Some(settings) = there.clone().or_else(|| fold([&set])) {
            settings
                .may(who, EnteVerb::SetCalendar)
                .map_err(|refusal| DeskError::refused(&refusal))?;
        }
        if there.is_none() {
            self.desk().open(id, act, std::slice::from_ref(&set)).await?;
        }
        let changed = |settings: &EnteSettings| {
            let same = settings.calendar() == calendar;
            Ok::<_, Problems>(if same { Vec::new() } else { vec![set.clone()] })
        };
        self.desk().decide(id, act, changed).await?;
        Ok(())
    }

    /// The services that the ente keeps, each in the version that citizens read about on `day`.
    /// Drafts, and versions that this software no longer takes, are left out.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn services_on(&self, day: NaiveDate) -> Result<Vec<Service>, DeskError> {
        let mut found = Vec::new();
        self.each_service(|offered| {
            let shown = offered.shown_on(day).cloned();
            found.extend(shown.and_then(|source| Service::new(source).ok()));
        })
        .await?;
        Ok(found)
    }

    /// Every version of a service that may have practices: those that were published.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn published_versions(&self) -> Result<Vec<Service>, DeskError> {
        let mut found = Vec::new();
        self.each_service(|offered| {
            found.extend(offered.published().cloned().filter_map(|s| Service::new(s).ok()));
        })
        .await?;
        Ok(found)
    }

    async fn each_service(&self, mut look: impl FnMut(&OfferedService)) -> Result<(), DeskError> {
        let read = |stored| Ok(Loaded::<OfferedService>::read(&stored)?.state);
        self.desk()
            .each_page(OfferedService::KIND, PAGE, read, async |page: Vec<OfferedService>| {
                page.iter().for_each(&mut look);
                Ok::<_, DeskError>(())
            })
            .await?;
        // A service that cannot be read is named where the store is verified.
        Ok(())
    }
}
