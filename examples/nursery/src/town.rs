//! A made-up town: families with codes that are formally right and belong to nobody.
//!
//! Reggio nell'Emilia exists; these families don't. The same seed gives the same town on every
//! machine.

pub mod cast;
mod names;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::{Days, NaiveDate};
use mattoni_core::{FiscalCode, Money, Sex};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// IPA code of the comune: `c_` and its Belfiore code.
pub const ENTE: &str = "c_h223";

/// Comuni of the province, where the families were born: Belfiore code, ISTAT code, name. The
/// first is the town itself.
pub const COMUNI: [(&str, &str, &str); 12] = [
    ("H223", "035033", "Reggio nell'Emilia"),
    ("A162", "035001", "Albinea"),
    ("A573", "035002", "Bagnolo in Piano"),
    ("B328", "035008", "Cadelbosco di Sopra"),
    ("B893", "035012", "Casalgrande"),
    ("C219", "035016", "Castelnovo ne' Monti"),
    ("D037", "035020", "Correggio"),
    ("E253", "035024", "Guastalla"),
    ("F960", "035028", "Novellara"),
    ("H122", "035030", "Quattro Castella"),
    ("H628", "035036", "Rubiera"),
    ("I496", "035040", "Scandiano"),
];

/// The municipal nurseries.
pub const NURSERIES: [&str; 12] = [
    "allende",
    "arcobaleno",
    "bellelli",
    "cervi",
    "girasole",
    "iotti",
    "nilde",
    "panda",
    "peter-pan",
    "picasso",
    "rivieri",
    "sole",
];

/// When the school year begins: ages are counted on this day.
pub fn year_begins() -> NaiveDate {
    date(2027, 9, 1)
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    // Only called with dates written in this file.
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// Somebody who doesn't exist.
#[derive(Debug, Clone)]
pub struct Resident {
    /// Fiscal code, formally right.
    pub fiscal_code: FiscalCode,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Date of birth.
    pub born_on: NaiveDate,
}

/// A family and what it writes into the form.
#[derive(Debug, Clone)]
pub struct Family {
    /// The parent who applies.
    pub parent: Resident,
    /// The child.
    pub child: Resident,
    /// The rest of the form: column and text.
    pub answers: Vec<(&'static str, String)>,
}

/// `count` families from `seed`.
///
/// Two people can come to share the data a code is made from; then the second gets an *omocodia*
/// form, as the Agenzia would do.
pub fn families(count: usize, seed: u64) -> Vec<Family> {
    let mut town = Town { chance: ChaCha8Rng::seed_from_u64(seed), taken: BTreeSet::new() };
    (0..count).map(|_| town.family()).collect()
}

/// The families' applications as the CSV file that is imported.
pub fn to_csv(families: &[Family]) -> String {
    let mut text = String::new();
    let Some(first) = families.first() else { return text };
    let answers: Vec<_> = first.answers.iter().map(|(column, _)| *column).collect();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "applicant_fiscal_code,applicant_given_name,applicant_family_name,applicant_birth_date,\
         child_fiscal_code,child_given_name,child_family_name,child_birth_date,{}",
        answers.join(",")
    );
    for family in families {
        for person in [&family.parent, &family.child] {
            let Resident { fiscal_code, given_name, family_name, born_on } = person;
            let _ = write!(text, "{fiscal_code},{given_name},{family_name},{born_on},");
        }
        let cells: Vec<_> = family.answers.iter().map(|(_, cell)| cell.as_str()).collect();
        let _ = writeln!(text, "{}", cells.join(","));
    }
    text
}

struct Town {
    chance: ChaCha8Rng,
    taken: BTreeSet<FiscalCode>,
}

impl Town {
    fn family(&mut self) -> Family {
        let family_name = self.one_of(&names::FAMILY);
        let parent_born = date(1979, 1, 1) + Days::new(self.chance.random_range(0..8_400));
        let parent = self.resident(family_name, parent_born);
        // Born before applications open; a few will be too old when the year begins.
        let child_born = year_begins() - Days::new(self.chance.random_range(186..1_120));
        let child = self.resident(family_name, child_born);
        let answers = self.answers();
        Family { parent, child, answers }
    }

    fn resident(&mut self, family_name: &str, born_on: NaiveDate) -> Resident {
        let (sex, given_name) = if self.chance.random_ratio(1, 2) {
            (Sex::Female, self.one_of(&names::FEMALE))
        } else {
            (Sex::Male, self.one_of(&names::MALE))
        };
        // Two thirds are born in the town, which has the hospital.
        let place = if self.chance.random_ratio(2, 3) {
            COMUNI[0].0
        } else {
            COMUNI[self.chance.random_range(0..COMUNI.len())].0
        };
        let made = FiscalCode::make(family_name, given_name, born_on, sex, place);
        let plain = made.expect("the lists of names hold Latin letters and real Belfiore codes");
        let mut code = plain;
        let mut form = 0;
        while !self.taken.insert(code) {
            form += 1;
            code = plain.omocodia(form);
        }
        Resident {
            fiscal_code: code,
            given_name: given_name.to_owned(),
            family_name: family_name.to_owned(),
            born_on,
        }
    }

    fn answers(&mut self) -> Vec<(&'static str, String)> {
        let single = self.chance.random_ratio(11, 100);
        let second_parent = if single { "" } else { self.work() };
        let isee = if self.chance.random_ratio(75, 100) {
            // Most families have little, few have much: the smaller of two throws.
            let throw = |chance: &mut ChaCha8Rng| chance.random_range(0..6_000_000_i64);
            let cents = throw(&mut self.chance).min(throw(&mut self.chance));
            Money::from_cents(cents).to_string()
        } else {
            String::new()
        };
        let mut choices: Vec<&str> =
            NURSERIES.choose_multiple(&mut self.chance, 5).copied().collect();
        let wanted = self.chance.random_range(1..=5);
        choices.truncate(wanted);
        let mut choices = choices.into_iter().map(str::to_owned);
        let mut choice = || choices.next().unwrap_or_default();
        vec![
            ("resident", self.yes(94)),
            ("single_parent", yes_or_no(single)),
            ("first_parent_work", self.work().to_owned()),
            ("second_parent_work", second_parent.to_owned()),
            ("siblings_under_14", self.chance.random_range(0..4_u32).min(2).to_string()),
            ("sibling_enrolled", self.yes(12)),
            ("disability_child", self.yes(2)),
            ("disability_family", self.yes(4)),
            ("social_services_report", self.yes(1)),
            ("isee", isee),
            ("first_choice", choice()),
            ("second_choice", choice()),
            ("third_choice", choice()),
            ("fourth_choice", choice()),
            ("fifth_choice", choice()),
        ]
    }

    fn work(&mut self) -> &'static str {
        match self.chance.random_range(0..100) {
            0..62 => "full-time",
            62..80 => "part-time",
            80..90 => "looking-for-work",
            90..93 => "student",
            _ => "none",
        }
    }

    fn yes(&mut self, percent: u32) -> String {
        yes_or_no(self.chance.random_ratio(percent, 100))
    }

    fn one_of(&mut self, names: &'static [&'static str]) -> &'static str {
        names[self.chance.random_range(0..names.len())]
    }
}

fn yes_or_no(answer: bool) -> String {
    if answer { "sì" } else { "no" }.to_owned()
}
