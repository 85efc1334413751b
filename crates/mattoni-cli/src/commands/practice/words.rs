//! Days, answers and people as officials read them.

use chrono::NaiveDate;
use mattoni_core::Actor;
use mattoni_core::value::Value;
use mattoni_practice::Assignee;

pub(super) fn day(day: NaiveDate) -> String {
    day.format("%d/%m/%Y").to_string()
}

/// An answer, with a decimal comma and the day first.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Date(on) => day(*on),
        Value::Decimal(number) => number.to_string().replace('.', ","),
        Value::Money(amount) => format!("{} €", amount.to_string().replace('.', ",")),
        other => other.to_string(),
    }
}

pub(super) fn who(by: &Actor) -> String {
    match by {
        Actor::Citizen(_) => "cittadino".to_owned(),
        Actor::Operator(account) => account.clone(),
        Actor::System(job) => format!("sistema ({job})"),
        other => other.to_string(),
    }
}

pub(super) fn assignee(to: Option<&Assignee>) -> String {
    match to {
        None => "nessuno".to_owned(),
        Some(Assignee::Official { office, account, .. }) => format!("{account}, ufficio {office}"),
        Some(other) => format!("ufficio {}", other.office_code()),
    }
}
