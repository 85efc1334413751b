//! The clock's own work: what has to be done because time has passed, and nobody did anything.
//!
//! Services open and close at their instants; drafts nobody came back to are warned of, and
//! expire; requests for integration lapse; offices are told that a last day comes near, or has
//! passed; offers nobody answered lapse. One call does all that is due. It can stop at any point
//! and be run again, twice, or by two at once: everything it does is an event that says so, and
//! what is done is not due any more.
//!
//! Practices come off a list in order of the day on which something falls due, so that a tick
//! costs what is due and not what there is.

mod reminder;
mod watch;

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::calendar::{LegalCalendar, rome_date};
use mattoni_core::{Act, Actor, Aggregate, Id, Problems, Refusal};
use mattoni_practice::{Chore, Event, Practice, State};
use mattoni_ranking::RankingRun;
use mattoni_service::Service;
use mattoni_store::{Loaded, Placed, Span, Spot, Store, StoredState, Stream, sort};

pub use reminder::{Reminder, ReminderEvent};
pub use watch::{ServiceWatch, Standing, StatusChange, WatchEvent};

use crate::bulk::PAGE;
use crate::desk::ATTEMPTS;
use crate::practices::{CHORE, EVERY};
use crate::{Acted, Desk, DeskError, Progress};

/// What a tick did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TickReport {
    /// Services that stand otherwise than at the last tick.
    pub statuses: Vec<StatusChange>,
    /// Drafts whose owners were warned.
    pub warned: u64,
    /// Drafts that expired.
    pub expired: u64,
    /// Requests for integration that lapsed.
    pub integrations_lapsed: u64,
    /// Offices reminded of a last day that comes near or has passed.
    pub reminded: u64,
    /// Offers that lapsed.
    pub offers_lapsed: u64,
    /// Practices that were due and refused, each with every reason.
    pub refused: Vec<(Id<Practice>, Problems)>,
}

impl<S: Store> Desk<S> {
    /// Does all that is due at `now`. `services` are those whose windows are watched; practices
    /// and offers are looked at whatever their service.
    ///
    /// # Errors
    /// [`DeskError::Store`] or [`DeskError::Contended`]; what was committed until then stays, and
    /// the next tick does the rest.
    pub async fn tick(
        &self,
        services: &[Service],
        calendar: &LegalCalendar,
        now: DateTime<Utc>,
        progress: &dyn Progress,
    ) -> Result<TickReport, DeskError> {
        let act = Act::new(now, Actor::System("clock".into()));
        let mut report = TickReport::default();
        for service in services {
            report.statuses.extend(self.watch(service, &act).await?);
        }
        self.tick_practices(calendar, &act, &mut report, progress).await?;
        let mut after = None;
        loop {
            let runs = self.store().streams(self.ente(), RankingRun::KIND, after, PAGE).await?;
            let Some(last) = runs.last() else { return Ok(report) };
            after = Some(last.stream.id);
            for stored in &runs {
                let run: Loaded<RankingRun> = Loaded::read(stored)?;
                if run.state.published().is_some() {
                    let lapsed = self.lapse_offers(run.state.run(), &act, &|_| ()).await?;
                    report.offers_lapsed += lapsed.done;
                }
            }
        }
    }

    /// Records how the service stands, when that is not what was recorded last.
    async fn watch(&self, service: &Service, act: &Act) -> Result<Option<StatusChange>, DeskError> {
        let id = ServiceWatch::id(self.ente(), service.code());
        let to = Standing { version: service.version(), status: service.status(act.at) };
        let there = self.load(id).await?.map(|loaded| loaded.state.standing);
        if there.as_ref() == Some(&to) {
            return Ok(None);
        }
        let service = service.code().to_owned();
        let change = StatusChange { act: act.clone(), service, from: there, to };
        let event = WatchEvent::Changed(change.clone());
        if change.from.is_none() {
            self.open(id, act, &[event]).await?;
        } else {
            let changed = |watch: &ServiceWatch| {
                let same = watch.standing == change.to;
                Ok::<_, Problems>(if same { vec![] } else { vec![event.clone()] })
            };
            self.decide(id, act, changed).await?;
        }
        Ok(Some(change))
    }

