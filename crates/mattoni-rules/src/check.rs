//! Checking what a plugin says about itself, before anything of it is believed.

use std::collections::BTreeSet;

use mattoni_core::value::{Kind, Value};
use mattoni_core::{Money, Problem, Problems};
use rust_decimal::Decimal;

use crate::contract;
use crate::convert;
use crate::declared::Declared;
use crate::description::{Description, Input, Parameter, Reason};

/// Longest name or code.
const NAME: usize = 64;
/// Longest label, source or sentence.
const TEXT: usize = 1_000;
/// Most inputs, parameters, criteria, ties or classes.
pub(crate) const ITEMS: usize = 1_000;
/// Most reasons and options of a choice: both are numbered in 16 bits.
const NUMBERED: usize = 65_000;
/// Greatest amount, in cents: a thousand of them still fit 64 bits.
const AMOUNT: i64 = 1_000_000_000_000;

/// Collects what is wrong.
pub struct Checker {
    found: Vec<Problem>,
}

impl Checker {
    pub(crate) fn problem(&mut self, field: &str, rule: impl Into<String>) {
        let field: String = field.chars().take(2 * NAME).collect();
        self.found.push(Problem::new("rules.description", field, rule, "ask the plugin's author"));
    }

    pub(crate) fn name(&mut self, field: &str, name: &str) {
        let fits = (1..=NAME).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if !fits {
            self.problem(
                field,
                format!("names have 1 to {NAME} lower-case letters, digits, hyphens, underscores"),
            );
        }
    }

    pub(crate) fn text(&mut self, field: &str, text: &str) {
        if text.chars().count() > TEXT || text.chars().any(char::is_control) {
            self.problem(field, format!("texts have at most {TEXT} characters in one line"));
        }
    }

