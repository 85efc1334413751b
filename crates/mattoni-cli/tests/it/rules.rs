//! `mattoni rules`: from nothing to a tested, signed, recomputable plugin.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use expect_test::expect;

use crate::command::{Ended, Place, plugins};

const LOW: &str = "{plugins}/low-isee-points.wasm";
const HOUSEHOLDS: &str = "name,people,isee\nRossi,3,9000\nBianchi,1,10000.01\n";

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

#[test]
fn inspect_shows_what_a_plugin_needs_and_the_digest_to_pin() {
    let place = Place::new();
    let digest = place.run(&format!("--json rules inspect {LOW}")).json()["digest"].clone();
    let out = place.run(&format!("rules inspect {LOW}")).well();
    let out: String = out
        .replace(digest.as_str().unwrap(), "DIGEST")
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect();
    expect![[r#"
        low-isee-points 1.0.0, risponde su: punteggio; contratto 1.0.0
        impronta DIGEST

         dato     tipo            limiti        obbligatorio   etichetta               da dove
        ───────────────────────────────────────────────────────────────────────────────────────────────────
         people   numero intero   da 1 a 30     sì             Componenti del nucleo   anagrafe
         isee     euro            da 0.00 a …   sì             ISEE                    INPS, DPCM 159/2013

         parametro   tipo   limiti        se non detto   etichetta     fonte
        ───────────────────────────────────────────────────────────────────────────────────
         threshold   euro   da 0.00 a …   10000.00       Soglia ISEE   Regolamento, art. 1

         risposta   che cosa           limiti            etichetta              fonte
        ────────────────────────────────────────────────────────────────────────────────────────────
         points     punti              da 0.00 a 10.00   ISEE entro la soglia   Regolamento, art. 1
         people     chiave di parità                     Nucleo più numeroso
    "#]]
    .assert_eq(&out);
}

#[test]
fn a_table_of_cases_that_agrees_is_said_to() {
    let place = Place::new();
    let cases = root().join("plugins/low-isee-points/cases.csv");
    let out = place.run(&format!("rules test {LOW} {}", cases.display())).well();
    assert_eq!(out, "casi: 4, diversi: 0\n");
}

#[test]
fn a_case_that_differs_is_shown_and_written_for_the_ci() {
    let place = Place::new();
    place.write("cases.csv", "case,people,isee,=points\nlow & fine,3,9000,10\nhigh,1,20000,5\n");
    let ended = place.run(&format!("rules test {LOW} cases.csv --junit junit.xml"));
    assert_eq!((ended.code, ended.err.as_str()), (1, ""));
    assert!(ended.out.contains("diversi: 1"), "{}", ended.out);
    expect![[r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite name="low-isee-points" tests="2" failures="1">
          <testcase classname="low-isee-points" name="line 2: low &amp; fine"/>
          <testcase classname="low-isee-points" name="line 3: high">
            <failure message="points is 0.00, expected 5"/>
          </testcase>
        </testsuite>
    "#]]
    .assert_eq(&std::fs::read_to_string(place.path("junit.xml")).unwrap());

    let ended = place.run(&format!("--json rules test {LOW} cases.csv"));
    let said: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(said["differences"][0]["line"], 3);
    assert_eq!(said["differences"][0]["is"], "0.00");
}

#[test]
fn a_table_with_a_foreign_column_or_a_cell_that_cannot_be_read_is_refused() {
    let place = Place::new();
    place.write("cases.csv", "people,isee,colour,=points\n3,much,red,10\n");
    let err = place.run(&format!("rules test {LOW} cases.csv")).refused();
    assert!(err.contains("colour") && err.contains("riga 2, isee"), "{err}");
}

#[test]
fn run_answers_every_row_with_a_table_that_is_one_of_cases_again() {
    let place = Place::new();
    place.write("households.csv", HOUSEHOLDS);
    let out = place.run(&format!("rules run {LOW} households.csv")).well();
    expect![[r#"
        name,people,isee,=points,=points?,=people
        Rossi,3,9000,10.00,none,3
        Bianchi,1,10000.01,0.00,none,1
    "#]]
    .assert_eq(&out);

    let cases = out.replace("name,people", "case,people");
    place.write("cases.csv", cases);
    let tested = place.run(&format!("rules test {LOW} cases.csv")).well();
    assert_eq!(tested, "casi: 2, diversi: 0\n");
}

#[test]
fn a_record_is_recomputed_with_its_own_parameters_and_a_forged_one_found() {
    let place = Place::new();
    place.write("households.csv", HOUSEHOLDS);
    let set = format!("rules run {LOW} households.csv --param threshold=12000 --record r.json");
    place.run(&set).well();
    let again = format!("rules recompute {LOW} households.csv");
    assert_eq!(place.run(&format!("{again} r.json")).well(), "uguale\n");

    let record = std::fs::read_to_string(place.path("r.json")).unwrap();
    place.write("forged.json", record.replacen("\"points\": 1000", "\"points\": 500", 1));
    let ended = place.run(&format!("{again} forged.json"));
    let said = (ended.code, ended.out.as_str());
    assert_eq!(said, (1, "diverso alla riga 1: points era 5.00, è 10.00\n"));

    place.write("households.csv", HOUSEHOLDS.replace("9000", "9001"));
    let ended = place.run(&format!("--json {again} r.json"));
    let said: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((&said["same"], &said["what"]), (&false.into(), &"inputs".into()));

    let other = "rules recompute {plugins}/home-bonus.wasm households.csv r.json";
    assert!(place.run(other).refused().contains("cli.rules.record"));
}

#[test]
fn bench_says_how_fast_and_how_much_fuel() {
    let place = Place::new();
    place.write("households.csv", HOUSEHOLDS);
    let said = place.run(&format!("--json rules bench {LOW} households.csv --rows 5000")).json();
    let rows: Vec<_> = said.as_array().unwrap().iter().map(|one| one["rows"].clone()).collect();
    assert_eq!(rows, [1, 1_000, 5_000]);
    assert!(said[2]["fuel"].as_u64() > said[1]["fuel"].as_u64(), "{said}");
    place.write("none.csv", "people,isee\n");
    let err = place.run(&format!("rules bench {LOW} none.csv")).refused();
    assert!(err.contains("cli.rules.rows"), "{err}");
}

#[test]
fn parameters_that_are_not_the_plugins_are_all_named() {
    let place = Place::new();
    place.write("households.csv", HOUSEHOLDS);
    let err = place
        .run(&format!("rules run {LOW} households.csv --param colour=red --param threshold=much"))
        .refused();
    assert!(err.contains("colour") && err.contains("threshold"), "{err}");
}

#[test]
fn a_signed_plugin_runs_for_those_who_trust_its_publisher() {
    let place = Place::new();
    place.write("households.csv", HOUSEHOLDS);
    place.write("low.wasm", std::fs::read(plugins().join("low-isee-points.wasm")).unwrap());
    let key = |file: &str| {
        let said = place.run(&format!("--json rules key {file}")).json();
        said["publisher"].as_str().unwrap().to_owned()
    };
    let (own, other) = (key("own.key"), key("other.key"));
    let trusting = |publisher: &str| {
        place.run(&format!("rules run low.wasm households.csv --publisher {publisher}"))
    };
    assert!(trusting(&own).refused().contains("rules.grant.signature"), "not signed yet");

    let signed = place.run("rules sign low.wasm --key own.key").well();
    assert_eq!(signed, format!("low.wasm.sig\neditore {own}\n"));
    assert!(trusting(&own).well().contains("Rossi"));
    assert!(trusting(&other).refused().contains("rules.grant.signature"));
}

#[test]
fn a_file_without_the_signature_that_is_wanted_is_not_even_looked_at() {
    let place = Place::new();
    place.write("households.csv", HOUSEHOLDS);
    place.write("noise.wasm", "no plugin at all");
    let said = place.run("--json rules key own.key").json();
    let publisher = said["publisher"].as_str().unwrap();
    let run = "rules run noise.wasm households.csv";
    let err = place.run(&format!("{run} --publisher {publisher}")).refused();
    assert!(err.contains("rules.grant.signature"), "{err}");
    // Only where nobody has to have signed it does it matter what it is.
    let read = place.run(run);
    assert!(read.code != 0 && !read.err.contains("rules.grant.signature"), "{}", read.err);
}

#[test]
fn a_key_is_for_its_owner_alone_and_never_overwritten() {
    let place = Place::new();
    place.run("rules key own.key").well();
    let secret = std::fs::read_to_string(place.path("own.key")).unwrap();
    assert!(place.run("rules key own.key").refused().contains("cli.rules.key"));
    assert_eq!(std::fs::read_to_string(place.path("own.key")).unwrap(), secret);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(place.path("own.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    place.write("not.key", "abc");
    let err = place.run("rules sign {plugins}/low-isee-points.wasm --key not.key").refused();
    assert!(err.contains("not.key") && err.contains("rules.secret-key"), "{err}");
}

/// Where begun rules are built: a folder that stays, so that what rules are built from is compiled
/// once.
pub(crate) fn begun_folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let out = plugins().parent().unwrap().join("begun");
        std::fs::create_dir_all(out.join(".cargo")).unwrap();
        let config = format!("[build]\ntarget-dir = {:?}\n", out.join("target"));
        std::fs::write(out.join(".cargo/config.toml"), config).unwrap();
        out
    })
}

/// Begins a rule, builds it and runs its own cases in the sandbox.
fn begun(lang: &str, world: &str) -> Ended {
    let (place, root, out) = (Place::new(), root(), begun_folder());
    let name = format!("a-{lang}-{world}");
    let folder = out.join(&name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let (sources, out) = (root.display(), out.display());
    let new = format!("rules new {name} --lang {lang} --world {world}");
    let said = place.run(&format!("{new} --into {out} --sources {sources}")).well();
    assert!(said.contains("è pronta"), "{name}: {said}");
    if lang == "rust" {
        // The versions of the project's own plugins.
        std::fs::copy(root.join("plugins/Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    }
    let folder = folder.display();
    let built = place.run(&format!("--json rules build {folder} --out {out}"));
    assert_eq!(built.code, 0, "{name}: {}", built.err);
    let cache = format!("--cache {out}/compiled");
    place.run(&format!("rules {cache} test {out}/{name}.wasm {folder}/cases.csv"))
}

#[test]
fn what_new_begins_in_rust_builds_and_agrees_with_its_cases_in_every_world() {
    for world in ["scoring", "eligibility", "benefit", "tariff", "routing", "validation"] {
        assert_eq!(begun("rust", world).well(), "casi: 2, diversi: 0\n", "{world}");
    }
}

/// Whether the tools of a language are there: `cargo xtask plugins` needed them for `plugin`.
pub(crate) fn has_tools(plugin: &str) -> bool {
    let there = plugins().join(format!("{plugin}.wasm")).exists();
    assert!(there || std::env::var_os("CI").is_none(), "{plugin} was not built, and this is CI");
    if !there {
        eprintln!("{plugin} was left out of `cargo xtask plugins`, and so of this test");
    }
    there
}

#[test]
fn what_new_begins_in_javascript_builds_and_agrees_with_its_cases() {
    if has_tools("report-routing-js") {
        let tested = begun("js", "scoring").well();
        assert_eq!(tested, "casi: 2, diversi: 0\n");
    }
}

#[test]
fn what_new_begins_in_python_builds_and_agrees_with_its_cases() {
    if has_tools("tari-reduction-py") {
        let tested = begun("python", "scoring").well();
        assert_eq!(tested, "casi: 2, diversi: 0\n");
    }
}

#[test]
fn new_says_everything_that_is_wrong_and_writes_nothing() {
    let place = Place::new();
    let err = place.run("rules new Bad_Name --lang js --world tariff").refused();
    assert!(err.contains("cli.rules.name") && err.contains("cli.rules.world"), "{err}");
    let err = place.run("rules new fine --sources nowhere").refused();
    assert!(err.contains("cli.rules.sources"), "{err}");
    assert!(!place.path("fine").exists());
}
