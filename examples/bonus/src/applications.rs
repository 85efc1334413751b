//! From the file of expenses to applications.

use std::collections::BTreeSet;

use mattoni_core::{DigestBuilder, Money};
use mattoni_ranking::{Applicant, Points, Score, Standing, TieKey};
use serde::Deserialize;

/// Points for an ISEE of at most so much.
#[derive(Debug, Deserialize)]
pub(crate) struct Band {
    up_to: Money,
    points: Points,
}

/// One row of `applications.csv`.
#[derive(Debug, Deserialize)]
struct Row {
    code: String,
    /// A number of the child that says nothing of who it is.
    child: String,
    kind: String,
    isee: Money,
    spent: Money,
}

/// The applications of a file, with points by band. Excluded with a reason: who is above the
/// limit, and every application but the first for the same child and kind of expense.
///
/// # Errors
/// What the reader says of the first row it cannot read.
pub(crate) fn read(csv: &str, bands: &[Band], limit: Money) -> Result<Vec<Applicant>, csv::Error> {
    let mut seen = BTreeSet::new();
    csv::Reader::from_reader(csv.as_bytes())
        .deserialize::<Row>()
        .map(|row| {
            let row = row?;
            let subject = DigestBuilder::new("bonus-2026")
                .field(row.child.as_bytes())
                .field(row.kind.as_bytes())
                .finish()
                .to_string();
            let is_first = seen.insert(subject.clone());
            let mut a = Applicant::new(row.code);
            if let Some(band) = bands.iter().find(|band| row.isee <= band.up_to) {
                a.points.push(Score::new("isee", band.points, "isee-band"));
            }
            a.tie_keys.push(TieKey::new("isee", row.isee));
            a.amount = Some(row.spent);
            a.subject = Some(subject);
            a.group = Some(row.kind);
            let out = |reason: &str| Standing::Excluded { reason: reason.to_owned() };
            if row.isee > limit {
                a.standing = out("ISEE oltre il limite dell'avviso");
            } else if !is_first {
                a.standing = out("seconda domanda per lo stesso bambino e la stessa spesa");
            }
            Ok(a)
        })
        .collect()
}
