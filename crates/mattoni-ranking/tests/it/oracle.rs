//! Equal to PyPI `matching` 1.4.3 wherever that can express the case: strict lists on both sides,
//! places by facility. `tests/oracle/hospital_residents.py` writes the golden file.

use mattoni_ranking::{
    Applicant, Assignment, Entrants, Facilities, FacilitiesSource, FacilitySource, Market,
    Preference, Seats,
};
use serde::Deserialize;

use crate::random::criteria;

#[derive(Deserialize)]
struct Instance {
    places: Vec<i64>,
    residents: Vec<Vec<usize>>,
    hospitals: Vec<Vec<usize>>,
    got: Vec<Option<usize>>,
}

#[test]
fn three_hundred_hospitals_and_residents_come_out_as_with_matching() {
    let golden = include_str!("../golden/hospital-residents.jsonl");
    let mut matched = 0;
    for (number, line) in golden.lines().enumerate() {
        let instance: Instance = serde_json::from_str(line).unwrap();
        let facilities = Facilities::new(FacilitiesSource {
            facility: (0..)
                .zip(&instance.places)
                .map(|(h, &places)| FacilitySource {
                    code: format!("h{h}"),
                    label: String::new(),
                    seats: vec![Seats { group: None, places, reserved: Vec::new() }],
                })
                .collect(),
            ..FacilitiesSource::default()
        })
        .unwrap();
        let people: Vec<Applicant> = (0..)
            .zip(&instance.residents)
            .map(|(r, wishes)| {
                let mut a = Applicant::new(format!("r{r}"));
                // A hospital's list is its own priority for each resident.
                let place = |h: usize| instance.hospitals[h].iter().position(|x| *x == r).unwrap();
                let preference =
                    |&h: &usize| Preference::new(format!("h{h}")).with_priority(place(h) as u32);
                a.preferences = wishes.iter().map(preference).collect();
                a
            })
            .collect();
        let criteria = criteria("single", "");
        let entrants = Entrants::check(&criteria, &people).unwrap();
        let market = Market::check(&facilities, &people).unwrap();
        let assignment = Assignment::deferred(&market, &entrants.rank().unwrap());
        let got: Vec<Option<usize>> = assignment
            .choices(&market)
            .zip(&instance.residents)
            .map(|(choice, wishes)| choice.map(|n| wishes[n as usize - 1]))
            .collect();
        assert_eq!(got, instance.got, "instance {number}");
        matched += got.iter().flatten().count();
    }
    assert!(matched > 1_500, "the instances hardly tried anything: {matched} matched");
}