    async fn tick_practices(
        &self,
        calendar: &LegalCalendar,
        act: &Act,
        report: &mut TickReport,
        progress: &dyn Progress,
    ) -> Result<(), DeskError> {
        let today = rome_date(act.at);
        // Until every practice is in the list of what is due, each is looked at.
        let listed = self.lists_behind::<Practice>().await? == 0;
        let mut reading = if listed { Reading::Due(None) } else { Reading::All(None) };
        let mut looked_at = 0;
        loop {
            let page = self.read_chores(&mut reading, today).await?;
            if page.is_empty() {
                return Ok(());
            }
            looked_at += page.len() as u64;
            let mut due: Vec<Loaded<Practice>> = Vec::new();
            for stored in &page {
                let loaded: Loaded<Practice> = Loaded::read(stored)?;
                if !loaded.state.chores(today).is_empty() {
                    due.push(loaded);
                }
            }
            // By id, whichever way they were read: the same work writes the same journal.
            due.sort_by_key(|loaded| loaded.id);
            let due = self.do_chores(due, calendar, act, today, report).await?;
            report.reminded += self.remind(&due, act, today).await?;
            progress.reached(looked_at);
        }
    }

    /// The next practices on which something may be due today.
    async fn read_chores(
        &self,
        reading: &mut Reading,
        today: NaiveDate,
    ) -> Result<Vec<StoredState>, DeskError> {
        let (store, ente, kind) = (self.store(), self.ente(), Practice::KIND);
        match reading {
            Reading::Due(after) => {
                let tomorrow = today.succ_opt().unwrap_or(today);
                let due = Span::new(CHORE, EVERY).to(sort::date(tomorrow));
                let page = store.page(ente, kind, &due, after.as_ref(), PAGE).await?;
                *after = page.last().map(Placed::spot);
                Ok(page.into_iter().map(|placed| placed.state).collect())
            }
            Reading::All(after) => {
                let page = store.streams(ente, kind, *after, PAGE).await?;
                *after = page.last().map(|state| state.stream.id);
                Ok(page)
            }
        }
    }

    /// Lets the verbs that are due happen, and answers the practices as they stand then.
    async fn do_chores(
        &self,
        due: Vec<Loaded<Practice>>,
        calendar: &LegalCalendar,
        act: &Act,
        today: NaiveDate,
        report: &mut TickReport,
    ) -> Result<Vec<Loaded<Practice>>, DeskError> {
        let verb = |practice: &Practice, _: u64| match chore(practice, calendar, act, today) {
            None => Ok(None),
            Some(Ok(event)) => Ok(Some(Acted::one(act, event))),
            Some(Err(problems)) => Err(problems),
        };
        let (moving, mut still): (Vec<_>, Vec<_>) = due
            .into_iter()
            .partition(|loaded| chore(&loaded.state, calendar, act, today).is_some());
        let ids: Vec<Id<Practice>> = moving.iter().map(|loaded| loaded.id).collect();
        let before: Vec<_> = moving.iter().map(|loaded| loaded.version).collect();
        let came_of_it = self.decide_all(moving, &verb, None).await?;
        report.refused.extend(came_of_it.refused);
        for (loaded, before) in self.load_all(&ids).await?.into_iter().zip(before) {
            match loaded.state.state() {
                _ if loaded.version == before => {}
                State::Draft => report.warned += 1,
                State::Expired => report.expired += 1,
                _ => report.integrations_lapsed += 1,
            }
            still.push(loaded);
        }
        // The same order as without the verbs: a tick that is run again writes the same journal.
        still.sort_by_key(|loaded| loaded.id);
        Ok(still)
    }

    async fn remind(
        &self,
        due: &[Loaded<Practice>],
        act: &Act,
        today: NaiveDate,
    ) -> Result<u64, DeskError> {
        let mut new = Vec::new();
        for practice in due {
            for chore in practice.state.chores(today) {
                if let Some((id, reminder)) = Reminder::of(self.ente(), practice.id, &chore, act) {
                    new.push((id, act.clone(), vec![ReminderEvent::Reminded(reminder)]));
                }
            }
        }
        let mut attempt = 1;
        loop {
            // Two clocks may give the same reminder: the slower finds it given.
            match self.open_all(new.clone(), &|_| ()).await {
                Err(DeskError::Contended(_)) if attempt < ATTEMPTS => attempt += 1,
                given => return given,
            }
        }
    }
}

/// How far the practices are read: those that are due, or all.
enum Reading {
    Due(Option<Spot>),
    All(Option<Id<Stream>>),
}

/// The event of the verb that is due, if one is.
fn chore(
    practice: &Practice,
    calendar: &LegalCalendar,
    act: &Act,
    today: NaiveDate,
) -> Option<Result<Event, Problems>> {
    practice.chores(today).into_iter().find_map(|chore| {
        Some(match chore {
            Chore::WarnOfExpiry => practice.warn_of_expiry(act).map_err(|r| r.problems()),
            Chore::Expire => practice.expire(act).map_err(|r| r.problems()),
            Chore::LapseIntegration => {
                practice.lapse_integration(act, calendar).map_err(|r| r.problems())
            }
            _ => return None,
        })
    })
}
