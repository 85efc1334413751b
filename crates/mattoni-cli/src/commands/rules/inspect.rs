//! `mattoni rules inspect`.

use mattoni_core::value::Kind;
use mattoni_rules::description::Declared;
use mattoni_rules::worlds::DayCount;
use mattoni_rules::{Description, Loaded};
use serde_json::json;

use crate::output::{Failure, Reader, print_json, print_text, table};

pub(crate) fn run(loaded: &Loaded, reader: Reader) -> Result<(), Failure> {
    match reader {
        Reader::Machine => print_json(&json!({
            "digest": loaded.digest(), "description": loaded.description(),
        })),
        Reader::Person => {
            let description = loaded.description();
            print_text(&format!(
                "{} {}, for {}, contract {}\ndigest {}",
                description.name,
                description.version,
                description.world(),
                description.contract,
                loaded.digest()
            ));
            print_text(&format!("\n{}", inputs(description)));
            if !description.parameters.is_empty() {
                print_text(&format!("\n{}", parameters(description)));
            }
            print_text(&format!("\n{}", answers(&description.answers)));
            if !description.reasons.is_empty() {
                let mut lines = table(["reason", "sentence"]);
                for reason in &description.reasons {
                    lines.add_row([&reason.code, &reason.text]);
                }
                print_text(&format!("\n{lines}"));
            }
        }
    }
    Ok(())
}

fn inputs(description: &Description) -> String {
    let mut lines = table(["input", "kind", "limits", "required", "label", "from"]);
    for input in &description.inputs {
        let required = if input.required { "yes" } else { "" };
        lines.add_row([
            &input.name,
            input.kind.name(),
            &limits(&input.kind),
            required,
            &input.label,
            &input.source,
        ]);
    }
    lines.to_string()
}

fn parameters(description: &Description) -> String {
    let mut lines = table(["parameter", "kind", "limits", "default", "label", "source"]);
    for one in &description.parameters {
        lines.add_row([
            &one.name,
            one.kind.name(),
            &limits(&one.kind),
            &one.default.to_string(),
            &one.label,
            &one.source,
        ]);
    }
    lines.to_string()
}

fn range<T: ToString>(min: Option<&T>, max: Option<&T>) -> String {
    let text = |bound: Option<&T>| bound.map_or_else(|| "…".to_owned(), T::to_string);
    if min.is_none() && max.is_none() {
        return String::new();
    }
    format!("{} to {}", text(min), text(max))
}

fn limits(kind: &Kind) -> String {
    match kind {
        Kind::Integer { min, max } => range(min.as_ref(), max.as_ref()),
        Kind::Decimal { min, max, .. } => range(min.as_ref(), max.as_ref()),
        Kind::Money { min, max } => range(min.as_ref(), max.as_ref()),
        Kind::Date { min, max } => range(min.as_ref(), max.as_ref()),
        Kind::Text { max_chars } => format!("{max_chars} characters"),
        Kind::Choice { options } => options.join(", "),
        _ => String::new(),
    }
}

fn answers(declared: &Declared) -> String {
    let mut lines = table(["answer", "what", "limits", "label", "source"]);
    let mut add = |code: &str, what: &str, limits: &str, label: &str, source: &str| {
        lines.add_row([code, what, limits, label, source]);
    };
    let hundredths = |points: i32| {
        let sign = if points < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", points.unsigned_abs() / 100, points.unsigned_abs() % 100)
    };
    match declared {
        Declared::Scoring(scoring) => {
            for one in &scoring.criteria {
                let limits = format!("{} to {}", hundredths(one.min), hundredths(one.max));
                add(&one.code, "points", &limits, &one.label, &one.source);
            }
            for tie in &scoring.ties {
                add(&tie.name, "tie key", "", &tie.label, "");
            }
            for class in &scoring.classes {
                add(&class.code, "class", "", &class.label, "");
            }
        }
        Declared::Eligibility(eligibility) => {
            for one in &eligibility.requirements {
                add(&one.code, "requirement", "sì or no", &one.label, &one.source);
            }
        }
        Declared::Benefit(benefit) => {
            for one in &benefit.components {
                let limits = format!("{} to {}", one.min, one.max);
                add(&one.code, "component", &limits, &one.label, &one.source);
            }
            let limits = format!("{} to {}", benefit.min, benefit.max);
            add("total", "sum", &limits, "", "");
        }
        Declared::Tariff(tariff) => {
            for (what, items) in [("charge", &tariff.charges), ("reduction", &tariff.reductions)] {
                for one in items {
                    add(&one.code, what, &format!("up to {}", one.max), &one.label, &one.source);
                }
            }
        }
        Declared::Routing(routing) => {
            for office in &routing.offices {
                add(&office.code, "office", "", &office.label, "");
            }
            for urgency in &routing.priorities {
                add(&urgency.code, "priority", "", &urgency.label, "");
            }
            let term = &routing.term;
            let days = match term.days {
                DayCount::Calendar => "days",
                DayCount::Working => "working days",
            };
            add("days", "term", &format!("{} to {} {days}", term.min, term.max), "", &term.source);
        }
        Declared::Validation(validation) => {
            for one in &validation.checks {
                add(&one.code, "check", &format!("of {}", one.field), &one.label, &one.source);
            }
        }
    }
    lines.to_string()
}
