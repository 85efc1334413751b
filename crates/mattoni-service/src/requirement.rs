//! Who may have the service at all (*requisiti di accesso*), as far as the answers show it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use mattoni_core::text::is_blank;
use mattoni_core::value::{Kind, Value};
use mattoni_core::{Problem, Problems};
use serde_json::Value as Json;

use crate::{Field, Form, RequirementSource, Service, TestSource};

/// How deep tests stand in tests.
const DEEPEST: usize = 4;

/// A checked requirement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Requirement {
    text: String,
    enforce: bool,
    /// The first field that it is about.
    field: String,
    test: Test,
}

/// What answers must be.
#[derive(Debug, Clone, PartialEq)]
enum Test {
    /// Each of these holds.
    All(Vec<Test>),
    /// One of these holds.
    Any(Vec<Test>),
    /// This does not hold.
    Not(Box<Test>),
    /// The field is answered, or it is not.
    Answered { field: String, answered: bool },
    /// The answer is this one.
    Is { field: String, value: Operand },
    /// The answer is one of these.
    Among { field: String, options: Vec<Value> },
    /// The answer is within these bounds, included.
    Within { field: String, min: Option<Operand>, max: Option<Operand> },
}

/// What an answer is compared with.
#[derive(Debug, Clone, PartialEq)]
enum Operand {
    /// A value.
    Given(Value),
    /// The answer to another field.
    Answer(String),
    /// The value of the first case that holds; else another one, or none.
    Cases { cases: Vec<(Test, Value)>, otherwise: Option<Value> },
}

type Answers = BTreeMap<String, Value>;

impl Test {
    /// Whether it holds; `None` where an answer is missing that would decide it.
    fn holds(&self, answers: &Answers) -> Option<bool> {
        match self {
            Self::All(tests) => decided(tests, answers, false),
            Self::Any(tests) => decided(tests, answers, true),
            Self::Not(test) => test.holds(answers).map(|holds| !holds),
            Self::Answered { field, answered } => Some(answers.contains_key(field) == *answered),
            Self::Is { field, value } => Some(*answers.get(field)? == value.value(answers)?),
            Self::Among { field, options } => Some(options.contains(answers.get(field)?)),
            Self::Within { field, min, max } => {
                let answer = answers.get(field)?;
                let least = min.as_ref().map(|min| min.value(answers));
                let most = max.as_ref().map(|max| max.value(answers));
                let holds = |bound: Option<Option<Value>>, outside| match bound {
                    None => Some(true),
                    Some(bound) => Some(compare(answer, &bound?)? != outside),
                };
                Some(holds(least, Ordering::Less)? && holds(most, Ordering::Greater)?)
            }
        }
    }
}

/// One test that comes out as `deciding` decides; without one, all must be known.
fn decided(tests: &[Test], answers: &Answers, deciding: bool) -> Option<bool> {
    let found: Vec<_> = tests.iter().map(|test| test.holds(answers)).collect();
    if found.contains(&Some(deciding)) {
        return Some(deciding);
    }
    (!found.contains(&None)).then_some(!deciding)
}

impl Operand {
    /// Its value; `None` where an answer is missing, or no case holds.
    fn value(&self, answers: &Answers) -> Option<Value> {
        match self {
            Self::Given(value) => Some(value.clone()),
            Self::Answer(field) => answers.get(field).cloned(),
            Self::Cases { cases, otherwise } => {
                for (when, value) in cases {
                    if when.holds(answers)? {
                        return Some(value.clone());
                    }
                }
                otherwise.clone()
            }
        }
    }
}

fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::Integer(one), Value::Integer(other)) => Some(one.cmp(other)),
        (Value::Decimal(one), Value::Decimal(other)) => Some(one.cmp(other)),
        (Value::Money(one), Value::Money(other)) => Some(one.cmp(other)),
        (Value::Date(one), Value::Date(other)) => Some(one.cmp(other)),
        _ => None,
    }
}

impl Requirement {
    /// Checks a requirement against the form whose answers it is about.
    pub(crate) fn new(source: &RequirementSource, form: &Form) -> Result<Self, Problem> {
        if is_blank(&source.text) {
            return Err(wrong("must have a text".to_owned(), "write what the citizen reads"));
        }
        let field = source.test.first_field().unwrap_or_default().to_owned();
        let test = test(&source.test, form, 1)?;
        Ok(Self { text: source.text.clone(), enforce: source.enforce, field, test })
    }

