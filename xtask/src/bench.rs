//! The benchmarks of `benches/`.

use std::path::Path;

use crate::run::cargo;
use crate::{plugins, postgres};

/// All of them, in the order in which they run.
const BENCHES: [&str; 9] = [
    "core",
    "practice",
    "ranking",
    "store",
    "store_growth",
    "store_pg",
    "store_pg_growth",
    "desk",
    "rules",
];

/// Runs one, or all.
pub(crate) fn run(root: &Path, name: Option<&str>) -> Result<(), String> {
    let plugins = plugins::all(root)?;
    let names = name.map_or_else(|| BENCHES.to_vec(), |name| vec![name]);
    for name in names {
        // One feature a bench, so that none builds another's dependencies.
        let mut step = cargo(root, "bench")
            .args(["--package", "mattoni-benches", "--features", name, "--bench", name])
            .env(plugins::FOLDER, &plugins);
        if name.starts_with("store_pg") {
            step = step.env(postgres::FOLDER, postgres::find_or_install(root)?);
        }
        step.run()?;
    }
    Ok(())
}
