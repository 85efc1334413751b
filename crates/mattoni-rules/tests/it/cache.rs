//! Compiled plugins on disk: what is run, and what never is.

use std::fs;
use std::path::{Path, PathBuf};

use mattoni_rules::worlds::Scoring;
use mattoni_rules::{Grant, Host, Limits, Loaded, Origin, RuleErrorKind};

use crate::guest::{Guest, HONEST};

fn load(folder: &Path, bytes: &[u8]) -> Loaded {
    Host::new(Limits::default()).unwrap().with_cache(folder).unwrap().load(bytes).unwrap()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    listed.filter(|path| !path.ends_with("key")).collect()
}

#[test]
fn a_plugin_is_compiled_once_for_every_process_to_come() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = HONEST.bytes();
    assert_eq!(load(folder.path(), &bytes).origin(), Origin::Compiled);
    let kept = load(folder.path(), &bytes);
    assert_eq!(kept.origin(), Origin::Cache);
    assert_eq!(kept.description().name, "n");
    assert!(kept.grant::<Scoring>(&Grant::pinned(load(folder.path(), &bytes).digest())).is_ok());
}

#[test]
fn a_tampered_entry_is_never_run_and_is_put_right() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = HONEST.bytes();
    load(folder.path(), &bytes);
    let entry = entries(folder.path()).pop().unwrap();
    let good = fs::read(&entry).unwrap();
    let flipped = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    let last = good.len() - 1;
    let forgeries = [flipped(0), flipped(40), flipped(last), good[..last].to_vec(), vec![]];
    for forged in forgeries {
        fs::write(&entry, forged).unwrap();
        assert_eq!(load(folder.path(), &bytes).origin(), Origin::CompiledAgain);
        assert_eq!(load(folder.path(), &bytes).origin(), Origin::Cache);
    }
}

#[test]
fn an_entry_is_good_for_its_own_plugin_and_its_own_cache_only() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let bytes = HONEST.bytes();
    let evil = Guest { score: "unreachable", ..HONEST }.bytes();
    load(folder.path(), &bytes);
    let entry = entries(folder.path()).pop().unwrap();
    load(folder.path(), &evil);
    let evil_entry = entries(folder.path()).into_iter().find(|path| *path != entry).unwrap();
    fs::copy(&evil_entry, &entry).unwrap();
    assert_eq!(load(folder.path(), &bytes).origin(), Origin::CompiledAgain);

    load(other.path(), &bytes);
    let foreign = entries(other.path()).pop().unwrap();
    assert_eq!(foreign.file_name(), entry.file_name());
    fs::copy(&foreign, &entry).unwrap();
    assert_eq!(load(folder.path(), &bytes).origin(), Origin::CompiledAgain);
}

#[test]
fn other_settings_have_other_entries() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = HONEST.bytes();
    load(folder.path(), &bytes);
    let host = Host::new(Limits::default().with_stack(256 << 10)).unwrap();
    let again = host.with_cache(folder.path()).unwrap().load(&bytes).unwrap();
    assert_ne!(again.origin(), Origin::CompiledAgain);
}

#[cfg(unix)]
mod owners {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn refused(folder: &Path) -> String {
        let host = Host::new(Limits::default()).unwrap();
        let error = host.with_cache(folder).unwrap_err();
        assert_eq!(error.kind(), RuleErrorKind::Cache);
        std::error::Error::source(&error).unwrap().to_string()
    }

    #[test]
    fn a_key_that_others_can_read_is_no_key() {
        let folder = tempfile::tempdir().unwrap();
        load(folder.path(), &HONEST.bytes());
        let key = folder.path().join("key");
        assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        mode(&key, 0o644);
        assert!(refused(folder.path()).contains("open to other users"));
    }

    #[test]
    fn a_folder_that_others_can_write_to_is_no_cache() {
        let folder = tempfile::tempdir().unwrap();
        load(folder.path(), &HONEST.bytes());
        for open in [0o770, 0o707, 0o777] {
            mode(folder.path(), open);
            assert!(refused(folder.path()).contains("can write to the folder"));
        }
    }

    #[test]
    fn links_are_not_followed_to_folder_key_or_entry() {
        let (own, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let bytes = HONEST.bytes();
        load(own.path(), &bytes);
        let link = other.path().join("compiled");
        symlink(own.path(), &link).unwrap();
        refused(&link);

        let elsewhere = other.path().join("elsewhere");
        let entry = entries(own.path()).pop().unwrap();
        fs::rename(&entry, &elsewhere).unwrap();
        symlink(&elsewhere, &entry).unwrap();
        assert_eq!(load(own.path(), &bytes).origin(), Origin::CompiledAgain);
        assert!(!entry.is_symlink(), "what is written takes the place of the link");
        assert_eq!(load(own.path(), &bytes).origin(), Origin::Cache);

        let key = own.path().join("key");
        fs::rename(&key, &elsewhere).unwrap();
        symlink(&elsewhere, &key).unwrap();
        refused(own.path());
    }

    #[test]
    fn an_entry_that_others_can_touch_is_not_run_though_its_code_is_right() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = HONEST.bytes();
        load(folder.path(), &bytes);
        mode(&entries(folder.path())[0], 0o666);
        assert_eq!(load(folder.path(), &bytes).origin(), Origin::CompiledAgain);
        assert_eq!(load(folder.path(), &bytes).origin(), Origin::Cache);
    }

    #[test]
    fn what_belongs_to_another_user_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = HONEST.bytes();
        load(folder.path(), &bytes);
        let nobody = Some(65_534);
        // Only root can give files away.
        let entry = &entries(folder.path())[0];
        if std::os::unix::fs::chown(entry, nobody, nobody).is_err() {
            return;
        }
        assert_eq!(load(folder.path(), &bytes).origin(), Origin::CompiledAgain);
        let key = folder.path().join("key");
        std::os::unix::fs::chown(&key, nobody, nobody).unwrap();
        assert!(refused(folder.path()).contains("another user"));
        fs::remove_file(&key).unwrap();
        std::os::unix::fs::chown(folder.path(), nobody, nobody).unwrap();
        assert!(refused(folder.path()).contains("another user"));
    }
}
