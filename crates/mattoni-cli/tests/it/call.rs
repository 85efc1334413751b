//! `mattoni call`: a service's call from file to last place, step by step.

use nursery::town::{families, to_csv};

use crate::command::{Place, nursery};

/// Thirty families of the example's kind.
pub(crate) fn csv() -> String {
    to_csv(&families(30, 7))
}

/// A place with a copy of the nursery that has few places, so that some families wait, and with the
/// key of its database.
pub(crate) fn town() -> Place {
    let place = town_in(Place::new());
    place.run("keys new --db town.sqlite").well();
    place
}

/// The same without a key.
pub(crate) fn town_in(place: Place) -> Place {
    std::fs::create_dir(place.path("nido")).unwrap();
    for name in ["service.toml", "criteria.toml"] {
        std::fs::copy(nursery().join(name), place.path("nido").join(name)).unwrap();
    }
    let places = std::fs::read_to_string(nursery().join("places.toml")).unwrap();
    let few = places.lines().map(|line| match line.strip_prefix("places = ") {
        Some(_) => "places = 1".to_owned(),
        None if line.starts_with("reserved") => String::new(),
        None => line.to_owned(),
    });
    let text: Vec<_> = few.collect();
    place.write("nido/places.toml", text.join("\n"));
    place.write("families.csv", csv());
    place
}

const MARCH: &str = "2027-03-20T10:00:00Z";

/// As [`drawn_up`], with nothing sealed.
pub(crate) fn drawn_up_in_the_clear() -> Place {
    let place = town_in(Place::new());
    for (at, step) in [
        (MARCH, "import families.csv"),
        ("2027-05-03T08:00:00Z", "score"),
        ("2027-05-04T08:00:00Z", "draw-up"),
    ] {
        let call = "--unsealed call --service nido --db town.sqlite --new-ente";
        place.run(&format!("{call} --at {at} {step}")).well();
    }
    place
}

/// A town whose ranking is drawn up.
pub(crate) fn drawn_up() -> Place {
    let place = town();
    place.step(MARCH, "import families.csv").well();
    place.step("2027-05-03T08:00:00Z", "score").well();
    place.step("2027-05-04T08:00:00Z", "draw-up").well();
    place
}

#[test]
fn a_file_in_italian_is_taken_in_where_it_is_said_to_be() {
    let place = town();
    let italian = |cell: &str| match cell.split('-').collect::<Vec<_>>()[..] {
        [year, month, day] if year.len() == 4 && day.len() == 2 => format!("{day}/{month}/{year}"),
        _ if cell.starts_with(|c: char| c.is_ascii_digit()) => cell.replace('.', ","),
        _ => cell.to_owned(),
    };
    let lines = csv();
    let lines =
        lines.lines().map(|line| line.split(',').map(italian).collect::<Vec<_>>().join(";"));
    place.write("italiano.csv", lines.collect::<Vec<_>>().join("\n"));
    place.step(MARCH, "import italiano.csv").refused();
    place.step(MARCH, "import italiano.csv --italian").well();
    // The same applications, whichever way they are written.
    let again = place.step(MARCH, "import families.csv --json").json();
    assert_eq!((again["opened"].as_u64(), again["existing"].as_u64()), (Some(0), Some(30)));
}

#[test]
fn a_call_goes_from_file_to_last_place_and_each_step_can_be_repeated() {
    let place = town();
    let out = place.step(MARCH, "import families.csv").well();
    assert!(out.starts_with("30 domande acquisite, 0 c'erano già, 30 inviate"));
    let out = place.step(MARCH, "import families.csv").well();
    assert!(out.starts_with("0 domande acquisite, 30 c'erano già, 0 inviate"));

    let out = place.step("2027-05-03T08:00:00Z", "score").well();
    assert!(
        out.starts_with("30 domande valutate da nursery-points")
            && out.contains("30 risposte annotate")
    );
    let out = place.step("2027-05-03T08:00:00Z", "score").well();
    assert!(out.contains(" 0 risposte annotate"), "{out}");

    let first = place.step("2027-05-04T08:00:00Z", "draw-up").well();
    assert!(first.contains("30 domande, bozza "), "{first}");
    assert_eq!(place.step("2027-05-04T09:00:00Z", "draw-up").well(), first);

    let list = place.step("2027-05-05T08:00:00Z", "publish").well();
    // Nurseries are named after people too.
    let places = std::fs::read_to_string(place.path("nido/places.toml")).unwrap();
    for name in csv().lines().skip(1).flat_map(|line| line.split(',').take(8).map(str::to_owned)) {
        if places.contains(&name) {
            continue;
        }
        assert!(!list.contains(&name), "{name} is on the public list");
    }
    let err = place.step("2027-05-05T09:00:00Z", "publish").refused();
    assert!(err.contains("[ranking.run.published]"), "{err}");

    let offer = "offer --answer-by 2027-05-17";
    let out = place.step("2027-05-06T08:00:00Z", offer).well();
    assert!(out.ends_with(" posti offerti\n") && !out.starts_with("0 "), "{out}");
    assert_eq!(place.step("2027-05-06T08:00:00Z", offer).well(), "0 posti offerti\n");

    // Nobody answered: all offers lapse, and those who waited are offered the places.
    let up = "move-up --answer-by 2027-05-28";
    let out = place.step("2027-05-18T08:00:00Z", up).well();
    assert!(out.contains(" offerte decadute, ") && !out.starts_with("0 "), "{out}");
    let again = place.step("2027-05-18T08:00:00Z", up).well();
    assert_eq!(again, "0 offerte decadute, 0 famiglie salite\n");
    let past = place.step("2027-05-18T09:00:00Z", "move-up --answer-by 2027-05-10").refused();
    assert!(past.contains("[ranking.offer.past-term]"), "{past}");
    assert!(list.contains("posto assegnato: Nido "), "people read names, not codes: {list}");

    let messages = std::fs::read_to_string(place.path("town.messages.jsonl")).unwrap();
    let mut keys: Vec<String> = messages
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["key"].to_string())
        .collect();
    let count = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), count, "no message is written twice");
    place.run("verify --db town.sqlite").well();
}

