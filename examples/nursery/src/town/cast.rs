//! The families that have a name in the story: each goes through something special.
//!
//! Made up like all others, with codes that are formally right. Born earlier than the parents of
//! [`families`](super::families), so that nobody is two people.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mattoni_core::{FiscalCode, Person, Sex};
use mattoni_desk::Names;

use super::Resident;

impl Resident {
    fn made(given: &str, family: &str, born_on: &str, sex: Sex, place: &str) -> Self {
        let born_on: NaiveDate = born_on.parse().expect("the dates of this file are dates");
        let code = FiscalCode::make(family, given, born_on, sex, place);
        Self {
            fiscal_code: code.expect("the names of this file are Latin, the places real"),
            given_name: given.to_owned(),
            family_name: family.to_owned(),
            born_on,
        }
    }

    /// The same person as the journal knows them.
    #[must_use]
    pub fn person(&self, names: &Names) -> Person {
        Person {
            id: names.person(&self.fiscal_code),
            fiscal_code: self.fiscal_code.into(),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            born_on: self.born_on,
        }
    }
}

/// A family of the story and what it writes into the form.
#[derive(Debug, Clone)]
pub struct Household {
    /// Who applies.
    pub parent: Resident,
    /// For whom.
    pub child: Resident,
    /// The answers, as text.
    pub cells: BTreeMap<&'static str, String>,
}

impl Household {
    fn new(parent: Resident, child: Resident) -> Self {
        let mut cells = BTreeMap::from(
            [
                ("resident", "sì"),
                ("single_parent", "no"),
                ("first_parent_work", "full-time"),
                ("second_parent_work", "full-time"),
                ("siblings_under_14", "1"),
                ("sibling_enrolled", "no"),
                ("disability_child", "no"),
                ("disability_family", "no"),
                ("social_services_report", "no"),
                ("isee", "9500.00"),
                ("first_choice", "allende"),
                ("second_choice", "sole"),
                ("third_choice", "iotti"),
            ]
            .map(|(column, cell)| (column, cell.to_owned())),
        );
        for (prefix, person) in [("applicant", &parent), ("child", &child)] {
            let columns = match prefix {
                "applicant" => [
                    "applicant_fiscal_code",
                    "applicant_given_name",
                    "applicant_family_name",
                    "applicant_birth_date",
                ],
                _ => [
                    "child_fiscal_code",
                    "child_given_name",
                    "child_family_name",
                    "child_birth_date",
                ],
            };
            let texts = [
                person.fiscal_code.to_string(),
                person.given_name.clone(),
                person.family_name.clone(),
                person.born_on.to_string(),
            ];
            cells.extend(columns.into_iter().zip(texts));
        }
        Self { parent, child, cells }
    }

    fn with(mut self, column: &'static str, cell: &str) -> Self {
        self.cells.insert(column, cell.to_owned());
        self
    }
}

/// Born in the town.
const HERE: &str = "H223";
/// Born in Ramiseto, which was merged into Ventasso on 1 January 2016: right for those born before.
const RAMISETO: &str = "G654";
const ROMANIA: &str = "Z129";
const INDIA: &str = "Z222";

/// Applies for herself, with the other parent and a grandmother who may look.
#[must_use]
pub fn ferretti() -> Household {
    let marta = Resident::made("Marta", "Ferretti", "1978-03-02", Sex::Female, HERE);
    Household::new(marta, Resident::made("Ottavia", "Iotti", "2026-01-14", Sex::Female, HERE))
}

/// The other parent of [`ferretti`]'s child.
#[must_use]
pub fn iotti() -> Resident {
    Resident::made("Luca", "Iotti", "1977-08-20", Sex::Male, HERE)
}

/// The grandmother of [`ferretti`]'s child.
#[must_use]
pub fn grandmother() -> Resident {
    Resident::made("Teresa", "Ferretti", "1950-11-05", Sex::Female, HERE)
}

/// Born in Romania; her delegate [`zanni`] applies for her.
#[must_use]
pub fn popescu() -> Household {
    let ioana = Resident::made("Ioana", "Popescu", "1977-05-21", Sex::Female, ROMANIA);
    let child = Resident::made("Ettore", "Popescu", "2025-06-30", Sex::Male, HERE);
    Household::new(ioana, child).with("second_parent_work", "part-time")
}

/// Holds a written delegation of [`popescu`]'s.
#[must_use]
pub fn zanni() -> Resident {
    Resident::made("Paolo", "Zanni", "1976-02-11", Sex::Male, HERE)
}

/// Born in India; the patronage office's [`sassi`] applies for him.
#[must_use]
pub fn singh() -> Household {
    let harpreet = Resident::made("Harpreet", "Singh", "1978-12-01", Sex::Male, INDIA);
    let child = Resident::made("Zaira", "Singh", "2025-02-09", Sex::Female, HERE);
    Household::new(harpreet, child).with("second_parent_work", "none")
}

