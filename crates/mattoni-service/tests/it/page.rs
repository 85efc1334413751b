//! The page for officials says what the code does.

use std::fmt::Write as _;

use expect_test::expect_file;
use mattoni_service::{BUSINESS_EVENTS, BrickOutcome, Category, LIFE_EVENTS, Sheet, Staff, TOPICS};

use crate::changes::every_setting;

/// Puts what the code prints between the marks `<!-- name -->` and `<!-- fine name -->`.
fn printed(mut page: String, name: &str, text: &str) -> String {
    let (start, end) = (format!("<!-- {name} -->\n\n"), format!("<!-- fine {name} -->"));
    let from = page.find(&start).unwrap() + start.len();
    let to = page.find(&end).unwrap();
    page.replace_range(from..to, &format!("{text}\n"));
    page
}

fn sheet() -> String {
    let mut text = "| voce | nel file |\n| --- | --- |\n".to_owned();
    for problem in Sheet::default().lint() {
        let (_, rest) = problem.rule.split_once('“').unwrap();
        let (item, _) = rest.split_once('”').unwrap();
        writeln!(text, "| {item} | `{}` |", problem.field.trim_start_matches("sheet.")).unwrap();
    }
    text
}

fn settings() -> String {
    let mut text = "| che cosa | chi |\n| --- | --- |\n".to_owned();
    for setting in every_setting() {
        let who = match setting.owner() {
            Staff::Office => "l'ufficio che offre il servizio",
            Staff::Technical => "il personale tecnico",
        };
        writeln!(text, "| {} | {who} |", setting.italian()).unwrap();
    }
    text
}

fn outcomes() -> String {
    let mut text = "| nel file | mattone | esito |\n| --- | --- | --- |\n".to_owned();
    for BrickOutcome { name, brick, italian, .. } in BrickOutcome::ALL {
        writeln!(text, "| `{name}` | `{brick}` | {italian} |").unwrap();
    }
    text
}

fn lists() -> String {
    let mut text = String::new();
    let categories: Vec<_> = Category::ALL.iter().map(|category| category.italian()).collect();
    writeln!(text, "**Categorie** ({}): {}.", categories.len(), categories.join("; ")).unwrap();
    for list in [TOPICS, LIFE_EVENTS, BUSINESS_EVENTS] {
        let (first, rest) = list.name.split_at(1);
        let name = format!("{}{rest}", first.to_uppercase());
        let terms = list.terms.join("; ");
        writeln!(text, "\n**{name}** ({}): {terms}.\n\nFonte: {}.", list.terms.len(), list.source)
            .unwrap();
    }
    text
}

#[test]
fn the_page_for_officials_is_printed_from_the_code() {
    let page = include_str!("../../../../docs/service.md").to_owned();
    let page = printed(page, "scheda", &sheet());
    let page = printed(page, "impostazioni", &settings());
    let page = printed(page, "esiti", &outcomes());
    let page = printed(page, "elenchi", &lists());
    expect_file!["../../../../docs/service.md"].assert_eq(&page);
}

/// Every key of `service.toml`, read off the types it is read into: the types have the last word.
fn every_key() -> Vec<String> {
    let sources = [
        include_str!("../../src/source.rs"),
        include_str!("../../src/sheet.rs"),
        include_str!("../../src/contacts.rs"),
        include_str!("../../src/rules.rs"),
    ];
    let places = [
        ("ServiceSource", ""),
        ("ProcedureSource", "procedure."),
        ("FilesSource", "procedure.files."),
        ("Sheet", "sheet."),
        ("Responsible", "sheet.responsible."),
        ("ContactList", "sheet.contacts."),
        ("StepSource", "steps."),
        ("FieldSource", "steps.fields."),
        ("ConditionSource", "steps.fields.required_if."),
        ("RequirementSource", "requirements."),
        ("TestSource", "requirements."),
        ("RankingSource", "ranking."),
        ("SiblingsSource", "ranking.siblings."),
        // One table for each world, in the page under a star.
        ("RulesSource", "rules."),
        ("RuleSource", "rules.*."),
        ("ThenSource", "then."),
    ];
    // What is flattened stands in the table under the keys of what it holds.
    let flattened = ["requirements.test", "requirements.bounds"];
    let mut keys = Vec::new();
    for part in sources.iter().flat_map(|source| source.split("\npub struct ").skip(1)) {
        let (name, rest) = part.split_once(" {").unwrap();
        let (body, _) = rest.split_once("\n}").unwrap();
        let place = places.iter().find(|(known, _)| *known == name);
        let (_, place) = place.unwrap_or_else(|| panic!("{name} has no place in docs/service.md"));
        let fields = body.lines().filter_map(|line| line.strip_prefix("    pub ")?.split_once(':'));
        keys.extend(fields.map(|(field, _)| format!("{place}{field}")));
    }
    keys.retain(|key| !flattened.contains(&key.as_str()));
    keys.extend(["value", "label"].map(|key| format!("steps.fields.options.{key}")));
    keys
}

#[test]
fn every_key_of_the_file_stands_in_the_page_and_no_other_does() {
    let page = include_str!("../../../../docs/service.md");
    let (_, from) = page.split_once("<!-- voci -->").unwrap();
    let (table, _) = from.split_once("<!-- fine voci -->").unwrap();
    let cells = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once(" | "));
    let told: std::collections::BTreeSet<_> = cells
        .flat_map(|(keys, _)| keys.split(", "))
        .map(|key| key.trim_matches('`').to_owned())
        .collect();
    assert_eq!(told, every_key().into_iter().collect());
}