    /// What is wrong with answers that do not meet it.
    fn unmet(&self, answers: &Answers) -> Option<Problem> {
        let (code, remedy) = if self.enforce {
            ("form.requirement", "check the answer; without this the service cannot be had")
        } else {
            ("form.requirement.told", "check the answer; the office decides")
        };
        (self.test.holds(answers) != Some(true))
            .then(|| Problem::new(code, &self.field, &self.text, remedy))
    }
}

impl TestSource {
    /// The first field it is about, in the order in which it is written down.
    fn first_field(&self) -> Option<&str> {
        let below = self.all.iter().chain(&self.any).chain(self.not.as_deref());
        self.field.as_deref().or_else(|| below.into_iter().find_map(Self::first_field))
    }
}

fn wrong(rule: String, remedy: &str) -> Problem {
    Problem::new("service.requirement", "", rule, remedy)
}

/// Reads a test that stands `depth` deep.
fn test(source: &TestSource, form: &Form, depth: usize) -> Result<Test, Problem> {
    let TestSource { field, all, any, not, bounds } = source;
    if depth > DEEPEST {
        let rule = format!("must have tests in tests at most {DEEPEST} deep");
        return Err(wrong(rule, "say the same with fewer of them"));
    }
    let below = |tests: &[TestSource]| {
        tests.iter().map(|inner| test(inner, form, depth + 1)).collect::<Result<Vec<_>, _>>()
    };
    match (field, all.as_slice(), any.as_slice(), not) {
        (Some(field), [], [], None) => on_field(field, bounds, form, depth),
        (None, [_, ..], [], None) if bounds.is_empty() => Ok(Test::All(below(all)?)),
        (None, [], [_, ..], None) if bounds.is_empty() => Ok(Test::Any(below(any)?)),
        (None, [], [], Some(not)) if bounds.is_empty() => {
            Ok(Test::Not(Box::new(test(not, form, depth + 1)?)))
        }
        _ => Err(wrong(
            "must be about a field, or have one of all, any and not".to_owned(),
            "write field = … with what its answer must be, or a list of such tests",
        )),
    }
}

fn known<'a>(name: &str, form: &'a Form) -> Result<&'a Field, Problem> {
    form.field(name)
        .ok_or_else(|| wrong(format!("“{name}” must be a field of the form"), "name one that is"))
}

/// Reads the test of one field's answer.
fn on_field(
    name: &str,
    bounds: &BTreeMap<String, Json>,
    form: &Form,
    depth: usize,
) -> Result<Test, Problem> {
    let field = known(name, form)?;
    let name = name.to_owned();
    let operand = |json: &Json| {
        operand(json, field, form, depth).map_err(|problem| {
            let rule = format!("the requirement on {}: {}", field.name, problem.rule);
            wrong(rule, "write is = …, or min and max, or options")
        })
    };
    let ordered = matches!(
        field.kind,
        Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Money { .. } | Kind::Date { .. }
    );
    let keys: Vec<_> = bounds.iter().map(|(key, json)| (key.as_str(), json)).collect();
    match keys.as_slice() {
        [("answered", Json::Bool(answered))] => {
            Ok(Test::Answered { field: name, answered: *answered })
        }
        [("is", json)] => Ok(Test::Is { field: name, value: operand(json)? }),
        [("options", Json::Array(options))] if matches!(field.kind, Kind::Choice { .. }) => {
            let read = options.iter().map(|json| {
                field.kind.from_json(json).map_err(|problem| {
                    let rule = format!("the requirement on {}: {}", field.name, problem.rule);
                    wrong(rule, "name options of the field")
                })
            });
            Ok(Test::Among { field: name, options: read.collect::<Result<_, _>>()? })
        }
        [("max" | "min", _)] | [("max", _), ("min", _)] if ordered => {
            let bound = |key| bounds.get(key).map(operand).transpose();
            Ok(Test::Within { field: name, min: bound("min")?, max: bound("max")? })
        }
        _ => Err(wrong(
            format!(
                "the requirement on {name}: a field of kind {} must be bounded in another way",
                field.kind.name()
            ),
            "write is = …, min and max of a number or date, options of a choice, or answered",
        )),
    }
}

