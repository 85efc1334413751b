//! Words, exit codes, completions.

use crate::command::Place;

#[test]
fn completions_are_there_for_each_shell_and_know_the_commands() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish"] {
        let out = place.run(&format!("completions {shell}")).well();
        for command in ["explain", "verify", "rank", "call", "records", "facts"] {
            assert!(out.contains(command), "{shell} lacks {command}");
        }
    }
}

#[test]
fn wrong_words_end_with_two_and_say_what_is_known() {
    let place = Place::new();
    for (words, told) in [
        ("explian 2027/0000001", "explain"),
        ("rank --csv a.csv", "--plugin"),
        ("explain", "<PRACTICE>"),
        ("records list practice --bucket all", "--list"),
        ("records list practice --limit 0", "--limit"),
        ("outbox clear --before 2027-03-01", "clear"),
        ("completions tcsh", "bash"),
        ("verify --ente c/h223", "--ente"),
        ("rank --digest xyz --csv a --plugin b --criteria c", "--digest"),
        ("call --service nido offer --answer-by 2027-02-30", "--answer-by"),
        ("call --service nido --at yesterday publish", "--at"),
        ("call --service nido offer", "--answer-by"),
    ] {
        let ended = place.run(words);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{words}: {ended:?}");
        assert!(ended.err.contains(told), "{words}: {}", ended.err);
    }
}

#[test]
fn help_and_version_are_answers() {
    let place = Place::new();
    assert!(place.run("--help").well().contains("Prova che niente è stato cambiato"));
    assert!(place.run("call --help").well().contains("move-up"));
    assert!(place.run("practice take -h").well().contains("Uso: mattoni practice take"));
    assert!(place.run("--version").well().starts_with("mattoni "));
}

/// Commands whose help officials read; all others are those of developers, analysts and operators.
const OFFICIALS: [&str; 12] = [
    "init",
    "explain",
    "verify",
    "ranking",
    "service",
    "call",
    "practice",
    "offer",
    "staff",
    "tick",
    "person",
    "retention",
];

/// The names that a page of help lists.
fn listed(help: &str) -> Vec<String> {
    let Some((_, list)) = help.split_once("Comandi:\n") else { return Vec::new() };
    let lines = list.lines().take_while(|line| line.starts_with("  "));
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[test]
fn help_is_italian_for_what_officials_are_sent_to() {
    let place = Place::new();
    let first = place.run("--help").well();
    let all = listed(&first);
    assert!(OFFICIALS.iter().all(|name| all.iter().any(|known| known == name)), "{all:?}");
    let mut waiting: Vec<String> = OFFICIALS.iter().map(|name| (*name).to_owned()).collect();
    let mut pages = vec![(String::new(), first)];
    while let Some(words) = waiting.pop() {
        let help = place.run(&format!("{words} --help")).well();
        waiting.extend(listed(&help).iter().map(|name| format!("{words} {name}")));
        pages.push((words, help));
    }
    assert!(pages.len() > 60, "{} pages are too few to be all", pages.len());
    for (words, help) in pages {
        for line in help.lines() {
            let english = [" the ", " of ", " and ", " with ", " which ", " is ", "Usage"];
            let found = english.iter().find(|word| format!(" {line} ").contains(**word));
            assert!(found.is_none(), "mattoni {words} --help: {line}");
        }
    }
}