    pub(crate) fn unique<'a>(
        &mut self,
        what: &str,
        names: impl Iterator<Item = &'a str>,
        most: usize,
    ) {
        let mut seen = BTreeSet::new();
        let mut count = 0;
        for name in names {
            count += 1;
            if !seen.insert(name) {
                self.problem(&format!("{what}.{name}"), "names are given once");
            }
        }
        if count > most {
            self.problem(what, format!("there are at most {most}"));
        }
    }

    /// The kind with its options' labels; a placeholder where it is wrong.
    fn kind(&mut self, field: &str, kind: contract::Kind) -> (Kind, Vec<String>) {
        let bounds = |check: &mut Self, bounds: contract::Bounds| {
            if bounds.min.zip(bounds.max).is_some_and(|(min, max)| min > max) {
                check.problem(field, "the least is above the greatest");
            }
            (bounds.min, bounds.max)
        };
        let kind = match kind {
            contract::Kind::Boolean => Kind::Boolean,
            contract::Kind::Integer(given) => {
                let (min, max) = bounds(self, given);
                Kind::Integer { min, max }
            }
            contract::Kind::Decimal(decimals) => {
                let (min, max) = bounds(self, decimals.bounds);
                if decimals.scale > 9 {
                    self.problem(field, "decimals are at most 9");
                }
                let scale = u32::from(decimals.scale.min(9));
                let number = |units| Decimal::new(units, scale);
                Kind::Decimal { scale, min: min.map(number), max: max.map(number) }
            }
            contract::Kind::Money(given) => {
                let (min, max) = bounds(self, given);
                Kind::Money { min: min.map(Money::from_cents), max: max.map(Money::from_cents) }
            }
            contract::Kind::Date(given) => {
                let (min, max) = bounds(self, given);
                let mut date = |days: i64| {
                    let date = i32::try_from(days).ok().and_then(convert::date);
                    if date.is_none() {
                        self.problem(field, "a bound is no date");
                    }
                    date
                };
                Kind::Date { min: min.and_then(&mut date), max: max.and_then(&mut date) }
            }
            contract::Kind::Text(max_chars) => Kind::Text { max_chars },
            contract::Kind::Choice(options) => {
                if options.is_empty() {
                    self.problem(field, "a choice has at least one option");
                }
                self.unique(field, options.iter().map(|option| option.code.as_str()), NUMBERED);
                for option in &options {
                    self.name(field, &option.code);
                    self.text(field, &option.label);
                }
                let (codes, labels) =
                    options.into_iter().map(|option| (option.code, option.label)).unzip();
                return (Kind::Choice { options: codes }, labels);
            }
        };
        (kind, Vec::new())
    }

    fn input(&mut self, input: contract::Input) -> Input {
        let field = format!("input.{}", input.name);
        self.name(&field, &input.name);
        self.text(&field, &input.label);
        self.text(&field, &input.source);
        let (kind, option_labels) = self.kind(&field, input.kind);
        Input {
            name: input.name,
            label: input.label,
            kind,
            option_labels,
            required: input.required,
            source: input.source,
        }
    }

    fn parameter(&mut self, parameter: contract::Parameter) -> Parameter {
        let field = format!("parameter.{}", parameter.name);
        self.name(&field, &parameter.name);
        self.text(&field, &parameter.label);
        self.text(&field, &parameter.source);
        let (kind, option_labels) = self.kind(&field, parameter.kind);
        let default = convert::from_contract(&kind, &parameter.default);
        match &default {
            None => self.problem(&field, "the default is of another kind"),
            Some(default) => {
                if let Err(problem) = kind.check(default) {
                    self.problem(&field, format!("the default {}", problem.rule));
                }
            }
        }
        Parameter {
            name: parameter.name,
            label: parameter.label,
            kind,
            option_labels,
            default: default.unwrap_or(Value::Boolean(false)),
            source: parameter.source,
        }
    }

    /// Something with a code and a label.
    pub(crate) fn named(&mut self, what: &str, code: &str, label: &str) {
        let field = format!("{what}.{code}");
        self.name(&field, code);
        self.text(&field, label);
    }

    /// Something with a code, a label and a legal source.
    pub(crate) fn item(&mut self, what: &str, code: &str, label: &str, source: &str) {
        self.named(what, code, label);
        self.text(&format!("{what}.{code}"), source);
    }

    /// Bounds of an amount, in order and small enough for sums of many to fit.
    pub(crate) fn bounds(&mut self, field: &str, min: i64, max: i64) {
        if min > max {
            self.problem(field, "the least is above the greatest");
        }
        if min < -AMOUNT || max > AMOUNT {
            self.problem(field, "amounts are below ten thousand million euro");
        }
    }
}

/// The description, or everything that is wrong with it. `declare` checks what is declared of the
/// answers, given the names of the inputs.
pub(crate) fn description(
    about: contract::Description,
    declare: impl FnOnce(&mut Checker, &[String]) -> Declared,
) -> Result<Description, Problems> {
    let mut check = Checker { found: Vec::new() };
    check.name("name", &about.name);
    check.text("version", &about.version);
    check.unique("input", about.inputs.iter().map(|input| input.name.as_str()), ITEMS);
    check.unique("parameter", about.parameters.iter().map(|one| one.name.as_str()), ITEMS);
    check.unique("reason", about.reasons.iter().map(|reason| reason.code.as_str()), NUMBERED);
    about.reasons.iter().for_each(|reason| check.named("reason", &reason.code, &reason.text));
    let names: Vec<String> = about.inputs.iter().map(|input| input.name.clone()).collect();
    let answers = declare(&mut check, &names);
    let reason = |reason: contract::Reason| Reason { code: reason.code, text: reason.text };
    let description = Description {
        name: about.name,
        version: about.version,
        contract: contract::VERSION.to_owned(),
        inputs: about.inputs.into_iter().map(|input| check.input(input)).collect(),
        parameters: about.parameters.into_iter().map(|one| check.parameter(one)).collect(),
        reasons: about.reasons.into_iter().map(reason).collect(),
        answers,
    };
    Problems::check(check.found)?;
    Ok(description)
}
