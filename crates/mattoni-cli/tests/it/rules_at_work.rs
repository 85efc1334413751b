//! A service with rules of its own, from applications to amounts: `service check`, `call`, `tick`,
//! `explain`.

use crate::command::{Place, nursery};

const APRIL: &str = "2027-04-01T08:00:00Z";

const HEADER: &str = "applicant_fiscal_code,applicant_given_name,applicant_family_name,\
    applicant_birth_date,people,minors,frail,income,contract_from,contract_until,registered_on,rent";

/// A place with the rent contribution of the examples, and what two families wrote: the contract of
/// the second is not registered.
fn town() -> Place {
    let place = Place::new();
    std::fs::create_dir(place.path("nido")).unwrap();
    let example = nursery().join("../bonus/rent/service.toml");
    std::fs::copy(example, place.path("nido/service.toml")).unwrap();
    let first = "RSSMRA80A41H501Y,Maria,Rossi,1980-01-01,3,1,no,10000.00,2026-03-01,2030-02-28,\
        2026-03-10,3400.00";
    let second = "RSSMRA80A01H501U,Mario,Rossi,1980-01-01,3,1,no,10000.00,2026-03-01,2030-02-28,,\
        3400.00";
    place.write("families.csv", format!("{HEADER}\n{first}\n{second}\n"));
    place
}

#[test]
fn amounts_are_worked_out_explained_and_computed_again() {
    let place = town();
    let checked = place.run("service check nido").well();
    assert!(
        checked.contains("rent-form-checks")
            && checked.contains("(importo spettante, dopo l'invio)")
    );

    let imported = place.step(APRIL, "import families.csv");
    assert_eq!(imported.code, 1, "{imported:?}");
    assert!(imported.out.contains("1 inviate e protocollate, 1 rifiutate"), "{}", imported.out);
    assert!(imported.err.contains("Il contratto deve essere registrato."), "{}", imported.err);

    let applied = place.step(APRIL, "rules").well();
    assert!(applied.contains("importo spettante") && applied.contains("home-bonus"), "{applied}");
    let again = place.step(APRIL, "--json rules").json();
    assert_eq!(again["rules"][0]["noted"], 0);

    let explained = place.run("explain 2027/0000001 --db town.sqlite").well();
    for told in [
        "Importo spettante",
        "Spettano 2.000,00 euro.",
        "Fascia A: il canone supera il 14% del reddito.",
        "D.M. 7 giugno 1999, art. 2, c. 3",
    ] {
        assert!(explained.contains(told), "{told} is not in {explained}");
    }
    place.run("verify --db town.sqlite").well();
}

#[test]
fn the_clock_applies_the_rules_and_says_so() {
    let place = town();
    place.step(APRIL, "import families.csv");
    let ticked = place.run(&format!("tick --db town.sqlite --at {APRIL}")).well();
    let told = "servizio contributo-affitto-2027, importo spettante: 1 risposta";
    assert!(ticked.contains(told), "{ticked}");
}

#[test]
fn a_form_that_does_not_ask_what_a_rule_needs_is_refused_before_anybody_applies() {
    let place = town();
    let text = std::fs::read_to_string(place.path("nido/service.toml")).unwrap();
    let without: Vec<_> = text.lines().filter(|line| !line.contains("\"income\"")).collect();
    place.write("nido/service.toml", without.join("\n"));
    let refused = place.run("service check nido").refused();
    assert!(refused.contains("desk.fit.input") && refused.contains("steps: income"), "{refused}");
}
