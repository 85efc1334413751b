//! Runs a flagship, with only what it needs built first.

use std::path::Path;

use crate::flagship::{self, Flagship};
use crate::plugins;
use crate::program;
use crate::run::{Step, say};

/// The flagship that runs when none is named.
pub(crate) const DEFAULT: &str = "nursery";

/// The folder with real data, where there is one.
const REAL_DATA: &str = "MATTONI_REAL_DATA";

/// Names the flagships, one line each.
pub(crate) fn list(root: &Path) -> Result<(), String> {
    for line in lines(&flagship::all(root)?) {
        println!("{line}");
    }
    Ok(())
}

/// A line for each flagship, its description in a column.
fn lines(flagships: &[Flagship]) -> Vec<String> {
    let width = flagships.iter().map(|flagship| flagship.name.len()).max().unwrap_or(0);
    flagships
        .iter()
        .map(|Flagship { name, description, .. }| {
            let mark = if name == DEFAULT { " (default)" } else { "" };
            format!("{name:width$}  {description}{mark}")
        })
        .collect()
}

/// Builds what the flagship needs and runs it.
pub(crate) fn run(root: &Path, name: &str, fresh: bool) -> Result<(), String> {
    let flagship = flagship::find(flagship::all(root)?, name)?;
    let real_data = std::env::var_os(REAL_DATA).is_some_and(|folder| !folder.is_empty());
    let plugins = plugins::build(root, &flagship.plugins(real_data))?;
    let doing = format!("compiling {name} (the first time {})", flagship.first_build);
    let program = program::build(root, name, &doing)?;
    say(&format!("running {name}"));
    let mut step = Step::new(root, program);
    if fresh {
        step = step.args(["--fresh"]);
    }
    step.env(plugins::FOLDER, &plugins).run()?;
    if flagship.keeps_a_database {
        let doing = "compiling the command `mattoni`, for what comes next (once, minutes)";
        program::build(root, program::COMMAND, doing)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flagship_has_a_line_and_the_default_one_is_marked() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let flagships = flagship::all(&root).unwrap();
        let lines = lines(&flagships);
        assert_eq!(lines.len(), flagships.len());
        let marked: Vec<_> = lines.iter().filter(|line| line.ends_with(" (default)")).collect();
        assert_eq!(marked.len(), 1);
        assert!(marked[0].starts_with("nursery  "), "{}", marked[0]);
    }
}
