//! Killed at any moment and started again: nothing lost, nothing twice.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use mattoni_desk::Desk;
use nursery::{life, records};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::records::{Remains, ente};
use crate::soak::rounds;

/// When the demo is killed.
#[derive(Debug, Clone, Copy)]
enum When {
    /// As soon as the journal has so many rows.
    Rows(u64),
    /// As soon as it has said so many lines.
    Lines(usize),
}

fn start(folder: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_nursery"))
        .args(["--families", "200", "--folder"])
        .arg(folder)
        .env("MATTONI_PLUGINS", nursery::plugins())
        .env_remove("MATTONI_REAL_DATA")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn finish(folder: &Path) {
    let output = start(folder).wait_with_output().unwrap();
    assert!(output.status.success(), "it must end well once it is let alone");
}

/// Rows of the journal, as far as anyone can see them now.
fn rows(database: &Path) -> Option<u64> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags).ok()?;
    connection
        .query_row("SELECT seq FROM head", [], |row| row.get::<_, i64>(0))
        .ok()?
        .try_into()
        .ok()
}

/// Starts the demo and kills it (SIGKILL) at that moment; answers whether it was still running.
fn kill(folder: &Path, when: When) -> bool {
    let mut child = start(folder);
    match when {
        When::Lines(count) => {
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            assert_eq!(lines.take(count).map_while(Result::ok).count(), count);
        }
        When::Rows(count) => {
            let database = life::database(folder);
            while child.try_wait().unwrap().is_none() && rows(&database) < Some(count) {
                std::thread::yield_now();
            }
        }
    }
    let running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    running
}

/// Two folders in which people will have the same ids, which are made with the ente's own key, and
/// so the same order.
async fn with_the_same_keys() -> [TempDir; 2] {
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let [from, to] = folders.each_ref().map(|folder| life::database(folder.path()));
    let store = records::open(&from).await.unwrap_or_else(|stopped| panic!("{}", stopped.0));
    let parts = mattoni_office::parts().delivering_nothing();
    Desk::new(store, ente(), parts).unwrap().names().await.unwrap();
    std::fs::copy(&from, &to).unwrap();
    std::fs::copy(records::key_file(&from), records::key_file(&to)).unwrap();
    folders
}

#[tokio::test]
async fn a_demo_that_is_killed_again_and_again_ends_like_one_that_was_let_alone() {
    let [undisturbed, disturbed] = with_the_same_keys().await;
    finish(undisturbed.path());
    let expected = Remains::of(undisturbed.path()).await;

    // Spread over the whole journal, and the moments that are said aloud.
    let mut chance = ChaCha8Rng::seed_from_u64(2);
    let spread = rounds(5, 20, 200);
    let step = expected.rows / spread;
    let by_rows = (0..spread).map(|n| When::Rows(1 + n * step + chance.random_range(0..step)));
    let mut moments: Vec<When> = by_rows.collect();
    moments.extend([1, 4, 7, 10].map(When::Lines));

    let (planned, mut killed) = (moments.len(), 0);
    for when in moments {
        killed += usize::from(kill(disturbed.path(), when));
    }
    assert!(4 * killed >= 3 * planned, "killed {killed} times of {planned} while it ran");
    finish(disturbed.path());
    assert_eq!(Remains::of(disturbed.path()).await, expected);
}
