//! What is ranked: generated towns, and New Haven where it is at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mattoni_ranking::{
    Applicant, Criteria, CriteriaSource, Facilities, FacilitiesSource, FacilitySource, GroupSource,
    Members, Points, PoolSource, Preference, ReservedSeats, Score, Seats, Siblings, TieKey,
    Together, Unfilled,
};

struct Rng(u64);

impl Rng {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

fn parse(ties: &str) -> Criteria {
    let text = format!(
        "version = 1\ntitle = \"bench\"\n[[criterion]]\ncode = \"work\"\nlabel = \"\"\nmax = 100\n{ties}\n[draw]\nkind = \"single\"\nseed = \"bench\""
    );
    let source: CriteriaSource = toml::from_str(&text).expect("valid");
    Criteria::new(source).expect("valid")
}

pub(crate) fn criteria() -> Criteria {
    let tie = |prefer: &str, key: &str| {
        format!(
            "[[tie_break]]\nprefer = \"{prefer}\"\nkey = \"{key}\"\nkind = \"number\"\nlabel = \"\"\n"
        )
    };
    parse(&[tie("lower", "isee"), tie("higher", "born"), tie("lower", "arrival")].concat())
}

pub(crate) fn criteria_without_ties() -> Criteria {
    parse("")
}

pub(crate) fn people(n: usize, preferences: usize, facilities: usize) -> Vec<Applicant> {
    let mut rng = Rng(7);
    (0..n)
        .map(|i| {
            // Codes in no particular order, as they come out of a store keyed otherwise.
            let mut a = Applicant::new(format!("N-{:08}", (i * 7_919) % n.max(1)));
            let points = Points::hundredths(rng.below(41) as i64 * 50);
            a.points = vec![Score::new("work", points, "")];
            a.tie_keys = vec![
                TieKey::new("isee", rng.below(4_000_000) as i64),
                TieKey::new("born", 738_000 + rng.below(1_000) as i64),
                TieKey::new("arrival", i as i64),
            ];
            let mut named = BTreeSet::new();
            while named.len() < preferences {
                // Some facilities are wanted more than others.
                let f = rng.below(facilities as u64).min(rng.below(facilities as u64));
                if named.insert(f) || named.len() == facilities {
                    a.preferences.push(Preference::new(format!("f{f}")));
                }
            }
            a
        })
        .collect()
}

pub(crate) fn with_priorities(mut people: Vec<Applicant>) -> Vec<Applicant> {
    let mut rng = Rng(11);
    for preference in people.iter_mut().flat_map(|a| &mut a.preferences) {
        preference.priority = rng.below(6) as u32;
    }
    people
}

/// One applicant in fifty has a sibling with the same list.
pub(crate) fn with_families(mut people: Vec<Applicant>) -> Vec<Applicant> {
    for (number, pair) in people.chunks_exact_mut(50).enumerate() {
        let family = Siblings::new(format!("f{number}"), Together::Preferred);
        pair[1].preferences = pair[0].preferences.clone();
        pair[0].siblings = Some(family.clone());
        pair[1].siblings = Some(family);
    }
    people
}

fn seats(group: Option<String>, places: i64, reserved: Vec<ReservedSeats>) -> Seats {
    Seats { group, places, reserved }
}

pub(crate) fn facilities(n: usize, places: i64) -> Facilities {
    Facilities::new(FacilitiesSource {
        group: Vec::new(),
        pool: Vec::new(),
        facility: (0..n)
            .map(|f| FacilitySource {
                code: format!("f{f}"),
                label: String::new(),
                seats: vec![seats(None, places, Vec::new())],
            })
            .collect(),
    })
    .expect("valid")
}

type Row = BTreeMap<String, String>;

fn rows(folder: &Path, name: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(folder.join(name)).expect("the file is there");
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

/// Facilities, applicants, and all seats of each programme together.
pub(crate) fn new_haven(folder: &Path) -> (Facilities, Vec<Applicant>, Vec<(String, usize)>) {
    let vacancies = rows(folder, "newhaven2024_vacancies_r.csv");
    let mut applications = rows(folder, "newhaven2024_applications_r.csv");
    let number = |row: &Row, column: &str| row[column].parse::<i64>().expect("a number");
    let grades: BTreeSet<String> = vacancies.iter().map(|row| row["grade_id"].clone()).collect();
    let mut merged = Vec::new();
    let facility = vacancies
        .iter()
        .map(|row| {
            let reserved: Vec<ReservedSeats> = (1..=10)
                .map(|q| ReservedSeats {
                    pool: format!("q{q}"),
                    places: number(row, &format!("quota_{q}")),
                })
                .filter(|r| r.places > 0)
                .collect();
            let all =
                number(row, "regular_vacancies") + reserved.iter().map(|r| r.places).sum::<i64>();
            merged.push((row["program_id"].clone(), all as usize));
            let offered = seats(Some(row["grade_id"].clone()), all, reserved);
            FacilitySource {
                code: row["program_id"].clone(),
                label: String::new(),
                seats: Some(offered).filter(|s| s.places > 0).into_iter().collect(),
            }
        })
        .collect();
    let label = String::new;
    let facilities = Facilities::new(FacilitiesSource {
        group: grades.into_iter().map(|code| GroupSource { code, label: label() }).collect(),
        pool: (1..=10)
            .map(|q| PoolSource {
                code: format!("q{q}"),
                label: label(),
                members: Members::Separate,
                unfilled: Unfilled::Kept,
                source: label(),
            })
            .collect(),
        facility,
    })
    .expect("valid");
    applications.sort_by_key(|row| number(row, "ranking"));
    let mut people: BTreeMap<String, Applicant> = BTreeMap::new();
    for row in applications {
        let code = format!("{}-{}", row["applicant_id"], row["grade_id"]);
        let a = people.entry(code.clone()).or_insert_with(|| Applicant::new(code));
        a.group = Some(row["grade_id"].clone());
        let preference = Preference::new(&row["program_id"])
            .with_priority(number(&row, "priority_profile_ori") as u32);
        a.preferences.push(match number(&row, "quota_id") {
            11 => preference,
            quota => preference.in_pool(format!("q{quota}")),
        });
    }
    (facilities, people.into_values().collect(), merged)
}
