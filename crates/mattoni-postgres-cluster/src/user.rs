//! Who runs the server: not root, which `initdb` refuses.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::Unavailable;

/// An account without privileges to run the server, where we are root ourselves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    uid: u32,
    gid: u32,
}

impl Account {
    /// `None` when we are not root: then the server runs as we do.
    pub(crate) fn needed() -> Result<Option<Self>, Unavailable> {
        if id(&["-u"]) != Some(0) {
            return Ok(None);
        }
        let named = |name| Some(Self { uid: id(&["-u", name])?, gid: id(&["-g", name])? });
        ["postgres", "nobody"]
            .into_iter()
            .find_map(named)
            .map(Some)
            .ok_or_else(|| Unavailable::new("root cannot run PostgreSQL, and nobody else is here"))
    }

    pub(crate) fn give(account: Option<Self>, path: &Path) -> Result<(), Unavailable> {
        let Some(Self { uid, gid }) = account else { return Ok(()) };
        std::os::unix::fs::chown(path, Some(uid), Some(gid))
            .map_err(|e| Unavailable::new(format!("{} cannot be given away: {e}", path.display())))
    }

    /// With everything in it.
    pub(crate) fn give_all(account: Option<Self>, path: &Path) -> Result<(), Unavailable> {
        Self::give(account, path)?;
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => Self::give_all(account, &entry.path())?,
                _ => Self::give(account, &entry.path())?,
            }
        }
        Ok(())
    }

    pub(crate) fn run_as(account: Option<Self>, command: &mut Command) {
        if let Some(Self { uid, gid }) = account {
            command.uid(uid).gid(gid);
        }
    }
}

fn id(args: &[&str]) -> Option<u32> {
    let output = Command::new("id").args(args).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
