//! PyPI `matching` on the same instance, where python3 has it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use mattoni_ranking::{Applicant, Ranked};

const SCRIPT: &str = r#"
import json, sys, time
from matching.games import HospitalResident
residents, hospitals, places = json.load(sys.stdin)
start = time.perf_counter()
game = HospitalResident.create_from_dictionaries(residents, hospitals, places)
created = time.perf_counter()
matched = sum(map(len, game.solve(optimal="resident").values()))
solved = time.perf_counter()
print(f"{(created - start) * 1000:.1f} ms|{(solved - created) * 1000:.1f} ms|{matched}")
"#;

pub(crate) struct Peer {
    pub(crate) create: String,
    pub(crate) solve: String,
    pub(crate) matched: String,
}

/// `None` when python3 is not here or cannot import `matching`.
pub(crate) fn solve(
    people: &[Applicant],
    ranked: &Ranked<'_>,
    seats: &[(String, usize)],
) -> Option<Peer> {
    let mut child = Command::new("python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let instance = instance(people, ranked, seats);
    // A child that could not import has gone, and its pipe with it.
    let written = child.stdin.take()?.write_all(instance.as_bytes());
    let output = child.wait_with_output().ok()?;
    let text = String::from_utf8(output.stdout).ok().filter(|_| written.is_ok())?;
    let mut parts = text.trim().split('|').map(str::to_owned);
    Some(Peer { create: parts.next()?, solve: parts.next()?, matched: parts.next()? })
}

fn instance(people: &[Applicant], ranked: &Ranked<'_>, seats: &[(String, usize)]) -> String {
    let open = |code: &str| seats.iter().any(|(seat, places)| seat == code && *places > 0);
    let mut lists: std::collections::BTreeMap<&str, Vec<(u32, usize, &str)>> =
        std::collections::BTreeMap::new();
    for (position, a) in ranked.iter().enumerate() {
        for p in a.preferences.iter().filter(|p| open(&p.facility)) {
            lists.entry(&p.facility).or_default().push((p.priority, position, &a.code));
        }
    }
    let quoted = |codes: &[&str]| -> String {
        codes.iter().map(|code| format!("\"{code}\"")).collect::<Vec<_>>().join(",")
    };
    let mut text = String::from("[{");
    let wishes = |a: &Applicant| -> Vec<String> {
        a.preferences.iter().map(|p| p.facility.clone()).filter(|f| open(f)).collect()
    };
    let mut comma = "";
    for a in people {
        let wishes = wishes(a);
        if !wishes.is_empty() {
            let wishes: Vec<&str> = wishes.iter().map(String::as_str).collect();
            let _ = write!(text, "{comma}\"{}\":[{}]", a.code, quoted(&wishes));
            comma = ",";
        }
    }
    text.push_str("},{");
    comma = "";
    for (code, list) in &mut lists {
        list.sort_unstable();
        let names: Vec<&str> = list.iter().map(|(_, _, code)| *code).collect();
        let _ = write!(text, "{comma}\"{code}\":[{}]", quoted(&names));
        comma = ",";
    }
    text.push_str("},{");
    comma = "";
    for (code, places) in seats.iter().filter(|(code, _)| lists.contains_key(code.as_str())) {
        let _ = write!(text, "{comma}\"{code}\":{places}");
        comma = ",";
    }
    text.push_str("}]");
    text
}
