//! `mattoni rules new`.

use std::fs;
use std::path::{Path, PathBuf};

use mattoni_core::{Problem, Problems};

use crate::args::rules::{Language, WorldName};
use crate::output::{Failure, print_text};

/// The files of a new rule.
struct Template {
    rule: &'static str,
    cases: &'static str,
}

macro_rules! template {
    ($world:literal, $extension:literal) => {
        Template {
            rule: include_str!(concat!("templates/", $world, ".", $extension)),
            cases: include_str!(concat!("templates/", $world, ".csv")),
        }
    };
}

fn template(lang: Language, world: WorldName) -> Option<Template> {
    Some(match (lang, world) {
        (Language::Rust, WorldName::Scoring) => template!("scoring", "rs"),
        (Language::Rust, WorldName::Eligibility) => template!("eligibility", "rs"),
        (Language::Rust, WorldName::Benefit) => template!("benefit", "rs"),
        (Language::Rust, WorldName::Tariff) => template!("tariff", "rs"),
        (Language::Rust, WorldName::Routing) => template!("routing", "rs"),
        (Language::Rust, WorldName::Validation) => template!("validation", "rs"),
        (Language::Js, WorldName::Scoring) => template!("scoring", "js"),
        (Language::Python, WorldName::Scoring) => template!("scoring", "py"),
        _ => return None,
    })
}

pub(crate) fn run(
    name: &str,
    lang: Language,
    world: WorldName,
    into: &Path,
    sources: &Path,
) -> Result<(), Failure> {
    // A folder here is told by its name alone.
    let folder = if into == Path::new(".") { PathBuf::from(name) } else { into.join(name) };
    let sdk = sources.join("crates/mattoni-rules-sdk");
    let template = template(lang, world);
    Problems::check(problems(name, lang, &folder, &sdk, template.is_some()))?;
    let Some(template) = template else { return Err(Failure::Found) };
    let unwritable = |error: std::io::Error| {
        Failure::broken("non si può scrivere la cartella della regola", &error)
    };
    let files = files(name, lang, &sdk, &template).map_err(unwritable)?;
    for (file, text) in files {
        let path = folder.join(file);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&path, text)).map_err(unwritable)?;
    }
    let place = folder.display();
    print_text(&format!(
        "{place} è pronta. Ora:\n  mattoni rules build {place}\n  mattoni rules test \
         target/plugins/{name}.wasm {place}/cases.csv"
    ));
    Ok(())
}

fn problems(name: &str, lang: Language, folder: &Path, sdk: &Path, is_there: bool) -> Vec<Problem> {
    let mut found = Vec::new();
    let plain = name.starts_with(|letter: char| letter.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !plain {
        found.push(Problem::new(
            "cli.rules.name",
            name,
            "a rule's name has lower-case letters, digits and hyphens, a letter first",
            "write e.g. nursery-points",
        ));
    }
    if folder.exists() {
        let (field, rule) = (folder.display().to_string(), "there is such a folder already");
        found.push(Problem::new("cli.rules.folder", field, rule, "choose another name"));
    }
    if lang == Language::Rust && !sdk.exists() {
        found.push(Problem::new(
            "cli.rules.sources",
            sdk.display().to_string(),
            "the SDK is in Mattoni's sources",
            "name their folder with --sources or MATTONI_SOURCES",
        ));
    }
    if !is_there {
        found.push(Problem::new(
            "cli.rules.world",
            "--world",
            "in JavaScript and Python only scoring can be begun with a template",
            "begin with --world scoring, or from a rule in plugins/",
        ));
    }
    found
}

fn files(
    name: &str,
    lang: Language,
    sdk: &Path,
    template: &Template,
) -> std::io::Result<Vec<(PathBuf, String)>> {
    let rule = template.rule.replace("RULE_NAME", name);
    let cases = (PathBuf::from("cases.csv"), template.cases.to_owned());
    Ok(match lang {
        Language::Rust => {
            let sdk = fs::canonicalize(sdk)?;
            let manifest = include_str!("templates/Cargo.toml.template")
                .replace("RULE_NAME", name)
                .replace("SDK_PATH", &sdk.display().to_string());
            vec![("Cargo.toml".into(), manifest), ("src/lib.rs".into(), rule), cases]
        }
        Language::Js => vec![("rule.js".into(), rule), cases],
        Language::Python => vec![("rule.py".into(), rule), cases],
    })
}
