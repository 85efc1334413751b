//! `mattoni service`: checking a service's folder and making one from another.

use crate::command::{Place, nursery};

fn copy(place: &Place) {
    std::fs::create_dir(place.path("nido")).unwrap();
    for name in ["service.toml", "criteria.toml", "places.toml"] {
        std::fs::copy(nursery().join(name), place.path("nido").join(name)).unwrap();
    }
}

fn edit(place: &Place, file: &str, from: &str, to: &str) {
    let text = std::fs::read_to_string(place.path(file)).unwrap();
    assert!(text.contains(from), "{from} is not in {file}");
    place.write(file, text.replacen(from, to, 1));
}

#[test]
fn the_nursery_is_in_order_and_its_columns_are_those_of_its_applications() {
    let place = Place::new();
    let out = place.run("service check {nursery}").well();
    assert!(out.contains("nido-2027 versione 1: modulo, criteri e posti combaciano"), "{out}");
    assert_eq!(place.run("--json service check {nursery}").json()["service"], "nido-2027");

    let columns = place.run("service columns {nursery}").well();
    assert!(columns.starts_with("applicant_fiscal_code,applicant_given_name,"), "{columns}");
    let json = place.run("--json service columns {nursery}").json();
    let names: Vec<_> = json.as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
    assert_eq!(names.join(",") + "\n", columns);
}

#[test]
fn the_shipped_services_are_checked_without_a_warning() {
    let place = Place::new();
    std::fs::create_dir(place.path("fee")).unwrap();
    for name in ["criteria.toml", "places.toml"] {
        std::fs::copy(nursery().join(name), place.path("fee").join(name)).unwrap();
    }
    std::fs::copy(nursery().join("fee.toml"), place.path("fee/service.toml")).unwrap();
    place.run("init sala --ente c_h223 --at 2027-03-20T10:00:00Z");
    for folder in ["{nursery}", "sala", "fee"] {
        let checked = place.run(&format!("--json service check {folder}")).json();
        assert_eq!(checked["sheet"], serde_json::json!([]), "{folder}: {checked}");
        let notes = checked["notes"].as_array().unwrap();
        let terms = notes.iter().filter(|note| note["field"] == "sheet.topics");
        assert_eq!(terms.count(), 0, "{folder}: {notes:?}");
    }
    let nursery = place.run("--json service check {nursery}").json();
    assert_eq!(nursery["notes"], serde_json::json!([]), "the example to be duplicated");
}

#[test]
fn terms_of_no_vocabulary_are_told_and_stand_in_nobodys_way() {
    let place = Place::new();
    copy(&place);
    edit(&place, "nido/service.toml", "\"Assistenza sociale\"", "\"Famiglie felici\"");
    let out = place.run("service check nido").well();
    assert!(out.contains("“Famiglie felici” dev'essere fra: argomenti; usi uno"), "{out}");
    assert!(out.contains("[service.sheet.unknown-topic]"), "{out}");
    let json = place.run("--json service check nido").json();
    assert_eq!(json["notes"][0]["code"], "service.sheet.unknown-topic");
}

#[test]
fn a_duplicate_is_a_draft_of_its_own_that_checks() {
    let place = Place::new();
    let out = place.run("service duplicate {nursery} camp --code centri-estivi-2027").well();
    assert!(out.contains("camp è una bozza di centri-estivi-2027"), "{out}");
    let out = place.run("service check camp").well();
    assert!(
        out.contains("centri-estivi-2027 versione 1: modulo, criteri e posti combaciano"),
        "{out}"
    );
    let original = place.run("service columns {nursery}").well();
    assert_eq!(place.run("service columns camp").well(), original);

    // A draft takes no applications before it is published.
    place.write("families.csv", crate::call::csv());
    let words = "call --service camp --db town.sqlite --new-ente --at 2027-03-20T10:00:00Z import families.csv";
    let err = place.run(words).refused();
    assert!(err.contains("[service.closed]"), "{err}");
}

