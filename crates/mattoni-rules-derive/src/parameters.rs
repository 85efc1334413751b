//! `#[derive(Parameters)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Error, Result};

use crate::attribute::{Errors, Options, fields, name};
use crate::inputs::bounds;
use crate::literal::Known;

pub(crate) fn derive(item: &DeriveInput) -> Result<TokenStream> {
    let mut errors = Errors::default();
    let mut idents = Vec::new();
    let mut names = Vec::new();
    let mut defaults = Vec::new();
    let mut described = Vec::new();
    for (ident, field) in fields(item)? {
        let ty = &field.ty;
        let known = &["label", "default", "min", "max", "source"];
        let options = errors.keep(Options::find(&field.attrs, "parameter", known));
        let Some(options) = options else { continue };
        let Some(options) = options else {
            errors.push(Error::new(
                ident.span(),
                "every parameter says what it is: #[parameter(label = \"…\", default = …, source = \"…\")]",
            ));
            continue;
        };
        let kind = Known::of(ty);
        let label = errors.keep(options.required("label", "parameter"));
        let source = errors.keep(options.required("source", "parameter"));
        let bounds = errors.keep(bounds(&options, &kind));
        let Some(default) = options.value("default") else {
            errors.push(Error::new(options.span, "every parameter needs a default: default = …"));
            continue;
        };
        let number = |name: &str| options.value(name).and_then(|expr| kind.number(expr));
        let below = number("min").zip(number("default")).is_some_and(|(min, own)| own < min);
        let above = number("max").zip(number("default")).is_some_and(|(max, own)| own > max);
        if below || above {
            errors.push(Error::new(default.span(), "the default is outside its own bounds"));
        }
        let value = errors.keep(kind.default(ty, default));
        let name = name(&ident);
        described.push(quote! {
            ::mattoni_rules_sdk::contract::Parameter {
                name: ::std::string::String::from(#name),
                label: ::std::string::String::from(#label),
                kind: <#ty as ::mattoni_rules_sdk::Parameter>::kind(#bounds),
                default: <#ty as ::mattoni_rules_sdk::Parameter>::value(#value),
                source: ::std::string::String::from(#source),
            }
        });
        idents.push(ident);
        names.push(name);
        defaults.push(value);
    }
    errors.finish(())?;
    let settings = &item.ident;
    let indices = 0..idents.len();
    Ok(quote! {
        impl ::mattoni_rules_sdk::Parameters for #settings {
            fn describe() -> ::std::vec::Vec<::mattoni_rules_sdk::contract::Parameter> {
                ::std::vec![#(#described),*]
            }

            fn read(
                values: &[::mattoni_rules_sdk::contract::Value],
            ) -> ::core::result::Result<Self, ::mattoni_rules_sdk::contract::Failure> {
                ::core::result::Result::Ok(Self {
                    #(#idents: ::mattoni_rules_sdk::__private::parameter(values, #indices, #names)?,)*
                })
            }

            fn defaults() -> Self {
                Self { #(#idents: #defaults,)* }
            }
        }
    })
}
