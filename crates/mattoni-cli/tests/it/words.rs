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
    assert!(place.run("--help").well().contains("Prove that nothing was changed"));
    assert!(place.run("call --help").well().contains("move-up"));
    assert!(place.run("--version").well().starts_with("mattoni "));
}
