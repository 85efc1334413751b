//! What codes, names and addresses must be, for offices and accounts alike.

use mattoni_core::{EmailAddress, Problem};

/// The most characters of a code or of the name of an account.
const LONGEST_CODE: usize = 64;
/// The most characters of a name, an address or the opening hours.
const LONGEST_TEXT: usize = 300;

/// A code: small letters, digits, and `.`, `-`, `_`, `@` between them.
pub(crate) fn code(kind: &str, field: &str, text: &str) -> Option<Problem> {
    let within = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(c);
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let sound = text.len() <= LONGEST_CODE
        && text.chars().all(within)
        && ends(text.chars().next())
        && ends(text.chars().next_back());
    (!sound).then(|| {
        Problem::new(
            format!("{kind}.code"),
            field,
            format!(
                "must be of at most {LONGEST_CODE} small letters, digits and . - _ @, with a \
                 letter or digit first and last"
            ),
            "write e.g. servizi-scolastici or g.verdi",
        )
    })
}

/// A text that must not be empty.
pub(crate) fn text(kind: &str, field: &str, text: &str) -> Option<Problem> {
    let sound = !text.trim().is_empty() && text.chars().count() <= LONGEST_TEXT;
    (!sound).then(|| {
        Problem::new(
            format!("{kind}.text"),
            field,
            format!("must be a text of 1 to {LONGEST_TEXT} characters"),
            "write it, or shorten it",
        )
    })
}

/// An address of e-mail.
pub(crate) fn email(kind: &str, field: &str, text: &str) -> Option<Problem> {
    text.parse::<EmailAddress>().err().map(|_| {
        Problem::new(
            format!("{kind}.email"),
            field,
            "must be an address of e-mail",
            "write it as ufficio@comune.example.it",
        )
    })
}
