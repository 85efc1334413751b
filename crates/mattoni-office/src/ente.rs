//! What is the same for all of an ente's work: its calendar, and the services it keeps.

use chrono::NaiveDate;
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::Subject;
use mattoni_core::{Act, Aggregate as _};
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
        if self.calendar().await? == *calendar {
            return Ok(());
        }
        let ente = self.desk().ente();
        let set = |act: &Act| EnteSettings::set_calendar(act, ente, calendar.clone());
        let (id, verb, first) = (EnteSettings::id(ente), EnteVerb::SetCalendar, set(act)?);
        let counter = self.desk().at_counter(who.clone());
        let settings = counter.of::<EnteSettings>();
        let there = settings.open(id, verb, act, &[first]).await?;
        if there.calendar() != calendar {
            settings.decide(id, verb, act, |_, act| set(act)).await?;
        }
        Ok(())
    }

    /// The services that the ente keeps, each in the version that citizens read about on `day`.
    /// Drafts, and versions that this software no longer takes, are left out.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn services_on(&self, day: NaiveDate) -> Result<Vec<Service>, DeskError> {
        let read = |stored| Ok(Loaded::<OfferedService>::read(&stored)?.state);
        let mut found = Vec::new();
        self.desk()
            .each_page(OfferedService::KIND, PAGE, read, async |page: Vec<OfferedService>| {
                let shown = page.iter().filter_map(|offered| offered.shown_on(day).cloned());
                found.extend(shown.filter_map(|source| Service::new(source).ok()));
                Ok::<_, DeskError>(())
            })
            .await?;
        // A service that cannot be read is named where the store is verified.
        Ok(found)
    }
}
