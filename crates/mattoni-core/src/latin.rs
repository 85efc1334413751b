//! Latin letters reduced to the twenty-six of the fiscal code.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::text::{is_apostrophe, is_invisible};

/// How letters with marks are written in plain ones. The same name may have come into the tax
/// register by each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// By the table of circular 1/2008 of the Ministry of the Interior (`Ü` as `UE`), and for what
    /// it does not name the letter without its mark.
    Ministry,
    /// The letter without its mark (`Ü` as `U`).
    BaseLetters,
    /// As passports have it (ICAO Doc 9303, part 3, section 6): `Ü` as `UE`, `Å` as `AA`, `Ø` as
    /// `OE`.
    Passport,
}

impl Reading {
    pub(crate) const ALL: [Self; 3] = [Self::Ministry, Self::BaseLetters, Self::Passport];

    /// What this reading writes for an upper-case letter, where it is not the letter without its
    /// mark.
    fn special(self, letter: char) -> Option<&'static str> {
        match (self, letter) {
            (Self::BaseLetters, _) => None,
            (_, 'Ä') => Some("AE"),
            (_, 'Ö') => Some("OE"),
            (_, 'Ü') => Some("UE"),
            (Self::Passport, 'Å') => Some("AA"),
            (Self::Passport, 'Ø') => Some("OE"),
            _ => None,
        }
    }
}

/// The letters of `name`, upper case and without marks; everything else is passed over. Two ways
/// to write one name give the same text.
pub(crate) fn folded(name: &str) -> String {
    let mut letters = String::with_capacity(name.len());
    for character in composed(name).chars() {
        // What is no Latin letter is passed over.
        let _ = spell(character, Reading::Ministry, &mut |letter| letters.push(char::from(letter)));
    }
    letters
}

/// The letters of a name, one after the other; apostrophes, spaces, hyphens, full stops and what
/// shows nothing are passed over.
///
/// # Errors
/// The first character that is no Latin letter.
pub(crate) fn letters(name: &str, reading: Reading, push: &mut impl FnMut(u8)) -> Result<(), char> {
    for character in composed(name).chars() {
        if spell(character, reading, push).is_err() && !is_passed_over(character) {
            return Err(character);
        }
    }
    Ok(())
}

fn is_passed_over(character: char) -> bool {
    matches!(character, '-' | '.' | '\u{2010}' | '\u{2011}' | '\u{2013}')
        || is_apostrophe(character)
        || is_invisible(character)
}

/// The name in normal form C. Nearly every name is in it as it comes.
fn composed(name: &str) -> Cow<'_, str> {
    if name.is_ascii() || is_nfc(name) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(name.nfc().collect())
    }
}

/// The letters that stand for one character of a name in normal form C.
fn spell(character: char, reading: Reading, push: &mut impl FnMut(u8)) -> Result<(), ()> {
    if character.is_ascii_alphabetic() {
        push(character.to_ascii_uppercase() as u8);
        return Ok(());
    }
    if character.is_ascii() {
        return Err(());
    }
    for upper in character.to_uppercase() {
        if let Some(special) = reading.special(upper) {
            special.bytes().for_each(&mut *push);
            continue;
        }
        // Compatibility forms too: `Ŀ`, ligatures, letters of full width.
        for part in std::iter::once(upper).nfkd().filter(|part| !is_combining_mark(*part)) {
            match (part.is_ascii_alphabetic(), unmarked(part)) {
                (true, _) => push(part.to_ascii_uppercase() as u8),
                (false, Some(plain)) => plain.bytes().for_each(&mut *push),
                (false, None) if is_apostrophe(part) || part == '·' => {}
                (false, None) => return Err(()),
            }
        }
    }
    Ok(())
}

/// The plain letters for one that Unicode does not take apart: of a stroke or a hook the letter
/// under it, of a ligature both. `Ə` as `E`, `Ŋ` as `N` (ICAO Doc 9303).
fn unmarked(letter: char) -> Option<&'static str> {
    Some(match letter {
        'Ⱥ' => "A",
        'Æ' => "AE",
        'Ƀ' | 'Ɓ' | 'Ƃ' => "B",
        'Ƈ' | 'Ȼ' => "C",
        'Đ' | 'Ð' | 'Ɖ' | 'Ɗ' | 'Ƌ' => "D",
        'Ǝ' | 'Ə' | 'Ɛ' | 'Ɇ' => "E",
        'Ƒ' => "F",
        'Ɠ' | 'Ɣ' | 'Ǥ' => "G",
        'Ħ' | 'Ⱨ' => "H",
        'Ɨ' | 'Ɩ' | 'ı' => "I",
        'Ɉ' => "J",
        'ĸ' | 'Ƙ' | 'Ⱪ' => "K",
        'Ł' | 'Ƚ' | 'Ɫ' => "L",
        'Ŋ' | 'Ɲ' | 'Ƞ' => "N",
        'Ø' | 'Ɔ' | 'Ɵ' => "O",
        'Œ' => "OE",
        'Ƥ' => "P",
        'Ɋ' => "Q",
        'Ɍ' | 'Ɽ' => "R",
        'ẞ' | 'ß' => "SS",
        'Ŧ' | 'Ƭ' | 'Ʈ' | 'Ⱦ' => "T",
        'Þ' => "TH",
        'Ʉ' => "U",
        'Ʋ' | 'Ʌ' => "V",
        'Ɏ' | 'Ƴ' => "Y",
        'Ƶ' | 'Ȥ' | 'Ʒ' | 'Ⱬ' => "Z",
        _ => return None,
    })
}
