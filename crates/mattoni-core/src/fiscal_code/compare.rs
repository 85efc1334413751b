//! A fiscal code held against a person's data.

use chrono::{Datelike, NaiveDate};

use super::make::{family_letters, given_letters};
use super::{FiscalCode, Sex, refused};
use crate::latin::Reading;
use crate::{Problem, Problems};

/// What came of holding a fiscal code against a person's data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// One problem for each datum that gives another code, its name in
    /// [`field`](Problem::field); empty when all agree.
    pub differences: Vec<Problem>,
    /// Whether some digits of the code are replaced by letters. That is no difference, but it
    /// says that someone else has the same data.
    pub omocodia: bool,
}

impl Comparison {
    /// Whether all data agree with the code.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.differences.is_empty()
    }

    /// `Ok` when all data agree.
    ///
    /// # Errors
    /// Every difference.
    pub fn check(self) -> Result<(), Problems> {
        Problems::check(self.differences)
    }
}

impl FiscalCode {
    /// Holds the code against a person's data.
    ///
    /// A code keeps little of them: three letters a name, two digits of the year. Data that agree
    /// may still be someone else's; only the Agenzia delle Entrate knows whose code it is.
    ///
    /// A name with marks agrees by any way in which it may have come into the tax register: by the
    /// table of the Ministry (`Ü` as `UE`), by the letters without their marks (`U`), or as on a
    /// passport (`Å` as `AA`).
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use mattoni_core::{FiscalCode, Sex};
    ///
    /// let code: FiscalCode = "RSSMRA80A01H50MM".parse()?;
    /// let born_on = NaiveDate::from_ymd_opt(1980, 1, 1).unwrap();
    /// let held = code.matches("Rossi", "Mario", born_on, Sex::Male, "H501");
    /// assert!(held.agrees() && held.omocodia);
    ///
    /// let held = code.matches("Rossi", "Maria", born_on, Sex::Female, "F205");
    /// let fields: Vec<_> = held.differences.iter().map(|p| p.field.as_str()).collect();
    /// assert_eq!(fields, ["sex", "birth_place"]);
    /// # Ok::<(), mattoni_core::Problems>(())
    /// ```
    #[must_use]
    pub fn matches(
        &self,
        family_name: &str,
        given_name: &str,
        born_on: NaiveDate,
        sex: Sex,
        birth_place: &str,
    ) -> Comparison {
        let omocodia = self.is_omocodia();
        let made = match Self::make(family_name, given_name, born_on, sex, birth_place) {
            Ok(made) => made.0,
            Err(problems) => return Comparison { differences: problems.into_vec(), omocodia },
        };
        let here = self.without_omocodia().0;
        let day = u32::from(self.number(9)) % 40;
        let date_differs = here[6..9] != made[6..9] || day != born_on.day();
        let place_differs = here[11..15] != made[11..15];
        let family_agrees = Reading::ALL
            .into_iter()
            .any(|reading| family_letters(family_name, reading).as_ref() == here.first_chunk());
        let given_agrees = Reading::ALL.into_iter().any(|reading| {
            given_letters(given_name, reading).is_some_and(|letters| here[3..6] == letters)
        });
        let data = [
            (!family_agrees, "core.fiscal-code.differs.family-name", "family_name"),
            (!given_agrees, "core.fiscal-code.differs.given-name", "given_name"),
            (date_differs, "core.fiscal-code.differs.born-on", "born_on"),
            (self.sex() != sex, "core.fiscal-code.differs.sex", "sex"),
            (place_differs, "core.fiscal-code.differs.birth-place", "birth_place"),
        ];
        let differences = data
            .into_iter()
            .filter(|(differs, ..)| *differs)
            .map(|(_, code, field)| {
                let rule = "agrees with the fiscal code";
                refused(code, rule, "compare both with the health card").in_field(field)
            })
            .collect();
        Comparison { differences, omocodia }
    }
}
