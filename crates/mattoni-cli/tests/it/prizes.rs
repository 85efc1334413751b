//! Rankings over money, and second applications for one child, as a service says it.

use serde_json::Value;

use crate::call::town;
use crate::command::Place;

const MARCH: &str = "2027-03-20T10:00:00Z";

fn edit(place: &Place, file: &str, from: &str, to: &str) {
    let path = place.path("nido").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from} is not in {file}");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// The one ranking of the place, whole.
fn run(place: &Place) -> Value {
    let all = place.run("--json ranking list --db town.sqlite").json();
    let digest = all[0]["run"].as_str().unwrap();
    place.run(&format!("ranking export {digest} --out run.json --db town.sqlite")).well();
    serde_json::from_str(&std::fs::read_to_string(place.path("run.json")).unwrap()).unwrap()
}

/// Import, scores, and a published ranking that is proved.
fn published(place: &Place) {
    place.step(MARCH, "import families.csv").well();
    place.step("2027-05-03T08:00:00Z", "score").well();
    place.step("2027-05-04T08:00:00Z", "draw-up").well();
    place.step("2027-05-05T08:00:00Z", "publish").well();
    place.run("verify --db town.sqlite").well();
}

/// Whoever left the ISEE out says 20,000 euro.
fn say_all(place: &Place) {
    let csv = std::fs::read_to_string(place.path("families.csv")).unwrap();
    let isee = csv.lines().next().unwrap().split(',').position(|name| name == "isee").unwrap();
    let filled = csv.lines().map(|line| {
        let mut cells: Vec<_> = line.split(',').collect();
        if cells[isee].is_empty() {
            cells[isee] = "20000.00";
        }
        cells.join(",")
    });
    place.write("families.csv", filled.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_fund_is_shared_out_to_the_cent_by_the_amounts_that_were_asked_for() {
    let place = town();
    edit(
        &place,
        "service.toml",
        "places = \"places.toml\"",
        "fund = \"fund.toml\"\namount = \"isee\"",
    );
    let err = place.run("service check nido").refused();
    assert!(err.contains("ranking.amount"), "whoever leaves it out asks for nothing: {err}");
    let text = std::fs::read_to_string(place.path("nido/service.toml")).unwrap();
    let (before, isee) = text.split_once("name = \"isee\"").unwrap();
    let isee = isee.replacen("optional = true\n", "", 1);
    place.write("nido/service.toml", format!("{before}name = \"isee\"{isee}"));
    say_all(&place);
    place.write(
        "nido/fund.toml",
        "category = [{ limit = { budget = \"10000.01\" }, when_short = \"pro-rata\" }]\n"
            .to_owned(),
    );
    published(&place);
    let run = run(&place);
    let cents = |line: &Value| {
        let granted = (line["outcome"]["is"] == "granted").then(|| &line["outcome"]["amount"])?;
        granted.as_str()?.replace('.', "").parse::<u64>().ok()
    };
    let lines = run["lines"].as_array().unwrap();
    let granted: Vec<u64> = lines.iter().filter_map(cents).collect();
    assert!(granted.len() > 10, "{}", lines[0]);
    assert_eq!(granted.iter().sum::<u64>(), 1_000_001, "all of it, and not a cent more");
}

#[test]
fn a_fund_without_an_amount_to_ask_for_and_one_beside_places_are_refused() {
    let place = town();
    edit(
        &place,
        "service.toml",
        "places = \"places.toml\"",
        "places = \"places.toml\"\nfund = \"fund.toml\"",
    );
    let err = place.run("service check nido").refused();
    assert!(err.contains("ranking.fund") && err.contains("[service.ranking]"), "{err}");
    edit(&place, "service.toml", "fund = \"fund.toml\"", "amount = \"resident\"");
    let err = place.run("service check nido").refused();
    assert!(err.contains("ranking.amount"), "{err}");
}

/// The families, and the first of them once more with another first choice.
fn twice(place: &Place) {
    let csv = std::fs::read_to_string(place.path("families.csv")).unwrap();
    let mut lines = csv.lines();
    let (header, first) = (lines.next().unwrap(), lines.next().unwrap());
    let column = |name: &str| header.split(',').position(|column| column == name).unwrap();
    let (isee, mut again) =
        (column("isee"), first.split(',').map(str::to_owned).collect::<Vec<_>>());
    again[isee] = "999.99".to_owned();
    place.write("families.csv", format!("{csv}{}\n", again.join(",")));
}

#[test]
fn a_second_application_for_a_child_is_refused_or_the_ranking_keeps_one_by_rule() {
    let place = town();
    twice(&place);
    let err = place.step(MARCH, "import families.csv").refused();
    assert!(err.contains("[desk.import.duplicate]"), "{err}");

    for rule in ["keep-last", "keep-first"] {
        let place = town();
        twice(&place);
        edit(
            &place,
            "service.toml",
            "criteria = \"criteria.toml\"",
            &format!("criteria = \"criteria.toml\"\nduplicates = \"{rule}\""),
        );
        let err = place.run("service check nido").refused();
        assert!(err.contains("[desk.fit.duplicates]"), "{err}");
        edit(
            &place,
            "criteria.toml",
            "version = 1",
            &format!("version = 1\nduplicates = \"{rule}\""),
        );
        published(&place);
        let again = place.step("2027-03-21T10:00:00Z", "--json import families.csv").json();
        assert_eq!((&again["opened"], &again["existing"]), (&0.into(), &31.into()));
        let run = run(&place);
        let lines = run["lines"].as_array().unwrap();
        let doubles: Vec<_> =
            lines.iter().filter(|line| line["outcome"]["is"] == "duplicate").collect();
        let [out] = doubles[..] else { panic!("one of the two is left out: {doubles:?}") };
        let (out, kept) = (&out["applicant"]["code"], &out["outcome"]["kept"]);
        assert_eq!(kept.as_str() > out.as_str(), rule == "keep-last", "{kept} {out}");
    }
}
