//! Making a fiscal code from a person's data.

use chrono::{Datelike, NaiveDate};

use super::{FiscalCode, MONTHS, Sex, check_character, refused};
use crate::Problems;

impl FiscalCode {
    /// The code that a person's data give, before any omocodia.
    ///
    /// Letters with diacritics count as the letter without (`È` as `E`); apostrophes, spaces and
    /// hyphens are passed over. A single woman's surname is hers, as Italian law has it since
    /// 1975 (L. 151/1975, art. 143-bis c.c.).
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
        let mut found = Vec::new();
        let family = Letters::of("family_name", family_name).map_err(|p| found.push(p)).ok();
        let given = Letters::of("given_name", given_name).map_err(|p| found.push(p)).ok();
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
        if let (Some(family), Some(given)) = (family, given) {
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

/// A name's consonants and vowels, in order.
struct Letters {
    consonants: Vec<u8>,
    vowels: Vec<u8>,
}

impl Letters {
    fn of(field: &str, name: &str) -> Result<Self, crate::Problem> {
        let (mut consonants, mut vowels) = (Vec::new(), Vec::new());
        for character in name.chars().flat_map(char::to_uppercase) {
            if matches!(character, ' ' | '\'' | '’' | '-' | '.') {
                continue;
            }
            let Some(letter) = plain(character) else {
                return Err(refused(
                    "core.fiscal-code.name",
                    format!("uses Latin letters, found “{character}”"),
                    "write it as on the identity card",
                )
                .in_field(field));
            };
            for letter in letter.bytes() {
                if b"AEIOU".contains(&letter) { &mut vowels } else { &mut consonants }.push(letter);
            }
        }
        if consonants.is_empty() && vowels.is_empty() {
            return Err(refused("core.fiscal-code.name", "has at least one letter", "fill it in")
                .in_field(field));
        }
        Ok(Self { consonants, vowels })
    }

    fn of_family_name(&self) -> [u8; 3] {
        let mut letters = self.consonants.iter().chain(&self.vowels).copied();
        [(); 3].map(|()| letters.next().unwrap_or(b'X'))
    }

    /// With four consonants or more the second is left out.
    fn of_given_name(&self) -> [u8; 3] {
        match self.consonants.as_slice() {
            [first, _, third, fourth, ..] => [*first, *third, *fourth],
            _ => self.of_family_name(),
        }
    }
}

/// The Latin letter(s) under a diacritic, upper case; as the Agenzia transliterates names.
fn plain(character: char) -> Option<&'static str> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if character.is_ascii_uppercase() {
        let at = character as usize - 'A' as usize;
        return ALPHABET.get(at..=at);
    }
    Some(match character {
        'À' | 'Á' | 'Â' | 'Ã' | 'Å' | 'Ā' | 'Ă' | 'Ą' => "A",
        'Ä' | 'Æ' => "AE",
        'Ç' | 'Ć' | 'Č' | 'Ĉ' | 'Ċ' => "C",
        'Ď' | 'Đ' | 'Ð' => "D",
        'È' | 'É' | 'Ê' | 'Ë' | 'Ē' | 'Ė' | 'Ę' | 'Ě' => "E",
        'Ğ' | 'Ģ' => "G",
        'Ì' | 'Í' | 'Î' | 'Ï' | 'Ī' | 'Į' | 'İ' => "I",
        'Ķ' => "K",
        'Ł' | 'Ľ' | 'Ļ' => "L",
        'Ñ' | 'Ń' | 'Ň' | 'Ņ' => "N",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ø' | 'Ō' | 'Ő' => "O",
        'Ö' | 'Œ' => "OE",
        'Ř' | 'Ŕ' => "R",
        'Ś' | 'Š' | 'Ş' | 'Ș' => "S",
        'Ť' | 'Ţ' | 'Ț' => "T",
        'Ù' | 'Ú' | 'Û' | 'Ū' | 'Ů' | 'Ű' | 'Ų' => "U",
        'Ü' => "UE",
        'Ý' | 'Ÿ' => "Y",
        'Ź' | 'Ż' | 'Ž' => "Z",
        _ => return None,
    })
}
