//! `mattoni staff` and `mattoni practice`: accounts, and an official's day on the real binary.

use crate::call::town;
use crate::command::{Ended, Place};

const MARCH: &str = "2027-03-20T10:00:00Z";
pub(crate) const APRIL: &str = "2027-04-01T08:00:00Z";

/// A town with thirty applications, two offices and four accounts.
pub(crate) fn staffed() -> Place {
    let place = town();
    place.step(MARCH, "import families.csv").well();
    let ced = |words: &str| acts(&place, "ced", words).well();
    run(&place, "staff first ced --full-name Carlo").well();
    ced("staff office add scuola --name Scuola --email scuola@comune.example.it");
    ced("staff office add tributi --name Tributi");
    let service = "--service nido-2027 --from 2027-03-01";
    ced(&format!(
        "staff account add g.verdi --full-name Giulia --role operator --office scuola {service}"
    ));
    ced(&format!(
        "staff account add r.rossi --full-name Rita --role head --office scuola {service}"
    ));
    ced(
        "staff account add l.blu --full-name Luca --role operator --office tributi --from 2027-03-01",
    );
    ced("staff account add a.grigi --full-name Ada --role auditor --from 2027-03-01");
    place
}

fn run(place: &Place, words: &str) -> Ended {
    place.run(&format!("{words} --at {APRIL} --db town.sqlite"))
}

fn acts(place: &Place, account: &str, words: &str) -> Ended {
    run(place, &format!("{words} --as {account}"))
}

#[test]
fn accounts_exist_or_are_refused_and_only_technical_staff_give_them() {
    let place = staffed();
    let err = run(&place, "staff first nuova --full-name Nina").refused();
    assert!(err.contains("[cli.staff.first]"), "{err}");
    let err = acts(&place, "nessuno", "practice list --unassigned").refused();
    assert!(err.contains("[account.unknown]") && !err.contains("g.verdi"), "{err}");
    let add = "staff account add n.nero --full-name Nino --role operator --office scuola";
    let err = acts(&place, "g.verdi", add).refused();
    assert!(err.contains("[account.access.not-theirs]"), "{err}");
    let err = acts(&place, "ced", &add.replace("scuola", "nidi")).refused();
    assert!(err.contains("[office.unknown]"), "{err}");
    let elsewhere = format!("{add} --service nidi --service nido-2027 --office asili");
    let err = acts(&place, "ced", &elsewhere).refused();
    assert!(err.contains("services: ") && err.contains("[office.service.unknown]"), "{err}");
    assert!(err.contains("[office.unknown]"), "all at once: {err}");
    let change = "staff account change g.verdi --service nidi";
    let err = acts(&place, "ced", change).refused();
    assert!(err.contains("[office.service.unknown]"), "{err}");
    let err = acts(&place, "ced", "staff account disable ced").refused();
    assert!(err.contains("[account.own]"), "{err}");

    let out = acts(&place, "g.verdi", "staff account list").well();
    assert!(out.contains("Rita") && out.contains("responsabile") && !out.contains("Luca"), "{out}");
    acts(&place, "ced", "staff account disable g.verdi").well();
    let err = acts(&place, "g.verdi", "practice list --mine").refused();
    assert!(err.contains("[account.disabled]"), "{err}");
    let out = acts(&place, "l.blu", "staff office list").well();
    assert!(out.contains("scuola@comune.example.it"), "{out}");
}

