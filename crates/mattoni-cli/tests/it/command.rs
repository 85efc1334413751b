//! Running the command in a folder of its own, and the files it is given.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// How the command ended and what it said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    /// What it said, once it is certain that all went well.
    pub(crate) fn well(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        self.out
    }

    /// Standard error, once it is certain that the answer was no.
    pub(crate) fn refused(self) -> String {
        assert_eq!((self.code, self.out.as_str()), (1, ""), "{}", self.err);
        self.err
    }

    /// Standard output as the JSON it must be.
    pub(crate) fn json(self) -> serde_json::Value {
        let text = self.well();
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
    }
}

/// A folder to work in.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), bytes).unwrap();
        name.to_owned()
    }

    /// Runs `mattoni` here with these words, separated by spaces; `{nursery}` and `{plugins}`
    /// stand for those folders.
    pub(crate) fn run(&self, words: &str) -> Ended {
        self.run_with(&[], words)
    }

    /// The same with these variables.
    pub(crate) fn run_with(&self, variables: &[(&str, &str)], words: &str) -> Ended {
        let plugins = plugins();
        let words = words.split(' ').map(|word| {
            word.replace("{nursery}", nursery().to_str().unwrap())
                .replace("{plugins}", plugins.to_str().unwrap())
        });
        self.ended(
            Command::new(env!("CARGO_BIN_EXE_mattoni")).args(words).envs(variables.iter().copied()),
        )
    }

    /// Runs `mattoni` on a database with these words, which may hold spaces.
    pub(crate) fn words(&self, db: &str, words: &[&str], more: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mattoni"));
        self.ended(command.args(words).args(more).args(["--db", db]))
    }

    /// Has a shell run a line that calls `mattoni`.
    pub(crate) fn shell(&self, line: &str) -> Ended {
        let folder = Path::new(env!("CARGO_BIN_EXE_mattoni")).parent().unwrap();
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", folder.display());
        self.ended(Command::new("sh").args(["-c", line]).env("PATH", path))
    }

    fn ended(&self, command: &mut Command) -> Ended {
        let output = command
            .current_dir(self.0.path())
            .env_remove("MATTONI_DB")
            .env("MATTONI_PLUGINS", plugins())
            .output()
            .unwrap();
        Ended {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Carries the call of the nursery's copy in `nido` on by a step, its first one included.
    pub(crate) fn step(&self, at: &str, step: &str) -> Ended {
        self.run(&format!("call --service nido --db town.sqlite --new-ente --at {at} {step}"))
    }
}

/// The example's folder, as anyone may duplicate it.
pub(crate) fn nursery() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/nursery").canonicalize().unwrap()
}

/// The folder with the built plugins.
pub(crate) fn plugins() -> PathBuf {
    let folder = std::env::var_os("MATTONI_PLUGINS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins"),
        PathBuf::from,
    );
    assert!(
        folder.join("nursery-points.wasm").exists(),
        "no plugin in {}: run cargo xtask plugins",
        folder.display()
    );
    folder
}

/// A file for `rank`: code, what the rule asks, section and choices.
pub(crate) fn rank_csv(rows: usize) -> String {
    let mut text = "code,child_birth_date,resident,first_parent_work,second_parent_work,\
        single_parent,siblings_under_14,sibling_enrolled,isee,disability_child,disability_family,\
        social_services_report,class,group,reserves,preference_1,preference_2\n"
        .to_owned();
    for row in 1..=rows {
        let (group, born) =
            [("infants", "2026-02-10"), ("toddlers", "2025-03-05"), ("older", "2024-02-20")]
                [row % 3];
        let work = ["full-time", "part-time", "none"][row % 3];
        let (child, reserve) = if row == 4 { ("sì", "disability") } else { ("no", "") };
        let (siblings, isee) = (row % 4, row * 731);
        writeln!(
            text,
            "2027-{row:03},{born},sì,{work},full-time,no,{siblings},no,{isee}.00,{child},no,no,\
             resident,{group},{reserve},allende,sole"
        )
        .unwrap();
    }
    text
}
