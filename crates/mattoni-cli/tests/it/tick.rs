//! `mattoni tick`: what has to be done because time has passed.

use crate::call::town;
use crate::command::Place;

const TICK: &str = "tick --db town.sqlite";

fn letters(place: &Place) -> usize {
    let text = std::fs::read_to_string(place.path("town.messages.jsonl")).unwrap_or_default();
    text.lines().count()
}

#[test]
fn a_window_that_opens_and_closes_is_told_once() {
    let place = town();
    let act = "--basis det.1/2027 --db town.sqlite --at 2027-02-01T08:00:00Z";
    place.run(&format!("service import nido --new-ente {act}"));
    place.run(&format!("service publish nido-2027 {act}")).well();
    let tick = |at: &str| place.run(&format!("{TICK} --at {at}")).well();
    let quiet = "nessuna novità\n";
    // Nine in Italy is eight in UTC.
    assert_eq!(tick("2027-03-01T07:59:59Z"), "servizio nido-2027: non ancora aperto\n");
    assert_eq!(tick("2027-03-01T08:00:00Z"), "servizio nido-2027: aperto\n");
    assert_eq!(tick("2027-03-20T08:00:00Z"), quiet);
    assert_eq!(tick("2027-04-01T10:00:00Z"), "servizio nido-2027: chiuso\n");
    assert_eq!(tick("2027-04-01T10:00:00Z"), quiet);
}

#[test]
fn a_last_day_that_comes_near_is_reminded_of_and_an_offer_nobody_answers_lapses() {
    let place = town();
    place.step("2027-03-20T10:00:00Z", "import families.csv").well();
    let json = |at: &str| place.run(&format!("--json {TICK} --at {at}")).json();
    // Ninety days from submission: in June.
    let near = json("2027-06-15T04:00:00Z");
    assert_eq!(near["events"]["clock.reminded"].as_u64(), Some(30), "{near}");
    assert_eq!(near["refused"], serde_json::json!([]));
    let told = letters(&place);
    assert!(told >= 30, "receipts were written: {told}");
    assert_eq!(json("2027-06-15T04:00:00Z")["events"], serde_json::json!({}));
    assert_eq!(letters(&place), told);

    let place = crate::call::drawn_up();
    place.step("2027-05-05T08:00:00Z", "publish").well();
    place.step("2027-05-06T08:00:00Z", "offer --answer-by 2027-05-17").well();
    let lapsed = |at: &str| {
        let report = place.run(&format!("--json {TICK} --at {at}")).json();
        report["events"]["ranking.offer.lapsed"].as_u64().unwrap_or_default()
    };
    assert_eq!(lapsed("2027-05-17T20:00:00Z"), 0, "the last day is included");
    assert!(lapsed("2027-05-18T04:00:00Z") > 0);
    assert_eq!(lapsed("2027-05-18T04:00:00Z"), 0);
    place.run("verify --db town.sqlite").well();
}

/// Ninety days from 20 March are 18 June 2027, a Friday. Where that is the patron saint's day, the
/// term ends on the Saturday, and the office is reminded a day later.
#[test]
fn terms_are_counted_by_the_calendar_of_the_ente() {
    let place = town();
    let patron = r#"{ name = "San Calogero", month = 6, day = 18 }"#;
    place.write("ente.toml", format!("ente = \"c_h223\"\n[calendar]\npatron = {patron}\n"));
    place.step("2027-03-20T10:00:00Z", "import families.csv").well();
    let reminded = |at: &str| {
        let report = place.run(&format!("--json {TICK} --at {at}")).json();
        report["events"]["clock.reminded"].as_u64().unwrap_or_default()
    };
    assert_eq!(reminded("2027-06-13T04:00:00Z"), 0);
    assert_eq!(reminded("2027-06-14T04:00:00Z"), 30);

    let import = "service import nido --basis det.1/2027 --db town.sqlite";
    place.write("ente.toml", "ente = \"c_f205\"\n".to_owned());
    assert!(place.run(import).refused().contains("cli.ente.other"));
    place.write(
        "ente.toml",
        "ente = \"c_h223\"\n[calendar]\npatron = { name = \"X\", month = 2, day = 30 }\n"
            .to_owned(),
    );
    assert!(place.run(import).refused().contains("core.calendar.patron-day"));
}

/// Terms run when a day becomes a holiday: they are counted again, once, and say why.
#[test]
fn a_holiday_known_later_moves_the_terms_that_run() {
    let place = town();
    place.write("ente.toml", "ente = \"c_h223\"\n".to_owned());
    place.step("2027-03-20T10:00:00Z", "import families.csv").well();
    let explain = || place.run("explain 2027/0000001 --db town.sqlite").well();
    assert!(explain().contains("Risposta entro il 18/06/2027"), "{}", explain());
    let day = "[[calendar.holidays]]\non = \"2027-06-18\"\nname = \"Centenario\"\n\
               source = \"D.L. 5/2027\"\n";
    place.write("ente.toml", format!("ente = \"c_h223\"\n{day}"));
    let import = |version: &str| {
        let text = std::fs::read_to_string(place.path("nido/service.toml")).unwrap();
        place.write("nido/service.toml", text.replace("version = 1", version));
        let basis = "--basis det.9/2027 --db town.sqlite --at 2027-05-05T08:00:00Z";
        place.run(&format!("--json service import nido {basis}")).json()
    };
    let told = import("version = 2");
    assert_eq!(told["recounted"], 30, "{told}");
    assert_eq!(import("version = 2")["recounted"], 0);
    let out = explain();
    assert!(out.contains("Risposta entro il 19/06/2027") && out.contains("Centenario"), "{out}");
    assert!(out.contains("il calendario dei giorni festivi dell'ente è cambiato"), "{out}");
    let tick = place.run(&format!("{TICK} --at 2027-05-06T08:00:00Z")).well();
    assert!(!tick.contains("ricontat"), "{tick}");
    place.run("verify --db town.sqlite").well();
}