#[test]
fn a_practice_goes_through_an_officials_hands() {
    let place = staffed();
    let g = |words: &str| acts(&place, "g.verdi", words);
    let list = g("--json practice list --unassigned --limit 3").json();
    assert_eq!(list["practices"].as_array().unwrap().len(), 3, "{list}");
    assert_eq!(list["more"], true);
    let number = list["practices"][0]["number"].as_str().unwrap().to_owned();

    let out = g(&format!("practice take {number}")).well();
    assert!(out.contains("presa in carico") && out.contains("g.verdi, ufficio scuola"), "{out}");
    let out = g("practice list --mine").well();
    assert!(out.contains(&number) && out.contains("1 in tutto"), "{out}");
    let out = g("practice list --office scuola").well();
    assert!(out.contains(&number), "{out}");
    let none = acts(&place, "l.blu", "practice list --office scuola").well();
    assert!(none.contains("nessuna pratica"), "{none}");

    let err = g(&format!("practice assign {number} --to nessuno")).refused();
    assert!(err.contains("[account.unknown]"), "{err}");
    let err = g(&format!("practice assign {number} --to l.blu --office scuola")).refused();
    assert!(err.contains("[account.other-office]"), "{err}");
    let err = g(&format!("practice assign {number} --office nidi")).refused();
    assert!(err.contains("[office.unknown]"), "{err}");

    g(&format!("practice note {number} nota-riservata")).well();
    g(&format!("practice write {number} manca-un-foglio")).well();
    let out = g(&format!("practice ask {number} --paper isee --why manca --by 2027-04-20")).well();
    assert!(out.contains("in attesa di integrazione"), "{out}");
    let out = g("practice list --suspended").well();
    assert!(out.contains(&number), "{out}");
    let out = g(&format!("practice show {number}")).well();
    assert!(out.contains("nota-riservata") && out.contains("In carico a: g.verdi"), "{out}");
    let out = g("practice list --due-in 365").well();
    assert!(out.contains("in scadenza entro il 31/03/2028"), "{out}");
    assert!(g("practice list --overdue").well().contains("nessuna pratica"));
    let late = place.run(
        "practice list --overdue --limit 40 --as g.verdi --at 2028-04-01T08:00:00Z --db town.sqlite",
    );
    assert!(late.well().contains("30 in tutto"), "all of them are late by then");
}

#[test]
fn offices_and_accounts_change_and_what_is_not_named_stays() {
    let place = staffed();
    let ced = |words: &str| acts(&place, "ced", words);
    ced("staff office change scuola --phone 0522-1 --head r.rossi").well();
    let out = ced("staff office list").well();
    for kept in ["scuola@comune.example.it", "0522-1", "r.rossi"] {
        assert!(out.contains(kept), "{out}");
    }
    let err = ced("staff office change scuola --head nessuno").refused();
    assert!(err.contains("[account.unknown]"), "{err}");
    ced("staff account change l.blu --office scuola --service nido-2027").well();
    let out = acts(&place, "l.blu", "practice list --unassigned").well();
    assert!(out.contains("nido-2027"), "{out}");
    let err = acts(&place, "l.blu", "staff account change l.blu --role head").refused();
    assert!(err.contains("[account.access.not-theirs]"), "{err}");
}

#[test]
fn whoever_sets_an_ente_up_may_sign_with_a_name() {
    let place = town();
    let act = "--as g.verdi --basis det.1/2027 --db town.sqlite --at 2027-02-01T08:00:00Z";
    place.run(&format!("service import nido --new-ente {act}")).well();
    place.run(&format!("service publish nido-2027 {act}")).well();
    let shown = place.run("service show nido-2027 --db town.sqlite").well();
    assert!(shown.contains("g.verdi"), "{shown}");
}

#[test]
fn settings_are_for_the_accounts_that_own_them() {
    let place = staffed();
    let suspend = "service suspend nido-2027 --reason guasto";
    let err = run(&place, suspend).refused();
    assert!(err.contains("[cli.account.needed]"), "{err}");
    for account in ["ced", "l.blu", "a.grigi"] {
        let err = acts(&place, account, suspend).refused();
        assert!(err.contains("[service.access.not-theirs]"), "{account}: {err}");
    }
    let out = acts(&place, "r.rossi", suspend).well();
    assert!(out.contains("sospeso: guasto"), "{out}");
    let import = "service import nido --basis det.2/2027";
    let err = acts(&place, "r.rossi", import).refused();
    assert!(err.contains("[service.access.not-theirs]"), "{err}");
    let text = std::fs::read_to_string(place.path("nido/service.toml")).unwrap();
    place.write("nido/service.toml", text.replace("version = 1", "version = 2"));
    acts(&place, "ced", import).well();
    let publish = "service publish nido-2027 --from 2027-05-01 --basis det.2/2027";
    let err = acts(&place, "ced", publish).refused();
    assert!(err.contains("[service.access.not-theirs]"), "{err}");
    acts(&place, "r.rossi", publish).well();
}

