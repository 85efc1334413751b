//! `mattoni rules inspect`.

use mattoni_core::RuleWorld;
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
                "{} {}, risponde su: {}; contratto {}\nimpronta {}",
                description.name,
                description.version,
                world(&description.answers).italian(),
                description.contract,
                loaded.digest()
            ));
            print_text(&format!("\n{}", inputs(description)));
            if !description.parameters.is_empty() {
                print_text(&format!("\n{}", parameters(description)));
            }
            print_text(&format!("\n{}", answers(&description.answers)));
            if !description.reasons.is_empty() {
                let mut lines = table(["motivo", "frase"]);
                for reason in &description.reasons {
                    lines.add_row([&reason.code, &reason.text]);
                }
                print_text(&format!("\n{lines}"));
            }
        }
    }
    Ok(())
}

const fn world(declared: &Declared) -> RuleWorld {
    match declared {
        Declared::Scoring(_) => RuleWorld::Scoring,
        Declared::Eligibility(_) => RuleWorld::Eligibility,
        Declared::Benefit(_) => RuleWorld::Benefit,
        Declared::Tariff(_) => RuleWorld::Tariff,
        Declared::Routing(_) => RuleWorld::Routing,
        Declared::Validation(_) => RuleWorld::Validation,
    }
}

fn inputs(description: &Description) -> String {
    let mut lines = table(["dato", "tipo", "limiti", "obbligatorio", "etichetta", "da dove"]);
    for input in &description.inputs {
        let required = if input.required { "sì" } else { "" };
        lines.add_row([
            &input.name,
            kind(&input.kind),
            &limits(&input.kind),
            required,
            &input.label,
            &input.source,
        ]);
    }
    lines.to_string()
}

fn parameters(description: &Description) -> String {
    let mut lines = table(["parametro", "tipo", "limiti", "se non detto", "etichetta", "fonte"]);
    for one in &description.parameters {
        lines.add_row([
            &one.name,
            kind(&one.kind),
            &limits(&one.kind),
            &one.default.to_string(),
            &one.label,
            &one.source,
        ]);
    }
    lines.to_string()
}

/// What a value is, in Italian.
fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::Boolean => "sì o no",
        Kind::Integer { .. } => "numero intero",
        Kind::Decimal { .. } => "numero",
        Kind::Money { .. } => "euro",
        Kind::Date { .. } => "data",
        Kind::Text { .. } => "testo",
        Kind::Choice { .. } => "scelta",
        other => other.name(),
    }
}

fn range<T: ToString>(min: Option<&T>, max: Option<&T>) -> String {
    let text = |bound: Option<&T>| bound.map_or_else(|| "…".to_owned(), T::to_string);
    if min.is_none() && max.is_none() {
        return String::new();
    }
    format!("da {} a {}", text(min), text(max))
}

fn limits(kind: &Kind) -> String {
    match kind {
        Kind::Integer { min, max } => range(min.as_ref(), max.as_ref()),
        Kind::Decimal { min, max, .. } => range(min.as_ref(), max.as_ref()),
        Kind::Money { min, max } => range(min.as_ref(), max.as_ref()),
        Kind::Date { min, max } => range(min.as_ref(), max.as_ref()),
        Kind::Text { max_chars } => format!("{max_chars} caratteri"),
        Kind::Choice { options } => options.join(", "),
        _ => String::new(),
    }
}

fn answers(declared: &Declared) -> String {
    let mut lines = table(["risposta", "che cosa", "limiti", "etichetta", "fonte"]);
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
                let limits = format!("da {} a {}", hundredths(one.min), hundredths(one.max));
                add(&one.code, "punti", &limits, &one.label, &one.source);
            }
            for tie in &scoring.ties {
                add(&tie.name, "chiave di parità", "", &tie.label, "");
            }
            for class in &scoring.classes {
                add(&class.code, "classe", "", &class.label, "");
            }
        }
        Declared::Eligibility(eligibility) => {
            for one in &eligibility.requirements {
                add(&one.code, "requisito", "sì o no", &one.label, &one.source);
            }
        }
        Declared::Benefit(benefit) => {
            for one in &benefit.components {
                let limits = format!("da {} a {}", one.min, one.max);
                add(&one.code, "componente", &limits, &one.label, &one.source);
            }
            let limits = format!("da {} a {}", benefit.min, benefit.max);
            add("total", "somma", &limits, "", "");
        }
        Declared::Tariff(tariff) => {
            for (what, items) in [("addebito", &tariff.charges), ("riduzione", &tariff.reductions)]
            {
                for one in items {
                    add(&one.code, what, &format!("fino a {}", one.max), &one.label, &one.source);
                }
            }
        }
        Declared::Routing(routing) => {
            for office in &routing.offices {
                add(&office.code, "ufficio", "", &office.label, "");
            }
            for urgency in &routing.priorities {
                add(&urgency.code, "priorità", "", &urgency.label, "");
            }
            let term = &routing.term;
            let days = match term.days {
                DayCount::Calendar => "giorni",
                DayCount::Working => "giorni lavorativi",
            };
            add(
                "days",
                "termine",
                &format!("da {} a {} {days}", term.min, term.max),
                "",
                &term.source,
            );
        }
        Declared::Validation(validation) => {
            for one in &validation.checks {
                add(&one.code, "controllo", &format!("di {}", one.field), &one.label, &one.source);
            }
        }
    }
    lines.to_string()
}
