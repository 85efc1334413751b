//! Text as people write it: what is empty, which characters mean the same, which nobody writes.
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
//! assert!(text::check("Rossi\u{202E}", text::Lines::One).is_err());
//! ```

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::Problem;

/// Whether the text shows nothing: no answer at all.
///
/// Spaces, control characters, and what has no glyph of its own: the characters of the Unicode
/// property `Default_Ignorable_Code_Point` (zero-width spaces and joiners, marks of direction, the
/// soft hyphen, variation selectors), and the blank of Braille.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// The text without what shows nothing at its beginning and end. What nobody writes
/// ([`check`]) stays, to be refused.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|character| is_invisible(character) && !is_unwritable(character))
}

/// How many lines a text may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// One: a name, an address.
    One,
    /// As many as people write: a reason, a message.
    Many,
}

/// That a person can have written the text: no control characters but the tabs and line breaks of a
/// text of several lines, nothing that turns the direction of what is read (U+202A to U+202E,
/// U+2066 to U+2069), and not only characters that show nothing and are no spaces.
///
/// This is the one definition, for forms, files, names, reasons, messages and notes. Normal form C
/// changes none of it.
///
/// ```
/// use mattoni_core::text::{Lines, check};
///
/// assert!(check("prima riga\r\nseconda riga", Lines::Many).is_ok());
/// let found = check("Ma\u{1B}[31mria", Lines::One).unwrap_err();
/// assert_eq!(found.code, "core.text.unwritable");
/// assert!(found.rule.ends_with("found U+001B at character 3"), "{}", found.rule);
/// ```
///
/// # Errors
/// One problem with an empty `field`, to be filled in by the caller with
/// [`Problem::in_field`].
pub fn check(text: &str, lines: Lines) -> Result<(), Problem> {
    let breaks = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}');
    let odd = |c: &char| is_unwritable(*c) || (lines == Lines::One && breaks(*c));
    let hidden = |c: &char| !c.is_whitespace();
    let only_hidden = || is_blank(text).then(|| (1..).zip(text.chars()).find(|(_, c)| hidden(c)));
    let found = (1..).zip(text.chars()).find(|(_, c)| odd(c)).or_else(|| only_hidden().flatten());
    let Some((place, character)) = found else { return Ok(()) };
    let rule = match lines {
        Lines::One => "must be one line of visible text",
        Lines::Many => "must be visible text",
    };
    let code = u32::from(character);
    Err(Problem::new(
        "core.text.unwritable",
        "",
        format!("{rule}, found U+{code:04X} at character {place}"),
        "type it again, or paste it as plain text",
    ))
}

/// Whether no person writes the character: it controls a machine, or turns the direction of what is
/// read.
fn is_unwritable(character: char) -> bool {
    (character.is_control() && !matches!(character, '\t' | '\n' | '\r'))
        || matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
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
