//! Every code of a refusal has its Italian.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const CATALOGUE: &str = include_str!("../../src/italian/refusals.toml");

/// Crates whose refusals no one meets at the command: they are about plugins being built, and
/// servers of tests.
const APART: [&str; 6] = [
    "mattoni-core-derive",
    "mattoni-postgres-cluster",
    "mattoni-rules-build",
    "mattoni-rules-derive",
    "mattoni-rules-sdk",
    "mattoni",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            // The suites that try bricks and backends speak to programmers.
            if !path.ends_with("conformance") {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("conformance.rs") {
            found.push(path);
        }
    }
}

/// The code of a file without comments and tests.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn is_code(word: &str) -> bool {
    let fits = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    word.contains('.') && word.split('.').all(fits)
}

/// Each literal of the text, with where it begins and ends.
fn literals(text: &str) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if text[at..].starts_with("'\"'") {
            at += 3;
        } else if text[at..].starts_with("r#\"") {
            let end = text[at + 3..].find("\"#").map_or(bytes.len(), |end| at + 3 + end + 2);
            at = end;
        } else if bytes[at] == b'"' {
            let start = at + 1;
            at = start;
            while at < bytes.len() && bytes[at] != b'"' {
                at += if bytes[at] == b'\\' { 2 } else { 1 };
            }
            found.push((start, at));
            at += 1;
        } else {
            at += 1;
            while !text.is_char_boundary(at) {
                at += 1;
            }
        }
    }
    found
}

/// The codes that the sources give problems: literals that begin what is in brackets, or are followed
/// by another, as a code is by its field or its rule.
fn codes() -> BTreeMap<String, PathBuf> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(crates).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !APART.contains(&name.as_str()) {
            sources(&path.join("src"), &mut files);
        }
    }
    let mut found = BTreeMap::new();
    for path in files {
        let text = code(&path);
        for (start, end) in literals(&text) {
            let (before, after) = (text[..start - 1].trim_end(), text[end + 1..].trim_start());
            let followed = after.strip_prefix(',').is_some_and(|a| a.trim_start().starts_with('"'));
            // What follows a code is the field it is about.
            let second = before.strip_suffix(',').map(str::trim_end);
            let leads = (before.ends_with('(') && !before.ends_with("in_field("))
                || (followed && second.is_some_and(|b| !b.ends_with('"')))
                || (followed && before.ends_with("=>"));
            if leads && is_code(&text[start..end]) {
                found.insert(text[start..end].to_owned(), path.clone());
            }
        }
    }
    found
}

/// What is in the shape of a code and is none.
fn is_no_problem(word: &str) -> bool {
    let topics = [
        "benefit.grant",
        "booking.offer",
        "document.issue",
        "message.tell",
        "payment.cancel",
        "payment.request",
        "registry.register",
        "subscription.open",
    ];
    // Places of service.toml, in the tables that check them.
    let places = [
        "ranking.amount",
        "ranking.duplicates",
        "ranking.fund",
        "ranking.preferences",
        "ranking.reserves",
        "ranking.siblings.family",
    ];
    // Names of what was read, in the log of readings.
    let readings = ["person.export", "practice.explain", "practice.list", "practice.show"];
    let files = [
        ".csv",
        ".db",
        ".js",
        ".json",
        ".jsonl",
        ".key",
        ".md",
        ".py",
        ".sqlite",
        ".template",
        ".toml",
        ".txt",
        ".wasm",
    ];
    topics.contains(&word)
        || places.contains(&word)
        || readings.contains(&word)
        || files.iter().any(|end| word.ends_with(end))
        || word.starts_with("mattoni.")
}

#[test]
fn every_code_of_the_sources_has_its_italian() {
    let catalogue: toml::Table = CATALOGUE.parse().unwrap();
    let known = catalogue["codes"].as_table().unwrap();
    let has = |code: &str| {
        let parts: Vec<&str> = code.split('.').collect();
        let any = format!("{}.*.{}", parts[0], parts[parts.len() - 1]);
        known.contains_key(code) || (parts.len() > 2 && known.contains_key(&any))
    };
    let missing: Vec<String> = codes()
        .into_iter()
        .filter(|(code, _)| !is_no_problem(code) && !has(code))
        .map(|(code, path)| format!("{code} ({})", path.display()))
        .collect();
    assert!(missing.is_empty(), "without Italian in refusals.toml:\n{}", missing.join("\n"));
}

/// A literal as it is read: without line breaks, with an empty hole for each of its values.
fn sentence(literal: &str) -> String {
    let mut text = String::new();
    for (number, line) in literal.split("\\\n").enumerate() {
        text.push_str(if number == 0 { line } else { line.trim_start() });
    }
    let (mut whole, mut rest) = (String::new(), text.as_str());
    while let Some((before, after)) = rest.split_once('{') {
        let (_, beyond) = after.split_once('}').unwrap_or_default();
        whole.push_str(before);
        whole.push_str("{}");
        rest = beyond;
    }
    whole + rest
}

/// Whether the text is the phrase, each hole of which holds something.
fn is_phrase(phrase: &str, text: &str) -> bool {
    let mut pieces = phrase.split("{}");
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        let Some((_, after)) = rest.split_once(piece) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

/// What must be, as the sources say it in English: each sentence is a phrase of the catalogue, or
/// stands beside a code whose Italian names everything itself.
#[test]
fn no_sentence_of_a_rule_stays_english() {
    let catalogue: toml::Table = CATALOGUE.parse().unwrap();
    let codes = catalogue["codes"].as_table().unwrap();
    let phrases: Vec<&String> = catalogue["phrases"].as_table().unwrap().keys().collect();
    let says_itself = |code: &str| {
        let parts: Vec<&str> = code.split('.').collect();
        let any = format!("{}.*.{}", parts[0], parts[parts.len() - 1]);
        let known = codes.get(code).or_else(|| codes.get(&any))?;
        Some(!known.as_array().unwrap()[0].as_str().unwrap().contains("{rule}"))
    };
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(crates).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if !APART.contains(&name.as_str()) {
            sources(&path.join("src"), &mut files);
        }
    }
    let (mut walked, mut english) = (0, Vec::new());
    for path in files {
        let text = code(&path);
        let literals: Vec<&str> =
            literals(&text).into_iter().map(|(start, end)| &text[start..end]).collect();
        for (number, literal) in literals.iter().enumerate() {
            let sentence = sentence(&literal.replace("\\\"", "\""));
            if !sentence.starts_with("must ") {
                continue;
            }
            walked += 1;
            let beside = literals[number.saturating_sub(2)..number].iter().rev();
            let itself = beside.filter(|word| is_code(word)).find_map(|word| says_itself(word));
            let known = phrases.iter().any(|phrase| is_phrase(phrase, &sentence));
            if itself != Some(true) && !known {
                english.push(format!("{sentence} ({})", path.display()));
            }
        }
    }
    assert!(walked > 200, "{walked} sentences are too few to be all");
    assert!(english.is_empty(), "without Italian in refusals.toml:\n{}", english.join("\n"));
}

#[test]
fn what_is_said_in_one_language_is_said_in_the_other_with_the_same_holes() {
    let catalogue: toml::Table = CATALOGUE.parse().unwrap();
    for (english, italian) in catalogue["phrases"].as_table().unwrap() {
        let holes = english.matches("{}").count();
        let italian = italian.as_str().unwrap();
        for number in 1..=9 {
            let used = italian.contains(&format!("{{{number}}}"));
            // A hole may be left out in Italian; one that is not there cannot be filled.
            assert!(!used || number <= holes, "{english}: {italian}");
        }
    }
}
