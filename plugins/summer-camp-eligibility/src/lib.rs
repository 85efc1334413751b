//! Who may be enrolled in a municipal summer camp (*centro estivo*): by age, residence and debts
//! to the town. The articles named as sources are those of an example regulation.

use mattoni_rules_sdk::prelude::*;

/// One child.
#[derive(Inputs, Clone, Copy, PartialEq, Debug)]
pub struct Child {
    /// When the child was born.
    #[input(label = "Data di nascita", source = "anagrafe")]
    pub birth_date: Date,
    /// Whether the child lives in town.
    #[input(label = "Residente nel comune", source = "anagrafe")]
    pub resident: bool,
    /// Whether the child goes to school in town.
    #[input(label = "Iscritto a una scuola del comune", source = "scuole")]
    pub school_in_town: bool,
    /// What the family owes for services of earlier years.
    #[input(label = "Debiti per servizi educativi", source = "ufficio tributi", min = 0)]
    pub debts: Money,
}

/// What the town sets each year.
#[derive(Parameters, Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    /// The day on which ages count.
    #[parameter(
        label = "Primo giorno del centro estivo",
        default = "2027-06-14",
        source = "Avviso, art. 1"
    )]
    pub first_day: Date,
    /// Youngest age.
    #[parameter(
        label = "Età minima in anni",
        default = 3,
        min = 0,
        max = 17,
        source = "Regolamento, art. 4"
    )]
    pub least_age: u32,
    /// Oldest age.
    #[parameter(
        label = "Età massima in anni",
        default = 14,
        min = 0,
        max = 17,
        source = "Regolamento, art. 4"
    )]
    pub greatest_age: u32,
}

/// Why.
#[derive(Reasons, Clone, Copy, PartialEq, Debug)]
pub enum Why {
    /// Too young.
    #[reason("Il bambino non ha ancora l'età minima.")]
    TooYoung,
    /// Too old.
    #[reason("Il ragazzo ha superato l'età massima.")]
    TooOld,
    /// Lives elsewhere, but goes to school here.
    #[reason("Non residente, ma iscritto a una scuola del comune.")]
    SchoolInTown,
    /// Lives and goes to school elsewhere.
    #[reason("Non residente e non iscritto a una scuola del comune.")]
    NotFromTown,
    /// Owes for earlier years.
    #[reason("Risultano servizi educativi non pagati.")]
    Debts,
}

/// What was found.
#[derive(Verdict, Clone, Copy, PartialEq, Debug)]
#[verdict(reasons = Why)]
pub struct Answer {
    /// Old enough and not too old.
    #[requirement(label = "Età", source = "Regolamento, art. 4")]
    pub age: Met<Why>,
    /// From town.
    #[requirement(label = "Residenza o scuola nel comune", source = "Regolamento, art. 5")]
    pub town: Met<Why>,
    /// Owes nothing.
    #[requirement(label = "Nessun debito per servizi educativi", source = "Regolamento, art. 12")]
    pub paid: Met<Why>,
}

/// The rule.
pub struct SummerCampEligibility(Settings);

impl Examiner for SummerCampEligibility {
    const NAME: &'static str = "summer-camp-eligibility";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Inputs = Child;
    type Parameters = Settings;
    type Verdict = Answer;

    fn new(settings: Settings) -> Self {
        Self(settings)
    }

    fn examine(&self, child: &Child) -> Answer {
        let Settings { first_day, least_age, greatest_age } = self.0;
        let birthday = |years: u32| child.birth_date.plus_months(years as i32 * 12);
        let age = if birthday(least_age) > first_day {
            Met::no(Why::TooYoung)
        } else {
            Met::unless(birthday(greatest_age + 1) > first_day, Why::TooOld)
        };
        let town = if child.resident {
            Met::yes()
        } else if child.school_in_town {
            Met::because(Why::SchoolInTown)
        } else {
            Met::no(Why::NotFromTown)
        };
        Answer { age, town, paid: Met::unless(child.debts == Money::ZERO, Why::Debts) }
    }
}

mattoni_rules_sdk::export!(eligibility: SummerCampEligibility);
