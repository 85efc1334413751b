//! What `docs/ranking.md` tells councillors is what comes out.

use std::process::Command;

use mattoni_ranking::{
    Assignment, Criteria, CriteriaSource, Entrants, Market, Measures, Prize, Unfilled,
};

use crate::new_haven::new_haven;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/");

fn docs(name: &str) -> String {
    std::fs::read_to_string(format!("{DOCS}{name}")).unwrap()
}

/// A number as Italians write it.
fn told(n: u32) -> String {
    if n < 1_000 { n.to_string() } else { format!("{}.{:03}", n / 1_000, n % 1_000) }
}

#[test]
fn the_numbers_told_of_new_haven_are_those_that_come_out() {
    let Some((call, people)) = new_haven("single", Unfilled::Kept) else { return };
    let Prize::Places(facilities) = &call.prize else { panic!("places") };
    let source = "version = 1\ntitle = \"\"\ndraw = { kind = \"single\", seed = \"bench\" }";
    let criteria = Criteria::new(toml::from_str::<CriteriaSource>(source).unwrap()).unwrap();
    let entrants = Entrants::check(&criteria, &people).unwrap();
    let market = Market::check(facilities, &people).unwrap();
    let ranked = entrants.rank().unwrap();
    let page = docs("ranking.md").replace('*', "");
    for (name, assignment) in [
        ("accettazione differita", Assignment::deferred(&market, &ranked)),
        ("accettazione immediata", Assignment::immediate(&market, &ranked)),
        ("cicli di scambio", Assignment::top_trading(&market, &ranked)),
    ] {
        let Measures { placed, by_choice, passed_over } = assignment.measures(&market, &ranked);
        let row = format!(
            "| {name} | {} | {} | {} |",
            told(placed),
            told(by_choice[0]),
            told(passed_over)
        );
        assert!(page.contains(&row), "{row}");
    }
}

#[test]
fn the_pictures_are_those_the_script_draws_from_the_page() {
    let folder = std::env::temp_dir().join(format!("mattoni-pictures-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let script = format!("{DOCS}scripts/ranking_pictures.py");
    let drawn = Command::new("python3").arg(script).arg(&folder).status();
    let Ok(drawn) = drawn else {
        eprintln!("python3 is not here: the pictures are not drawn");
        return;
    };
    assert!(drawn.success());
    for name in ["ranking-method.svg", "ranking-alternatives.svg"] {
        let picture = std::fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(picture, docs(name), "{name}: run python3 docs/scripts/ranking_pictures.py");
        assert!(docs("ranking.md").contains(name), "{name} is shown nowhere");
    }
    std::fs::remove_dir_all(folder).unwrap();
}
