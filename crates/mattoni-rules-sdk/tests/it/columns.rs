//! A rule over columns: what it declares, and tables that are not the declared ones.

use mattoni_rules_sdk::contract::scoring::Order;
use mattoni_rules_sdk::contract::{Column, Kind, Table, Value, Values};
use mattoni_rules_sdk::prelude::*;
use mattoni_rules_sdk::{answer_columns, declare, describe};
use proptest::prelude::*;

#[derive(Choice, Clone, Copy, PartialEq, Debug)]
enum Level {
    #[choice("Alto")]
    High,
    #[choice(code = "low", label = "Basso")]
    Low,
}

#[derive(Inputs)]
struct Row {
    #[input(label = "Quanti", source = "domanda", max = 9)]
    count: u32,
    #[input(label = "Importo", min = 0.5)]
    amount: Option<Money>,
    #[input(label = "Livello")]
    level: Level,
}

#[derive(Parameters)]
struct Settings {
    #[parameter(label = "Punti", default = 1.25, min = 0, max = 2, source = "art. 1")]
    points: Decimal<2>,
    #[parameter(label = "Giorno", default = "2024-02-29", source = "art. 2")]
    day: Date,
    #[parameter(label = "Livello", default = Level::Low, source = "art. 3")]
    level: Level,
}

#[derive(Reasons)]
enum Why {
    #[reason("Ce ne sono.")]
    Some,
    #[reason(code = "nothing", sentence = "Non ce ne sono.")]
    None,
}

#[derive(Scores)]
#[scores(reasons = Why)]
struct Answer {
    #[tie(label = "Importo", higher_first)]
    amount: Tie,
    #[criterion(label = "Quanti", min = -1, max = 20.5, source = "art. 1")]
    count: Score<Why>,
    #[class]
    level: Class<Level>,
}

struct Rule(Settings);

impl Scorer for Rule {
    const NAME: &'static str = "rule";
    const VERSION: &'static str = "1.0.0";
    type Inputs = Row;
    type Parameters = Settings;
    type Scores = Answer;

    fn new(settings: Settings) -> Self {
        Self(settings)
    }

    fn score(&self, row: &Row) -> Answer {
        let reason = if row.count > 0 { Why::Some } else { Why::None };
        let level = if row.level == self.0.level { Level::High } else { Level::Low };
        let late = i64::from(self.0.day.days());
        Answer {
            amount: Tie(row.amount.map_or(late, Money::cents)),
            count: Score::because(self.0.points * i64::from(row.count), reason),
            level: Class(level),
        }
    }
}

fn column(values: Values) -> Column {
    Column { values, valid: None }
}

fn table() -> Table {
    Table {
        rows: 2,
        columns: vec![
            column(Values::Integers(vec![0, 3])),
            Column { values: Values::Money(vec![0, 70]), valid: Some(vec![0, 1]) },
            column(Values::Choices(vec![0, 1])),
        ],
    }
}

fn defaults() -> Vec<Value> {
    describe::<Scoring, Rule>().parameters.into_iter().map(|parameter| parameter.default).collect()
}

#[test]
fn attributes_become_the_description() {
    let description = describe::<Scoring, Rule>();
    let [count, amount, level] = &description.inputs[..] else { panic!("three inputs") };
    let Kind::Integer(bounds) = &count.kind else { panic!("an integer") };
    assert_eq!((bounds.min, bounds.max, count.required), (Some(0), Some(9), true));
    let Kind::Money(bounds) = &amount.kind else { panic!("money") };
    assert_eq!((bounds.min, bounds.max, amount.required), (Some(50), None, false));
    let Kind::Choice(options) = &level.kind else { panic!("a choice") };
    assert_eq!(options[1].code, "low");
    assert_eq!(
        defaults(),
        [Value::Decimal(125), Value::Date(Date::ymd(2024, 2, 29).days()), Value::Choice(1)]
    );
    assert_eq!(description.reasons[1].code, "nothing");
    let declaration = declare::<Scoring, Rule>();
    assert_eq!((declaration.criteria[0].min, declaration.criteria[0].max), (-100, 2_050));
    assert_eq!(declaration.ties[0].order, Order::HigherFirst);
    assert_eq!(declaration.classes[0].code, "high");
}

#[test]
fn columns_are_scored_row_by_row() {
    let scores = answer_columns::<Scoring, Rule>(&table(), &defaults()).unwrap();
    assert_eq!(scores.criteria[0].points, [0, 375]);
    assert_eq!(scores.criteria[0].reasons, [2, 1]);
    assert_eq!(scores.ties, [[i64::from(Date::ymd(2024, 2, 29).days()), 70]]);
    assert_eq!(scores.classes, [1, 0]);
}

#[test]
fn a_table_that_is_not_the_declared_one_fails_before_any_row() {
    type Breaking = (fn(&mut Table), &'static str);
    let broken: [Breaking; 6] = [
        (|t| t.columns.truncate(2), "column level is not in the table"),
        (|t| t.rows = 3, "column count is too short"),
        (
            |t| t.columns[0] = column(Values::Dates(vec![0, 0])),
            "column count is not of the kind integer",
        ),
        (
            |t| t.columns[0] = column(Values::Integers(vec![0, -1])),
            "column count holds values beyond its bounds",
        ),
        (
            |t| t.columns[0].valid = Some(vec![1, 0]),
            "column count has missing values but is required",
        ),
        (
            |t| t.columns[2] = column(Values::Choices(vec![0, 2])),
            "column level holds an option that was not declared",
        ),
    ];
    for (break_it, message) in broken {
        let mut table = table();
        break_it(&mut table);
        assert_eq!(
            answer_columns::<Scoring, Rule>(&table, &defaults()).unwrap_err().message,
            message
        );
    }
    let few = answer_columns::<Scoring, Rule>(&table(), &defaults()[..2]).unwrap_err();
    assert_eq!(few.message, "parameter level was not given");
}

proptest! {
    #[test]
    fn multiplying_saturates_as_wide_numbers_would(units: i64, times: i64) {
        let wide = (i128::from(units) * i128::from(times))
            .clamp(i128::from(i64::MIN), i128::from(i64::MAX));
        prop_assert_eq!(i128::from((Decimal::<2>::scaled(units) * times).units()), wide);
    }
}
