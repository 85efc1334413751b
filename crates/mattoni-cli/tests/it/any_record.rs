//! `mattoni records` and `mattoni facts`: records of any kind, whichever brick brings them.

use serde_json::Value;

use crate::call::{csv, drawn_up};
use crate::command::Place;

/// The kinds, as the command tells them.
fn kinds(place: &Place) -> Vec<Value> {
    let told = place.run("--json records kinds").json();
    told["kinds"].as_array().unwrap().clone()
}

fn records(place: &Place, words: &str) -> Vec<Value> {
    let told = place.run(&format!("--json records list {words} --db town.sqlite")).json();
    told["records"].as_array().unwrap().clone()
}

#[test]
fn every_kind_of_every_brick_says_what_it_is() {
    let place = Place::new();
    let told = place.run("--json records kinds").json();
    for brick in ["service", "practice", "ranking", "rules", "desk"] {
        assert!(told["bricks"].as_array().unwrap().contains(&brick.into()), "{brick}");
    }
    let all = kinds(&place);
    let of = |kind: &str| all.iter().find(|told| told["kind"] == kind).unwrap();
    let practice = of("practice");
    assert_eq!(practice["title"], "pratica");
    let verbs = practice["verbs"].as_array().unwrap();
    let submit = verbs.iter().find(|verb| verb["name"] == "submit").unwrap();
    assert_eq!(submit["by"], serde_json::json!(["citizen"]));
    let name = practice["lists"].as_array().unwrap().iter().find(|list| list["name"] == "name");
    assert_eq!(name.unwrap()["personal"], true);
    assert!(practice["orders"].as_array().unwrap().contains(&"registry.register".into()));
    assert_eq!(of("erasure")["verbs"], serde_json::json!([]));

    let page = place.run("records kinds").well();
    for kind in &all {
        let (title, name) = (kind["title"].as_str().unwrap(), kind["kind"].as_str().unwrap());
        assert!(page.contains(&format!("\n{title} ({name})\n")), "{name} is not in:\n{page}");
    }
    assert!(page.contains("name (dati personali)"), "{page}");
    assert!(page.contains("cittadino"), "{page}");
}

#[test]
fn records_of_every_kind_are_listed_shown_and_have_a_history() {
    let place = drawn_up();
    let mut seen = 0;
    for kind in kinds(&place) {
        let (kind, title) = (kind["kind"].as_str().unwrap(), kind["title"].as_str().unwrap());
        let listed = records(&place, &format!("{kind} --limit 2"));
        let page = place.run(&format!("records list {kind} --limit 2 --db town.sqlite")).well();
        let Some(first) = listed.first() else {
            assert_eq!(page, "nessuno\n", "{kind}");
            continue;
        };
        seen += 1;
        let id = first["id"].as_str().unwrap();
        assert!(page.contains(title) && page.contains(id), "{page}");
        let shown = place.run(&format!("records show {kind} {id} --db town.sqlite")).well();
        assert!(shown.starts_with(&format!("{title} {id}\neventi: ")), "{shown}");
        let json = place.run(&format!("--json records show {kind} {id} --db town.sqlite")).json();
        let version = json["version"].as_u64().unwrap();
        assert!(json["state"].is_object() && version > 0, "{json}");
        let told = place.run(&format!("--json records history {kind} {id} --db town.sqlite"));
        let told = told.json();
        let history = told["history"].as_array().unwrap();
        assert_eq!(history.len() as u64, version, "{kind}");
        assert!(history.iter().all(|event| event["italian"].is_string() && event["seq"].is_u64()));
        let page = place.run(&format!("records history {kind} {id} --db town.sqlite")).well();
        assert!(page.contains(history[0]["event"].as_str().unwrap()), "{page}");
    }
    assert!(seen >= 3, "practices, an evaluation and a ranking");
}

