//! The ente's own settings, which all its services share: `ente.toml`.
//!
//! It lies in a service's folder, or in the folder above it, where the services of an ente lie side
//! by side. It is the one place from which the command takes the calendar that terms are counted by, and from it the ente's
//! settings in the store have it.

use std::path::{Path, PathBuf};

use mattoni_core::calendar::LegalCalendar;
use mattoni_core::{EnteId, Problem, Problems};
use serde::Deserialize;

use super::files;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnteFile {
    /// The ente, by its code.
    ente: EnteId,
    /// Its calendar: the patron saint, and whether it is in the province of Bolzano.
    #[serde(default)]
    calendar: LegalCalendar,
}

/// The calendar of the ente whose service is in this folder: `None` where there is no `ente.toml`.
///
/// # Errors
/// `cli.file.toml` for a file that cannot be read, `cli.ente.other` for that of another ente, and
/// those of [`LegalCalendar::check`].
pub(crate) fn calendar(folder: &Path, ente: &EnteId) -> Result<Option<LegalCalendar>, Problems> {
    let Some(path) = find(folder) else { return Ok(None) };
    let file: EnteFile = files::toml(&path)?;
    if file.ente != *ente {
        return Err(Problem::new(
            "cli.ente.other",
            path.display().to_string(),
            format!("must be of {ente}, as the service is; it is of {}", file.ente),
            "put each ente's services into a folder of their own",
        )
        .into());
    }
    if let Err(problems) = file.calendar.check() {
        Problems::check(files::of_file(&path, problems))?;
    }
    Ok(Some(file.calendar))
}

fn find(folder: &Path) -> Option<PathBuf> {
    // Of `.`, the folder above is known by the full path only.
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let places = [Some(folder.as_path()), folder.parent()];
    places.into_iter().flatten().map(|place| place.join("ente.toml")).find(|path| path.is_file())
}
