//! Every line and every reason derived again by the script in `docs/scripts/`, which shares nothing
//! with the engine but the published form of a run.

use std::path::PathBuf;
use std::process::Command;

use mattoni_ranking::{Applicant, Call, Explainer, Outcome, Points, Prize, Run, Score};

use crate::random::{Rng, Shape, call, criteria};
use crate::{fund, siblings};

/// A folder of its own for the files of one test.
struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("mattoni-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // What is left behind is in the folder for such things.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the script says, and whether it found everything the same; `None` without Python.
fn rederive(files: &[PathBuf]) -> Option<(String, bool)> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/scripts/rederive.py");
    let Ok(output) = Command::new("python3").arg(script).args(files).output() else {
        eprintln!("python3 is not here: the script is not tried");
        return None;
    };
    let text = [output.stdout, output.stderr].concat();
    Some((String::from_utf8_lossy(&text).into_owned(), output.status.success()))
}

/// Hands the script a run and the explanation of every line.
fn check(files: &Files, name: &str, run: &Run) {
    let mut handed = vec![files.write("run.json", &serde_json::to_string(run).unwrap())];
    let explainer = Explainer::new(run);
    for (number, line) in run.lines().iter().enumerate() {
        let explained = explainer.explain(line.code()).unwrap();
        let text = serde_json::to_string(&explained).unwrap();
        handed.push(files.write(&format!("{number}.json"), &text));
    }
    if let Some((text, same)) = rederive(&handed) {
        let run = serde_json::to_string_pretty(run).unwrap();
        assert!(same, "{name}: {text}\n{run}");
    }
}

#[test]
fn places_come_out_the_same_by_hand() {
    let files = Files::new("rederive-places");
    let (mut reserved, mut drawn) = (0, 0);
    for seed in 0..30 {
        let mut rng = Rng(seed);
        let shape = Shape { people: 16, facilities: 4, drawn: true, pools: true };
        let (call, people) = call(&mut rng, &shape);
        let run = Run::draw_up(&call, &people).unwrap();
        check(&files, &format!("seed {seed}"), &run);
        reserved += run.lines().iter().filter(|line| line.reserve().is_some()).count();
        drawn += run.lines().iter().filter(|line| line.ticket.is_some()).count();
    }
    assert!(reserved > 10 && drawn > 50, "{reserved} {drawn}");
}

#[test]
fn classes_thresholds_and_missing_values_come_out_the_same_by_hand() {
    let files = Files::new("rederive-classes");
    let extra = "class = [{ code = \"b\", label = \"\", after = [\"a\"] }, { code = \"c\", label = \"\" }, \
                 { code = \"a\", label = \"\", after = [] }]\n\
                 [[threshold]]\nat_least = 1\n[[threshold]]\ncriterion = \"fratelli\"\nat_least = \"0.50\"\n";
    for seed in 0..15 {
        let mut rng = Rng(seed);
        let shape = Shape { people: 16, facilities: 3, drawn: true, pools: false };
        let (mut call, mut people) = call(&mut rng, &shape);
        call.criteria = criteria(if rng.one_in(2) { "single" } else { "multiple" }, extra);
        for a in &mut people {
            a.class = Some(["a", "b", "c"][rng.below(3) as usize].to_owned());
            let hundredths = rng.below(4) as i64 * 25;
            a.points.push(Score::new("fratelli", Points::hundredths(hundredths), "r"));
            a.tie_keys.retain(|_| !rng.one_in(3));
        }
        let run = Run::draw_up(&call, &people).unwrap();
        check(&files, &format!("seed {seed}"), &run);
    }
}

#[test]
fn siblings_come_out_the_same_by_hand() {
    let files = Files::new("rederive-siblings");
    let mut together = 0;
    for seed in 0..30 {
        let shape = Shape { people: 14, facilities: 4, drawn: true, pools: seed % 2 == 0 };
        let (call, people) = siblings::families(seed, &shape);
        let run = Run::draw_up(&call, &people).unwrap();
        check(&files, &format!("seed {seed}"), &run);
        let placed = |line: &&mattoni_ranking::Line| matches!(line.outcome, Outcome::Placed { .. });
        together +=
            run.lines().iter().filter(placed).filter(|l| l.applicant.siblings.is_some()).count();
    }
    assert!(together > 30, "{together}");
}

