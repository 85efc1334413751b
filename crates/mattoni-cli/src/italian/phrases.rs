//! English with holes, and its Italian.

/// One phrase of the catalogue.
pub(super) struct Phrase {
    /// What stands before, between and after the holes of the English.
    pieces: Vec<String>,
    /// The Italian, in which `{1}` stands for the first hole.
    italian: String,
}

impl Phrase {
    /// A phrase; each `{}` of the English is a hole.
    pub(super) fn new(english: &str, italian: String) -> Self {
        Self { pieces: english.split("{}").map(str::to_owned).collect(), italian }
    }

    /// How much of the English is fixed.
    pub(super) fn fixed(&self) -> usize {
        self.pieces.iter().map(String::len).sum()
    }

    /// What stands in the holes, where the text is this phrase.
    pub(super) fn fit<'a>(&self, text: &'a str) -> Option<Vec<&'a str>> {
        let (first, rest) = self.pieces.split_first()?;
        let mut text = text.strip_prefix(first.as_str())?;
        let Some((last, between)) = rest.split_last() else {
            return text.is_empty().then(Vec::new);
        };
        let mut holes = Vec::with_capacity(rest.len());
        for piece in between {
            let (hole, after) = text.split_once(piece.as_str())?;
            holes.push(hole);
            text = after;
        }
        holes.push(text.strip_suffix(last.as_str())?);
        Some(holes)
    }

    /// The Italian with what stood in the holes.
    pub(super) fn italian<H: AsRef<str>>(&self, holes: &[H]) -> String {
        let mut italian = self.italian.clone();
        for (number, hole) in (1..).zip(holes) {
            italian = italian.replace(&format!("{{{number}}}"), hole.as_ref());
        }
        italian
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_found_between_fixed_words_and_filled_in_any_order() {
        let phrase = Phrase::new("must be {} to {}, found {}", "trovato {3}, da {1} a {2}".into());
        let holes = phrase.fit("must be 1 to 180, found 200").unwrap();
        assert_eq!(phrase.italian(&holes), "trovato 200, da 1 a 180");
        assert_eq!(phrase.fit("must be 1, found 200"), None);
        let plain = Phrase::new("must be given", "va dato".into());
        assert_eq!(plain.fit("must be given"), Some(Vec::new()));
        assert_eq!(plain.fit("must be given now"), None);
    }
}
