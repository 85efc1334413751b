//! Processes that are killed, run out of disk, or share a store. What was acknowledged is there,
//! whole, with no number missing.
//!
//! Every batch is of two lamps, so that half of one would be seen.
//!
//! Each test starts its own executable again as the process that writes. `MATTONI_SOAK=full` kills
//! it two hundred times instead of six.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use mattoni_core::Id;
use mattoni_store::{
    Batch, CommitError, Conflict, Effect, Loaded, Postgres, SequenceClaim, Sqlite, Store, load,
    verify, verify_states,
};
use tempfile::TempDir;

use crate::server::Server;
use crate::support::{Lamp, act, ente, hung, lamps, soak};

/// The file of an SQLite store, or how PostgreSQL is reached.
pub(crate) const PLACE: &str = "MATTONI_STORE_TEST_PLACE";
pub(crate) const ROUND: &str = "MATTONI_STORE_TEST_ROUND";
const WRITERS: u128 = 8;

/// How often the writer is killed, and after how many rounds everything is read.
fn crashes() -> (u32, u32) {
    soak((6, 3), (200, 20))
}

/// The second lamp of each batch has the id of the first and this.
const TWIN: u128 = 1 << 96;

#[test]
fn a_process_killed_at_any_moment_loses_nothing_it_acknowledged() {
    const TEST: &str = "crash::a_process_killed_at_any_moment_loses_nothing_it_acknowledged";
    if in_child() {
        return write_on(usize::MAX);
    }
    let dir = TempDir::new().unwrap();
    kill_again_and_again(TEST, &dir.path().join("crash.db").display().to_string());
}

#[test]
fn a_process_killed_while_it_writes_to_postgres_loses_nothing_it_acknowledged() {
    const TEST: &str =
        "crash::a_process_killed_while_it_writes_to_postgres_loses_nothing_it_acknowledged";
    if in_child() {
        return write_on(usize::MAX);
    }
    let server = Server::start();
    kill_again_and_again(TEST, &server.conninfo());
}

fn kill_again_and_again(test: &str, place: &str) {
    let (crashes, look) = crashes();
    let mut acknowledged = BTreeMap::new();
    let mut seed = 0x5eed_u64;
    for round in 1..=crashes {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut child = start(command(test), place, round);
        let killed_after = acknowledged.len() + 1 + usize::try_from(seed >> 33).unwrap() % 80;
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for line in lines {
            // The last line may have been cut in the middle.
            if let Some((id, number)) = parse(&line.unwrap_or_default()) {
                acknowledged.insert(id, number);
                if acknowledged.len() == killed_after {
                    child.kill().unwrap();
                }
            }
        }
        assert!(!child.wait().unwrap().success());
        // The whole is looked at now and then: it grows with every round.
        if round % look == 0 {
            assert_whole(place, &acknowledged);
        }
    }
    assert!(acknowledged.len() >= crashes as usize);
}

#[test]
fn a_full_disk_is_an_error_and_loses_nothing_acknowledged() {
    const TEST: &str = "crash::a_full_disk_is_an_error_and_loses_nothing_acknowledged";
    if in_child() {
        return write_on(usize::MAX);
    }
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("full.db").display().to_string();
    let direct = command(TEST);
    // No file may grow beyond four megabytes or two, depending on the shell's unit.
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\""])
        .arg(direct.get_program())
        .args(direct.get_args());
    let output = start(limited, &path, 1).wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let acknowledged: BTreeMap<_, _> = text.lines().filter_map(parse).collect();
    assert!(!acknowledged.is_empty(), "{text}");
    let failed = text.lines().filter(|line| line.starts_with("failed ")).count();
    assert_eq!(failed, WRITERS as usize, "every writer is told: {text}");
    assert_whole(&path, &acknowledged);
}

#[test]
fn two_processes_share_a_file() {
    const TEST: &str = "crash::two_processes_share_a_file";
    if in_child() {
        return write_on(20);
    }
    let dir = TempDir::new().unwrap();
    share(TEST, &dir.path().join("shared.db").display().to_string());
}

#[test]
fn two_processes_share_a_server() {
    const TEST: &str = "crash::two_processes_share_a_server";
    if in_child() {
        return write_on(20);
    }
    let server = Server::start();
    share(TEST, &server.conninfo());
}

fn share(test: &str, place: &str) {
    let children = [1, 2].map(|round| start(command(test), place, round));
    let mut acknowledged = BTreeMap::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        acknowledged.extend(text.lines().filter_map(parse));
    }
    assert_eq!(acknowledged.len(), 2 * 20 * WRITERS as usize);
    assert_whole(place, &acknowledged);
}

#[test]
fn a_process_killed_beside_another_on_one_file_leaves_it_to_write_on() {
    const TEST: &str = "crash::a_process_killed_beside_another_on_one_file_leaves_it_to_write_on";
    if in_child() {
        return write_on(usize::MAX);
    }
    let dir = TempDir::new().unwrap();
    kill_beside(TEST, &dir.path().join("shared.db").display().to_string());
}

#[test]
fn a_process_killed_beside_another_on_one_server_leaves_it_to_write_on() {
    const TEST: &str = "crash::a_process_killed_beside_another_on_one_server_leaves_it_to_write_on";
    if in_child() {
        return write_on(usize::MAX);
    }
    let server = Server::start();
    kill_beside(TEST, &server.conninfo());
}

