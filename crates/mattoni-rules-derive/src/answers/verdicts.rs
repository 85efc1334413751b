//! `#[derive(Verdict)]`, `#[derive(Route)]` and `#[derive(Report)]`: answers out of lists.

use quote::quote;
use syn::spanned::Spanned as _;
use syn::{Error, Expr, ExprLit, Field, Ident, Lit, Result};

use super::{Assembled, Lists, Part, World, only};
use crate::attribute::{Options, name};

pub(crate) const VERDICT: World = World {
    attribute: "verdict",
    marker: "Eligibility",
    possible: "#[requirement(label = \"…\")]",
    part: requirement,
    assemble: verdict,
};

pub(crate) const ROUTE: World = World {
    attribute: "route",
    marker: "Routing",
    possible: "#[office], #[priority] or #[term(max = 30)]",
    part: direction,
    assemble: route,
};

pub(crate) const REPORT: World = World {
    attribute: "report",
    marker: "Validation",
    possible: "#[check(label = \"…\", field = \"…\")]",
    part: check,
    assemble: report,
};

fn requirement(ident: &Ident, field: &Field) -> Result<Option<Part>> {
    let Some(options) = Options::find(&field.attrs, "requirement", &["label", "source"])? else {
        return Ok(None);
    };
    let name = name(ident);
    let label = options.required("label", "requirement")?;
    let source = options.text("source")?.unwrap_or_default();
    let declared = quote! {
        ::mattoni_rules_sdk::contract::eligibility::Requirement {
            code: ::std::string::String::from(#name),
            label: ::std::string::String::from(#label),
            source: ::std::string::String::from(#source),
        }
    };
    Ok(Some(Part { list: 0, declared, reasoned: Some(quote!(Met<Self::Reasons>)) }))
}

fn verdict(answer: &Ident, lists: Lists<'_>) -> Result<Assembled> {
    let [requirements, ..] = lists.declared;
    let [columns, ..] = lists.columns;
    if requirements.is_empty() {
        return Err(Error::new(answer.span(), "a verdict has at least one #[requirement(…)]"));
    }
    Ok(Assembled {
        declaration: quote! {
            ::mattoni_rules_sdk::contract::eligibility::Declaration {
                requirements: ::std::vec![#(#requirements),*],
            }
        },
        answers: quote! {
            ::mattoni_rules_sdk::contract::eligibility::Verdicts {
                requirements: ::std::vec![#(#columns.into()),*],
            }
        },
    })
}

const OFFICES: usize = 0;
const PRIORITIES: usize = 1;
const TERMS: usize = 2;

fn direction(_: &Ident, field: &Field) -> Result<Option<Part>> {
    let office = Options::find(&field.attrs, "office", &[])?;
    let priority = Options::find(&field.attrs, "priority", &[])?;
    let known = &["min", "max", "source", "calendar", "working"];
    let term = Options::find(&field.attrs, "term", known)?;
    let ty = &field.ty;
    let declared = quote!(<#ty>::declare());
    Ok(Some(match (office, priority, term) {
        (Some(_), None, None) => {
            Part { list: OFFICES, declared, reasoned: Some(quote!(Office<_, Self::Reasons>)) }
        }
        (None, Some(_), None) => Part { list: PRIORITIES, declared, reasoned: None },
        (None, None, Some(options)) => {
            let days = match (options.flag("calendar"), options.flag("working")) {
                (false, true) => quote!(Working),
                (_, false) => quote!(Calendar),
                _ => return Err(Error::new(options.span, "either `calendar` or `working`")),
            };
            let Some(max) = options.value("max") else {
                return Err(Error::new(options.span, "the term needs a max in days: max = 30"));
            };
            let (min, max) = (options.value("min").map_or(Ok(0), whole)?, whole(max)?);
            if min > max {
                return Err(Error::new(options.span, "`min` is above `max`"));
            }
            let source = options.text("source")?.unwrap_or_default();
            let declared = quote! {
                ::mattoni_rules_sdk::contract::routing::Term {
                    days: ::mattoni_rules_sdk::contract::routing::Days::#days,
                    min: #min,
                    max: #max,
                    source: ::std::string::String::from(#source),
                }
            };
            Part { list: TERMS, declared, reasoned: None }
        }
        _ => return Ok(None),
    }))
}

fn whole(expr: &Expr) -> Result<u16> {
    let wrong = || Error::new(expr.span(), "a whole number of days is needed here, e.g. 30");
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(days), .. }) => days.base10_parse().map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

fn route(answer: &Ident, lists: Lists<'_>) -> Result<Assembled> {
    let office = only(answer, &lists.declared[OFFICES], "#[office]")?;
    let priority = only(answer, &lists.declared[PRIORITIES], "#[priority]")?;
    let term = only(answer, &lists.declared[TERMS], "#[term(max = …)]")?;
    let [offices, priorities, terms] = &lists.columns;
    Ok(Assembled {
        declaration: quote! {
            ::mattoni_rules_sdk::contract::routing::Declaration {
                offices: #office,
                priorities: #priority,
                term: #term,
            }
        },
        answers: quote! {
            ::mattoni_rules_sdk::contract::routing::Routes {
                #(offices: #offices.values, reasons: #offices.reasons,)*
                #(priorities: #priorities,)*
                #(terms: #terms,)*
            }
        },
    })
}

fn check(ident: &Ident, field: &Field) -> Result<Option<Part>> {
    let Some(options) = Options::find(&field.attrs, "check", &["label", "field", "source"])? else {
        return Ok(None);
    };
    let name = name(ident);
    let label = options.required("label", "check")?;
    let about = options.required("field", "check")?;
    let source = options.text("source")?.unwrap_or_default();
    let declared = quote! {
        ::mattoni_rules_sdk::contract::validation::Check {
            code: ::std::string::String::from(#name),
            label: ::std::string::String::from(#label),
            field: ::std::string::String::from(#about),
            source: ::std::string::String::from(#source),
        }
    };
    Ok(Some(Part { list: 0, declared, reasoned: Some(quote!(Checked<Self::Reasons>)) }))
}

fn report(answer: &Ident, lists: Lists<'_>) -> Result<Assembled> {
    let [checks, ..] = lists.declared;
    let [columns, ..] = lists.columns;
    if checks.is_empty() {
        return Err(Error::new(answer.span(), "a report has at least one #[check(…)]"));
    }
    Ok(Assembled {
        declaration: quote! {
            ::mattoni_rules_sdk::contract::validation::Declaration {
                checks: ::std::vec![#(#checks),*],
            }
        },
        answers: quote! {
            ::mattoni_rules_sdk::contract::validation::Reports {
                checks: ::std::vec![#(#columns),*],
            }
        },
    })
}
