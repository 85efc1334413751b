//! New Haven's school choice of 2024 through the same ranking as the nursery's places.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mattoni_ranking::{
    Applicant, Call, Criteria, CriteriaSource, DrawKind, DrawRule, Facilities, FacilitiesSource,
    FacilitySource, GroupSource, Members, Outcome, PoolSource, Preference, Prize, ReservedSeats,
    Run, Seats, Unfilled,
};

use crate::Stopped;
use crate::life::Say;

type Row = BTreeMap<String, String>;

/// Number of quotas; quota 11 stands for the places outside any quota.
const QUOTAS: u32 = 10;

fn rows(path: &Path) -> Result<Vec<Row>, Stopped> {
    let mut reader =
        csv::Reader::from_path(path).map_err(|error| Stopped::because(path.display(), &error))?;
    Ok(reader.deserialize().collect::<Result<_, _>>()?)
}

fn cell<'a>(row: &'a Row, column: &str) -> Result<&'a str, Stopped> {
    row.get(column).map(String::as_str).ok_or_else(|| Stopped(format!("no column {column}")))
}

fn number<T: std::str::FromStr>(row: &Row, column: &str) -> Result<T, Stopped> {
    let text = cell(row, column)?;
    text.parse().map_err(|_| Stopped(format!("{column}: “{text}” is no number")))
}

fn pool(quota: u32) -> String {
    format!("quota-{quota}")
}

/// The call and the applicants, as the files have them.
///
/// # Errors
/// When a file is missing or is not what it was.
pub fn load(data: &Path) -> Result<(Call, Vec<Applicant>), Stopped> {
    let vacancies = rows(&data.join("newhaven2024_vacancies_r.csv"))?;
    let mut applications = rows(&data.join("newhaven2024_applications_r.csv"))?;
    let mut grades = BTreeSet::new();
    let mut facility = Vec::new();
    for row in &vacancies {
        let grade = cell(row, "grade_id")?.to_owned();
        let mut reserved = Vec::new();
        for quota in 1..=QUOTAS {
            let places: i64 = number(row, &format!("quota_{quota}"))?;
            if places > 0 {
                reserved.push(ReservedSeats { pool: pool(quota), places });
            }
        }
        let places = number::<i64>(row, "regular_vacancies")?
            + reserved.iter().map(|reserved| reserved.places).sum::<i64>();
        let seats = Seats { group: Some(grade.clone()), places, reserved };
        grades.insert(grade);
        facility.push(FacilitySource {
            code: cell(row, "program_id")?.to_owned(),
            label: String::new(),
            // A programme without vacancies takes nobody; it is listed all the same.
            seats: Some(seats).filter(|seats| seats.places > 0).into_iter().collect(),
        });
    }
    let facilities = Facilities::new(FacilitiesSource {
        group: grades.into_iter().map(|code| GroupSource { code, label: String::new() }).collect(),
        pool: (1..=QUOTAS)
            .map(|quota| PoolSource {
                code: pool(quota),
                label: String::new(),
                members: Members::Separate,
                unfilled: Unfilled::Kept,
                source: String::new(),
            })
            .collect(),
        facility,
    })?;
    let criteria = Criteria::new(CriteriaSource {
        version: Criteria::VERSION,
        title: "New Haven 2024".into(),
        class: Vec::new(),
        criterion: Vec::new(),
        threshold: Vec::new(),
        tie_break: Vec::new(),
        draw: DrawRule { kind: DrawKind::Single, seed: Some("New Haven 2024".into()) },
        duplicates: mattoni_ranking::Duplicates::default(),
    })?;
    Ok((Call { criteria, prize: Prize::Places(facilities) }, applicants(&mut applications)?))
}

fn applicants(applications: &mut [Row]) -> Result<Vec<Applicant>, Stopped> {
    let mut people: BTreeMap<(String, String), Vec<(u32, Preference)>> = BTreeMap::new();
    for row in applications.iter() {
        let priority = number(row, "priority_profile_ori")?;
        let preference = Preference::new(cell(row, "program_id")?).with_priority(priority);
        let preference = match number(row, "quota_id")? {
            quota @ 1..=QUOTAS => preference.in_pool(pool(quota)),
            _ => preference,
        };
        let key = (cell(row, "applicant_id")?.to_owned(), cell(row, "grade_id")?.to_owned());
        people.entry(key).or_default().push((number(row, "ranking")?, preference));
    }
    let applicants = people.into_iter().map(|((id, grade), mut choices)| {
        // The numbers have gaps; what counts is their order.
        choices.sort_by_key(|(rank, _)| *rank);
        let mut applicant = Applicant::new(format!("{id}-{grade}"));
        applicant.group = Some(grade);
        applicant.preferences = choices.into_iter().map(|(_, preference)| preference).collect();
        applicant
    });
    Ok(applicants.collect())
}

/// Draws the assignment up and says how it came out.
///
/// # Errors
/// When a file is missing or is not what it was.
pub fn run(data: &Path, say: &mut Say<'_>) -> Result<(), Stopped> {
    let (call, applicants) = load(data)?;
    let run = Run::draw_up(&call, &applicants)?;
    let placed = |wanted: fn(u32) -> bool| {
        let is = |outcome: &Outcome| match outcome {
            Outcome::Placed { preference, .. } => wanted(*preference),
            _ => false,
        };
        run.lines().iter().filter(|line| is(&line.outcome)).count()
    };
    say(&format!(
        "real data  New Haven: {} applicants, {} placed, {} at their first choice, {} at their second; run {}",
        applicants.len(),
        placed(|_| true),
        placed(|choice| choice == 1),
        placed(|choice| choice == 2),
        run.digest().short()
    ));
    Ok(())
}
