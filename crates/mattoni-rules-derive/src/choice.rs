//! `#[derive(Choice)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

use crate::attribute::{Errors, Said, variants};

pub(crate) fn derive(item: &DeriveInput) -> Result<TokenStream> {
    let mut errors = Errors::default();
    let variants = variants(item)?;
    let mut options = Vec::new();
    let mut to_index = Vec::new();
    let mut from_index = Vec::new();
    for (index, variant) in (0_u16..).zip(&variants) {
        if let Some(Said { code, text }) = errors.keep(Said::of(variant, "choice", "label")) {
            options.push(quote!((#code, #text)));
        }
        let ident = &variant.ident;
        to_index.push(quote!(Self::#ident => #index));
        from_index.push(if usize::from(index) + 1 == variants.len() {
            quote!(_ => Self::#ident)
        } else {
            quote!(#index => Self::#ident)
        });
    }
    errors.finish(())?;
    let choice = &item.ident;
    Ok(quote! {
        impl ::mattoni_rules_sdk::Choice for #choice {
            const OPTIONS: &'static [(&'static str, &'static str)] = &[#(#options),*];

            #[inline(always)]
            fn from_index(index: u16) -> Self {
                match index { #(#from_index,)* }
            }

            #[inline(always)]
            fn index(self) -> u16 {
                match self { #(#to_index,)* }
            }
        }

        impl ::mattoni_rules_sdk::Field for #choice {
            type Column<'a> = &'a [u16];

            fn kind(
                _: ::mattoni_rules_sdk::contract::Bounds,
            ) -> ::mattoni_rules_sdk::contract::Kind {
                ::mattoni_rules_sdk::__private::choices::kind::<Self>()
            }

            #[inline(always)]
            fn bind<'a>(
                column: &'a ::mattoni_rules_sdk::contract::Column,
                name: &str,
                rows: usize,
            ) -> ::core::result::Result<Self::Column<'a>, ::mattoni_rules_sdk::contract::Failure> {
                ::mattoni_rules_sdk::__private::choices::bind::<Self>(column, name, rows)
            }

            #[inline(always)]
            fn read(column: Self::Column<'_>, row: usize) -> Self {
                ::mattoni_rules_sdk::__private::choices::read(column, row)
            }
        }
    })
}