#[test]
fn double_applications_come_out_the_same_by_hand() {
    let files = Files::new("rederive-doubles");
    let mut left_out = 0;
    for seed in 0..10 {
        let mut rng = Rng(seed);
        let shape = Shape { people: 14, facilities: 3, drawn: true, pools: true };
        let (mut call, mut people) = call(&mut rng, &shape);
        let rule = if seed % 2 == 0 { "keep-first" } else { "keep-last" };
        call.criteria = criteria("single", &format!("duplicates = \"{rule}\"\n"));
        for a in &mut people {
            a.subject = Some(format!("c{}", rng.below(9)));
            let fraction = ["", ".5", ".000001", ".25"][rng.below(4) as usize];
            a.received_at = Some(format!("2027-03-01T09:00:00{fraction}Z").parse().unwrap());
        }
        let run = Run::draw_up(&call, &people).unwrap();
        check(&files, &format!("seed {seed}"), &run);
        let double =
            |line: &&mattoni_ranking::Line| matches!(line.outcome, Outcome::Duplicate { .. });
        left_out += run.lines().iter().filter(double).count();
    }
    assert!(left_out > 20, "{left_out}");
}

#[test]
fn funds_come_out_the_same_by_hand() {
    let files = Files::new("rederive-funds");
    let text: Vec<String> = (0..20)
        .map(|i| {
            format!("n{i} {} {} {}.{:02}", ["x", "y", "z"][i % 3], i * 7 % 16, 100 + i * 13, i)
        })
        .collect();
    let people = fund::people(&text.join("\n"));
    for when_short in ["stop", "partial", "skip", "pro-rata"] {
        let options = format!("when_short = \"{when_short}\", leftover = \"to-next\"");
        for source in [
            "category = [{ limit = { places = 7 } }]".to_owned(),
            "category = [{ group = \"x\", limit = { share-of-applicants = 5001 }, leftover = \"to-next\" }, \
             { group = \"y\", limit = \"everyone\" }, { group = \"z\", limit = { places = 1 } }]"
                .to_owned(),
            "category = [{ group = \"x\", limit = \"everyone\", leftover = \"to-next\" }, \
             { group = \"y\", limit = { places = 2 }, leftover = \"to-next\" }, \
             { group = \"z\", limit = { places = 1 } }]"
                .to_owned(),
            format!(
                "total = \"1500.10\"\ncategory = [\
                 {{ group = \"x\", limit = {{ share-of-total = 3333 }}, {options} }},\
                 {{ group = \"y\", limit = {{ budget = \"400.00\" }}, {options} }},\
                 {{ group = \"z\", limit = \"residual\", {options} }}]"
            ),
            format!("each = \"99.99\"\ncategory = [{{ limit = {{ budget = \"1000\" }}, {options} }}]"),
        ] {
            check(&files, &source, &fund::run(&source, &people));
        }
    }
}

#[test]
fn the_script_names_what_was_altered() {
    let files = Files::new("rederive-altered");
    let (call, people): (Call, Vec<Applicant>) = crate::run::town();
    assert!(matches!(call.prize, Prize::Places(_)));
    let run = Run::draw_up(&call, &people).unwrap();
    let text = serde_json::to_string(&run).unwrap();
    for (from, to, named) in [
        ("\"points\":\"3.00\"", "\"points\":\"9.00\"", "differs: N-6: "),
        (
            "\"facility\":\"tulipano\",\"preference\":1",
            "\"facility\":\"girasole\",\"preference\":1",
            "differs: N-3: outcome",
        ),
        ("\"standing\":2", "\"standing\":1", "differs: N-2: choices"),
    ] {
        let forged = text.replacen(from, to, 1);
        assert_ne!(text, forged);
        let Some((said, same)) = rederive(&[files.write("run.json", &forged)]) else { return };
        assert!(!same && said.contains(named), "{from}: {said}");
    }
    let explained = Explainer::new(&run).explain("N-6").unwrap();
    let told = serde_json::to_string(&explained).unwrap().replacen("5.00", "1.00", 1);
    let handed = [files.write("run.json", &text), files.write("told.json", &told)];
    let Some((said, same)) = rederive(&handed) else { return };
    assert!(!same && said.contains("told.json: choices"), "{said}");
}