#[test]
fn duplicating_over_something_or_under_a_bad_code_is_refused_and_changes_nothing() {
    let place = Place::new();
    copy(&place);
    let before = std::fs::read(place.path("nido/service.toml")).unwrap();
    let err = place.run("service duplicate {nursery} nido --code altro-2027").refused();
    assert!(err.contains("indichi una cartella che non c'è"), "{err}");
    assert_eq!(std::fs::read(place.path("nido/service.toml")).unwrap(), before);
    let err = place.run("service duplicate {nursery} camp --code Centri_Estivi").refused();
    assert!(err.contains("rifiutato: 1 problema"), "{err}");
    assert!(!place.path("camp").exists());
    let err = place.run("service duplicate none camp --code altro-2027").refused();
    assert!(err.contains("none/service.toml: "), "{err}");
}

#[test]
fn files_of_a_service_beside_its_folder_survive_a_duplication() {
    let place = Place::new();
    copy(&place);
    std::fs::rename(place.path("nido/criteria.toml"), place.path("criteria.toml")).unwrap();
    edit(
        &place,
        "nido/service.toml",
        "criteria = \"criteria.toml\"",
        "criteria = \"../criteria.toml\"",
    );
    place.run("service check nido").well();
    let before = std::fs::read(place.path("criteria.toml")).unwrap();
    place.run("service duplicate nido camp --code centri-estivi-2027").well();
    assert_eq!(std::fs::read(place.path("criteria.toml")).unwrap(), before);
    place.run("service check camp").well();
}

#[test]
fn problems_of_all_files_are_told_at_once_each_with_its_file() {
    let place = Place::new();
    copy(&place);
    edit(&place, "nido/service.toml", "term_days = 90", "term_days = 0");
    edit(&place, "nido/criteria.toml", "max = 50", "max = -50");
    edit(&place, "nido/places.toml", "group = \"infants\"", "group = \"babies\"");
    let err = place.run("service check nido").refused();
    for file in ["service.toml: ", "criteria.toml: ", "places.toml: "] {
        assert!(err.contains(file), "{file} is not in:\n{err}");
    }
}

#[test]
fn files_that_do_not_read_are_all_named_with_line() {
    let place = Place::new();
    copy(&place);
    place.write("nido/criteria.toml", "version = 1\ntitle =\n");
    std::fs::remove_file(place.path("nido/places.toml")).unwrap();
    let err = place.run("service check nido").refused();
    assert!(err.contains("riga 2, nido/criteria.toml: "), "{err}");
    assert!(err.contains("nido/places.toml: "), "{err}");
    let err = place.run("service check nowhere").refused();
    assert!(
        err.contains("nowhere/service.toml: ") && err.contains("controlli il percorso"),
        "{err}"
    );
    edit(&place, "nido/service.toml", "term_days", "term_dayz");
    let err = place.run("service check nido").refused();
    assert!(err.contains("la voce term_dayz non si conosce; si conoscono: "), "{err}");
}

/// A chain that is drawn, and one of orders that nobody takes.
const THEN: &str = r#"
[[then]]
on = "accepted"
order = "message.tell"
template = "nursery.welcome"
to = "applicant"
"#;

#[test]
fn what_a_service_is_made_of_and_what_follows_is_told_and_drawn() {
    let place = Place::new();
    copy(&place);
    let out = place.run("service check nido").well();
    assert!(out.contains("mattoni: pratica, graduatoria\n"), "{out}");

    let path = place.path("nido/service.toml");
    let service = std::fs::read_to_string(&path).unwrap();
    place.write("nido/service.toml", format!("{service}{THEN}"));
    let out = place.run("service check nido --draw chain.svg").well();
    assert!(out.contains(" → avviso al richiedente (modello nursery.welcome)\n"), "{out}");
    assert!(out.contains("disegno: chain.svg\n"), "{out}");
    let svg = std::fs::read_to_string(place.path("chain.svg")).unwrap();
    assert!(svg.starts_with("<svg ") && svg.contains("nursery.welcome"), "{svg}");
    let json = place.run("--json service check nido").json();
    assert_eq!(json["bricks"], serde_json::json!(["practice", "ranking"]));
    let then = serde_json::json!([
        { "on": "accepted", "order": "message.tell", "brick": "message" }
    ]);
    assert_eq!(json["then"], then);
}

