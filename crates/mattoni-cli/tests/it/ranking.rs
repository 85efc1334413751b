//! `mattoni ranking`, `mattoni proof`, and what `verify` runs again.

use std::process::Command;

use rusqlite::Connection;
use serde_json::Value;

use crate::call::{drawn_up, drawn_up_in_the_clear};
use crate::command::Place;

/// A town whose published list was superseded by another: the digests of both, the old one first.
fn superseded() -> (Place, String, String) {
    let place = drawn_up();
    place.step("2027-05-05T08:00:00Z", "publish").well();
    place.step("2027-05-06T08:00:00Z", "--run 2 draw-up --seed altra").well();
    place.step("2027-05-07T08:00:00Z", "--run 2 supersede --old 1 --reason ricorso").well();
    let all = place.run("--json ranking list --db town.sqlite").json();
    let runs = all.as_array().unwrap();
    let digest = |old: bool| {
        let run = runs.iter().find(|run| run["superseded"].is_null() != old).unwrap();
        run["run"].as_str().unwrap().to_owned()
    };
    (place, digest(true), digest(false))
}

#[test]
fn a_superseded_list_says_so_by_which_and_when_wherever_it_is_shown() {
    let (place, old, new) = superseded();
    let by = &new[..12];
    let notice = format!("GRADUATORIA SOSTITUITA il 07/05/2027 dalla graduatoria {by}");
    let show = format!("ranking show {old} --db town.sqlite");
    assert!(place.run(&show).well().contains(&notice));
    assert!(place.run(&format!("{show} --format html")).well().contains(&notice));
    let csv = place.run(&format!("{show} --format csv")).well();
    for line in csv.lines().skip(1) {
        assert!(line.ends_with(&format!(",2027-05-07,{new}")), "{line}");
    }
    let json = place.run(&format!("--json {show}")).json();
    assert_eq!(json["superseded"]["by"], new);
    let holds = place.run(&format!("ranking show {by} --db town.sqlite --format csv")).well();
    assert!(holds.lines().skip(1).all(|line| line.ends_with(",,")), "{holds}");

    let list = place.run("ranking list --db town.sqlite").well();
    assert!(list.contains(&format!("SOSTITUITA il 07/05/2027 dalla {by}")), "{list}");
    let explained = place.run("explain 2027/0000007 --db town.sqlite").well();
    assert!(explained.contains(&notice), "{explained}");
    let verified = place.run("verify --db town.sqlite").well();
    assert!(verified.contains(&format!("il 07/05/2027, dalla graduatoria {by}")), "{verified}");
    let id = place.run("--json ranking list --db town.sqlite").json();
    let id = id.as_array().unwrap().iter().find(|run| run["run"] == old).unwrap()["id"].clone();
    let history = format!("records history ranking-run {} --db town.sqlite", id.as_str().unwrap());
    let history = place.run(&history).well();
    assert!(history.contains(&format!("graduatoria sostituita dalla graduatoria {by}")));
}

#[test]
fn whoever_has_the_exported_file_redoes_the_ranking_with_python_alone() {
    let (place, old, _) = superseded();
    let words = format!("ranking export {old} --out run.json --db town.sqlite");
    let out = place.run(&words).well();
    assert!(out.contains("rederive.py run.json") && out.contains("SOSTITUITA"), "{out}");
    let again = place.run(&words).refused();
    assert!(again.contains("[cli.file.exists]"), "{again}");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/scripts/rederive.py");
    let run = |file: &str| {
        let file = place.path(file);
        let ended = Command::new("python3").arg(script).arg(file).output().unwrap();
        (ended.status.success(), String::from_utf8(ended.stdout).unwrap())
    };
    let (same, said) = run("run.json");
    assert!(same && said.starts_with("30 lines come out the same"), "{said}");
    let text = std::fs::read_to_string(place.path("run.json")).unwrap();
    place.write("forged.json", text.replacen("\"preference\":1", "\"preference\":2", 1));
    let (same, said) = run("forged.json");
    assert!(!same && said.contains("differs: "), "{said}");
}

