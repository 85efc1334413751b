//! What kinds of rules there are.

use std::fmt;

use crate::contract::{Reason, benefit, eligibility, routing, scoring, tariff, validation};

/// One kind of rule: what it declares of its answers, and the answers as columns. Closed; the
/// kinds are those of the contract.
pub trait World: sealed::World {
    /// Name of the contract's interface.
    const NAME: &'static str;

    /// What answers mean.
    type Declaration;

    /// The answers of a batch.
    type Answers;

    /// The answer for `row`, name by name, as case tables write it.
    #[doc(hidden)]
    fn cells(
        declaration: &Self::Declaration,
        reasons: &[Reason],
        answers: &Self::Answers,
        row: usize,
    ) -> Vec<(String, Cell)>;
}

mod sealed {
    pub trait World {}
}

/// One answer of one row.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A number in units of `10^-scale`.
    Number { units: i64, scale: u8 },
    /// A code.
    Code(String),
    /// Yes or no.
    Flag(bool),
}

impl Cell {
    fn cents(units: i64) -> Self {
        Self::Number { units, scale: 2 }
    }
}

fn reason(reasons: &[Reason], number: u16) -> Cell {
    let found = usize::from(number).checked_sub(1).and_then(|index| reasons.get(index));
    Cell::Code(found.map_or_else(|| "none".to_owned(), |reason| reason.code.clone()))
}

macro_rules! world {
    ($(#[$about:meta])* $world:ident, $name:literal, $interface:ident::$answers:ident,
     |$declaration:ident, $reasons:ident, $given:ident, $row:ident| $cells:expr) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $world {}

        impl sealed::World for $world {}

        impl World for $world {
            const NAME: &'static str = $name;
            type Declaration = $interface::Declaration;
            type Answers = $interface::$answers;

            fn cells(
                $declaration: &Self::Declaration,
                $reasons: &[Reason],
                $given: &Self::Answers,
                $row: usize,
            ) -> Vec<(String, Cell)> {
                $cells
            }
        }
    };
}

world!(
    /// Points by criterion, tie keys, classes.
    Scoring,
    "scoring",
    scoring::Scores,
    |declaration, reasons, given, row| {
        let mut cells = Vec::new();
        for (criterion, marks) in declaration.criteria.iter().zip(&given.criteria) {
            let code = &criterion.code;
            cells.push((code.clone(), Cell::cents(i64::from(marks.points[row]))));
            cells.push((format!("{code}?"), reason(reasons, marks.reasons[row])));
        }
        for (tie, keys) in declaration.ties.iter().zip(&given.ties) {
            cells.push((tie.name.clone(), Cell::Number { units: keys[row], scale: 0 }));
        }
        if let Some(class) = given.classes.get(row) {
            let code = declaration.classes[usize::from(*class)].code.clone();
            cells.push(("class".to_owned(), Cell::Code(code)));
        }
        cells
    }
);

world!(
    /// Accepted or refused, requirement by requirement.
    Eligibility,
    "eligibility",
    eligibility::Verdicts,
    |declaration, reasons, given, row| {
        let mut cells = Vec::new();
        for (requirement, findings) in declaration.requirements.iter().zip(&given.requirements) {
            let code = &requirement.code;
            cells.push((code.clone(), Cell::Flag(findings.met[row] != 0)));
            cells.push((format!("{code}?"), reason(reasons, findings.reasons[row])));
        }
        let accepted = given.requirements.iter().all(|findings| findings.met[row] != 0);
        cells.push(("accepted".to_owned(), Cell::Flag(accepted)));
        cells
    }
);

world!(
    /// An amount granted, component by component.
    Benefit,
    "benefit",
    benefit::Grants,
    |declaration, reasons, given, row| {
        let mut cells = Vec::new();
        for (component, amounts) in declaration.components.iter().zip(&given.components) {
            let code = &component.code;
            cells.push((code.clone(), Cell::cents(amounts.cents[row])));
            cells.push((format!("{code}?"), reason(reasons, amounts.reasons[row])));
        }
        let total = given.components.iter().map(|amounts| amounts.cents[row]).sum();
        cells.push(("total".to_owned(), Cell::cents(total)));
        cells
    }
);

world!(
    /// An amount due: charges less reductions.
    Tariff,
    "tariff",
    tariff::Dues,
    |declaration, reasons, given, row| {
        let mut cells = Vec::new();
        let mut due = 0;
        let lists = [(&declaration.charges, &given.charges, 1)];
        for (items, columns, sign) in
            lists.into_iter().chain([(&declaration.reductions, &given.reductions, -1)])
        {
            for (item, amounts) in items.iter().zip(columns) {
                cells.push((item.code.clone(), Cell::cents(amounts.cents[row])));
                cells.push((format!("{}?", item.code), reason(reasons, amounts.reasons[row])));
                due += sign * amounts.cents[row];
            }
        }
        cells.push(("due".to_owned(), Cell::cents(due)));
        cells
    }
);

world!(
    /// An office, a priority and a term.
    Routing,
    "routing",
    routing::Routes,
    |declaration, reasons, given, row| {
        let code = |index: u16, list: &[crate::contract::ChoiceOption]| {
            Cell::Code(list[usize::from(index)].code.clone())
        };
        vec![
            ("office".to_owned(), code(given.offices[row], &declaration.offices)),
            ("office?".to_owned(), reason(reasons, given.reasons[row])),
            ("priority".to_owned(), code(given.priorities[row], &declaration.priorities)),
            ("days".to_owned(), Cell::Number { units: i64::from(given.terms[row]), scale: 0 }),
        ]
    }
);

world!(
    /// Problems, check by check.
    Validation,
    "validation",
    validation::Reports,
    |declaration, reasons, given, row| {
        let checks = declaration.checks.iter().zip(&given.checks);
        checks.map(|(check, found)| (check.code.clone(), reason(reasons, found[row]))).collect()
    }
);

/// The declaration of a benefit, its sum bounded by its components; called by the derive.
#[doc(hidden)]
#[must_use]
pub fn grant_of(components: Vec<benefit::Component>) -> benefit::Declaration {
    let sum = |bound: fn(&benefit::Component) -> i64| {
        components.iter().map(bound).fold(0, i64::saturating_add)
    };
    let (min, max) = (sum(|c| c.min).max(0), sum(|c| c.max));
    benefit::Declaration { components, min, max }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => f.write_str(code),
            Self::Flag(yes) => f.write_str(if *yes { "sì" } else { "no" }),
            Self::Number { units, scale: 0 } => write!(f, "{units}"),
            Self::Number { units, scale } => {
                let one = 10_u64.pow(u32::from(*scale));
                let (whole, rest) = (units.unsigned_abs() / one, units.unsigned_abs() % one);
                let sign = if *units < 0 { "-" } else { "" };
                write!(f, "{sign}{whole}.{rest:0scale$}", scale = usize::from(*scale))
            }
        }
    }
}