#[test]
fn families_who_come_to_the_counter_are_served_with_what_they_signed() {
    let place = staffed();
    let g = |words: &str| acts(&place, "g.verdi", words);
    place.write("richiesta.txt", "Chiedo di rispondere per me. Firmato".to_owned());
    place.write("isee.pdf", "%PDF-1.4 ISEE 2027".to_owned());
    let list = g("--json practice list --unassigned --limit 2").json();
    let number = |n: usize| list["practices"][n]["number"].as_str().unwrap().to_owned();
    let (one, other) = (number(0), number(1));
    g(&format!("practice take {one}")).well();
    g(&format!("practice ask {one} --paper isee --why manca --by 2027-04-20")).well();
    let answer = format!("practice answer {one} --paper isee=isee.pdf --note ecco");
    assert_eq!(g(&answer).code, 2, "without a signed request it is no command");
    let err = g(&format!("{answer} --signed richiesta.txt --set eta=3")).refused();
    assert!(err.contains("[form.unknown-field]") && err.contains("eta"), "{err}");
    let out = g(&format!("{answer} --signed richiesta.txt")).well();
    assert!(out.contains("risposta") && !out.contains("in attesa di integrazione"), "{out}");
    let out = g(&format!("practice show {one}")).well();
    assert!(out.contains("isee.pdf") && out.contains("arrivata"), "{out}");
    let withdraw = format!("practice withdraw {other} --reason trasferiti --signed richiesta.txt");
    let err = acts(&place, "l.blu", &withdraw).refused();
    assert!(err.contains("[desk.unknown]"), "{err}");
    let out = g(&withdraw).well();
    assert!(out.contains("ritirata"), "{out}");
    let err = g(&format!("offer accept {one} --signed richiesta.txt")).refused();
    assert!(err.contains("[cli.offer.none]"), "{err}");
    place.run("verify --db town.sqlite").well();
}

#[test]
fn money_that_comes_after_the_end_is_recorded_and_waits_for_a_decision() {
    let place = staffed();
    let g = |words: &str| acts(&place, "g.verdi", words);
    place.write("richiesta.txt", "Ritiro la domanda. Firmato".to_owned());
    let list = g("--json practice list --unassigned --limit 1").json();
    let number = list["practices"][0]["number"].as_str().unwrap().to_owned();
    g(&format!("practice withdraw {number} --reason trasferiti --signed richiesta.txt")).well();
    assert!(g("practice list --surplus").well().contains("nessuna pratica"));
    let paid = format!("practice record-payment {number} --amount 16,00 --reference RT-1");
    g(&paid).well();
    g(&paid).well();
    let out = g("practice list --surplus").well();
    assert!(out.contains(&number) && out.contains("1 in tutto"), "{out}");
    let out = g(&format!("practice show {number}")).well();
    assert_eq!(out.matches("pagati 16,00").count(), 1, "{out}");
    assert!(out.contains("pagato dopo la fine"), "{out}");
    let out = g(&format!("explain {number}")).well();
    assert!(out.contains("pagamento dopo la fine"), "{out}");
    g(&format!("practice refund {number} --reference RT-1 --note mandato-12")).well();
    assert!(g("practice list --surplus").well().contains("nessuna pratica"));
    let out = g(&format!("practice show {number}")).well();
    assert!(out.contains("rimborso deciso il 01/04/2027: mandato-12"), "{out}");
}

#[test]
fn every_way_to_read_about_a_person_is_logged() {
    let place = staffed();
    let read = [
        "explain 2027/0000001".to_owned(),
        "records show practice number=2027/0000001".to_owned(),
        "records history practice number=2027/0000001".to_owned(),
        "records list practice --limit 2".to_owned(),
        format!("person export {} --out persona.zip", "RSSMRA85T10A562S"),
    ];
    for words in &read {
        let err = run(&place, words).refused();
        assert!(err.contains("[cli.account.needed]"), "{words}: {err}");
        let err = acts(&place, "a.grigi", words).refused();
        assert!(err.contains("[reading.reason]"), "{words}: {err}");
        acts(&place, "a.grigi", &format!("{words} --why reclamo-17")).well();
    }
    let own = acts(&place, "a.grigi", "--json staff journal --account a.grigi").json();
    assert_eq!(own["count"], read.len(), "{own}");
    // Who works on it has a reason, and technical staff see no practice at all.
    acts(&place, "g.verdi", &read[0]).well();
    for words in &read[..3] {
        let err = acts(&place, "ced", &format!("{words} --why curiosita")).refused();
        assert!(err.contains("[desk.unknown]"), "{words}: {err}");
    }
    let none = acts(&place, "ced", "--json records list practice --why curiosita").json();
    assert_eq!(none["records"], serde_json::json!([]));
}

