//! `#[derive(Inputs)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, Result};

use crate::attribute::{Errors, Options, fields, name};
use crate::literal::Known;

pub(crate) fn derive(item: &DeriveInput) -> Result<TokenStream> {
    let mut errors = Errors::default();
    let mut idents = Vec::new();
    let mut types = Vec::new();
    let mut names = Vec::new();
    let mut described = Vec::new();
    for (ident, field) in fields(item)? {
        let ty = &field.ty;
        let known = &["label", "source", "min", "max"];
        let options = errors.keep(Options::find(&field.attrs, "input", known));
        let Some(options) = options else { continue };
        let Some(options) = options else {
            errors.push(Error::new(
                ident.span(),
                "every input needs a label: #[input(label = \"…\")]",
            ));
            continue;
        };
        let label = errors.keep(options.required("label", "input"));
        let source = errors.keep(options.text("source")).flatten().unwrap_or_default();
        let bounds = errors.keep(bounds(&options, &Known::of(ty)));
        let name = name(&ident);
        described.push(quote! {
            ::mattoni_rules_sdk::contract::Input {
                name: ::std::string::String::from(#name),
                label: ::std::string::String::from(#label),
                kind: <#ty as ::mattoni_rules_sdk::Field>::kind(#bounds),
                required: <#ty as ::mattoni_rules_sdk::Field>::REQUIRED,
                source: ::std::string::String::from(#source),
            }
        });
        idents.push(ident);
        types.push(ty);
        names.push(name);
    }
    errors.finish(())?;
    let row = &item.ident;
    let indices: Vec<_> = (0..idents.len()).collect();
    let positions = (0..idents.len()).map(syn::Index::from);
    Ok(quote! {
        impl ::mattoni_rules_sdk::Inputs for #row {
            type Columns<'a> = (#(<#types as ::mattoni_rules_sdk::Field>::Column<'a>,)*);

            fn describe() -> ::std::vec::Vec<::mattoni_rules_sdk::contract::Input> {
                ::std::vec![#(#described),*]
            }

            #[inline(always)]
            fn bind(
                table: &::mattoni_rules_sdk::contract::Table,
            ) -> ::core::result::Result<Self::Columns<'_>, ::mattoni_rules_sdk::contract::Failure> {
                ::core::result::Result::Ok((
                    #(::mattoni_rules_sdk::__private::bind::<#types>(table, #indices, #names)?,)*
                ))
            }

            #[inline(always)]
            fn read(columns: Self::Columns<'_>, row: usize) -> Self {
                Self {
                    #(#idents: <#types as ::mattoni_rules_sdk::Field>::read(columns.#positions, row),)*
                }
            }
        }
    })
}

/// The bounds the author gave, as the contract's record.
pub(crate) fn bounds(options: &Options, known: &Known) -> Result<TokenStream> {
    let mut errors = Errors::default();
    let mut bound = |name: &str| match options.value(name) {
        None => quote!(::core::option::Option::None),
        Some(expr) => {
            let units = errors.keep(known.bound(expr));
            quote!(::core::option::Option::Some(#units))
        }
    };
    let (min, max) = (bound("min"), bound("max"));
    let number = |name: &str| options.value(name).and_then(|expr| known.number(expr));
    if let (Some(min), Some(max)) = (number("min"), number("max"))
        && min > max
    {
        errors.push(Error::new(options.span, "`min` is above `max`"));
    }
    errors.finish(quote!(::mattoni_rules_sdk::contract::Bounds { min: #min, max: #max }))
}
