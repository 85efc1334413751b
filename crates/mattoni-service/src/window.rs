//! When a service is open: instants, stated in Italian local time.

use chrono::{DateTime, FixedOffset, LocalResult, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::Europe::Rome;
use mattoni_core::Problem;

/// From when to when applications are taken: from the opening on, up to but not including the
/// closing. Either end may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Window {
    /// The first instant.
    pub opens: Option<DateTime<Utc>>,
    /// The first instant that is too late.
    pub closes: Option<DateTime<Utc>>,
}

impl Window {
    /// Whether an application at `at` is in time.
    #[must_use]
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.opens.is_none_or(|opens| at >= opens) && self.closes.is_none_or(|closes| at < closes)
    }
}

/// The instant that `text` names in Italy: `2026-04-01T09:00`, seconds if wanted.
///
/// On the two nights the clock changes, one hour does not exist and one comes twice. A time that
/// does not exist is refused; one that comes twice has to say which is meant, by its offset:
/// `2026-10-25T02:30+02:00` for the first, `+01:00` for the second.
///
/// ```
/// use mattoni_service::rome_time;
///
/// let opens = rome_time("2026-04-01T09:00")?;
/// assert_eq!(opens.to_rfc3339(), "2026-04-01T07:00:00+00:00");
///
/// assert_eq!(rome_time("2026-03-29T02:30").unwrap_err().code, "service.time.missing");
/// assert_eq!(rome_time("2026-10-25T02:30").unwrap_err().code, "service.time.twice");
/// assert!(rome_time("2026-10-25T02:30+01:00").is_ok());
/// # Ok::<(), mattoni_core::Problem>(())
/// ```
///
/// # Errors
/// One problem with an empty field: `service.time.form`, `.missing`, `.twice`, or `.offset` for
/// an offset Italy is not on at that time.
pub fn rome_time(text: &str) -> Result<DateTime<Utc>, Problem> {
    let refused = |code, rule: String, remedy: String| Err(Problem::new(code, "", rule, remedy));
    let (local, offset) = match split(text) {
        Some(parts) => parts,
        None => {
            return refused(
                "service.time.form",
                "must be a local time in Italy".to_owned(),
                "write e.g. 2026-04-01T09:00".to_owned(),
            );
        }
    };
    let candidates = match Rome.from_local_datetime(&local) {
        LocalResult::None => {
            return refused(
                "service.time.missing",
                format!("must be a time that exists: in Italy the clocks skip {local}"),
                "choose a time before or after the hour that does not exist".to_owned(),
            );
        }
        LocalResult::Single(only) => vec![only],
        LocalResult::Ambiguous(first, second) => vec![first, second],
    };
    let offsets = || {
        let all: Vec<_> = candidates.iter().map(|at| at.offset().fix().to_string()).collect();
        all.join(" or ")
    };
    match (offset, candidates.as_slice()) {
        (None, [only]) => Ok(only.with_timezone(&Utc)),
        (None, _) => refused(
            "service.time.twice",
            format!("must say which of the two: in Italy {local} comes twice"),
            format!("add the offset: {}", offsets()),
        ),
        (Some(offset), all) => match all.iter().find(|at| at.offset().fix() == offset) {
            Some(at) => Ok(at.with_timezone(&Utc)),
            None => refused(
                "service.time.offset",
                format!("must have the offset of Italy, which is not on {offset} at {local}"),
                format!("write {}, or leave the offset out", offsets()),
            ),
        },
    }
}

fn split(text: &str) -> Option<(NaiveDateTime, Option<FixedOffset>)> {
    // Behind the date, where hyphens stand too.
    let cut = text.char_indices().skip(10).find(|(_, c)| matches!(c, '+' | '-')).map(|(i, _)| i);
    let (local, offset) = match cut {
        Some(cut) => (&text[..cut], Some(text[cut..].parse().ok()?)),
        None => (text, None),
    };
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let local = formats.iter().find_map(|f| NaiveDateTime::parse_from_str(local, f).ok())?;
    Some((local, offset))
}
