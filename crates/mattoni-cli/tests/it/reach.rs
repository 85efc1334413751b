//! What a rule in JavaScript or Python can't reach: whatever would make the same row's answer
//! another one the next time.

use std::path::Path;

use crate::command::Place;
use crate::rules::{begun_folder, has_tools};

/// Each attempt, and what is said of it; nothing is said of those that are answered.
type Attempts = [(&'static str, Option<&'static str>)];

/// Builds the rule `name` of the fixtures and lets it try each by itself.
fn try_each(name: &str, attempts: &Attempts) {
    let place = Place::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let out = begun_folder();
    let (folder, out) = (folder.display(), out.display());
    let built = place.run(&format!("--json rules build {folder} --out {out}"));
    assert_eq!(built.code, 0, "{name}: {}", built.err);
    for (attempt, said) in attempts {
        place.write("rows.csv", format!("name,tries\nfirst,{attempt}\n"));
        let run = format!("rules --cache {out}/compiled run {out}/{name}.wasm rows.csv");
        let ended = place.run(&run);
        match said {
            None => assert_eq!(ended.code, 0, "{attempt}: {}", ended.err),
            Some(said) => {
                assert_ne!(ended.code, 0, "{attempt} was answered: {}", ended.out);
                assert!(ended.err.contains("row 0"), "{attempt}: {}", ended.err);
                assert!(ended.err.contains(said), "{attempt}: {}", ended.err);
            }
        }
    }
}

const NOT_FOR_A_RULE: &str = "the same row must get the same answer [rules.failed]";

#[test]
fn javascript_has_no_chance_no_clock_and_no_network() {
    let attempts = [
        ("nothing", None),
        ("day", None),
        ("mistake", Some("people is not defined [rules.failed]")),
        ("chance", Some(NOT_FOR_A_RULE)),
        ("uuid", Some("crypto is not defined")),
        ("clock", Some(NOT_FOR_A_RULE)),
        ("date", Some(NOT_FOR_A_RULE)),
        ("text", Some(NOT_FOR_A_RULE)),
        ("timer", Some("performance is not defined")),
        ("fetch", Some("fetch is not defined")),
    ];
    if has_tools("report-routing-js") {
        try_each("reach-js", &attempts);
    }
}

#[test]
fn python_has_no_chance_no_clock_no_files_and_no_network() {
    let stopped = Some("[rules.trap]");
    let attempts = [
        ("nothing", None),
        ("seeded", None),
        ("mistake", Some("IndexError: list index out of range [rules.failed]")),
        ("chance", Some(NOT_FOR_A_RULE)),
        ("imported", Some(NOT_FOR_A_RULE)),
        ("fresh", stopped),
        ("secret", stopped),
        ("uuid", stopped),
        ("clock", stopped),
        ("date", stopped),
        ("timer", stopped),
        ("file", stopped),
        ("socket", stopped),
    ];
    if has_tools("tari-reduction-py") {
        try_each("reach-py", &attempts);
    }
}
