//! Refusals and failures as people read them: in Italian, made of codes and kinds.
//!
//! Refusals come from the crates with a stable code and an English rule and remedy, for logs and
//! for machines. `refusals.toml` has the Italian of each code; where a refusal names something (a
//! limit, what was found), a phrase of it has the Italian of just that English.

mod faults;
mod phrases;
mod remedies;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use mattoni_core::Problem;
use serde::Deserialize;

pub(crate) use self::faults::{counted, left_out, undelivered};
pub(crate) use self::remedies::remedy;

use self::phrases::Phrase;

/// The catalogue as it is written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    /// Rule and remedy of each code.
    codes: BTreeMap<String, (String, String)>,
    /// English with holes, and its Italian.
    phrases: BTreeMap<String, String>,
}

struct Catalogue {
    codes: BTreeMap<String, (String, String)>,
    phrases: Vec<Phrase>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    // A test reads it; were it wrong all the same, people would read English.
    let source: Source = toml::from_str(include_str!("refusals.toml")).unwrap_or_default();
    let phrases =
        source.phrases.into_iter().map(|(english, italian)| Phrase::new(&english, italian));
    Catalogue { codes: source.codes, phrases: phrases.collect() }
});

impl Catalogue {
    /// Rule and remedy of a code: its own, those of its last word under any verb, or those of any kind
    /// of record.
    fn of(&self, code: &str) -> Option<&(String, String)> {
        self.codes.get(code).or_else(|| {
            let (first, rest) = code.split_once('.')?;
            let (_, last) = rest.rsplit_once('.')?;
            let any_verb = self.codes.get(&format!("{first}.*.{last}"));
            any_verb.or_else(|| self.codes.get(&format!("*.{rest}")))
        })
    }

    /// The Italian of a text that is one of the phrases. The one with the most words of its own
    /// counts, where several fit. What stands in a hole may be a phrase in its turn.
    fn phrase(&self, text: &str) -> Option<String> {
        let fitting = self.phrases.iter().filter_map(|phrase| Some((phrase, phrase.fit(text)?)));
        let (phrase, holes) = fitting.max_by_key(|(phrase, _)| phrase.fixed())?;
        let holes: Vec<String> = holes
            .into_iter()
            .map(|hole| self.phrase(hole).unwrap_or_else(|| hole.to_owned()))
            .collect();
        Some(phrase.italian(&holes))
    }
}

/// A problem as people read it: where, what must be, what to do, and the code to search for.
pub(crate) fn problem(problem: &Problem) -> String {
    let remedy = said(problem, &problem.remedy, |(_, remedy)| remedy);
    let place = match (problem.line, problem.field.as_str()) {
        (Some(line), "") => format!("riga {line}: "),
        (Some(line), field) => format!("riga {line}, {field}: "),
        (None, "") => String::new(),
        (None, field) => format!("{field}: "),
    };
    format!("{place}{}; {remedy} [{}]", rule(problem), problem.code)
}

/// What must be, alone.
pub(crate) fn rule(problem: &Problem) -> String {
    said(problem, &problem.rule, |(rule, _)| rule)
}

/// The Italian of one half of a problem: that of its English, else that of its code.
fn said(problem: &Problem, english: &str, half: fn(&(String, String)) -> &String) -> String {
    let of_code = || {
        let sentence = half(CATALOGUE.of(&problem.code)?);
        let rule = CATALOGUE.phrase(&problem.rule).unwrap_or_else(|| problem.rule.clone());
        Some(sentence.replace("{rule}", &rule))
    };
    CATALOGUE.phrase(english).or_else(of_code).unwrap_or_else(|| english.to_owned())
}
