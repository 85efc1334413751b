//! The school choice of New Haven, 2024: real preferences, quotas and priorities.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mattoni_ranking::{
    Applicant, Call, Facilities, FacilitiesSource, FacilitySource, GroupSource, Members, Outcome,
    PoolSource, Preference, Prize, ReservedSeats, Run, Seats, Unfilled,
};

use crate::checker::{Judge, choice, outcomes};
use crate::random::criteria;

type Row = BTreeMap<String, String>;

fn rows(name: &str) -> Option<Vec<Row>> {
    let Some(folder) = std::env::var_os("MATTONI_REAL_DATA") else {
        eprintln!("MATTONI_REAL_DATA is not set: New Haven is not tried");
        return None;
    };
    let mut reader = csv::Reader::from_path(PathBuf::from(folder).join(name)).unwrap();
    Some(reader.deserialize().map(Result::unwrap).collect())
}

pub(crate) fn new_haven(kind: &str, unfilled: Unfilled) -> Option<(Call, Vec<Applicant>)> {
    let vacancies = rows("newhaven2024_vacancies_r.csv")?;
    let mut applications = rows("newhaven2024_applications_r.csv")?;
    let grades: std::collections::BTreeSet<&str> =
        vacancies.iter().map(|row| row["grade_id"].as_str()).collect();
    let pool = |quota: u32| format!("quota-{quota}");
    let facilities = vacancies
        .iter()
        .map(|row| {
            let places = |column: &str| row[column].parse::<i64>().unwrap();
            let reserved: Vec<ReservedSeats> = (1..=10)
                .map(|q| ReservedSeats { pool: pool(q), places: places(&format!("quota_{q}")) })
                .filter(|reserved| reserved.places > 0)
                .collect();
            let all = places("regular_vacancies") + reserved.iter().map(|r| r.places).sum::<i64>();
            let seats = Seats { group: Some(row["grade_id"].clone()), places: all, reserved };
            FacilitySource {
                code: row["program_id"].clone(),
                label: String::new(),
                seats: Some(seats).filter(|seats| seats.places > 0).into_iter().collect(),
            }
        })
        .collect();
    let facilities = Facilities::new(FacilitiesSource {
        group: grades
            .into_iter()
            .map(|g| GroupSource { code: g.to_owned(), label: String::new() })
            .collect(),
        pool: (1..=10)
            .map(|q| PoolSource {
                code: pool(q),
                label: String::new(),
                members: Members::Separate,
                unfilled,
                source: String::new(),
            })
            .collect(),
        facility: facilities,
    })
    .unwrap();
    // The numbers have gaps: what counts is their order.
    applications.sort_by_key(|row| row["ranking"].parse::<u32>().unwrap());
    let mut people: BTreeMap<(String, String), Applicant> = BTreeMap::new();
    for row in applications {
        let key = (row["applicant_id"].clone(), row["grade_id"].clone());
        let applicant = people.entry(key).or_insert_with_key(|(id, grade)| {
            let mut applicant = Applicant::new(format!("{id}-{grade}"));
            applicant.group = Some(grade.clone());
            applicant
        });
        let preference = Preference::new(&row["program_id"])
            .with_priority(row["priority_profile_ori"].parse().unwrap());
        applicant.preferences.push(match row["quota_id"].parse().unwrap() {
            11 => preference,
            quota => preference.in_pool(pool(quota)),
        });
    }
    let call = Call { criteria: criteria(kind, ""), prize: Prize::Places(facilities) };
    Some((call, people.into_values().collect()))
}

#[test]
fn new_haven_gets_a_stable_assignment() {
    for (kind, unfilled) in
        [("single", Unfilled::Kept), ("single", Unfilled::Released), ("multiple", Unfilled::Kept)]
    {
        let Some((call, people)) = new_haven(kind, unfilled) else { return };
        assert_eq!(people.len(), 5_354);
        let run = Run::draw_up(&call, &people).unwrap();
        let faults = Judge::new(&call, &people).faults(&outcomes(&run));
        assert!(faults.is_empty(), "{kind} {unfilled:?}: {:#?}", &faults[..faults.len().min(5)]);
        run.verify().unwrap();
        let count = |n| run.lines().iter().filter(|l| choice_of(&l.outcome) == n).count();
        eprintln!(
            "New Haven, {kind} lottery, unfilled reserves {unfilled:?}: {} placed, {} at their first choice",
            people.len() - count(u32::MAX),
            count(1)
        );
    }
}

#[test]
fn new_haven_releasing_unfilled_reserves_harms_nobody() {
    let Some((kept, people)) = new_haven("single", Unfilled::Kept) else { return };
    let Some((released, _)) = new_haven("single", Unfilled::Released) else { return };
    let before = outcomes(&Run::draw_up(&kept, &people).unwrap());
    let after = outcomes(&Run::draw_up(&released, &people).unwrap());
    let harmed: Vec<&str> = people
        .iter()
        .map(|a| a.code.as_str())
        .filter(|code| choice(&after, code) > choice(&before, code))
        .collect();
    assert!(harmed.is_empty(), "{harmed:?}");
}

fn choice_of(outcome: &Outcome) -> u32 {
    match outcome {
        Outcome::Placed { preference, .. } => *preference,
        _ => u32::MAX,
    }
}
