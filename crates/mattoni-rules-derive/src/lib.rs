//! The derives of `mattoni-rules-sdk`; their manual is there.
//!
//! Each derive reads a struct or an enum with its attributes and writes the columnar code an
//! author would not want to write. What is wrong is said at the attribute or field it is about,
//! all at once.
//!
//! # What this crate does not do
//! Build or run plugins: `mattoni-rules-build` builds them, `mattoni-rules` runs them.
#![forbid(unsafe_code)]

mod answers;
mod attribute;
mod choice;
mod inputs;
mod literal;
mod parameters;
mod reasons;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

fn expand(
    item: TokenStream,
    derive: fn(&DeriveInput) -> syn::Result<proc_macro2::TokenStream>,
) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    derive(&item).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// The row a rule looks at: `#[input(label = "…", source = "…", min = 0, max = 20)]`.
#[proc_macro_derive(Inputs, attributes(input))]
pub fn inputs(item: TokenStream) -> TokenStream {
    expand(item, inputs::derive)
}

/// The settings of a rule: `#[parameter(label = "…", default = 8, min = 0, max = 20, source = "…")]`.
#[proc_macro_derive(Parameters, attributes(parameter))]
pub fn parameters(item: TokenStream) -> TokenStream {
    expand(item, parameters::derive)
}

/// The answer of a rule: `#[criterion(label = "…", max = 20)]`, `#[tie(label = "…", lower_first)]`,
/// `#[class]`.
#[proc_macro_derive(Scores, attributes(scores, criterion, tie, class))]
pub fn scores(item: TokenStream) -> TokenStream {
    expand(item, |item| answers::derive(item, &answers::SCORES))
}

/// The answer of a rule that accepts or refuses: `#[requirement(label = "…")]`.
#[proc_macro_derive(Verdict, attributes(verdict, requirement))]
pub fn verdict(item: TokenStream) -> TokenStream {
    expand(item, |item| answers::derive(item, &answers::VERDICT))
}

/// The answer of a rule that grants: `#[component(label = "…", max = 500)]`.
#[proc_macro_derive(Grant, attributes(grant, component))]
pub fn grant(item: TokenStream) -> TokenStream {
    expand(item, |item| answers::derive(item, &answers::GRANT))
}

/// The answer of a rule that charges: `#[charge(label = "…", max = 500)]`,
/// `#[reduction(label = "…", max = 500)]`.
#[proc_macro_derive(Dues, attributes(dues, charge, reduction))]
pub fn dues(item: TokenStream) -> TokenStream {
    expand(item, |item| answers::derive(item, &answers::DUES))
}

/// The answer of a rule that routes: `#[office]`, `#[priority]`, `#[term(max = 30)]`.
#[proc_macro_derive(Route, attributes(route, office, priority, term))]
pub fn route(item: TokenStream) -> TokenStream {
    expand(item, |item| answers::derive(item, &answers::ROUTE))
}

/// The answer of a rule that validates: `#[check(label = "…", field = "…")]`.
#[proc_macro_derive(Report, attributes(report, check))]
pub fn report(item: TokenStream) -> TokenStream {
    expand(item, |item| answers::derive(item, &answers::REPORT))
}

/// The reasons of a rule: `#[reason("Italian sentence.")]` on each variant.
#[proc_macro_derive(Reasons, attributes(reason))]
pub fn reasons(item: TokenStream) -> TokenStream {
    expand(item, reasons::derive)
}

/// A closed list: `#[choice("Label")]` or `#[choice(code = "x", label = "Label")]` on each variant.
#[proc_macro_derive(Choice, attributes(choice))]
pub fn choice(item: TokenStream) -> TokenStream {
    expand(item, choice::derive)
}