#[test]
fn a_list_is_gone_through_bucket_by_bucket_in_its_order() {
    let place = drawn_up();
    let words = "--json records list practice --list state --db town.sqlite";
    let told = place.run(words).json();
    let buckets = told["buckets"].as_array().unwrap();
    let in_all: u64 = buckets.iter().map(|of| of["count"].as_u64().unwrap()).sum();
    assert_eq!(in_all, 30);
    let bucket = buckets[0]["bucket"].as_str().unwrap();
    let count = buckets[0]["count"].as_u64().unwrap();
    let words = format!("practice --list state --bucket {bucket} --limit 99");
    let listed = records(&place, &words);
    assert_eq!(listed.len() as u64, count);
    let sorts: Vec<_> = listed.iter().map(|one| one["sort"].as_str().unwrap()).collect();
    assert!(sorts.is_sorted(), "{sorts:?}");
    assert!(listed.iter().all(|one| one["row"].is_object()), "{listed:?}");
    let few = place.run(&format!("records list {words} --db town.sqlite").replace("99", "2"));
    assert!(few.well().ends_with(&format!("2 di {count} (--limit)\n")));
    // The clock's own list is kept for every kind.
    let clock = place.run("records list practice --list chore --bucket all --db town.sqlite");
    assert!(clock.well().contains("di 30 (--limit)"));

    let err = place.run("records list practice --list none --db town.sqlite").refused();
    assert!(err.contains("dev'essere un elenco di practice; usi uno di: state, "), "{err}");
    let err = place.run("records list permit --db town.sqlite").refused();
    assert!(
        err.contains("dev'essere un tipo di documento di questi: ") && err.contains("practice"),
        "{err}"
    );
}

#[test]
fn a_record_is_found_by_id_and_by_a_key_that_it_alone_holds() {
    let place = drawn_up();
    let show = |name: &str| place.run(&format!("records show practice {name} --db town.sqlite"));
    let page = show("number=2027/0000007").well();
    assert!(page.contains("chiave: number=2027/0000007\n"), "{page}");
    let id = page.lines().next().unwrap().strip_prefix("pratica ").unwrap().to_owned();
    assert_eq!(show(&id).well(), page);
    let history = format!("records history practice {id} --db town.sqlite");
    let history = place.run(&history).well();
    assert!(history.contains("practice.") && history.contains("sistema "), "{history}");
    let err = show("number=2027/9999999").refused();
    assert!(err.contains("dev'essere una chiave che un practice ha qui"), "{err}");
    let err = show("2027/0000007").refused();
    assert!(
        err.contains("dev'essere l'id di un documento") && err.contains("records list"),
        "{err}"
    );
    let err = show("00000000-0000-0000-0000-000000000007").refused();
    assert!(err.contains("[desk.unknown]"), "{err}");
}

#[test]
fn facts_are_a_table_without_a_word_about_anybody() {
    let place = drawn_up();
    let table = place.run("facts practice --db town.sqlite").well();
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    assert!(header.contains(&"service") && header.contains(&"state"), "{header:?}");
    assert_eq!(lines.count(), 30);
    for line in csv().lines().skip(1) {
        // Fiscal codes and names; other columns are dates and few words.
        for personal in line.split(',').take(3).filter(|cell| cell.len() > 3) {
            assert!(!table.contains(personal), "{personal} is in the table");
        }
    }
    let said = place.run("facts practice --out a.csv --db town.sqlite").well();
    assert_eq!(said, "30 righe scritte in a.csv\n");
    assert_eq!(std::fs::read_to_string(place.path("a.csv")).unwrap(), table);
    let err = place.run("facts practice --out a.csv --db town.sqlite").refused();
    assert!(err.contains("non deve esserci ancora") && err.contains("[cli.file.exists]"), "{err}");

    for kind in kinds(&place) {
        let kind = kind["kind"].as_str().unwrap();
        let told = place.run(&format!("--json facts {kind} --db town.sqlite")).json();
        let rows = told.as_array().unwrap();
        let columns = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert!(rows.iter().all(|row| columns(row) == columns(&rows[0])), "{kind}");
    }
    let err = place.run("facts permit --db town.sqlite").refused();
    assert!(err.contains("[desk.kind]"), "{err}");
}