#[test]
fn a_chain_with_a_missing_brick_or_an_order_nobody_takes_is_refused_with_every_problem() {
    let place = Place::new();
    copy(&place);
    let path = place.path("nido/service.toml");
    let service = std::fs::read_to_string(&path).unwrap();
    let then = THEN.replace("\"accepted\"", "\"applauded\"");
    let issue = "[[then]]\non = \"accepted\"\norder = \"document.issue\"\nbrick = \"document\"\n";
    let chain =
        format!("bricks = [\"practice\", \"ranking\", \"document\"]\n{service}{then}\n{issue}");
    place.write("nido/service.toml", chain);
    let err = place.run("service check nido --draw chain.svg").refused();
    for part in [
        "bricks: dev'essere un mattone conosciuto, e “document” non lo è",
        "then[1].on: dev'essere un esito",
        "then[2].order: dev'essere un ordine che un mattone esegue, e nessuno esegue “document.issue”",
        "then[2].brick: dev'essere un mattone conosciuto",
    ] {
        assert!(err.contains(part), "{part} is not in:\n{err}");
    }
    assert!(err.starts_with("rifiutato: 4 problemi"), "{err}");
    assert!(!place.path("chain.svg").exists());
}

const ACT: &str = "--db town.sqlite --basis det.1/2027 --at 2027-01-10T09:00:00Z";

#[test]
fn a_service_is_imported_published_found_and_written_out_again() {
    let place = Place::new();
    copy(&place);
    let unknown = place.run(&format!("service import nido {ACT}")).refused();
    assert!(unknown.contains("[cli.ente.unknown]"), "{unknown}");
    place.run("keys new --db town.sqlite").well();
    let out = place.run(&format!("service import nido --new-ente {ACT}")).well();
    assert!(out.contains("nido-2027, versione 1: importata come bozza"), "{out}");
    // The same again changes nothing, and a draft is not open.
    place.run(&format!("service import nido --new-ente {ACT}")).well();
    let shown = place.run("service show nido-2027 --db town.sqlite").well();
    assert!(shown.contains("in preparazione") && shown.contains("bozza"), "{shown}");

    place.run(&format!("service publish nido-2027 {ACT}")).well();
    let err = place.run(&format!("service publish nido-2027 --version 1 {ACT}")).refused();
    assert!(err.contains("[service.offered.published]"), "{err}");
    let shown = place.run("service show nido-2027 --db town.sqlite").well();
    assert!(shown.contains("pubblicata dal 01/01/2027") && shown.contains("det.1/2027"), "{shown}");

    let list = |words: &str| place.run(&format!("service list {words}--db town.sqlite")).well();
    for words in
        ["", "--category educazione-e-formazione ", "--words iscriz ", "--topic Istruzione "]
    {
        assert!(list(words).contains("Iscrizione ai nidi"), "{words}");
    }
    assert!(list("--words tributi ").contains("0 servizi"));
    let err = place.run("service list --db town.sqlite --category nidi").refused();
    assert!(err.contains("[cli.service.category]") && err.contains("ambiente"), "{err}");

    let toml = place.run("service export nido-2027 --db town.sqlite").well();
    std::fs::create_dir(place.path("back")).unwrap();
    for name in ["criteria.toml", "places.toml"] {
        std::fs::copy(place.path("nido").join(name), place.path("back").join(name)).unwrap();
    }
    place.write("back/service.toml", toml);
    place.run("service check back").well();
}

