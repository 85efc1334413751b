//! Numbers as they are written in Italy.

/// A number that was written with a decimal point, with a comma: `12.50` is `12,50`. What is no
/// number stays as it is.
pub(crate) fn with_comma(number: impl ToString) -> String {
    let text = number.to_string();
    let plain = text.trim_start_matches('-');
    let decimal = plain.split_once('.').is_some_and(|(whole, part)| {
        [whole, part].iter().all(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
    });
    if decimal { text.replace('.', ",") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_is_written_with_a_comma() {
        for (given, written) in [
            ("12.50", "12,50"),
            ("-3.5", "-3,5"),
            ("7", "7"),
            ("1.2.3", "1.2.3"),
            ("2027.key", "2027.key"),
            (".5", ".5"),
        ] {
            assert_eq!(with_comma(given), written);
        }
    }
}
