//! An office, a priority and a term.

use serde::{Deserialize, Serialize};

use super::columns::{self, Named};
use super::machine::{Lie, Machine};
use super::{World, bytes, check_choices, check_length, check_reasons, first_beyond, reason};
use crate::check::{Checker, ITEMS};
use crate::contract::{ChoiceOption, routing as wire};
use crate::declared::{DayCount, Declared, Office, Routing, Term, Urgency};
use crate::description::Reason;

/// The answer of a routing rule for one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutedRow {
    /// Code of the office.
    pub office: String,
    /// Code of the reason for this office, when one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Code of the priority.
    pub priority: String,
    /// Days, counted as declared.
    pub days: u16,
}

impl World for Routing {
    const NAME: &'static str = "routing";
    type Row = RoutedRow;

    fn cells(row: &RoutedRow) -> Vec<(String, String)> {
        vec![
            ("office".to_owned(), row.office.clone()),
            ("office?".to_owned(), row.reason.clone().unwrap_or_else(|| "none".to_owned())),
            ("priority".to_owned(), row.priority.clone()),
            ("days".to_owned(), row.days.to_string()),
        ]
    }
}

impl Machine for Routing {
    const VERB: &'static str = "route";
    const DIGEST: &'static str = "mattoni.rules.routes.v1";
    type Declaration = wire::Declaration;
    type Wire = wire::Routes;

    fn declared(check: &mut Checker, _: &[String], given: wire::Declaration) -> Self {
        let wire::Declaration { offices, priorities, term } = given;
        let mut list = |what: &str, options: &[ChoiceOption]| {
            check.unique(what, options.iter().map(|option| option.code.as_str()), ITEMS);
            options.iter().for_each(|option| check.named(what, &option.code, &option.label));
            if options.is_empty() {
                check.problem(what, "a rule that routes has offices and priorities");
            }
        };
        list("office", &offices);
        list("priority", &priorities);
        check.text("term", &term.source);
        if term.min > term.max {
            check.problem("term", "the least is above the greatest");
        }
        let office = |one: ChoiceOption| Office { code: one.code, label: one.label };
        let urgency = |one: ChoiceOption| Urgency { code: one.code, label: one.label };
        Self {
            offices: offices.into_iter().map(office).collect(),
            priorities: priorities.into_iter().map(urgency).collect(),
            term: Term {
                days: match term.days {
                    wire::Days::Calendar => DayCount::Calendar,
                    wire::Days::Working => DayCount::Working,
                },
                min: term.min,
                max: term.max,
                source: term.source,
            },
        }
    }

    fn wrap(self) -> Declared {
        Declared::Routing(self)
    }

    fn unwrap(declared: &Declared) -> Option<&Self> {
        if let Declared::Routing(own) = declared { Some(own) } else { None }
    }

    fn check(&self, reasons: usize, routes: &wire::Routes, rows: usize) -> Result<(), Lie> {
        check_choices("office", &routes.offices, rows, self.offices.len())?;
        check_reasons("office", &routes.reasons, rows, reasons)?;
        check_choices("priority", &routes.priorities, rows, self.priorities.len())?;
        check_length("term", routes.terms.len(), rows)?;
        let (min, max) = (self.term.min, self.term.max);
        match first_beyond(&routes.terms, min, max) {
            Some((row, days)) => {
                Err(Lie::at(row, format!("the term is {days} days, beyond {min} to {max}")))
            }
            None => Ok(()),
        }
    }

    fn row(&self, reasons: &[Reason], routes: &wire::Routes, row: usize) -> RoutedRow {
        RoutedRow {
            office: self.offices[usize::from(routes.offices[row])].code.clone(),
            reason: reason(reasons, routes.reasons[row]),
            priority: self.priorities[usize::from(routes.priorities[row])].code.clone(),
            days: routes.terms[row],
        }
    }

    fn digest_fields(&self, parts: &[&wire::Routes]) -> Vec<Vec<u8>> {
        let columns: [fn(&wire::Routes) -> &Vec<u16>; 4] =
            [|r| &r.offices, |r| &r.reasons, |r| &r.priorities, |r| &r.terms];
        let column = |of: fn(&wire::Routes) -> &Vec<u16>| {
            bytes(parts.iter().flat_map(|routes| of(routes)).map(|number| number.to_le_bytes()))
        };
        columns.into_iter().map(column).collect()
    }

    fn columns(&self, reasons: &[Reason], parts: &[&wire::Routes]) -> Vec<Named> {
        let parts = || parts.iter();
        let offices = self.offices.iter().map(|office| &office.code);
        let priorities = self.priorities.iter().map(|priority| &priority.code);
        let office = columns::chosen(offices, parts().map(|routes| &routes.offices));
        let priority = columns::chosen(priorities, parts().map(|routes| &routes.priorities));
        vec![
            ("office".to_owned(), office),
            ("office?".to_owned(), columns::reasons(reasons, parts().map(|r| &r.reasons))),
            ("priority".to_owned(), priority),
            ("days".to_owned(), columns::numbers(0, parts().map(|routes| &routes.terms))),
        ]
    }
}
