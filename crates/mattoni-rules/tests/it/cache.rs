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
#[test]
fn a_key_that_others_can_read_is_no_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    load(folder.path(), &HONEST.bytes());
    let key = folder.path().join("key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let host = Host::new(Limits::default()).unwrap();
    let error = host.with_cache(folder.path()).unwrap_err();
    assert_eq!(error.kind(), RuleErrorKind::Cache);
}
