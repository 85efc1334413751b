//! The book: every page is in it once, its links lead somewhere, its words are those of the field,
//! and the Rust of the guide to bricks is that of its example.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::floors::root;

/// Words that the project once had for itself, and what is said instead. They are looked for in
/// prose, not in code; each is whole words in small letters.
const PRIVATE: [(&str, &str); 14] = [
    ("facet", "unique key or list entry"),
    ("facets", "unique keys or list entries"),
    ("stand-in", "placeholder"),
    ("stand-ins", "placeholders"),
    ("postbox", "file mailbox"),
    ("number claim", "sequence claim"),
    ("number claims", "sequence claims"),
    ("told of", "given"),
    ("is told about", "sees of"),
    ("are told together", "are shown together"),
    ("tells the same", "shows the same"),
    ("tells what", "shows what"),
    ("says no word", "contains nothing"),
    ("erased with its key", "sealed; say crypto-shredding once"),
];

/// The pages of the book, by their paths below `docs`.
fn pages() -> BTreeMap<String, String> {
    let docs = root().join("docs");
    let mut found = BTreeMap::new();
    for folder in [docs.clone(), docs.join("decisions")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.strip_prefix(&docs).unwrap().to_str().unwrap().to_owned();
                found.insert(name, std::fs::read_to_string(path).unwrap());
            }
        }
    }
    assert!(found.len() > 20, "only {} pages were found", found.len());
    found
}

/// Everything in Markdown that is checked: the pages, and what stands in the root.
fn documents() -> BTreeMap<PathBuf, String> {
    let mut found: BTreeMap<PathBuf, String> =
        pages().into_iter().map(|(name, text)| (root().join("docs").join(name), text)).collect();
    for name in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"] {
        let path = root().join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        found.insert(path, text);
    }
    found
}

/// The lines outside fenced code, each without its code in backticks.
fn prose(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let outside = line.split('`').step_by(2);
            lines.push(outside.collect::<Vec<_>>().join(" "));
        }
    }
    lines
}

/// Where the links of a document lead.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text).join("\n");
    let inline = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let named = prose.lines().filter(|line| line.starts_with('['));
    let named = named.filter_map(|line| line.split_once("]: ").map(|(_, to)| to));
    inline.chain(named).map(|to| to.trim().to_owned()).collect()
}

/// The anchors of a page: its headings as they are linked to.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut fenced = false;
    let mut found = BTreeSet::new();
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let Some(heading) = line.strip_prefix('#').filter(|_| !fenced) else { continue };
        let heading = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        found.insert(kept.collect::<String>().replace(' ', "-"));
    }
    found
}

#[test]
fn every_page_is_in_the_book_once() {
    let pages = pages();
    let summary = &pages["SUMMARY.md"];
    let listed = links(summary);
    for name in pages.keys().filter(|name| *name != "SUMMARY.md") {
        let times = listed.iter().filter(|link| *link == name).count();
        assert_eq!(times, 1, "docs/{name} must be in docs/SUMMARY.md once");
    }
    let decision = |link: &String| link.starts_with("decisions/");
    let first = listed.iter().position(decision).unwrap();
    assert!(listed[first..].iter().all(decision), "the decisions come last");
}

#[test]
fn the_book_is_made_of_docs() {
    let book = std::fs::read_to_string(root().join("book.toml")).unwrap();
    let book: toml::Table = book.parse().unwrap();
    assert_eq!(book["book"]["src"].as_str(), Some("docs"));
    assert_eq!(book["build"]["build-dir"].as_str(), Some("target/book"));
}

#[test]
fn every_link_leads_somewhere() {
    let documents = documents();
    let mut broken = Vec::new();
    for (path, text) in &documents {
        for link in links(text).iter().filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let to = match file {
                "" => path.clone(),
                file => normal(&path.parent().unwrap().join(file)),
            };
            let there = match documents.get(&to) {
                Some(page) => anchor.is_empty() || anchors(page).contains(anchor),
                None => anchor.is_empty() && to.exists(),
            };
            if !there {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

/// The path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => drop(clean.pop()),
            part => clean.push(part),
        }
    }
    clean
}

#[test]
fn the_pages_use_the_words_of_the_field() {
    let mut found = Vec::new();
    for (path, text) in documents() {
        let words = prose(&text).join(" ").to_lowercase();
        let words = words.split(|c: char| !c.is_alphanumeric() && c != '-');
        let words = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        for (private, instead) in PRIVATE {
            if format!(" {words} ").contains(&format!(" {private} ")) {
                found.push(format!("{}: “{private}”: say {instead}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_guide_to_bricks_quotes_its_example() {
    let example = root().join("crates/mattoni-desk/examples/lost_property");
    // Pieces of an implementation are quoted without its indentation.
    let flat = |text: &str| text.lines().map(|l| format!("{}\n", l.trim())).collect::<String>();
    let sources: Vec<String> = ["brick.rs", "main.rs"]
        .iter()
        .map(|name| flat(&std::fs::read_to_string(example.join(name)).unwrap()))
        .collect();
    let page = &pages()["write-a-brick.md"];
    let blocks: Vec<&str> = page
        .split("```rust\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("\n```").map(|(block, _)| block))
        .collect();
    assert!(blocks.len() > 15, "only {} pieces of Rust", blocks.len());
    for block in blocks {
        let quoted = sources.iter().any(|source| source.contains(&flat(block)));
        assert!(quoted, "not a piece of the example:\n{block}");
    }
}
