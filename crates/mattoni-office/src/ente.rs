//! What is the same for all of an ente's work: its calendar, and the services it keeps.

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::calendar::LegalCalendar;
use mattoni_core::record::Subject;
use mattoni_core::{Act, Actor, Aggregate as _, Id, Problems};
use mattoni_desk::{DeskError, Unreadable};
use mattoni_practice::{Practice, RecountRefusal};
use mattoni_service::{EnteSettings, EnteVerb, OfferedService, Service};
use mattoni_store::Loaded;

use crate::Office;

/// Records read at a time.
const PAGE: usize = 100;

/// What came of counting running terms by a calendar that was set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecountReport {
    /// Practices that have another last day now.
    pub moved: u64,
    /// Practices for which that was refused, each with every reason.
    pub refused: Vec<(Id<Practice>, Problems)>,
    /// Practices that cannot be read.
    pub unreadable: Vec<Unreadable>,
}

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

    /// Sets the ente's calendar, as technical staff do, and counts the terms that run by it. Safe to
    /// run twice; what a run that was stopped leaves, the next one or the clock does.
    ///
    /// # Errors
    /// `ente-settings.access.not-theirs` for others; those of
    /// [`EnteSettings::set_calendar`]; those of [`recount_terms`](Self::recount_terms).
    pub async fn set_calendar(
        &self,
        who: &Subject,
        calendar: &LegalCalendar,
        act: &Act,
    ) -> Result<RecountReport, DeskError> {
        if self.calendar().await? != *calendar {
            self.write_calendar(who, calendar, act).await?;
        }
        self.recount_terms(act.at).await
    }

    /// Counts the terms of open practices by the ente's calendar, where that is yet to be done since
    /// it was set. A practice whose last day moves gets an event that says why; closed ones, and
    /// those whose day stays, get none.
    ///
    /// # Errors
    /// [`DeskError::Store`] or [`DeskError::Contended`]: what was counted until then stays, and the
    /// next run does the rest.
    pub async fn recount_terms(&self, now: DateTime<Utc>) -> Result<RecountReport, DeskError> {
        let mut report = RecountReport::default();
        let id = EnteSettings::id(self.desk().ente());
        let settings = self.desk().load(id).await?.map(|loaded| loaded.state);
        let Some(settings) = settings.filter(EnteSettings::awaits_recount) else {
            return Ok(report);
        };
        let act = Act::new(now, Actor::System("calendar".into()));
        let (calendar, set) = (settings.calendar(), settings.set());
        let recount = |practice: &Practice| match practice.recount(&act, calendar, set) {
            // No term runs.
            Err(RecountRefusal::WrongState(_)) => Ok(None),
            counted => counted,
        };
        let read = |stored| Loaded::<Practice>::read(&stored);
        let page = async |page: Vec<Loaded<Practice>>| {
            for loaded in page {
                let moves = recount(&loaded.state).is_ok_and(|event| event.is_some());
                if !moves {
                    continue;
                }
                let again = |practice: &Practice| recount(practice).map(Vec::from_iter);
                match self.desk().decide(loaded.id, &act, again).await {
                    Ok(_) => report.moved += 1,
                    Err(DeskError::Refused(problems)) => {
                        report.refused.push((loaded.id, problems));
                    }
                    Err(failed) => return Err(failed),
                }
            }
            Ok::<_, DeskError>(())
        };
        report.unreadable = self.desk().each_page(Practice::KIND, PAGE, read, page).await?;
        // One that is left out is tried again, until none is.
        if report.refused.is_empty() && report.unreadable.is_empty() {
            let (set, moved) = (set.clone(), report.moved);
            let done = |settings: &EnteSettings| {
                Ok::<_, Problems>(Vec::from_iter(settings.recounted(&act, &set, moved)))
            };
            self.desk().decide(id, &act, done).await?;
        }
        Ok(report)
    }

    async fn write_calendar(
        &self,
        who: &Subject,
        calendar: &LegalCalendar,
        act: &Act,
    ) -> Result<(), DeskError> {
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
