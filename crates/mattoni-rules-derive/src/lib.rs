//! The derives of `mattoni-rules-sdk`; their manual is there.
//!
//! Each derive reads a struct or an enum with its attributes and writes the columnar code an
//! author would not want to write. What is wrong is said at the attribute or field it is about,
//! all at once.
#![forbid(unsafe_code)]

mod attribute;
mod choice;
mod inputs;
mod literal;
mod parameters;
mod reasons;
mod scores;

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
    expand(item, scores::derive)
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
