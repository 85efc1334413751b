//! A tutorial's page, carried out as it stands: every block of it, in order.

use std::collections::VecDeque;
use std::path::Path;

use crate::command::Place;
use crate::rules::{begun_folder, root};

/// The blocks of a page that are still to be carried out.
pub(crate) struct Page(VecDeque<Block>);

#[derive(Debug)]
struct Block {
    language: String,
    text: String,
}

/// A command of a page, and the lines that the page shows of its answer.
pub(crate) struct Step {
    pub(crate) command: String,
    shown: Vec<String>,
}

impl Page {
    pub(crate) fn of(markdown: &str) -> Self {
        let mut blocks = VecDeque::new();
        let mut lines = markdown.lines();
        while let Some(line) = lines.next() {
            let Some((margin, language)) = line.split_once("```") else { continue };
            assert_eq!(margin.trim(), "", "a fence in the middle of a line: {line}");
            let mut text = String::new();
            for line in lines.by_ref().take_while(|line| line.trim() != "```") {
                text += line.strip_prefix(margin).unwrap_or(line);
                text.push('\n');
            }
            blocks.push_back(Block { language: language.to_owned(), text });
        }
        Self(blocks)
    }

    /// The next block, which must be of this language and begin so.
    pub(crate) fn next(&mut self, language: &str, begins: &str) -> String {
        let block = self.0.pop_front().unwrap_or_else(|| panic!("no block {begins} is left"));
        let as_expected = block.language == language && block.text.starts_with(begins);
        assert!(as_expected, "the page has another block before {begins}: {block:?}");
        block.text
    }

    /// Passes a block over that the page only shows.
    pub(crate) fn only_shown(&mut self, language: &str, begins: &str) {
        self.next(language, begins);
    }

    /// Carries the next block of commands out; answers with what each said.
    pub(crate) fn follow(&mut self, place: &Place, begins: &str) -> Vec<String> {
        let block = self.next("console", &format!("$ {begins}"));
        steps(&block).iter().map(|step| step.take(place)).collect()
    }

    /// Nothing on the page may be left untried.
    pub(crate) fn end(self) {
        assert!(self.0.is_empty(), "blocks that no test uses: {:?}", self.0);
    }
}

/// The commands of a block.
pub(crate) fn steps(block: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut goes_on = false;
    for line in block.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), shown: Vec::new() });
        } else {
            let step = steps.last_mut().unwrap_or_else(|| panic!("no command before {line}"));
            match goes_on {
                true => step.command += &format!("\n{line}"),
                false => step.shown.push(line.to_owned()),
            }
        }
        goes_on = line.ends_with('\\');
    }
    steps
}

impl Step {
    /// Has a shell carry it out, with the checkout's sources and nothing from the network; what the
    /// page shows must be among what it says, line by line and in order. A line of the page that
    /// ends with … is the beginning of one.
    pub(crate) fn take(&self, place: &Place) -> String {
        let given = format!(
            "export MATTONI_SOURCES='{}' MATTONI_PLUGINS=target/plugins CARGO_NET_OFFLINE=true",
            root().display()
        );
        let ended = place.shell(&format!("{given}\n{}", self.command));
        assert_eq!(ended.code, 0, "{}: {}{}", self.command, ended.out, ended.err);
        let mut said = ended.out.lines().map(str::trim_end);
        for shown in &self.shown {
            let is_shown = |line: &str| match shown.strip_suffix('…') {
                Some(beginning) => line.starts_with(beginning),
                None => line == shown.trim_end(),
            };
            let found = said.any(is_shown);
            assert!(found, "{}\nsays no {shown}\nbut\n{}", self.command, ended.out);
        }
        ended.out
    }
}

/// A folder with nothing but what a checkout gives: the examples.
pub(crate) fn checkout() -> Place {
    let place = Place::new();
    std::os::unix::fs::symlink(root().join("examples"), place.path("examples")).unwrap();
    // Natively compiled things stay with those of the other rules that tests begin.
    let cargo = place.path(".cargo");
    std::fs::create_dir(&cargo).unwrap();
    std::fs::copy(begun_folder().join(".cargo/config.toml"), cargo.join("config.toml")).unwrap();
    place
}

/// Lets a rule that was just begun lie where other begun rules are compiled, so that the libraries
/// they are made of are compiled once, in the versions of the project's own plugins.
pub(crate) fn keep(place: &Place, rule: &str) {
    let (begun, kept) = (place.path(rule), begun_folder().join(rule));
    let _ = std::fs::remove_dir_all(&kept);
    std::fs::create_dir_all(kept.join("src")).unwrap();
    for file in ["Cargo.toml", "src/lib.rs", "cases.csv"] {
        std::fs::copy(begun.join(file), kept.join(file)).unwrap();
    }
    std::fs::copy(root().join("plugins/Cargo.lock"), kept.join("Cargo.lock")).unwrap();
    std::fs::remove_dir_all(&begun).unwrap();
    std::os::unix::fs::symlink(kept, begun).unwrap();
}

/// Puts a text in place of all from the line that begins one part of a file to the line that begins
/// another, or to its end.
pub(crate) fn in_place_of(file: &Path, from: &str, to: Option<&str>, text: &str) {
    let whole = std::fs::read_to_string(file).unwrap();
    let start = whole.find(from).unwrap_or_else(|| panic!("{} has no {from}", file.display()));
    let end = to.map_or(whole.len(), |to| {
        let end = whole[start..].find(to);
        start + end.unwrap_or_else(|| panic!("{} has no {to} after {from}", file.display()))
    });
    std::fs::write(file, format!("{}{text}\n{}", &whole[..start], &whole[end..])).unwrap();
}

#[test]
fn blocks_and_commands_are_read_as_people_read_them() {
    let mut page = Page::of(
        "Text\n\n```console\n$ one \\\n   more\nsaid\n$ two\n```\n- item\n\n  ```toml\n  a = 1\n  ```\n",
    );
    let block = page.next("console", "$ one");
    let read: Vec<_> = steps(&block).into_iter().map(|step| (step.command, step.shown)).collect();
    let first = ("one \\\n   more".to_owned(), vec!["said".to_owned()]);
    assert_eq!(read, [first, ("two".to_owned(), Vec::new())]);
    assert_eq!(page.next("toml", ""), "a = 1\n");
    page.end();
}
