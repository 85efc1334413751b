//! From the file of marks and titles to applications.

use chrono::NaiveDate;
use mattoni_ranking::{Applicant, Points, Preference, Score, TieKey};
use serde::{Deserialize, Deserializer, de::Error as _};

/// One row of `candidates.csv`.
#[derive(Debug, Deserialize)]
struct Row {
    code: String,
    born: NaiveDate,
    #[serde(deserialize_with = "marks")]
    written: Points,
    /// Empty where the written test was not enough to be called to the oral one.
    #[serde(deserialize_with = "marks")]
    oral: Points,
    #[serde(deserialize_with = "marks")]
    titles: Points,
    /// Titles to reserved posts, separated by spaces.
    reserves: String,
    /// Letters of the titles of preference, separated by spaces.
    preferences: String,
    /// Letter e): dependent children.
    children: i64,
}

/// The candidates of a file.
///
/// # Errors
/// What the reader says of the first row it cannot read.
pub(crate) fn read(csv: &str) -> Result<Vec<Applicant>, csv::Error> {
    csv::Reader::from_reader(csv.as_bytes())
        .deserialize::<Row>()
        .map(|row| row.map(applicant))
        .collect()
}

/// Marks as text, so that 27.5 is never a float on its way; none is zero.
fn marks<'de, D: Deserializer<'de>>(cell: D) -> Result<Points, D::Error> {
    match String::deserialize(cell)?.as_str() {
        "" => Ok(Points::ZERO),
        text => text.parse().map_err(D::Error::custom),
    }
}

fn applicant(row: Row) -> Applicant {
    let mut a = Applicant::new(row.code);
    a.points = vec![
        Score::new("scritto", row.written, "voto"),
        Score::new("orale", row.oral, "voto"),
        Score::new("titoli", row.titles, "titoli valutati dalla commissione"),
    ];
    a.tie_keys.push(TieKey::new("nascita", row.born));
    let letters = row.preferences.split_whitespace();
    a.tie_keys.extend(letters.map(|letter| TieKey::new(format!("pref-{letter}"), 1)));
    if row.children > 0 {
        a.tie_keys.push(TieKey::new("pref-e", row.children));
    }
    a.reserves = row.reserves.split_whitespace().map(str::to_owned).collect();
    a.preferences.push(Preference::new("concorso"));
    a
}
