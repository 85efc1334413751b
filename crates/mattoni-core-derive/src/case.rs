//! How `serde` renames fields and variants.

use proc_macro2::Span;

/// A rule of `rename_all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    AsIs,
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Case {
    pub(crate) fn parse(rule: &str) -> syn::Result<Self> {
        Ok(match rule {
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            other => {
                let text = format!("`{other}` is no rule of serde's rename_all");
                return Err(syn::Error::new(Span::call_site(), text));
            }
        })
    }

    /// A variant, written `InPascalCase` in the code.
    pub(crate) fn variant(self, name: &str) -> String {
        let mut words: Vec<String> = Vec::new();
        for letter in name.chars() {
            match words.last_mut() {
                Some(word) if !letter.is_uppercase() => word.push(letter),
                _ => words.push(letter.to_string()),
            }
        }
        self.write(name, &words)
    }

    /// A field, written `in_snake_case` in the code.
    pub(crate) fn field(self, name: &str) -> String {
        let words: Vec<String> = name.split('_').map(str::to_owned).collect();
        self.write(name, &words)
    }

    fn write(self, name: &str, words: &[String]) -> String {
        let join = |with: &str, word: fn(&str) -> String| {
            words.iter().map(|w| word(w)).collect::<Vec<_>>().join(with)
        };
        match self {
            Self::AsIs => name.to_owned(),
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
            Self::Pascal => join("", capitalised),
            Self::Camel => {
                let pascal = join("", capitalised);
                let mut letters = pascal.chars();
                letters.next().map_or(String::new(), |c| c.to_lowercase().chain(letters).collect())
            }
            Self::Snake => join("_", str::to_lowercase),
            Self::ScreamingSnake => join("_", str::to_uppercase),
            Self::Kebab => join("-", str::to_lowercase),
            Self::ScreamingKebab => join("-", str::to_uppercase),
        }
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::Case;

    #[test]
    fn names_are_renamed_as_serde_renames_them() {
        assert_eq!(Case::Kebab.variant("TermExtended"), "term-extended");
        assert_eq!(Case::Camel.variant("TermExtended"), "termExtended");
        assert_eq!(Case::Camel.field("given_name"), "givenName");
        assert_eq!(Case::ScreamingSnake.field("given_name"), "GIVEN_NAME");
        assert_eq!(Case::AsIs.field("given_name"), "given_name");
    }
}
