//! `mattoni rank`: a ranking straight from a file.

use std::io::Write;

use expect_test::expect;

use crate::command::{Place, nursery, rank_csv};

const RANK: &str = "rank --plugin {plugins}/nursery-points.wasm --criteria {nursery}/criteria.toml";

#[test]
fn a_file_is_ranked_by_points_and_tie_breaks_without_places() {
    let place = Place::new();
    let file = place.write("a.csv", rank_csv(6));
    let out = place.run(&format!("{RANK} --csv {file} --top 3")).well();
    assert!(out.contains("ammessa") && out.contains("e altre 3 (--top)"), "{out}");
    assert!(out.contains("6 domande, graduatoria "), "{out}");
    let first = out.find("2027-004").unwrap();
    assert!(!out[..first].contains("2027-00"), "the child with a disability comes first: {out}");
}

#[test]
fn with_places_each_is_placed_and_the_same_file_is_the_same_run() {
    let place = Place::new();
    let file = place.write("a.csv", rank_csv(12));
    let words = format!("{RANK} --places {{nursery}}/places.toml --csv {file}");
    let out = place.run(&words).well();
    assert!(
        out.contains("Nido Allende (Bambini con disabilità certificata), preferenza 1"),
        "{out}"
    );
    assert_eq!(place.run(&words).well(), out);

    let json = place.run(&format!("--json {words}")).json();
    let text = json.to_string();
    assert!(text.contains("\"allende\""), "{text}");
}

#[test]
fn parameters_change_the_points() {
    let place = Place::new();
    let file = place.write("a.csv", rank_csv(6));
    let usual = place.run(&format!("{RANK} --csv {file}")).well();
    let other = place.run(&format!("{RANK} --csv {file} --param resident=30")).well();
    assert_ne!(usual, other);
}

