//! Acts that are dated ahead of the clock: a machine whose clock is wrong by years would write
//! messages that are delivered then, and hold up what follows on the same record.

use chrono::{DateTime, TimeDelta, Utc};
use mattoni_core::{Problem, Problems};
use mattoni_store::{Change, ErrorKind, RowName};
use serde::Serialize;

use crate::{Desk, DeskError};

/// How far ahead of the desk's clock an act may be dated. A day: two machines whose clocks differ by
/// some minutes, or one that is set to another time zone, keep working.
pub const LONGEST_AHEAD: TimeDelta = TimeDelta::days(1);

/// Rows read at a time.
const PAGE: usize = 1_000;
/// How many rows a report names.
const NAMED: usize = 100;

/// Rows of the journal that are dated ahead of the clock, from before that was refused or by a desk
/// without a clock. They follow from one another as all others do, and hold as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AheadReport {
    /// The first 100.
    pub rows: Vec<(RowName, DateTime<Utc>)>,
    /// How many more there are.
    pub more: u64,
}

impl Desk {
    /// The latest instant of an act now; `None` where the desk has no clock.
    fn latest_act(&self) -> Option<DateTime<Utc>> {
        let now = self.clock()?.now();
        Some(now.checked_add_signed(LONGEST_AHEAD).unwrap_or(DateTime::<Utc>::MAX_UTC))
    }

    /// `Ok` unless one of these is dated further ahead than [`LONGEST_AHEAD`].
    ///
    /// # Errors
    /// `desk.act.ahead` for each.
    pub(crate) fn dated_now(&self, changes: &[Change]) -> Result<(), Problems> {
        let Some(latest) = self.latest_act() else { return Ok(()) };
        let ahead = changes.iter().filter(|change| change.act.at > latest);
        let problem = |change: &Change| {
            let (at, hours) = (change.act.at, LONGEST_AHEAD.num_hours());
            Problem::new(
                "desk.act.ahead",
                "act.at",
                format!("must be at most {hours} hours ahead of the clock, is at {at}"),
                "set the clock of the machine that acts",
            )
        };
        Problems::check(ahead.map(problem).collect())
    }

    /// The rows of the journal that are dated ahead, where the desk has a clock.
    pub(crate) async fn rows_ahead(&self) -> Result<AheadReport, DeskError> {
        let mut report = AheadReport::default();
        let Some(latest) = self.latest_act() else { return Ok(report) };
        let mut after = 0;
        loop {
            let page = match self.store().scan(self.ente(), after, PAGE).await {
                // A row that cannot be read is found where the chain is followed.
                Err(error) if error.kind() == ErrorKind::Corrupt => return Ok(report),
                page => page?,
            };
            let Some(last) = page.last() else { return Ok(report) };
            after = last.seq;
            for row in page.into_iter().filter(|row| row.at_micros > latest.timestamp_micros()) {
                if report.rows.len() == NAMED {
                    report.more += 1;
                    continue;
                }
                let at = DateTime::from_timestamp_micros(row.at_micros);
                let at = at.unwrap_or(DateTime::<Utc>::MAX_UTC);
                let name = RowName { seq: row.seq, stream: row.stream, event: row.name };
                report.rows.push((name, at));
            }
        }
    }
}