#[test]
fn another_run_is_compared_with_the_published_one_and_takes_its_place() {
    let place = drawn_up();
    place.step("2027-05-05T08:00:00Z", "publish").well();
    let other = "draw-up --seed altra";
    let err = place.step("2027-05-06T08:00:00Z", other).refused();
    assert!(err.contains("apra una nuova graduatoria"), "{err}");
    place.step("2027-05-06T08:00:00Z", &format!("--run 2 {other}")).well();

    let out = place.step("2027-05-06T09:00:00Z", "--run 2 compare --with 1").well();
    assert!(out.contains(" righe diverse, "), "{out}");
    let out = place.step("2027-05-06T09:00:00Z", "--run 1 compare --with 1").well();
    assert!(out.contains("0 righe diverse, 0 nell'esito"), "{out}");

    let supersede = "--run 2 supersede --old 1 --reason ricorso";
    let list = place.step("2027-05-07T08:00:00Z", supersede).well();
    assert!(list.contains("Sorteggio: altra"), "{list}");
    let err = place.step("2027-05-08T08:00:00Z", supersede).refused();
    assert!(err.contains("già stata sostituita"), "{err}");
    let err = place.step("2027-05-08T08:00:00Z", "offer --answer-by 2027-05-17").refused();
    assert!(err.contains("ha preso il suo posto"), "{err}");
    place.step("2027-05-08T08:00:00Z", "--run 2 offer --answer-by 2027-05-17").well();
    place.run("verify --db town.sqlite").well();
}

#[test]
fn every_step_answers_machines_in_json() {
    let place = town();
    let step = |at: &str, step: &str| {
        let words =
            format!("--json call --service nido --db town.sqlite --new-ente --at {at} {step}");
        place.run(&words).json()
    };
    assert_eq!(step(MARCH, "import families.csv")["opened"], 30);
    assert_eq!(step("2027-05-03T08:00:00Z", "score")["noted"], 30);
    assert_eq!(step("2027-05-04T08:00:00Z", "draw-up")["lines"], 30);
    assert_eq!(step("2027-05-05T08:00:00Z", "publish")["entries"].as_array().unwrap().len(), 30);
    assert!(
        step("2027-05-06T08:00:00Z", "offer --answer-by 2027-05-17")["offers"].as_u64() > Some(0)
    );
    let moved = step("2027-05-18T08:00:00Z", "move-up --answer-by 2027-05-28");
    assert!(moved["lapsed"].as_u64() > Some(0));
}

#[test]
fn a_bad_file_is_refused_whole_with_every_problem() {
    let place = town();
    let mut lines: Vec<String> = csv().lines().map(str::to_owned).collect();
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let mut second = cells(&lines[2]);
    second[7] = "2026-13-01".into();
    lines[2] = second.join(",");
    let mut fourth = cells(&lines[4]);
    fourth[12] = "many".into();
    lines[4] = fourth.join(",");
    lines.push(lines[1].clone());
    place.write("bad.csv", lines.join("\n"));
    let err = place.step(MARCH, "import bad.csv").refused();
    assert!(err.starts_with("rifiutato: 3 problemi, niente è stato cambiato\n"), "{err}");
    assert!(err.contains("riga 3, child_birth_date: dev'essere una data che esiste"), "{err}");
    assert!(err.contains("riga 5, siblings_under_14: "), "{err}");
    assert!(err.contains("riga 32, child_fiscal_code: la stessa domanda è alla riga 2"), "{err}");
    let out = place.step(MARCH, "import families.csv").well();
    assert!(out.starts_with("30 domande acquisite"), "nothing was half-imported: {out}");
}

#[test]
fn steps_out_of_order_or_out_of_time_say_what_to_do() {
    let place = town();
    let err = place.step("2027-04-02T10:00:00Z", "import families.csv").refused();
    assert!(err.contains("guardi quando è aperto"), "{err}");
    let err = place.step(MARCH, "import none.csv").refused();
    assert!(err.contains("none.csv: ") && err.contains("controlli il percorso"), "{err}");
    for step in ["publish", "offer --answer-by 2027-05-17", "move-up --answer-by 2027-05-28"] {
        let err = place.step("2027-05-05T08:00:00Z", step).refused();
        assert!(err.contains("prima la formi [desk.rank.not-drawn]"), "{step}: {err}");
    }
    place.step(MARCH, "import families.csv").well();
    let err = place.step("2027-05-04T08:00:00Z", "draw-up").refused();
    assert!(err.contains("not-scored"), "{err}");
    let err = place.step("2027-05-03T08:00:00Z", "score --plugins nowhere").refused();
    assert!(err.contains("nowhere/nursery-points.wasm: "), "{err}");
    place.step("2027-05-03T08:00:00Z", "score").well();
    place.step("2027-05-04T08:00:00Z", "draw-up").well();
    let err = place.step("2027-05-06T08:00:00Z", "offer --answer-by 2027-05-17").refused();
    assert!(err.contains("prima pubblichi la graduatoria"), "{err}");
    place.step("2027-05-05T08:00:00Z", "publish").well();
    let err = place.step("2027-05-06T08:00:00Z", "offer --answer-by 2027-05-01").refused();
    assert!(err.contains("2027-05-01"), "{err}");
    let err = place.step("2027-05-06T08:00:00Z", "draw-up --seed another").refused();
    assert!(err.contains("[ranking.run.published]"), "{err}");
}