#[test]
fn a_draft_is_not_shown_as_a_list_and_a_wrong_name_is_refused() {
    let place = drawn_up();
    let all = place.run("--json ranking list --db town.sqlite").json();
    let run = all[0]["run"].as_str().unwrap();
    let refused = place.run(&format!("ranking show {run} --db town.sqlite")).refused();
    assert!(refused.contains("[desk.rank.not-published]"), "{refused}");
    let refused = place.run("ranking show ffff0000ffff --db town.sqlite").refused();
    assert!(refused.contains("[desk.rank.not-drawn]"), "{refused}");
}

#[test]
fn one_event_is_proved_up_to_a_checkpoint_and_a_tampered_row_is_not() {
    let place = drawn_up();
    place.write("sign.key", "11".repeat(32));
    let sign = "store checkpoint --key sign.key --db town.sqlite --ente c_h223";
    place.write("end.json", place.run(sign).well());
    let words = "proof event 17 --checkpoint end.json --db town.sqlite --out proof.json";
    let out = place.run(words).well();
    assert!(out.starts_with("PROVATO: l'evento 17 del giornale di c_h223"), "{out}");
    assert!(out.contains("fine firmata nel checkpoint"), "{out}");
    let text = std::fs::read_to_string(place.path("proof.json")).unwrap();
    let key = serde_json::from_str::<Value>(&text).unwrap()["checkpoint"]["key"].clone();
    let key = key.as_str().unwrap();
    place.run(&format!("proof check proof.json --key {key}")).well();
    let other = place.run(&format!("proof check proof.json --key {}", "22".repeat(32))).refused();
    assert!(other.contains("[proof.key]"), "{other}");
    place.write("forged.json", text.replacen("practice.", "practise.", 1));
    let forged = place.run("proof check forged.json").refused();
    assert!(forged.contains("[proof.event.row]"), "{forged}");
    let beyond = place.run("proof event 999999 --db town.sqlite");
    assert_eq!(beyond.code, 1);
    assert!(beyond.out.contains("non è nel giornale"), "{}", beyond.out);

    let raw = Connection::open(place.path("town.sqlite")).unwrap();
    raw.execute("UPDATE journal SET at = at + 1 WHERE seq = 17", []).unwrap();
    drop(raw);
    for words in ["proof event 17 --checkpoint end.json", "proof event 17", "proof event 20"] {
        let ended = place.run(&format!("{words} --db town.sqlite"));
        assert_eq!(ended.code, 1, "{words}");
        assert!(ended.out.starts_with("NON PROVATO"), "{}", ended.out);
        assert!(ended.out.contains("la riga 17 non segue"), "{}", ended.out);
    }
}

#[test]
fn verify_runs_every_evaluation_again_and_says_how_many() {
    // In the clear, so that points can be changed by hand.
    let place = drawn_up_in_the_clear();
    let out = place.run("--unsealed verify --db town.sqlite").well();
    assert!(out.contains("1 valutazioni, 30 risposte uguali"), "{out}");
    let json = place.run("--json --unsealed verify --db town.sqlite").json();
    let rules = &json["evaluations"];
    assert_eq!((&rules["recomputed"], &rules["whole"]), (&1.into(), &1.into()), "{json}");
    assert_eq!((&rules["same"], &rules["different"]), (&30.into(), &0.into()), "{json}");

    // Other points noted than the rule gives: named with application, rule and version.
    let raw = Connection::open(place.path("town.sqlite")).unwrap();
    let edit = "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), \
                '\"criterion\":\"residence\",\"hundredths\":2000', \
                '\"criterion\":\"residence\",\"hundredths\":2100') AS BLOB) \
                WHERE name = 'practice.assessed' AND seq = \
                (SELECT min(seq) FROM journal WHERE name = 'practice.assessed' AND \
                 CAST(body AS TEXT) LIKE '%\"criterion\":\"residence\",\"hundredths\":2000%')";
    assert_eq!(raw.execute(edit, []).unwrap(), 1);
    drop(raw);
    let ended = place.run("--unsealed verify --db town.sqlite");
    assert_eq!(ended.code, 1);
    let named = ended.out.lines().find(|line| line.contains("regola nursery-points 1.0.0"));
    let named = named.unwrap_or_else(|| panic!("{}", ended.out));
    assert!(named.starts_with("TROVATO la domanda 2027/"), "{named}");
    assert!(named.contains("registrato «21,00") && named.contains("ricalcolato «20,00"), "{named}");
}
