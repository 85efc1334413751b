//! `mattoni rules test`.

use std::fmt::Write as _;
use std::path::Path;

use mattoni_rules::Ready;
use mattoni_rules::cases::{self, Case};
use mattoni_rules::worlds::World;
use serde_json::json;

use super::world::Verb;
use crate::output::{Failure, Reader, print_json, print_text, table};
use crate::store_access::files;

pub(crate) struct Test<'a> {
    pub(crate) cases: &'a Path,
    pub(crate) junit: Option<&'a Path>,
    pub(crate) reader: Reader,
}

impl Verb for Test<'_> {
    fn run<W: World>(&self, plugin: Ready<W>) -> Result<(), Failure> {
        let text = String::from_utf8(files::bytes(self.cases)?).map_err(|error| {
            let what = format!("i casi non sono in UTF-8: {}", self.cases.display());
            Failure::broken(&what, &error)
        })?;
        let cases = cases::check(&plugin, &text)?;
        if let Some(path) = self.junit {
            std::fs::write(path, junit(&plugin.description().name, &cases))
                .map_err(|error| Failure::file("non si può scrivere il risultato", path, &error))?;
        }
        let wrong = cases.iter().filter(|case| !case.mismatches.is_empty()).count();
        match self.reader {
            Reader::Machine => print_json(&json!({
                "cases": cases.len(),
                "different": wrong,
                "differences": cases.iter().flat_map(differences).collect::<Vec<_>>(),
            })),
            Reader::Person => {
                if wrong > 0 {
                    let mut lines = table(["riga", "caso", "risposta", "attesa", "data"]);
                    for case in &cases {
                        for one in &case.mismatches {
                            lines.add_row([
                                &case.line.to_string(),
                                &case.name,
                                &one.answer,
                                &one.expected,
                                &one.is,
                            ]);
                        }
                    }
                    print_text(&lines.to_string());
                }
                print_text(&format!("casi: {}, diversi: {wrong}", cases.len()));
            }
        }
        if wrong == 0 { Ok(()) } else { Err(Failure::Found) }
    }
}

fn differences(case: &Case) -> impl Iterator<Item = serde_json::Value> + '_ {
    case.mismatches.iter().map(|one| {
        json!({
            "line": case.line, "case": case.name, "answer": one.answer,
            "expected": one.expected, "is": one.is,
        })
    })
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML 1.0 knows no other control characters, not even escaped.
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The cases as JUnit's XML, which every CI reads.
fn junit(plugin: &str, cases: &[Case]) -> String {
    let wrong = cases.iter().filter(|case| !case.mismatches.is_empty()).count();
    let plugin = escaped(plugin);
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string does not fail.
    let _ = writeln!(
        xml,
        "<testsuite name=\"{plugin}\" tests=\"{}\" failures=\"{wrong}\">",
        cases.len()
    );
    for case in cases {
        let name = escaped(&format!("line {}: {}", case.line, case.name));
        let _ = write!(xml, "  <testcase classname=\"{plugin}\" name=\"{name}\"");
        if case.mismatches.is_empty() {
            xml.push_str("/>\n");
            continue;
        }
        xml.push_str(">\n");
        for one in &case.mismatches {
            let message =
                escaped(&format!("{} is {}, expected {}", one.answer, one.is, one.expected));
            let _ = writeln!(xml, "    <failure message=\"{message}\"/>");
        }
        xml.push_str("  </testcase>\n");
    }
    xml.push_str("</testsuite>\n");
    xml
}