/// One process writes all the time; beside it others are started and killed as they write.
fn kill_beside(test: &str, place: &str) {
    let killed = soak(3, 10);
    let mut acknowledged = BTreeMap::new();
    let mut steady = start(command(test), place, 1);
    let mut said = BufReader::new(steady.stdout.take().unwrap()).lines();
    let mut hear = |acknowledged: &mut BTreeMap<u128, u64>, lines: usize| {
        for _ in 0..lines {
            let line = said.next().expect("it goes on").unwrap();
            assert!(!line.starts_with("failed "), "whoever is left alone fails at nothing: {line}");
            acknowledged.extend(parse(&line));
        }
    };
    for round in 2..2 + killed {
        let mut child = start(command(test), place, round);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut left = 1 + round;
        for line in lines {
            acknowledged.extend(parse(&line.unwrap_or_default()));
            left = left.saturating_sub(1);
            if left == 0 {
                child.kill().unwrap();
            }
        }
        assert!(!child.wait().unwrap().success());
        hear(&mut acknowledged, 20);
    }
    steady.kill().unwrap();
    steady.wait().unwrap();
    assert_whole(place, &acknowledged);
}

fn in_child() -> bool {
    std::env::var_os(PLACE).is_some()
}

pub(crate) fn command(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]);
    command
}

fn start(mut command: Command, place: &str, round: u32) -> Child {
    command.env(PLACE, place).env(ROUND, round.to_string()).stdout(Stdio::piped()).spawn().unwrap()
}

/// An acknowledged commit: the lamp and its number.
fn parse(line: &str) -> Option<(u128, u64)> {
    let mut words = line.strip_prefix("committed ")?.strip_suffix(" .")?.split(' ');
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

/// The child: writers that commit `each` pairs of lamps, every lamp with the next number, and say
/// so.
fn write_on(each: usize) {
    let place = std::env::var(PLACE).unwrap();
    let round: u128 = std::env::var(ROUND).unwrap().parse().unwrap();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = open(&place).await;
        let writers: Vec<_> = (1..=WRITERS)
            .map(|writer| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    for n in 0..each {
                        let id = (round << 64) | (writer << 32) | n as u128;
                        match hang_with_a_number(&*store, id).await {
                            Ok(number) => say(&format!("committed {id} {number} .")),
                            Err(error) => return say(&format!("failed {error:?}")),
                        }
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
    });
}

fn say(line: &str) {
    // One write a line: a kill does not mix two of them.
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}

async fn hang_with_a_number(store: &dyn Store, id: u128) -> Result<u64, CommitError> {
    loop {
        let number = store.last(&ente(), "lamps").await? + 1;
        let mut pair = numbered(id, number);
        pair.changes.extend(numbered(id | TWIN, number + 1).changes);
        match store.commit(pair).await {
            Ok(_) => return Ok(number),
            Err(CommitError::Conflict(Conflict::Number { .. })) => {}
            Err(error) => return Err(error),
        }
    }
}

/// A lamp that carries a number.
pub(crate) fn numbered(id: u128, number: u64) -> Batch {
    let mut change = hung(id, &number.to_string()).change;
    change.projection = change.projection.unique("number", number.to_string());
    let change = change
        .with_claim(SequenceClaim::new("lamps", number))
        .with_effects([Effect::new(format!("lamp/{id}"), "bulb", "{}")]);
    Batch::new(ente(), [change])
}

pub(crate) async fn open(place: &str) -> Arc<dyn Store> {
    if place.starts_with("host=") {
        Arc::new(Postgres::open(place).await.unwrap())
    } else {
        Arc::new(Sqlite::open(place).unwrap())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn assert_whole(place: &str, acknowledged: &BTreeMap<u128, u64>) {
    let store = open(place).await;
    assert_store_whole(&*store, acknowledged).await;
    let states = store.streams(&ente(), "lamp", None, usize::MAX).await.unwrap();
    let number = |state| Loaded::<Lamp>::read(state).unwrap().state.hall.parse::<u64>().unwrap();
    let numbers: BTreeMap<u128, u64> =
        states.iter().map(|state| (state.stream.id.as_u128(), number(state))).collect();
    for (id, number) in numbers.iter().filter(|(id, _)| *id & TWIN == 0) {
        assert_eq!(numbers.get(&(id | TWIN)), Some(&(number + 1)), "half a batch is there");
    }
    assert_eq!(numbers.len() % 2, 0, "half a batch is there");
}

pub(crate) async fn assert_store_whole(store: &dyn Store, acknowledged: &BTreeMap<u128, u64>) {
    for (id, number) in acknowledged {
        let lamp = load::<Lamp>(store, &ente(), Id::from_u128(*id)).await.unwrap();
        assert_eq!(lamp.expect("acknowledged").state.hall, number.to_string());
    }
    let states = store.streams(&ente(), "lamp", None, usize::MAX).await.unwrap();
    let mut numbers: Vec<u64> = states
        .iter()
        .map(|state| Loaded::<Lamp>::read(state).unwrap().state.hall.parse().unwrap())
        .collect();
    numbers.sort_unstable();
    let last = store.last(&ente(), "lamps").await.unwrap();
    assert_eq!(numbers, (1..=last).collect::<Vec<_>>(), "neither gap nor twin");
    let effects = store.due(&ente(), act(0).at, usize::MAX).await.unwrap();
    assert_eq!(effects.len(), numbers.len(), "an effect for every lamp");

    let chain = verify(store, &ente(), |_| {}).await.unwrap();
    assert_eq!(chain.findings, []);
    assert_eq!(chain.rows, last);
    let bricks = lamps();
    let report = verify_states(store, &ente(), &bricks, |_| {}).await.unwrap();
    assert_eq!(report.findings, []);
}
