//! `mattoni init`: from an empty folder to a service that has taken an application.

use std::os::unix::fs::PermissionsExt;

use crate::command::Place;

const AT: &str = "2027-03-20T10:00:00Z";

#[test]
fn one_command_makes_a_service_that_takes_an_application() {
    let place = Place::new();
    let made = place.run(&format!("init sala --ente c_h223 --at {AT}"));
    assert_eq!(made.code, 0, "{made:?}");
    assert!(made.err.contains("mattoni.sqlite.key"), "{}", made.err);
    let key = std::fs::metadata(place.path("mattoni.sqlite.key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    place.run("service check sala").well();
    // What it says to do next is done as it stands there, on the same day.
    let next: Vec<&str> =
        made.out.lines().filter_map(|line| line.strip_prefix("  mattoni ")).collect();
    assert_eq!(next.len(), 3, "{}", made.out);
    let said = place.run(&next[0].replace("call ", &format!("call --at {AT} "))).well();
    assert!(said.starts_with("1 domande acquisite, "), "{said}");
    for words in &next[1..] {
        place.run(words).well();
    }
    let page = place.run("explain 2027/0000001").well();
    assert!(page.contains("Pratica 2027/0000001"), "{page}");
}

/// What the command says to do next, a shell does in a folder with spaces and quotes in its name.
#[test]
fn a_folder_with_spaces_in_its_name_is_as_good_as_any() {
    let place = Place::new();
    let folder = "Servizi dell'ente/la sala";
    std::fs::create_dir(place.path("Servizi dell'ente")).unwrap();
    let words = ["init", folder, "--ente", "c_h223", "--at", AT];
    let made = place.words("Servizi dell'ente/il database.sqlite", &words, &[]);
    assert_eq!(made.code, 0, "{made:?}");
    let next: Vec<&str> = made.out.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    assert_eq!(next.len(), 3, "{}", made.out);
    let said = place.shell(&next[0].replace(" call ", &format!(" call --at {AT} "))).well();
    assert!(said.starts_with("1 domande acquisite, "), "{said}");
    for line in &next[1..] {
        place.shell(line).well();
    }
    assert!(place.path("Servizi dell'ente/il database.sqlite.key").exists());
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let place = Place::new();
    std::fs::create_dir(place.path("sala")).unwrap();
    let refused = place.run("init sala --ente c_h223").refused();
    assert!(refused.contains("[cli.init.there]"), "{refused}");
    assert!(!place.path("mattoni.sqlite").exists());
    place.run(&format!("--json init altra --ente c_h223 --at {AT}"));
    // A second service of another ente, in the same database, with the key that is there.
    place.run(&format!("init terza --ente c_f205 --at {AT}")).well();
    let entes = place.run("--json store entes").json();
    assert_eq!(entes["entes"].as_array().unwrap().len(), 2);
}

#[test]
fn an_ente_with_accounts_is_no_longer_set_up_by_whoever_has_the_machine() {
    let place = Place::new();
    place.run(&format!("init sala --ente c_h223 --at {AT}"));
    place.run(&format!("staff first ced --full-name Carlo --at {AT}")).well();
    let refused = place.run(&format!("init altra --ente c_h223 --at {AT}")).refused();
    assert!(refused.contains("[cli.init.accounts]"), "{refused}");
    assert!(!place.path("altra").exists());
}

/// The lines of the README that begin a service, as a shell in a checkout would run them.
#[test]
fn the_readmes_first_service_is_there_in_two_commands_from_an_empty_folder() {
    let readme = include_str!("../../../../README.md");
    let lines = readme.lines().filter_map(|line| line.strip_prefix("$ cargo xtask mattoni "));
    let lines: Vec<&str> = lines.filter(|line| line.contains("sala")).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    // Who has the program alone gives the same words.
    let alone: Vec<&str> = readme.lines().filter_map(|l| l.strip_prefix("$ mattoni ")).collect();
    assert_eq!(alone, lines);
    let place = Place::new();
    for words in &lines {
        assert_eq!(place.run(words).code, 0, "{words}");
    }
    for file in ["mattoni.sqlite", "mattoni.sqlite.key", "mattoni.messages.jsonl"] {
        assert!(readme.contains(&format!("`{file}`")) && place.path(file).exists(), "{file}");
    }
    assert_eq!(
        place.run("--json records list practice").json()["records"].as_array().map(Vec::len),
        Some(1)
    );
    place.run("verify").well();
}