#[test]
fn versions_of_a_service_are_compared_and_a_service_is_suspended_for_a_reason() {
    let place = Place::new();
    copy(&place);
    place.run("keys new --db town.sqlite").well();
    place.run(&format!("service import nido --new-ente {ACT}")).well();
    place.run(&format!("service publish nido-2027 {ACT}")).well();
    edit(&place, "nido/service.toml", "term_days = 90", "term_days = 60");
    let err = place.run(&format!("service import nido --new-ente {ACT}")).refused();
    assert!(err.contains("[office.service.differs]"), "{err}");
    edit(&place, "nido/service.toml", "version = 1", "version = 2");
    place.run(&format!("service import nido --new-ente {ACT}")).well();
    let diff = place.run("service diff nido-2027 1 2 --db town.sqlite").well();
    assert!(diff.contains("procedure.term_days"), "{diff}");

    let when = "--db town.sqlite --at 2027-03-10T09:00:00Z";
    let out = place.run(&format!("service suspend nido-2027 --reason guasto {when}")).well();
    assert!(out.contains("sospeso: guasto"), "{out}");
    let out = place.run(&format!("service resume nido-2027 --reason risolto {when}")).well();
    assert!(out.contains("aperto"), "{out}");
    let err = place.run("service show gatti --db town.sqlite").refused();
    assert!(err.contains("[office.service.unknown]"), "{err}");
}

/// A step with files, put before the others.
const PAPERS: &str = r#"
[[steps]]
name = "papers"
title = "I documenti"

[[steps.fields]]
name = "works"
label = "Lavori in corso"
kind = "boolean"

[[steps.fields]]
name = "plan"
label = "Planimetria"
kind = "file"
media_types = ["application/pdf"]
max_bytes = 2_500_000
min = 1
max = 3
required_if = { field = "works", equals = true }
"#;

#[test]
fn officials_read_the_sheet_and_the_form_in_their_own_words() {
    let place = Place::new();
    copy(&place);
    let path = place.path("nido/service.toml");
    let service = std::fs::read_to_string(&path).unwrap();
    place.write("nido/service.toml", format!("{service}{PAPERS}"));
    let out = place.run("service check nido --at 2027-03-02T10:00:00Z").well();
    for part in [
        "titolo: Iscrizione ai nidi d'infanzia comunali\n",
        "Se invii oggi, hai una risposta entro il 31/05/2027.",
        "  Telefono: 0522 000000\n",
        "responsabile del procedimento: Dirigente del Servizio, ",
        "chi invia il 02/03/2027 ha una risposta entro il 31/05/2027 (90 giorni)",
        "obbligatorio",
        "Nido Arcobaleno",
        "codice fiscale",
    ] {
        assert!(out.contains(part), "{part} is not in:\n{out}");
    }
    let json = place.run("--json service check nido --at 2027-03-02T10:00:00Z").json();
    assert_eq!(json["answer_by"]["on"], "2027-05-31");
    assert_eq!(json["shown"][1]["title"], "titolo");
}

/// A table of a million keys takes a parser half a minute.
#[test]
fn a_file_is_weighed_before_it_is_parsed() {
    let place = Place::new();
    copy(&place);
    let large = |name: &str| {
        let keys: String = (0..200_000).map(|n| format!("k{n} = 1\n")).collect();
        let before = std::fs::read_to_string(place.path(name)).unwrap_or_default();
        place.write(name, keys);
        let err = place.run("service check nido").refused();
        assert!(err.contains("[cli.file.too-large]") && err.contains("1048576"), "{err}");
        match before.is_empty() {
            true => std::fs::remove_file(place.path(name)).unwrap(),
            false => _ = place.write(name, before),
        }
    };
    for name in ["nido/service.toml", "nido/criteria.toml", "nido/places.toml", "ente.toml"] {
        large(name);
    }
    place.run("service check nido").well();
}
