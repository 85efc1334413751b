//! Messages in a file: each once, whatever is cut short.

use std::path::Path;

use chrono::DateTime;
use mattoni_core::Id;
use mattoni_desk::{Desk, DeskParts, FileMailbox, Handled, Taker};
use mattoni_store::{EffectId, Memory, StoredEffect, Stream};

use crate::loan::ente;

fn effect(number: u64) -> StoredEffect {
    StoredEffect {
        id: EffectId { seq: number, index: 0 },
        key: format!("practice/{number}"),
        topic: "message.tell".into(),
        stream: Stream { kind: "practice".into(), id: Id::from_u128(u128::from(number)) },
        fault: None,
        payload: format!(r#"{{"template":"receipt","number":{number}}}"#).into_bytes(),
        attempts: 0,
        next_at: DateTime::UNIX_EPOCH,
        last_error: None,
    }
}

async fn tell(path: &Path, effects: &[StoredEffect]) -> Vec<Handled> {
    let desk = Desk::new(Memory::new(), ente(), DeskParts::default()).unwrap();
    let mailbox = FileMailbox::open(path).unwrap();
    mailbox.take(&desk, effects, DateTime::UNIX_EPOCH).await.unwrap()
}

/// The keys in the file; every line that is not empty is a whole letter, unless it is `torn`.
fn keys(path: &Path, torn: usize) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<_> = text.lines().filter(|line| !line.is_empty()).collect();
    let letters: Vec<serde_json::Value> =
        lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert_eq!(lines.len() - letters.len(), torn, "{text}");
    letters.iter().map(|letter| letter["key"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_message_that_comes_again_is_not_written_again_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("messages.jsonl");
    assert_eq!(tell(&path, &[effect(1), effect(2)]).await, [Handled::Done, Handled::Done]);
    assert_eq!(tell(&path, &[effect(2), effect(3)]).await, [Handled::Done, Handled::Done]);
    assert_eq!(keys(&path, 0), ["practice/1", "practice/2", "practice/3"]);
    let mailbox = FileMailbox::open(&path).unwrap();
    assert_eq!((mailbox.len(), mailbox.is_empty()), (3, false));
}

#[cfg(unix)]
#[tokio::test]
async fn messages_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("messages.jsonl");
    tell(&path, &[effect(1)]).await;
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn wherever_a_crash_cuts_the_file_every_message_is_there_once_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("messages.jsonl");
    let effects = [effect(1), effect(2), effect(3)];
    tell(&path, &effects).await;
    let whole = std::fs::read(&path).unwrap();
    for length in 0..=whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        tell(&path, &effects).await;
        let torn = usize::from(length > 0 && !whole_line(&whole[..length]));
        let mut keys = keys(&path, torn);
        keys.sort();
        assert_eq!(keys, ["practice/1", "practice/2", "practice/3"], "cut at {length}");
        // And the file is in order again.
        let mended = std::fs::read(&path).unwrap();
        tell(&path, &effects).await;
        assert_eq!(std::fs::read(&path).unwrap(), mended);
    }
}

/// Whether the last line is a whole letter, with or without its line end.
fn whole_line(bytes: &[u8]) -> bool {
    bytes.ends_with(b"\n") || bytes.ends_with(b"}}")
}

#[tokio::test]
async fn what_is_no_message_is_given_up_and_holds_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("messages.jsonl");
    let mut wrong = effect(1);
    wrong.payload = b"\xFF not JSON".to_vec();
    let handled = tell(&path, &[wrong, effect(2)]).await;
    assert!(matches!(&handled[0], Handled::Never(why) if why.starts_with("not a message")));
    assert_eq!(handled[1], Handled::Done);
    assert_eq!(keys(&path, 0), ["practice/2"]);
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(FileMailbox::open(folder.path().join("none/messages.jsonl")).is_err());
}
