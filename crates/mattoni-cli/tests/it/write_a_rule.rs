//! docs/write-a-rule.md, carried out from an empty folder as it stands there.

use crate::tutorial::{Page, checkout, keep, steps};

const PAGE: &str = include_str!("../../../../docs/write-a-rule.md");

/// A rule's code without comments and margins.
fn bare(code: &str) -> String {
    let lines = code.lines().map(str::trim);
    lines.filter(|line| !line.starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_stranger_writes_tests_measures_and_signs_a_rule_from_the_page_alone() {
    let (place, mut page) = (checkout(), Page::of(PAGE));
    page.only_shown("console", "$ alias mattoni=");
    page.follow(&place, "mattoni rules new contribution");
    let rule = bare(&std::fs::read_to_string(place.path("contribution/src/lib.rs")).unwrap());
    for begins in ["#[derive(Inputs)]", "#[derive(Parameters)]", "#[derive(Reasons)]", "fn grant"] {
        for part in page.next("rust", begins).split("\n\n") {
            let part = bare(part);
            assert!(rule.contains(&part), "the rule that was begun has no\n{part}");
        }
    }
    keep(&place, "contribution");
    place.write("contribution/cases.csv", page.next("csv", "case,"));
    page.follow(&place, "cargo test --manifest-path contribution/Cargo.toml");
    assert!(place.path("result.xml").exists());

    place.write("households.csv", page.next("csv", "district,"));
    page.follow(&place, "mattoni rules inspect");
    let compared = page.follow(&place, "mattoni rules compare").remove(0);
    assert!(compared.contains("nord") && compared.contains("sud"), "{compared}");
    // What `run` prints is a table of cases too, once the column that the rule does not know is out.
    let answered = std::fs::read_to_string(place.path("out.csv")).unwrap();
    place.write("answered.csv", answered.replacen("district", "case", 1));
    place
        .run(&format!(
            "rules test {} answered.csv",
            place.path("target/plugins/contribution.wasm").display()
        ))
        .well();

    page.follow(&place, "mattoni init contributi");
    let service = place.path("contributi/service.toml");
    let begun = std::fs::read_to_string(&service).unwrap();
    let fields = page.next("toml", "[[steps.fields]]");
    place.write("contributi/service.toml", format!("{begun}\n{fields}"));
    let said = page.follow(&place, "mattoni service check contributi").remove(0);
    assert!(said.contains("contribution 1.0.0"), "{said}");
    // A part of a program; docs/embed.md compiles whole ones.
    page.only_shown("rust", "let rules = ServiceRules::grant");

    // The publisher of the page is not the one that is drawn here.
    let mut publisher: Option<String> = None;
    let block = page.next("console", "$ mattoni rules key our.key");
    for mut step in steps(&block.replace("editore 3b6a27bc…", "editore …")) {
        if let Some(drawn) = &publisher {
            step.command = step.command.replace("3b6a27bc…", drawn);
        }
        let said = step.take(&place);
        let drawn = said.lines().find_map(|line| line.strip_prefix("editore "));
        publisher = publisher.or_else(|| drawn.map(str::to_owned));
    }
    page.end();
}
