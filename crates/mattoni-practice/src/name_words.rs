//! Names as they are searched for: `D'Àngelo` is found by `dangelo`.

use mattoni_core::Person;
use mattoni_core::text::is_apostrophe;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word that a list holds, in characters.
const LONGEST: usize = 40;

/// The words of a text: small letters and digits without accents or apostrophes, sorted, each
/// once.
pub(crate) fn words(text: &str) -> Vec<String> {
    // A lone accent comes apart into a space and a mark: apostrophes go first.
    let plain: String = text
        .chars()
        .filter(|c| !is_apostrophe(*c))
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect();
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut words: Vec<String> = words.map(|word| word.chars().take(LONGEST).collect()).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The words of a person's name.
pub(crate) fn words_of(person: &Person) -> Vec<String> {
    words(&format!("{} {}", person.given_name, person.family_name))
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn names_are_found_without_accents_capitals_or_apostrophes() {
        assert_eq!(words("Niccolò D'Àngelo"), ["dangelo", "niccolo"]);
        assert_eq!(words("  MARIA-Maria  Łucja "), ["maria", "łucja"]);
        assert_eq!(words("D\u{2019}Amico, Ðœ"), ["damico", "ðœ"]);
        assert_eq!(words("D´Amico D`Amico D\u{2032}Amico"), ["damico"]);
        assert_eq!(words(" .,- "), [""; 0]);
    }
}
