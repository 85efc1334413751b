//! Birthplaces: which town or state a Belfiore code named, and when.
//!
//! Towns merge, split and change name, and a fiscal code keeps the place as it was on the day of
//! birth (D.M. 23 December 1976, n. 13813, art. 5). The table holds every code since 1861 with
//! its dates, and the codes of foreign states, those that are no more among them; `data/README.md`
//! says where it comes from.
//!
//! ```
//! use chrono::NaiveDate;
//! use mattoni_core::belfiore;
//!
//! let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
//! // Bazzano became part of Valsamoggia on 1 January 2014.
//! let bazzano = "A726".parse()?;
//! assert_eq!(belfiore::on(bazzano, day(1980, 5, 1)).unwrap().name, "Bazzano");
//! assert!(belfiore::on(bazzano, day(2020, 5, 1)).is_none());
//!
//! let valsamoggia = belfiore::named("valsamoggia", Some("BO"), day(2020, 5, 1));
//! assert_eq!(valsamoggia[0].code.as_str(), "M320");
//! # Ok::<(), mattoni_core::Problems>(())
//! ```

mod code;

use std::sync::LazyLock;

use chrono::NaiveDate;

pub use code::BelfioreCode;

use crate::{FiscalCode, Problem, latin};

/// A town or foreign state, as it was between two dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The code.
    pub code: BelfioreCode,
    /// Italian name.
    pub name: &'static str,
    /// Name in the other language of the place, or another name of the state.
    pub other_name: Option<&'static str>,
    /// Abbreviation of the province at the time, e.g. `RM`; `None` for foreign states.
    pub province: Option<&'static str>,
    /// First day; `None` where it isn't known.
    pub created: Option<NaiveDate>,
    /// Last day; `None` while the place exists.
    pub ended: Option<NaiveDate>,
}

impl Place {
    /// Whether the place was there, under this name and in this province, on `date`.
    #[must_use]
    pub fn existed_on(&self, date: NaiveDate) -> bool {
        self.created.is_none_or(|first| first <= date) && self.ended.is_none_or(|last| date <= last)
    }
}

/// By code and then by time. Read on first use, in a few milliseconds.
static PLACES: LazyLock<Vec<Place>> =
    LazyLock::new(|| include_str!("../../data/belfiore.csv").lines().filter_map(place).collect());

/// Folded names and the rows they belong to, by name.
static NAMES: LazyLock<Vec<(String, usize)>> = LazyLock::new(|| {
    let names = PLACES.iter().enumerate().flat_map(|(row, place)| {
        [Some(place.name), place.other_name]
            .into_iter()
            .flatten()
            .map(move |name| (latin::folded(name), row))
    });
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
});

fn place(line: &'static str) -> Option<Place> {
    let mut cells = line.split(';');
    let mut cell = || cells.next().filter(|text| !text.is_empty());
    let code = BelfioreCode::from_bytes(<[u8; 4]>::try_from(cell()?.as_bytes()).ok()?)?;
    let created = cell().and_then(|date| date.parse().ok());
    let ended = cell().and_then(|date| date.parse().ok());
    let province = cell();
    Some(Place { code, created, ended, province, name: cell()?, other_name: cell() })
}

/// Everything `code` has stood for, the oldest first; empty when it was never given.
#[must_use]
pub fn history(code: BelfioreCode) -> &'static [Place] {
    let first = PLACES.partition_point(|place| place.code < code);
    let count = PLACES[first..].partition_point(|place| place.code == code);
    &PLACES[first..first + count]
}

/// What `code` stood for on `date`. In the few cases where it stood for two places at once, the
/// first by date and name.
#[must_use]
pub fn on(code: BelfioreCode, date: NaiveDate) -> Option<Place> {
    history(code).iter().find(|place| place.existed_on(date)).copied()
}

/// The places called `name` on `date`, in `province` where it is given; by code. Accents,
/// apostrophes and case don't matter, and names in the other language of a place count too.
///
/// Several towns share a name: the province distinguishes them. The province is the one of that
/// day, `None` looks in all of them and among foreign states.
#[must_use]
pub fn named(name: &str, province: Option<&str>, date: NaiveDate) -> Vec<Place> {
    let folded = latin::folded(name);
    let first = NAMES.partition_point(|(name, _)| *name < folded);
    NAMES[first..]
        .iter()
        .take_while(|(name, _)| *name == folded)
        .map(|(_, row)| PLACES[*row])
        .filter(|place| {
            province
                .is_none_or(|asked| place.province.is_some_and(|p| p.eq_ignore_ascii_case(asked)))
        })
        .filter(|place| place.existed_on(date))
        .collect()
}

impl FiscalCode {
    /// Birthplace as a code; [`FiscalCode::birth_place`] is the same as text.
    #[must_use]
    pub fn birth_place_code(&self) -> BelfioreCode {
        let digit = |position| b'0' + self.digit(position);
        let code = [self.0[11], digit(12), digit(13), digit(14)];
        // A fiscal code has a letter and three digits there, or it would not have been accepted.
        BelfioreCode::from_bytes(code).unwrap_or(BelfioreCode::NOWHERE)
    }

    /// The birthplace, provided it was there on the day of birth.
    ///
    /// A problem is a reason to look, no proof of forgery: codes were first given out in 1977,
    /// and some of those born earlier got the code their birthplace had by then.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use mattoni_core::FiscalCode;
    ///
    /// let code: FiscalCode = "RSSMRA80A01H501U".parse()?;
    /// let born_on = NaiveDate::from_ymd_opt(1980, 1, 1).unwrap();
    /// assert_eq!(code.check_birth_place(born_on)?.name, "Roma");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `core.belfiore.unknown` when no place ever had the code, `core.belfiore.not-then` when
    /// there was none on `born_on`.
    pub fn check_birth_place(&self, born_on: NaiveDate) -> Result<Place, Problem> {
        let code = self.birth_place_code();
        if let Some(place) = on(code, born_on) {
            return Ok(place);
        }
        let (problem, rule, remedy) = match history(code) {
            [] => (
                "core.belfiore.unknown",
                format!("{code} was never given to a town or state"),
                "check characters 12 to 15",
            ),
            [.., last] => (
                "core.belfiore.not-then",
                format!("{code} ({}) did not exist on {born_on}", last.name),
                "check the date of birth, and the code with the Agenzia delle Entrate",
            ),
        };
        Err(Problem::new(problem, "birth_place", rule, remedy))
    }
}
