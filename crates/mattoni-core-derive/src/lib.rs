//! The derive macro of `mattoni-core`: `#[derive(Personal)]` goes through the fields of a type and
//! says which parts of its JSON are personal data.
//!
//! It reads the `serde` attributes that change where a field stands in the JSON (`rename`,
//! `rename_all`, `tag`, `content`, `untagged`, `flatten`, `transparent`, `skip`), and these marks:
//!
//! | mark | meaning |
//! | --- | --- |
//! | none | the field's type says itself what is personal in it; a type that does not say is a compile error |
//! | `#[not_personal]` on a field | nothing in it is personal: a code, a label |
//! | `#[not_personal]` on a type | nothing in it is personal |
//! | `#[personal]` | personal data of the person the record is about |
//! | `#[personal(of = "role")]` | of the person whom the record names by this role |
//! | `#[personal(erased = "null")]` | this JSON stands there once it is erased |
//! | `#[personal(keys("child_" = "beneficiary"))]` | a map: values whose key begins so are that role's, all others the subject's |
//!
//! # What this crate does not do
//! It knows nothing of sealing or erasing: the marks are data that `mattoni-store` acts on.
#![forbid(unsafe_code)]

mod attributes;
mod case;
mod expand;

use proc_macro::TokenStream;

/// Says which parts of a type's JSON are personal data. See the [crate's page](crate).
#[proc_macro_derive(Personal, attributes(personal, not_personal))]
pub fn personal(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    expand::expand(&input).unwrap_or_else(|error| error.to_compile_error()).into()
}