/// Reads what a field's answer is compared with: a value, another answer, or cases.
fn operand(json: &Json, field: &Field, form: &Form, depth: usize) -> Result<Operand, Problem> {
    let kind = unbounded(&field.kind);
    let Json::Object(members) = json else {
        return kind.from_json(json).map(Operand::Given);
    };
    if let (Some(Json::String(other)), 1) = (members.get("field"), members.len()) {
        let other = known(other, form)?;
        if other.kind.name() != kind.name() {
            let rule = format!(
                "must be compared with a field of kind {}, and “{}” is of kind {}",
                kind.name(),
                other.name,
                other.kind.name()
            );
            return Err(wrong(rule, "name a field of the same kind"));
        }
        return Ok(Operand::Answer(other.name.clone()));
    }
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Cases {
        cases: Vec<Case>,
        otherwise: Option<Json>,
    }
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        when: TestSource,
        is: Json,
    }
    let Cases { cases, otherwise } = serde_json::from_value(json.clone()).map_err(|_| {
        wrong(
            "must be compared with a value, { field = … } or { cases = […], otherwise = … }".into(),
            "write each case as { when = { field = … }, is = … }",
        )
    })?;
    let cases = cases.iter().map(|Case { when, is }| {
        Ok::<_, Problem>((test(when, form, depth + 1)?, kind.from_json(is)?))
    });
    Ok(Operand::Cases {
        cases: cases.collect::<Result<_, _>>()?,
        otherwise: otherwise.map(|json| kind.from_json(&json)).transpose()?,
    })
}

/// The kind without its bounds: what is compared with an answer may lie outside them.
fn unbounded(kind: &Kind) -> Kind {
    match kind {
        Kind::Integer { .. } => Kind::Integer { min: None, max: None },
        Kind::Decimal { scale, .. } => Kind::Decimal { scale: *scale, min: None, max: None },
        Kind::Money { .. } => Kind::Money { min: None, max: None },
        Kind::Date { .. } => Kind::Date { min: None, max: None },
        other => other.clone(),
    }
}

impl Service {
    /// Every requirement the answers do not meet, with the text the citizen reads as its rule:
    /// `form.requirement` for one that keeps an application from being sent, and
    /// `form.requirement.told` for one that is only told. A requirement on something not answered
    /// is not met.
    ///
    /// ```
    /// # use std::collections::BTreeMap;
    /// use mattoni_core::value::Value;
    /// use mattoni_service::{Service, ServiceSource};
    ///
    /// let source: ServiceSource = toml::from_str(r#"
    ///     ente = "c_f051"
    ///     code = "buoni-libro"
    ///     version = 1
    ///     sheet = { title = "Buoni libro" }
    ///
    ///     [[steps]]
    ///     name = "family"
    ///     title = "La famiglia"
    ///     fields = [
    ///         { name = "children", label = "Figli", kind = "integer" },
    ///         { name = "isee", label = "ISEE", kind = "money" },
    ///     ]
    ///
    ///     [[requirements]]
    ///     text = "l'ISEE non supera 15.000 euro, o 20.000 con tre figli o più"
    ///     field = "isee"
    ///
    ///     [requirements.max]
    ///     cases = [{ when = { field = "children", min = 3 }, is = "20000" }]
    ///     otherwise = "15000"
    /// "#)?;
    /// let service = Service::new(source)?;
    /// let given = serde_json::json!({ "children": 2, "isee": "18000" });
    /// let mut answers = service.form().check(given.as_object().unwrap())?;
    /// assert_eq!(service.unmet(&answers)[0].code, "form.requirement");
    /// assert!(service.admits(&answers).is_err());
    ///
    /// answers.insert("children".into(), Value::Integer(3));
    /// assert!(service.unmet(&answers).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn unmet(&self, answers: &BTreeMap<String, Value>) -> Vec<Problem> {
        self.requirements().iter().filter_map(|requirement| requirement.unmet(answers)).collect()
    }

    /// Whether an application with these answers may be sent, as far as requirements say it.
    ///
    /// # Errors
    /// Each `form.requirement` of [`unmet`](Self::unmet). What is only told refuses nothing.
    pub fn admits(&self, answers: &BTreeMap<String, Value>) -> Result<(), Problems> {
        let enforced = self.requirements().iter().filter(|requirement| requirement.enforce);
        Problems::check(enforced.filter_map(|requirement| requirement.unmet(answers)).collect())
    }
}
