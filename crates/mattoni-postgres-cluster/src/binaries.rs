//! Where the server's programs are.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Unavailable;

/// The environment variable that names the folder with `initdb` and `postgres`.
const FOLDER: &str = "MATTONI_POSTGRES_BIN";

/// The folder with the server's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// Looks in `MATTONI_POSTGRES_BIN`, then where `pg_config` says, then among Debian's and Red
    /// Hat's folders (the newest first), then on the `PATH`.
    ///
    /// # Errors
    /// When there is no PostgreSQL in any of them, or none in `MATTONI_POSTGRES_BIN`.
    pub fn find() -> Result<Self, Unavailable> {
        if let Some(folder) = std::env::var_os(FOLDER) {
            return Self::within(Path::new(&folder)).ok_or_else(|| {
                Unavailable::new(format!("{FOLDER} names a folder without initdb and postgres"))
            });
        }
        let configured = said_by_pg_config();
        let installed = versions("/usr/lib/postgresql", "bin");
        let others = versions("/usr", "bin").into_iter().filter(|path| {
            path.parent()
                .and_then(Path::file_name)
                .is_some_and(|name| name.to_string_lossy().starts_with("pgsql-"))
        });
        let path = std::env::var_os("PATH").unwrap_or_default();
        configured
            .into_iter()
            .chain(installed)
            .chain(others)
            .chain(std::env::split_paths(&path))
            .find_map(|folder| Self::within(&folder))
            .ok_or_else(|| {
                Unavailable::new(format!(
                    "there is no PostgreSQL server: install it (Debian: apt-get install \
                     postgresql) or set {FOLDER} to the folder with initdb and postgres"
                ))
            })
    }

    fn within(folder: &Path) -> Option<Self> {
        let whole = ["initdb", "postgres"].iter().all(|name| folder.join(name).is_file());
        whole.then(|| Self { folder: folder.to_owned() })
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// One of the programs, e.g. `pg_dump`.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

fn said_by_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(folder.trim()))
}

/// `parent/*/child`, the highest version first.
fn versions(parent: &str, child: &str) -> Vec<PathBuf> {
    let listed = std::fs::read_dir(parent).into_iter().flatten();
    let mut folders: Vec<PathBuf> = listed.filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.sort_by_key(|path| {
        let digits: String = path.to_string_lossy().chars().filter(char::is_ascii_digit).collect();
        std::cmp::Reverse(digits.parse::<u32>().unwrap_or(0))
    });
    folders.into_iter().map(|path| path.join(child)).collect()
}
