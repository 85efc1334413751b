//! The nursery's decision model beside two peers, on the same rules and rows.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use mattoni_core::Digest;
use mattoni_core::value::Kind;
use mattoni_rules::{AnswerColumn, Batch, Column, Host, Limits, Ready};

use crate::{loaded, median, ready, time};

/// So many times all combinations make about a million rows.
const REPEAT: usize = 77;
const PACKAGES: [&str; 2] = ["openfisca-core==46.0.1", "zen-engine==2.1.3"];

/// All combinations of the declared options, the last input running fastest.
fn combinations(plugin: &Ready, repeat: usize) -> Batch {
    let sizes = plugin.description().inputs.iter().map(|input| match &input.kind {
        Kind::Choice { options } => options.len(),
        _ => 1,
    });
    let sizes: Vec<usize> = sizes.collect();
    let all: usize = sizes.iter().product();
    let columns = plugin.description().inputs.iter().enumerate().map(|(at, input)| {
        let slower: usize = sizes[at + 1..].iter().product();
        let index = |row: usize| (row % all / slower % sizes[at]) as u16;
        (input.name.clone(), Column::choices((0..all * repeat).map(index).collect()))
    });
    Batch::from_columns(plugin.description(), columns.collect()).expect("the rows are in order")
}

fn classes(plugin: &Ready) -> Digest {
    let answer = plugin.score(&combinations(plugin, 1)).expect("scores");
    let column = answer.columns().into_iter().find(|(name, _)| name == "class");
    let Some((_, AnswerColumn::Codes { indices, .. })) = column else {
        panic!("the model gives classes")
    };
    let bytes: Vec<u8> = indices.into_iter().flatten().map(|index| index as u8).collect();
    Digest::of(&bytes)
}

fn line(who: &str, rows: usize, seconds: f64, same: &str) {
    println!("{who:>44} {rows:>9} {:>14.0} {same:>8}", rows as f64 / seconds);
}

/// Python with the peers, installed in a folder of its own where it is not there yet.
fn python() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tools/peers");
    let done = |command: &mut Command| {
        let output = command.output().map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stderr);
        let last = || text.lines().last().unwrap_or_default().to_owned();
        if output.status.success() { Ok(()) } else { Err(last()) }
    };
    let python = folder.join("bin/python");
    if !python.exists() {
        done(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    let mut pip = Command::new(&python);
    done(pip.args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
    Ok(python)
}

fn peers() -> Result<String, String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/nursery.py");
    let mut command = Command::new(python()?);
    let output = command.arg(script).arg(REPEAT.to_string()).output();
    let output = output.map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or("").into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The UCI nursery model: all 12,960 combinations again and again.
pub(crate) fn nursery_model() {
    let host = Host::new(Limits::default()).expect("the host starts");
    let plugin: Ready = ready(loaded(&host, "nursery-model"));
    let batch = combinations(&plugin, REPEAT);
    let own = classes(&plugin);
    println!("\nnursery-model, the rule behind the UCI data set, beside peers");
    println!("{:>44} {:>9} {:>14} {:>8}", "who", "rows", "rows/s", "answers");
    for cores in [1, 2] {
        let times = (0..11).map(|_| time(|| plugin.answer_on(&batch, cores).expect("scores")));
        let seconds = median(times.collect::<Vec<Duration>>()).as_secs_f64();
        line(&format!("mattoni-rules, {cores} cores"), batch.rows(), seconds, "");
    }
    let text = match peers() {
        Ok(text) => text,
        Err(why) => return println!("no peers (OpenFisca-Core, zen-engine): {why}"),
    };
    for result in text.lines().filter_map(|l| serde_json::from_str::<serde_json::Value>(l).ok()) {
        let rows = result["rows"].as_u64().unwrap_or(0) as usize;
        let same = match result["classes"].as_str() {
            Some(digest) if digest == own.to_string() => "same",
            Some(_) => "DIFFER",
            None => "",
        };
        let seconds = result["seconds"].as_f64().unwrap_or(f64::NAN);
        line(result["peer"].as_str().unwrap_or("?"), rows, seconds, same);
    }
}
