//! The page for officials says what the code does.

use std::fmt::Write as _;

use expect_test::expect_file;
use mattoni_service::{BUSINESS_EVENTS, Category, LIFE_EVENTS, Outcome, Sheet, Staff, TOPICS};

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
    for Outcome { name, brick, italian, .. } in Outcome::ALL {
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
