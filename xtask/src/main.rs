//! The project's own commands: `cargo xtask demo | test | ci | bench | fuzz | plugins`.
//!
//! Each finds or installs what it needs and says so; where it can't, it stops with one line that
//! tells what to do.

mod fuzz;
mod postgres;
mod run;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mattoni_rules_build::WasmToolchain;

use crate::run::{Step, cargo};

/// Work on Mattoni.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the plugins and run the nursery service from draft to published ranking.
    Demo {
        /// Forget the last demo instead of carrying on from it.
        #[arg(long)]
        fresh: bool,
    },
    /// Build the plugins and run every test.
    Test,
    /// What a change must pass: format, lints, docs, tests.
    Ci,
    /// Run the benchmarks (in release mode; the first build takes minutes).
    Bench {
        /// Only this one: core, practice, ranking, store, store_growth,
        /// store_pg, store_pg_growth, desk or rules.
        name: Option<String>,
    },
    /// Throw arbitrary bytes at the loader of plugins and mutated batches at a good one.
    Fuzz {
        /// How long each.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Build the rule plugins into `target/plugins`.
    Plugins,
}

fn main() -> ExitCode {
    let root = workspace_root();
    let done = match Args::parse().command {
        Command::Demo { fresh } => demo(&root, fresh),
        Command::Test => test(&root),
        Command::Ci => ci(&root),
        Command::Bench { name } => bench(&root, name.as_deref()),
        Command::Fuzz { seconds } => plugins(&root).and_then(|p| fuzz::run(&root, &p, seconds)),
        Command::Plugins => plugins(&root).map(drop),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

fn workspace_root() -> PathBuf {
    // xtask lives one level below the root. Cargo says at run time where this checkout is: a
    // program built for another one that shares the target folder would only remember its own.
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").into());
    Path::new(&xtask).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Builds every plugin; answers with the folder they are in. Where the tools of a language can't
/// be had, says which plugins are left out; in CI that is a failure.
fn plugins(root: &Path) -> Result<PathBuf, String> {
    // Where the command and the examples look for them, wherever cargo itself builds.
    let out = root.join("target").join("plugins");
    let toolchain = WasmToolchain::find().map_err(|e| e.to_string())?;
    let listed = std::fs::read_dir(root.join("plugins")).map_err(|e| e.to_string())?;
    let rule = |path: &PathBuf| {
        ["Cargo.toml", "rule.js", "rule.py"].iter().any(|file| path.join(file).exists())
    };
    let mut folders: Vec<PathBuf> =
        listed.filter_map(|entry| Some(entry.ok()?.path())).filter(rule).collect();
    folders.sort();
    let mut left_out = Vec::new();
    for folder in folders {
        match mattoni_rules_build::build(&folder, &out, || Ok(toolchain.clone())) {
            Ok(built) => {
                eprintln!("xtask: built {} ({})", built.path.display(), built.digest.short());
            }
            Err(error) if error.is_missing_tool() => {
                eprintln!("xtask: left out {}: {error}", folder.display());
                left_out.push(folder);
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    if !left_out.is_empty() && std::env::var_os("CI").is_some() {
        return Err(format!("{} plugins were left out, and this is CI", left_out.len()));
    }
    Ok(out)
}

fn demo(root: &Path, fresh: bool) -> Result<(), String> {
    let plugins = plugins(root)?;
    let mut step = cargo(root, "run").args(["--quiet", "--package", "nursery", "--"]);
    step = step.env("MATTONI_PLUGINS", &plugins);
    if fresh {
        step = step.args(["--fresh"]);
    }
    step.run()
}

fn test(root: &Path) -> Result<(), String> {
    let plugins = plugins(root)?;
    let postgres = postgres::find_or_install(root)?;
    cargo(root, "test")
        .args(["--quiet", "--manifest-path"])
        .args([root.join("plugins").join("Cargo.toml")])
        .run()?;
    let nextest = Step::new(root, "cargo").args(["nextest", "--version"]).succeeds();
    let tests = if nextest {
        cargo(root, "nextest").args(["run", "--workspace", "--no-fail-fast"])
    } else {
        cargo(root, "test").args(["--workspace", "--all-targets", "--no-fail-fast"])
    };
    tests.env("MATTONI_PLUGINS", &plugins).env(postgres::FOLDER, &postgres).run()?;
    cargo(root, "test").args(["--workspace", "--doc"]).env("MATTONI_PLUGINS", &plugins).run()
}

fn ci(root: &Path) -> Result<(), String> {
    cargo(root, "fmt").args(["--all", "--check"]).run()?;
    cargo(root, "clippy").args(["--workspace", "--all-targets", "--", "-D", "warnings"]).run()?;
    cargo(root, "doc")
        .args(["--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings")
        .run()?;
    test(root)
}

fn bench(root: &Path, name: Option<&str>) -> Result<(), String> {
    let plugins = plugins(root)?;
    // One feature a bench, so that none builds another's dependencies.
    let names = name.map_or_else(
        || {
            vec![
                "core",
                "practice",
                "ranking",
                "store",
                "store_growth",
                "store_pg",
                "store_pg_growth",
                "desk",
                "rules",
            ]
        },
        |name| vec![name],
    );
    for name in names {
        let mut step = cargo(root, "bench")
            .args(["--package", "mattoni-benches", "--features", name, "--bench", name])
            .env("MATTONI_PLUGINS", &plugins);
        if name.starts_with("store_pg") {
            step = step.env(postgres::FOLDER, postgres::find_or_install(root)?);
        }
        step.run()?;
    }
    Ok(())
}