#[test]
fn every_problem_of_the_file_is_told_with_line_and_field() {
    let place = Place::new();
    let text = rank_csv(6)
        .replacen("preference_2\n", "preference_2,colour\n", 1)
        .replace("allende,sole\n", "allende,sole,red\n")
        .replacen("2026-02-10", "2026-02-30", 1)
        .replacen("731.00", "\"731,00\"", 1)
        .replacen("2027-002", "2027-001", 1)
        .replacen("1462.00", "much", 1)
        .replacen("2024-02-20", "", 1);
    let file = place.write("bad.csv", text);
    let err = place.run(&format!("{RANK} --csv {file}")).refused();
    expect![[r#"
        rifiutato: 6 problemi, niente è stato cambiato
        riga 1, colour: si leggono solo le colonne del modulo; la tolga o la rinomini; si conoscono: child_birth_date, resident, first_parent_work, second_parent_work, single_parent, siblings_under_14, sibling_enrolled, isee, disability_child, disability_family, social_services_report, code, class, group, reserves, subject, received_at, preference_1, preference_2, preference_3, preference_4, preference_5, preference_6, preference_7, preference_8, preference_9, preference_10 [table.column.unknown]
        riga 2, isee: i numeri hanno il punto decimale e nessun altro separatore, c'è “731,00”; scriva per esempio 1234.56 [value.decimal-comma]
        riga 3, child_birth_date: dev'essere compilato; lo compili [table.missing]
        riga 3, isee: dev'essere un importo in euro, c'è “much”; scriva per esempio 1234.56 [value.wrong-type]
        riga 3, code: lo stesso codice è alla riga 2; tenga quella giusta [table.duplicate]
        riga 4, child_birth_date: dev'essere una data che esiste, c'è “2026-02-30”; controlli giorno e mese [value.no-such-date]
    "#]].assert_eq(&err);
}

#[test]
fn problems_are_json_for_machines_on_standard_error() {
    let place = Place::new();
    let file = place.write("bad.csv", rank_csv(2).replacen("2027-002", "2027-001", 1));
    let err = place.run(&format!("--json {RANK} --csv {file}")).refused();
    let json: serde_json::Value = serde_json::from_str(&err).unwrap();
    let problem = &json["refused"][0];
    assert_eq!((&problem["line"], &problem["field"]), (&3.into(), &"code".into()));
    assert_eq!(problem["code"], "table.duplicate");
}

#[test]
fn other_encodings_endless_lines_and_empty_files_are_refused() {
    let place = Place::new();
    let mut bytes = rank_csv(2).into_bytes();
    let at = bytes.len() - 5;
    bytes[at] = 0xE8;
    let file = place.write("latin.csv", &bytes);
    let err = place.run(&format!("{RANK} --csv {file}")).refused();
    assert!(err.contains("riga 3, preference_2: i file sono in UTF-8"), "{err}");

    let file = place.write("long.csv", rank_csv(1));
    let mut long = std::fs::OpenOptions::new().append(true).open(place.path(&file)).unwrap();
    for _ in 0..100 {
        long.write_all(&[b'x'; 1 << 20]).unwrap();
    }
    drop(long);
    let err = place.run(&format!("{RANK} --csv {file}")).refused();
    assert!(err.contains("riga 3: una riga ha al massimo"), "{err}");

    let file = place.write("empty.csv", "");
    let err = place.run(&format!("{RANK} --csv {file}")).refused();
    assert!(err.contains("la prima riga nomina le colonne"), "{err}");
}

#[test]
fn a_facility_that_is_not_there_is_named_with_its_application() {
    let place = Place::new();
    let file = place.write("a.csv", rank_csv(3).replacen("allende", "luna", 1));
    let words = format!("{RANK} --places {{nursery}}/places.toml --csv {file}");
    let err = place.run(&words).refused();
    assert!(err.contains("2027-001") && err.contains("luna"), "{err}");
}

#[test]
fn a_plugin_with_another_digest_is_refused() {
    let place = Place::new();
    let file = place.write("a.csv", rank_csv(2));
    let digest = "0".repeat(64);
    let err = place.run(&format!("{RANK} --csv {file} --digest {digest}")).refused();
    assert!(err.contains("digest"), "{err}");
}

#[test]
fn unknown_and_wrong_parameters_are_told_together() {
    let place = Place::new();
    let file = place.write("a.csv", rank_csv(2));
    let words = "--param colour=red --param resident=many --param full_time";
    let err = place.run(&format!("{RANK} --csv {file} {words}")).refused();
    assert!(err.contains("colour: dev'essere un parametro che il plugin dichiara"), "{err}");
    assert!(err.contains("usi nome=valore con uno di: reference_date, resident"), "{err}");
    assert!(err.contains("resident: ") && err.contains("full_time: "), "{err}");
    assert!(err.starts_with("rifiutato: 3 problemi"), "{err}");
}

#[test]
fn files_that_are_missing_or_no_toml_are_all_named() {
    let place = Place::new();
    place.write("criteria.toml", "version = 1\ntitle = \n");
    let plugin = "--plugin {plugins}/nursery-points.wasm";
    let words = format!("rank {plugin} --criteria criteria.toml --places none.toml --csv none.csv");
    let err = place.run(&words).refused();
    assert!(err.contains("riga 2, criteria.toml: "), "{err}");
    assert!(err.contains("none.toml: "), "{err}");
    let err = place.run(&format!("{RANK} --csv none.csv")).refused();
    assert!(err.contains("none.csv: "), "{err}");
}

#[test]
fn what_is_no_plugin_ends_as_broken_and_says_which_file() {
    let place = Place::new();
    let file = place.write("a.csv", rank_csv(2));
    place.write("points.wasm", "not a component");
    let criteria = nursery().join("criteria.toml");
    let criteria = criteria.display();
    let ended = place.run(&format!("rank --plugin points.wasm --criteria {criteria} --csv {file}"));
    assert_eq!((ended.code, ended.out.as_str()), (3, ""));
    assert!(ended.err.starts_with("non riuscito: non si può usare il plugin "), "{}", ended.err);
}
