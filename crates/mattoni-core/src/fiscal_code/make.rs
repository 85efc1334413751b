//! Making a fiscal code from a person's data.

use chrono::{Datelike, NaiveDate};

use super::{FiscalCode, MONTHS, Sex, check_character, refused};
use crate::Problems;
use crate::latin::{self, Reading};

impl FiscalCode {
    /// The code that a person's data give, before any omocodia.
    ///
    /// Letters with diacritics count as the Ministry of the Interior transliterates them (circular
    /// 1/2008, taken up by the Agenzia's circular 34/E of 20 July 2011): `È` as `E`, `Ü` as `UE`;
    /// what the table does not name counts as the letter without its mark. Apostrophes of any kind,
    /// spaces and hyphens are passed over. A single woman's surname is hers, as Italian law has it
    /// since 1975 (L. 151/1975, art. 143-bis c.c.).
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use mattoni_core::{FiscalCode, Sex};
    ///
    /// let born_on = NaiveDate::from_ymd_opt(1980, 1, 1).unwrap();
    /// let code = FiscalCode::make("Rossi", "Mario", born_on, Sex::Male, "H501")?;
    /// assert_eq!(code.as_str(), "RSSMRA80A01H501U");
    /// # Ok::<(), mattoni_core::Problems>(())
    /// ```
    ///
    /// # Errors
    /// `core.fiscal-code.name` when a name holds a letter outside the Latin alphabet or none at
    /// all; `core.fiscal-code.place` when `birth_place` is no letter and three digits.
    pub fn make(
        family_name: &str,
        given_name: &str,
        born_on: NaiveDate,
        sex: Sex,
        birth_place: &str,
    ) -> Result<Self, Problems> {
        let reading = Reading::Ministry;
        let mut found = Vec::new();
        let family = Letters::of("family_name", family_name, reading).map_err(|p| found.push(p));
        let given = Letters::of("given_name", given_name, reading).map_err(|p| found.push(p));
        let place = birth_place.as_bytes();
        let placed = place.len() == 4
            && place[0].is_ascii_uppercase()
            && place[1..].iter().all(u8::is_ascii_digit);
        if !placed {
            found.push(
                refused(
                    "core.fiscal-code.place",
                    "is a Belfiore code: a letter and three digits",
                    "look the comune up, e.g. H501 for Roma",
                )
                .in_field("birth_place"),
            );
        }
        Problems::check(found)?;

        let mut code = [b'X'; 16];
        // Both are there: a missing one has just been refused.
        if let (Ok(family), Ok(given)) = (family, given) {
            code[..3].copy_from_slice(&family.of_family_name());
            code[3..6].copy_from_slice(&given.of_given_name());
        }
        let year = born_on.year().rem_euclid(100) as u8;
        let day = born_on.day() as u8 + if sex == Sex::Female { 40 } else { 0 };
        code[6] = b'0' + year / 10;
        code[7] = b'0' + year % 10;
        code[8] = MONTHS[born_on.month0() as usize];
        code[9] = b'0' + day / 10;
        code[10] = b'0' + day % 10;
        code[11..15].copy_from_slice(place);
        code[15] = check_character(&code);
        Ok(Self(code))
    }
}

/// The three letters that a family name gives, by one reading; `None` where it gives none.
pub(super) fn family_letters(name: &str, reading: Reading) -> Option<[u8; 3]> {
    Letters::of("family_name", name, reading).ok().map(|letters| letters.of_family_name())
}

/// The three letters that a given name gives, by one reading; `None` where it gives none.
pub(super) fn given_letters(name: &str, reading: Reading) -> Option<[u8; 3]> {
    Letters::of("given_name", name, reading).ok().map(|letters| letters.of_given_name())
}

/// The consonants and vowels of a name that can get into its code, in order.
struct Letters {
    consonants: [u8; 4],
    consonant_count: usize,
    vowels: [u8; 3],
    vowel_count: usize,
}

impl Letters {
    fn of(field: &str, name: &str, reading: Reading) -> Result<Self, crate::Problem> {
        let mut letters =
            Self { consonants: [b'X'; 4], consonant_count: 0, vowels: [b'X'; 3], vowel_count: 0 };
        if let Err(found) = latin::letters(name, reading, &mut |letter| letters.push(letter)) {
            return Err(refused(
                "core.fiscal-code.name",
                format!("uses Latin letters, found “{found}”"),
                "write it as on the identity card",
            )
            .in_field(field));
        }
        if letters.consonant_count + letters.vowel_count == 0 {
            return Err(refused("core.fiscal-code.name", "has at least one letter", "fill it in")
                .in_field(field));
        }
        Ok(letters)
    }

    fn push(&mut self, letter: u8) {
        let (kept, count) = if matches!(letter, b'A' | b'E' | b'I' | b'O' | b'U') {
            (&mut self.vowels[..], &mut self.vowel_count)
        } else {
            (&mut self.consonants[..], &mut self.consonant_count)
        };
        if let Some(place) = kept.get_mut(*count) {
            *place = letter;
            *count += 1;
        }
    }

    fn of_family_name(&self) -> [u8; 3] {
        let consonants = &self.consonants[..self.consonant_count];
        let mut letters = consonants.iter().chain(&self.vowels[..self.vowel_count]).copied();
        [(); 3].map(|()| letters.next().unwrap_or(b'X'))
    }

    /// With four consonants or more the second is left out.
    fn of_given_name(&self) -> [u8; 3] {
        let [first, _, third, fourth] = self.consonants;
        if self.consonant_count == 4 { [first, third, fourth] } else { self.of_family_name() }
    }
}
