//! Texts as they are searched for: `D'Àngelo` is found by `dangelo`.

use crate::text::is_apostrophe;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word that a list holds, in characters.
const LONGEST: usize = 40;

/// A text in small letters, without accents or apostrophes: what it is sorted by.
///
/// ```
/// assert_eq!(mattoni_core::plain_letters("Città d'Arte"), "citta darte");
/// ```
#[must_use]
pub fn plain_letters(text: &str) -> String {
    // A lone accent comes apart into a space and a mark: apostrophes go first.
    text.chars()
        .filter(|c| !is_apostrophe(*c))
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The words of a text: small letters and digits without accents or apostrophes, sorted, each
/// once, each of at most 40 letters.
///
/// ```
/// assert_eq!(mattoni_core::search_words("Niccolò D'Àngelo"), ["dangelo", "niccolo"]);
/// ```
#[must_use]
pub fn search_words(text: &str) -> Vec<String> {
    let plain = plain_letters(text);
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.map(|word| word.chars().take(LONGEST).collect()).collect();
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::search_words as words;

    #[test]
    fn names_are_found_without_accents_capitals_or_apostrophes() {
        assert_eq!(words("Niccolò D'Àngelo"), ["dangelo", "niccolo"]);
        assert_eq!(words("  MARIA-Maria  Łucja "), ["maria", "łucja"]);
        assert_eq!(words("D\u{2019}Amico, Ðœ"), ["damico", "ðœ"]);
        assert_eq!(words("D´Amico D`Amico D\u{2032}Amico"), ["damico"]);
        assert_eq!(words(" .,- "), [""; 0]);
    }
}
