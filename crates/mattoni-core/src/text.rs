//! Text as people write it: what is empty, which characters mean the same.
//!
//! One definition each, for every way in: forms, files, verbs.
//!
//! ```
//! use mattoni_core::text;
//!
//! assert!(text::is_blank(" \u{200B}\u{FEFF}"));
//! assert_eq!(text::trimmed("\u{FEFF} Rossi\u{200B} "), "Rossi");
//! assert_eq!(text::normal("D\u{2019}Amico"), "D\u{2019}Amico");
//! assert_eq!(text::name("  Nicolo\u{300}   D\u{2019}Amico "), "Nicolò D'Amico");
//! ```

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// Whether the text shows nothing: no answer at all.
///
/// Spaces, control characters, and what has no glyph of its own: the characters of the Unicode
/// property `Default_Ignorable_Code_Point` (zero-width spaces and joiners, marks of direction, the
/// soft hyphen, variation selectors), and the blank of Braille.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// The text without what shows nothing at its beginning and end.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(is_invisible)
}

/// Whether a character shows nothing, as [`is_blank`] says.
#[must_use]
pub fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(
            character,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{061C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFF8}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// The text in Unicode's normal form C: an `ò` is one character, whichever keyboard wrote it.
#[must_use]
pub fn normal(text: &str) -> Cow<'_, str> {
    if is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// A name in one written form: normal form C, one kind of apostrophe, one space between words,
/// nothing invisible. Letters and capitals stay as they are.
#[must_use]
pub fn name(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for character in text.nfc() {
        match character {
            apostrophe if is_apostrophe(apostrophe) => name.push('\''),
            space if space.is_whitespace() || space.is_control() => {
                if !name.is_empty() && !name.ends_with(' ') {
                    name.push(' ');
                }
            }
            hidden if is_invisible(hidden) => {}
            shown => name.push(shown),
        }
    }
    name.truncate(name.trim_end().len());
    name
}

/// Whether people write the character where an apostrophe belongs: `'`, the typographic ones, the
/// modifier letters, the prime, the lone grave and acute accents.
#[must_use]
pub fn is_apostrophe(character: char) -> bool {
    matches!(
        character,
        '\'' | '`'
            | '\u{00B4}'
            | '\u{02B9}'
            | '\u{02BB}'
            | '\u{02BC}'
            | '\u{02BD}'
            | '\u{02BE}'
            | '\u{02BF}'
            | '\u{02C8}'
            | '\u{02CA}'
            | '\u{02CB}'
            | '\u{2018}'
            | '\u{2019}'
            | '\u{201B}'
            | '\u{2032}'
            | '\u{2035}'
            | '\u{FF07}'
    )
}
