//! `#[derive(Reasons)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Result};

use crate::attribute::{Errors, Said, variants};

pub(crate) fn derive(item: &DeriveInput) -> Result<TokenStream> {
    let mut errors = Errors::default();
    let mut sentences = Vec::new();
    let mut arms = Vec::new();
    for (number, variant) in (1_u16..).zip(variants(item)?) {
        if let Some(Said { code, text }) = errors.keep(Said::of(variant, "reason", "sentence")) {
            sentences.push(quote!((#code, #text)));
        }
        let ident = &variant.ident;
        arms.push(quote!(Self::#ident => #number));
    }
    errors.finish(())?;
    let reasons = &item.ident;
    Ok(quote! {
        impl ::mattoni_rules_sdk::Reasons for #reasons {
            const SENTENCES: &'static [(&'static str, &'static str)] = &[#(#sentences),*];

            #[inline(always)]
            fn number(self) -> u16 {
                match self { #(#arms,)* }
            }
        }
    })
}
