//! A process that is killed between committing and delivering, and between delivering and saying
//! so. The test starts its own executable again as that process.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use mattoni_desk::{Desk, DeskError, Handled, Taker};
use mattoni_practice::Practice;
use mattoni_store::{Memory, Sqlite, StoredEffect};
use tempfile::TempDir;

use crate::practices::{Spec, at, citizen, desk_on, ente, id, life};

const FOLDER: &str = "MATTONI_DESK_TEST_FOLDER";
const ROUND: &str = "MATTONI_DESK_TEST_ROUND";
const CRASHES: usize = 200;
/// More practices than a round ever gets to.
const A_ROUND: usize = 10_000;

/// A receiver that outlives the process: a file that gets a line for whatever is handed over, with
/// its key, and then says so.
struct Registry {
    topic: &'static str,
    file: PathBuf,
}

#[async_trait]
impl Taker for Registry {
    fn topic(&self) -> &str {
        self.topic
    }

    async fn take(
        &self,
        _: &Desk,
        effects: &[StoredEffect],
        _: DateTime<Utc>,
    ) -> Result<Vec<Handled>, DeskError> {
        let mut file = OpenOptions::new().append(true).create(true).open(&self.file).unwrap();
        for effect in effects {
            let line = format!("{} {} .\n", effect.stream.id, effect.key);
            file.write_all(line.as_bytes()).unwrap();
            say("handed over");
        }
        Ok(effects.iter().map(|_| Handled::Done).collect())
    }
}

fn say(line: &str) {
    // One write a line: a kill does not mix two of them.
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}

fn registries(folder: &Path) -> [Registry; 2] {
    ["registry.register", "message.tell"]
        .map(|topic| Registry { topic, file: folder.join("received") })
}

fn desk(folder: &Path) -> Desk {
    desk_on(Sqlite::open(folder.join("town.db")).unwrap())
}

async fn deliver(desk: &Desk, folder: &Path) {
    let registries = registries(folder);
    let takers: Vec<&dyn Taker> = registries.iter().map(|r| r as &dyn Taker).collect();
    desk.deliver_to(&takers, at(1), &|_| ()).await.unwrap();
}

/// The child: opens one practice after the other, says so, and delivers what follows from it.
fn work_on(folder: &Path) {
    let round: usize = std::env::var(ROUND).unwrap().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let desk = desk(folder);
        // What the one before left behind.
        deliver(&desk, folder).await;
        for number in round * A_ROUND..(round + 1) * A_ROUND {
            open(&desk, number).await;
            say(&format!("committed {number} ."));
            deliver(&desk, folder).await;
        }
    });
}

/// A practice that was submitted: it asks for a number and tells its applicant.
async fn open(desk: &Desk, number: usize) {
    let spec = Spec {
        service: 0,
        applicant: 0,
        filer: 0,
        reader: None,
        office: 0,
        stage: 1,
        noted: false,
    };
    let act = citizen(spec.applicant, 0);
    desk.open::<Practice>(id(number), &act, &life(number, &spec)).await.unwrap();
}

#[test]
fn whenever_it_is_all_that_was_committed_arrives_and_nothing_twice() {
    const TEST: &str = "killed::whenever_it_is_all_that_was_committed_arrives_and_nothing_twice";
    if let Some(folder) = std::env::var_os(FOLDER) {
        return work_on(Path::new(&folder));
    }
    let dir = TempDir::new().unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut seed = 0x5eed_u64;
    for round in 0..CRASHES {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", TEST, "--nocapture"])
            .env(FOLDER, dir.path())
            .env(ROUND, round.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Lines of both kinds count, so that it dies after a commit as well as after a delivery.
        let mut lines_left = 1 + (seed >> 33) % 12;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            // The last line may have been cut in the middle.
            let line = line.unwrap_or_default();
            let committed = line.strip_prefix("committed ").and_then(|l| l.strip_suffix(" ."));
            acknowledged.extend(committed.map(|number| number.parse::<usize>().unwrap()));
            if committed.is_some() || line == "handed over" {
                lines_left = lines_left.saturating_sub(1);
                if lines_left == 0 {
                    child.kill().unwrap();
                }
            }
        }
        assert!(!child.wait().unwrap().success());
    }
    assert!(acknowledged.len() >= CRASHES / 2, "{}", acknowledged.len());

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let desk = desk(dir.path());
        deliver(&desk, dir.path()).await;
        assert!(desk.store().due(&ente(), at(400), 9).await.unwrap().is_empty(), "nothing waits");
        for number in &acknowledged {
            assert!(
                desk.load::<Practice>(id(*number)).await.unwrap().is_some(),
                "{number} is lost"
            );
        }
        // The same by a process that nobody kills.
        let undisturbed = TempDir::new().unwrap();
        let calm = desk_on(Memory::new());
        for number in &acknowledged {
            open(&calm, *number).await;
            deliver(&calm, undisturbed.path()).await;
        }
        let (received, expected) = (received(dir.path()), received(undisturbed.path()));
        for (stream, keys) in &expected {
            assert_eq!(received.get(stream), Some(keys), "all of it, in order, each key once");
        }
        assert!(desk.verify(&|_| ()).await.unwrap().is_clean());
    });
}

/// What a receiver makes of its lines that takes nothing up a second time: for each practice the
/// keys, as they first came.
fn received(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let lines = std::fs::read_to_string(folder.join("received")).unwrap();
    let mut received = BTreeMap::<String, Vec<String>>::new();
    for line in lines.lines() {
        let (stream, key) = line.strip_suffix(" .").unwrap().split_once(' ').unwrap();
        let keys = received.entry(stream.to_owned()).or_default();
        if !keys.iter().any(|known| known == key) {
            keys.push(key.to_owned());
        }
    }
    received
}
