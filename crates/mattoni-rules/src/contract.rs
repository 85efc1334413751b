//! The contract `mattoni:rules@1.0.0` as the host lowers and lifts it.
//!
//! Written by hand rather than generated, so that columns are lowered from borrowed slices.
//! wasmtime compares these types with the component's own when a function is looked up, so they
//! cannot drift from `mattoni-rules-sdk/wit/v1/rules.wit` unnoticed.
// wasmtime's derives write `unsafe impl`s. They promise that layout and type check agree, and the
// derives themselves ensure it.
#![allow(unsafe_code)]

use wasmtime::component::{ComponentType, Lift, Lower};

pub(crate) const PACKAGE: &str = "mattoni:rules/";
pub(crate) const VERSION: &str = "1.0.0";
pub(crate) const ABOUT: &str = "mattoni:rules/about@1.0.0";

#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct Bounds {
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct Decimals {
    pub(crate) scale: u8,
    pub(crate) bounds: Bounds,
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub struct ChoiceOption {
    pub(crate) code: String,
    pub(crate) label: String,
}

#[derive(ComponentType, Lift)]
#[component(variant)]
pub(crate) enum Kind {
    #[component(name = "boolean")]
    Boolean,
    #[component(name = "integer")]
    Integer(Bounds),
    #[component(name = "decimal")]
    Decimal(Decimals),
    #[component(name = "money")]
    Money(Bounds),
    #[component(name = "date")]
    Date(Bounds),
    #[component(name = "text")]
    Text(u32),
    #[component(name = "choice")]
    Choice(Vec<ChoiceOption>),
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct Input {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    pub(crate) source: String,
}

#[derive(ComponentType, Lift, Lower, Clone, Debug)]
#[component(variant)]
pub(crate) enum Value {
    #[component(name = "boolean")]
    Boolean(bool),
    #[component(name = "integer")]
    Integer(i64),
    #[component(name = "decimal")]
    Decimal(i64),
    #[component(name = "money")]
    Money(i64),
    #[component(name = "date")]
    Date(i32),
    #[component(name = "text")]
    Text(String),
    #[component(name = "choice")]
    Choice(u16),
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) kind: Kind,
    pub(crate) default: Value,
    pub(crate) source: String,
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct Reason {
    pub(crate) code: String,
    pub(crate) text: String,
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct Description {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) inputs: Vec<Input>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) reasons: Vec<Reason>,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Texts<'a> {
    pub(crate) offsets: Vec<u32>,
    pub(crate) bytes: &'a [u8],
}

#[derive(ComponentType, Lower)]
#[component(variant)]
pub(crate) enum Values<'a> {
    #[component(name = "booleans")]
    Booleans(&'a [u8]),
    #[component(name = "integers")]
    Integers(&'a [i64]),
    #[component(name = "decimals")]
    Decimals(&'a [i64]),
    #[component(name = "money")]
    Money(&'a [i64]),
    #[component(name = "dates")]
    Dates(&'a [i32]),
    #[component(name = "texts")]
    Texts(Texts<'a>),
    #[component(name = "choices")]
    Choices(&'a [u16]),
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Column<'a> {
    pub(crate) values: Values<'a>,
    pub(crate) valid: Option<&'a [u8]>,
}

#[derive(ComponentType, Lower)]
#[component(record)]
pub(crate) struct Table<'a> {
    pub(crate) rows: u32,
    pub(crate) columns: Vec<Column<'a>>,
}

#[derive(ComponentType, Lift)]
#[component(record)]
pub(crate) struct Failure {
    pub(crate) row: Option<u32>,
    pub(crate) message: String,
}

/// The interface `scoring`.
pub(crate) mod scoring {
    use super::*;

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Criterion {
        pub(crate) code: String,
        pub(crate) label: String,
        pub(crate) min: i32,
        pub(crate) max: i32,
        pub(crate) source: String,
    }

    #[derive(ComponentType, Lift, Clone, Copy)]
    #[component(enum)]
    #[repr(u8)]
    pub enum Order {
        #[component(name = "lower-first")]
        LowerFirst,
        #[component(name = "higher-first")]
        HigherFirst,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Tie {
        pub(crate) name: String,
        pub(crate) label: String,
        pub(crate) order: Order,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Class {
        pub(crate) code: String,
        pub(crate) label: String,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Declaration {
        pub(crate) criteria: Vec<Criterion>,
        pub(crate) ties: Vec<Tie>,
        pub(crate) classes: Vec<Class>,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Marks {
        pub(crate) points: Vec<i32>,
        pub(crate) reasons: Vec<u16>,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Scores {
        pub(crate) criteria: Vec<Marks>,
        pub(crate) ties: Vec<Vec<i64>>,
        pub(crate) classes: Vec<u16>,
    }
}

/// The interface `eligibility`.
pub(crate) mod eligibility {
    use super::*;

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Requirement {
        pub(crate) code: String,
        pub(crate) label: String,
        pub(crate) source: String,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Declaration {
        pub(crate) requirements: Vec<Requirement>,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Findings {
        pub(crate) met: Vec<u8>,
        pub(crate) reasons: Vec<u16>,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Verdicts {
        pub(crate) requirements: Vec<Findings>,
    }
}

/// The interface `benefit`.
pub(crate) mod benefit {
    use super::*;

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Component {
        pub(crate) code: String,
        pub(crate) label: String,
        pub(crate) min: i64,
        pub(crate) max: i64,
        pub(crate) source: String,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Declaration {
        pub(crate) components: Vec<Component>,
        pub(crate) min: i64,
        pub(crate) max: i64,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Amounts {
        pub(crate) cents: Vec<i64>,
        pub(crate) reasons: Vec<u16>,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Grants {
        pub(crate) components: Vec<Amounts>,
    }
}

/// The interface `tariff`.
pub(crate) mod tariff {
    use super::*;

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Item {
        pub(crate) code: String,
        pub(crate) label: String,
        pub(crate) max: i64,
        pub(crate) source: String,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Declaration {
        pub(crate) charges: Vec<Item>,
        pub(crate) reductions: Vec<Item>,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Dues {
        pub(crate) charges: Vec<benefit::Amounts>,
        pub(crate) reductions: Vec<benefit::Amounts>,
    }
}

/// The interface `routing`.
pub(crate) mod routing {
    use super::*;

    #[derive(ComponentType, Lift, Clone, Copy)]
    #[component(enum)]
    #[repr(u8)]
    pub enum Days {
        #[component(name = "calendar")]
        Calendar,
        #[component(name = "working")]
        Working,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Term {
        pub(crate) days: Days,
        pub(crate) min: u16,
        pub(crate) max: u16,
        pub(crate) source: String,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Declaration {
        pub(crate) offices: Vec<ChoiceOption>,
        pub(crate) priorities: Vec<ChoiceOption>,
        pub(crate) term: Term,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Routes {
        pub(crate) offices: Vec<u16>,
        pub(crate) reasons: Vec<u16>,
        pub(crate) priorities: Vec<u16>,
        pub(crate) terms: Vec<u16>,
    }
}

/// The interface `validation`.
pub(crate) mod validation {
    use super::*;

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Check {
        pub(crate) code: String,
        pub(crate) label: String,
        pub(crate) field: String,
        pub(crate) source: String,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Declaration {
        pub(crate) checks: Vec<Check>,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Reports {
        pub(crate) checks: Vec<Vec<u16>>,
    }
}
