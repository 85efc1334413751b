//! `#[derive(Grant)]` and `#[derive(Dues)]`: answers that are money.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, Field, Ident, Result};

use super::{Assembled, Lists, Part, World};
use crate::attribute::{Options, name};
use crate::literal::scaled;

pub(crate) const GRANT: World = World {
    attribute: "grant",
    marker: "Benefit",
    possible: "#[component(label = \"…\", max = 500)]",
    part: component,
    assemble: grant,
};

pub(crate) const DUES: World = World {
    attribute: "dues",
    marker: "Tariff",
    possible: "#[charge(label = \"…\", max = 500)] or #[reduction(label = \"…\", max = 500)]",
    part: item,
    assemble: dues,
};

/// Label, bounds in cents and source of a field.
struct Said {
    label: String,
    min: i64,
    max: i64,
    source: String,
}

fn said(options: &Options, what: &str) -> Result<Said> {
    let Some(max) = options.value("max") else {
        return Err(Error::new(options.span, format!("every {what} needs a max: max = 500")));
    };
    let min = options.value("min").map_or(Ok(0), |expr| scaled(expr, 2))?;
    let max = scaled(max, 2)?;
    if min > max {
        return Err(Error::new(options.span, "`min` is above `max`"));
    }
    let label = options.required("label", what)?;
    Ok(Said { label, min, max, source: options.text("source")?.unwrap_or_default() })
}

fn component(ident: &Ident, field: &Field) -> Result<Option<Part>> {
    let known = &["label", "min", "max", "source"];
    let Some(options) = Options::find(&field.attrs, "component", known)? else { return Ok(None) };
    let name = name(ident);
    let Said { label, min, max, source } = said(&options, "component")?;
    let declared = quote! {
        ::mattoni_rules_sdk::contract::benefit::Component {
            code: ::std::string::String::from(#name),
            label: ::std::string::String::from(#label),
            min: #min,
            max: #max,
            source: ::std::string::String::from(#source),
        }
    };
    Ok(Some(Part { list: 0, declared, reasoned: Some(quote!(Amount<Self::Reasons>)) }))
}

fn grant(_: &Ident, lists: Lists<'_>) -> Result<Assembled> {
    let [components, ..] = lists.declared;
    let [columns, ..] = lists.columns;
    Ok(Assembled {
        // The sum's bounds follow from the components': no grant is below zero.
        declaration: quote! {
            ::mattoni_rules_sdk::__private::grant_of(::std::vec![#(#components),*])
        },
        answers: quote! {
            ::mattoni_rules_sdk::contract::benefit::Grants {
                components: ::std::vec![#(#columns.into()),*],
            }
        },
    })
}

const CHARGES: usize = 0;
const REDUCTIONS: usize = 1;

fn item(ident: &Ident, field: &Field) -> Result<Option<Part>> {
    let charge = Options::find(&field.attrs, "charge", &["label", "max", "source"])?;
    let reduction = Options::find(&field.attrs, "reduction", &["label", "max", "source"])?;
    let (list, options, what) = match (charge, reduction) {
        (Some(options), None) => (CHARGES, options, "charge"),
        (None, Some(options)) => (REDUCTIONS, options, "reduction"),
        _ => return Ok(None),
    };
    let name = name(ident);
    let Said { label, max, source, .. } = said(&options, what)?;
    let declared = quote! {
        ::mattoni_rules_sdk::contract::tariff::Item {
            code: ::std::string::String::from(#name),
            label: ::std::string::String::from(#label),
            max: #max,
            source: ::std::string::String::from(#source),
        }
    };
    Ok(Some(Part { list, declared, reasoned: Some(quote!(Amount<Self::Reasons>)) }))
}

fn dues(answer: &Ident, lists: Lists<'_>) -> Result<Assembled> {
    let [charges, reductions, _] = lists.declared;
    let [charge_columns, reduction_columns, _] = lists.columns;
    if charges.is_empty() {
        return Err(Error::new(answer.span(), "a tariff has at least one #[charge(…)]"));
    }
    let list = |columns: &[&Ident]| -> TokenStream { quote!(::std::vec![#(#columns.into()),*]) };
    let (charged, reduced) = (list(&charge_columns), list(&reduction_columns));
    Ok(Assembled {
        declaration: quote! {
            ::mattoni_rules_sdk::contract::tariff::Declaration {
                charges: ::std::vec![#(#charges),*],
                reductions: ::std::vec![#(#reductions),*],
            }
        },
        answers: quote! {
            ::mattoni_rules_sdk::contract::tariff::Dues { charges: #charged, reductions: #reduced }
        },
    })
}
