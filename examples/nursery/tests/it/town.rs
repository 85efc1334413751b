//! The made-up town: real places, codes that are right, the same on every machine.

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::FiscalCode;
use nursery::town::{self, COMUNI, cast, families, to_csv};

use crate::records::real_data;

#[test]
fn the_codes_of_the_comuni_are_those_istat_publishes() {
    let Some(data) = real_data() else { return };
    let bytes = std::fs::read(data.join("istat_comuni_20200101.csv")).unwrap();
    // Latin-1: every byte is the character of that number.
    let text: String = bytes.into_iter().map(char::from).collect();
    // The header runs over several lines; rows begin with the number of a region.
    let rows = text.lines().map(|line| line.split(';').collect::<Vec<_>>());
    let published: BTreeMap<&str, (&str, &str)> = rows
        .filter(|cells| cells.len() > 20 && cells[0].bytes().all(|b| b.is_ascii_digit()))
        .map(|cells| (cells[18], (cells[4], cells[6])))
        .collect();
    assert!(published.len() > 7_900, "{} comuni", published.len());
    for (belfiore, istat, name) in COMUNI {
        assert_eq!(published.get(belfiore), Some(&(istat, name)), "{belfiore}");
    }
    assert_eq!(town::ENTE.strip_prefix("c_"), Some(COMUNI[0].0.to_lowercase().as_str()));
}

#[test]
fn the_same_seed_is_the_same_town_and_another_is_another() {
    let csv = |seed| to_csv(&families(300, seed));
    assert_eq!(csv(1), csv(1));
    assert_ne!(csv(1), csv(2));
    assert!(csv(1).starts_with(&to_csv(&families(200, 1))), "a larger town begins the same way");
}

#[test]
fn nobody_shares_a_fiscal_code_and_every_code_is_right() {
    let places: BTreeSet<&str> = COMUNI.iter().map(|(belfiore, _, _)| *belfiore).collect();
    let mut seen = BTreeSet::new();
    for family in families(5_000, 2027) {
        for person in [family.parent, family.child] {
            let text = person.fiscal_code.to_string();
            let read: mattoni_core::FiscalCode = text.parse().unwrap();
            assert_eq!(read.birth_date(person.born_on), Some(person.born_on), "{text}");
            assert!(places.contains(read.birth_place().as_str()), "{text}");
            assert!(seen.insert(text), "a code is there twice");
        }
    }
    assert_eq!(seen.len(), 10_000);
}

#[test]
fn no_cell_of_the_file_holds_a_separator_or_a_quote() {
    let csv = to_csv(&families(1_000, 3));
    let columns = csv.lines().next().unwrap().split(',').count();
    for line in csv.lines() {
        assert_eq!(line.split(',').count(), columns, "{line}");
        assert!(!line.contains(['"', ';']), "{line}");
    }
}

#[test]
fn the_families_with_a_name_have_right_codes_of_every_kind_and_are_nobody_else() {
    let mut codes: Vec<_> = families(5_000, 2027)
        .into_iter()
        .flat_map(|family| [family.parent.fiscal_code, family.child.fiscal_code])
        .collect();
    let mut households = cast::in_time();
    households.push(cast::campani());
    households.push(cast::pedroni());
    households.push(cast::orlandini()[0].clone());
    let (mut abroad, mut merged, mut omocodia) = (0, 0, 0);
    for household in &households {
        for person in [&household.parent, &household.child] {
            let code: FiscalCode = person.fiscal_code.as_str().parse().unwrap();
            assert_eq!(code.birth_date(person.born_on), Some(person.born_on), "{code}");
            let place = code.check_birth_place(person.born_on).unwrap();
            abroad += u32::from(code.birth_place_code().is_abroad());
            merged += u32::from(place.ended.is_some());
            omocodia += u32::from(code.is_omocodia());
            codes.push(code);
        }
    }
    assert_eq!((abroad, merged, omocodia), (2, 1, 1));
    let all = codes.len();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), all, "nobody is two people");
}