#[test]
fn what_was_read_and_done_is_found_by_account() {
    let place = staffed();
    let list = acts(&place, "g.verdi", "--json practice list --unassigned --limit 1").json();
    let number = list["practices"][0]["number"].as_str().unwrap().to_owned();
    acts(&place, "g.verdi", &format!("practice take {number}")).well();
    let show = format!("practice show {number}");
    let err = acts(&place, "a.grigi", &show).refused();
    assert!(err.contains("[reading.reason]"), "who does not work on it says why: {err}");
    acts(&place, "a.grigi", &format!("{show} --why reclamo-17")).well();
    let err = acts(&place, "l.blu", &show).refused();
    assert!(err.contains("[desk.unknown]"), "{err}");

    let journal = "staff journal --account a.grigi";
    let out = acts(&place, "r.rossi", journal).well();
    assert!(out.contains("dati personali letti") && out.contains("reclamo-17"), "{out}");
    let err = acts(&place, "g.verdi", journal).refused();
    assert!(err.contains("[cli.staff.journal]"), "{err}");
    let own = acts(&place, "g.verdi", "--json staff journal --account g.verdi").json();
    let events: Vec<_> =
        own["journal"].as_array().unwrap().iter().map(|e| e["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["reading.read", "practice.taken-in-charge"]);
}

#[test]
fn many_are_decided_at_once_by_a_condition_that_fits_the_form() {
    let place = staffed();
    let g = |words: &[&str]| place.words("town.sqlite", words, &["--as", "g.verdi", "--at", APRIL]);
    let all = acts(&place, "g.verdi", "--json practice list --unassigned --limit 100").json();
    for practice in all["practices"].as_array().unwrap() {
        let number = practice["number"].as_str().unwrap();
        acts(&place, "g.verdi", &format!("practice take {number}")).well();
    }
    let bulk = |condition: &str, more: &[&str]| {
        let words = [
            "--json",
            "practice",
            "bulk",
            "accept",
            "--service",
            "nido-2027",
            "--where",
            condition,
        ];
        g(&[&words[..], &["--motivation", "ISEE entro la soglia"], more].concat())
    };
    let err = bulk("isee <= tanto and eta > 3", &[]).refused();
    assert!(
        err.contains("value.wrong-type") && err.contains("practice.condition.unknown"),
        "{err}"
    );
    let err = bulk("isee <=", &[]).refused();
    assert!(err.contains("practice.condition.syntax") && err.contains("character 8"), "{err}");

    let few = "isee <= 15000 and siblings_under_14 >= 1";
    let preview = bulk(few, &["--preview"]).json();
    let count = preview["would_decide"].as_u64().unwrap();
    assert!(count > 0 && count < 30, "{preview}");
    let done = bulk(few, &["--out", "esiti.csv"]).json();
    assert_eq!(done["done"], count, "{done}");
    let csv = std::fs::read_to_string(place.path("esiti.csv")).unwrap();
    assert_eq!(csv.lines().count() as u64, count + 1, "{csv}");
    let again = bulk(few, &[]).json();
    assert_eq!((&again["done"], &again["unchanged"]), (&0.into(), &count.into()), "{again}");
}

#[test]
fn an_official_decides_on_thousands_and_not_on_their_own() {
    let place = staffed();
    let csv = std::fs::read_to_string(place.path("families.csv")).unwrap();
    let mut lines = csv.lines();
    let column = lines.next().unwrap().split(',').position(|name| name == "applicant_fiscal_code");
    let own = lines.next().unwrap().split(',').nth(column.unwrap()).unwrap();
    let theirs = csv.lines().filter(|line| line.contains(own)).count();
    let details = "--role operator --office scuola --service nido-2027 --from 2027-03-01";
    let add = format!("staff account add m.neri --full-name Mara {details} --fiscal-code {own}");
    acts(&place, "ced", &add).well();
    let all = acts(&place, "g.verdi", "--json practice list --unassigned --limit 100").json();
    for practice in all["practices"].as_array().unwrap() {
        let number = practice["number"].as_str().unwrap();
        acts(&place, "g.verdi", &format!("practice take {number}")).well();
    }
    let bulk = "--json practice bulk accept --service nido-2027 --motivation posti-liberi";
    let done = acts(&place, "m.neri", bulk).json();
    assert_eq!(done["refused"], theirs, "{done}");
    assert_eq!(done["done"], 30 - theirs, "{done}");
    let told = done["results"].to_string();
    assert_eq!(told.matches("practice.access.conflict-of-interest").count(), theirs, "{told}");
}