/// Applies for others by profession (*incaricato*).
#[must_use]
pub fn sassi() -> Resident {
    Resident::made("Bruno", "Sassi", "1975-09-17", Sex::Male, HERE)
}

/// Born in a town that is no more; an official types for her at the counter.
#[must_use]
pub fn codeluppi() -> Household {
    let elda = Resident::made("Elda", "Codeluppi", "1977-10-08", Sex::Female, RAMISETO);
    let child = Resident::made("Ludovico", "Gualdi", "2026-04-23", Sex::Male, HERE);
    Household::new(elda, child).with("isee", "")
}

/// Shares the data of his code with a namesake: the Agenzia gave him an *omocodia* form.
#[must_use]
pub fn rossi() -> Household {
    let mut marco = Resident::made("Marco", "Rossi", "1976-05-14", Sex::Male, HERE);
    marco.fiscal_code = marco.fiscal_code.omocodia(1);
    Household::new(marco, Resident::made("Ulisse", "Rossi", "2025-11-11", Sex::Male, HERE))
        .with("isee", "31000.00")
}

/// Moves away and withdraws.
#[must_use]
pub fn benassi() -> Household {
    let anna = Resident::made("Anna", "Benassi", "1978-07-07", Sex::Female, HERE);
    Household::new(anna, Resident::made("Clelia", "Benassi", "2025-08-01", Sex::Female, HERE))
}

/// Never comes back to his draft.
#[must_use]
pub fn campani() -> Household {
    let dario = Resident::made("Dario", "Campani", "1976-01-30", Sex::Male, HERE);
    Household::new(dario, Resident::made("Isotta", "Campani", "2026-02-28", Sex::Female, HERE))
}

/// Declared two full-time jobs; one is found.
#[must_use]
pub fn conte() -> Household {
    let fabio = Resident::made("Fabio", "Conte", "1977-04-18", Sex::Male, HERE);
    Household::new(fabio, Resident::made("Brando", "Conte", "2025-10-03", Sex::Male, HERE))
}

/// Declared a residence he doesn't have.
#[must_use]
pub fn greco() -> Household {
    let stefano = Resident::made("Stefano", "Greco", "1978-06-26", Sex::Male, HERE);
    Household::new(stefano, Resident::made("Amedeo", "Greco", "2025-03-19", Sex::Male, HERE))
}

/// Has no points at all: below the threshold.
#[must_use]
pub fn menozzi() -> Household {
    let laura = Resident::made("Laura", "Menozzi", "1975-12-12", Sex::Female, HERE);
    let child = Resident::made("Oreste", "Menozzi", "2025-12-27", Sex::Male, HERE);
    let household = Household::new(laura, child).with("resident", "no").with("isee", "");
    household
        .with("first_parent_work", "none")
        .with("second_parent_work", "none")
        .with("siblings_under_14", "0")
}

/// Gets a place that an appeal takes away.
#[must_use]
pub fn tirelli() -> Household {
    let monica = Resident::made("Monica", "Tirelli", "1978-02-15", Sex::Female, HERE);
    Household::new(monica, Resident::made("Delia", "Tirelli", "2026-03-03", Sex::Female, HERE))
        .with("sibling_enrolled", "sì")
        .with("social_services_report", "sì")
}

/// Gets a place and loses it in autumn: what was declared was not true.
#[must_use]
pub fn fornaciari() -> Household {
    let silvia = Resident::made("Silvia", "Fornaciari", "1977-11-29", Sex::Female, HERE);
    let child = Resident::made("Tea", "Fornaciari", "2026-05-06", Sex::Female, HERE);
    Household::new(silvia, child)
        .with("single_parent", "sì")
        .with("second_parent_work", "")
        .with("social_services_report", "sì")
}

/// Twins whose family comes to town in June: two late applications, together or not at all.
#[must_use]
pub fn orlandini() -> [Household; 2] {
    let paola = || Resident::made("Paola", "Orlandini", "1978-09-09", Sex::Female, HERE);
    let twin = |given: &str, sex| {
        let child = Resident::made(given, "Orlandini", "2025-07-15", sex, HERE);
        Household::new(paola(), child).with("siblings_ask", "or-not-at-all")
    };
    [twin("Nora", Sex::Female), twin("Ivo", Sex::Male)]
}

/// Comes late as well, for one child, and with fewer points than the twins have.
#[must_use]
pub fn pedroni() -> Household {
    let claudio = Resident::made("Claudio", "Pedroni", "1976-10-22", Sex::Male, HERE);
    let elide = Resident::made("Elide", "Pedroni", "2025-08-12", Sex::Female, HERE);
    Household::new(claudio, elide).with("second_parent_work", "part-time")
}

/// The households that apply before the window closes and send what they wrote.
#[must_use]
pub fn in_time() -> Vec<Household> {
    vec![
        ferretti(),
        popescu(),
        singh(),
        codeluppi(),
        rossi(),
        benassi(),
        conte(),
        greco(),
        menozzi(),
        tirelli(),
        fornaciari(),
    ]
}
