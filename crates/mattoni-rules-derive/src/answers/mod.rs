//! The derives of answers: one way to write columns, and what each world declares.

mod amounts;
mod scores;
mod verdicts;

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Error, Field, Ident, Result};

use crate::attribute::{Errors, Options, fields};

pub(crate) use amounts::{DUES, GRANT};
pub(crate) use scores::SCORES;
pub(crate) use verdicts::{REPORT, ROUTE, VERDICT};

/// What one field is.
struct Part {
    /// Which of the world's lists it belongs to.
    list: usize,
    /// What the declaration says of it.
    declared: TokenStream,
    /// The type the field must be, where reasons are part of it: they are numbers in the
    /// contract, and another list's would be read as this one's.
    reasoned: Option<TokenStream>,
}

/// How one world declares and answers.
pub(crate) struct World {
    /// The attribute of the struct: `#[scores(reasons = Why)]`.
    attribute: &'static str,
    /// The world's type in the SDK.
    marker: &'static str,
    /// What is possible as a field, said where a field is something else.
    possible: &'static str,
    part: fn(&Ident, &Field) -> Result<Option<Part>>,
    /// Declaration and answer out of what the fields declared and of their columns, list by list.
    assemble: fn(&Ident, Lists<'_>) -> Result<Assembled>,
}

struct Lists<'a> {
    declared: [Vec<&'a TokenStream>; 3],
    columns: [Vec<&'a Ident>; 3],
}

struct Assembled {
    declaration: TokenStream,
    answers: TokenStream,
}

pub(crate) fn derive(item: &DeriveInput, world: &World) -> Result<TokenStream> {
    let mut errors = Errors::default();
    let reasons = errors.keep(reasons(item, world.attribute));
    let mut parts = Vec::new();
    let mut idents = Vec::new();
    let mut types = Vec::new();
    for (at, (ident, field)) in fields(item)?.enumerate() {
        let slot = format_ident!("column{at}");
        match errors.keep((world.part)(&ident, field)) {
            Some(Some(part)) => parts.push((part, slot)),
            Some(None) => errors.push(Error::new(
                ident.span(),
                format!("say what the field is: one of {}", world.possible),
            )),
            None => {}
        }
        idents.push(ident);
        types.push(&field.ty);
    }
    let list = |list: usize| parts.iter().filter(move |(part, _)| part.list == list);
    let lists = Lists {
        declared: [0, 1, 2].map(|at| list(at).map(|(part, _)| &part.declared).collect()),
        columns: [0, 1, 2].map(|at| list(at).map(|(_, slot)| slot).collect()),
    };
    let assembled = errors.keep((world.assemble)(&item.ident, lists));
    errors.finish(())?;
    let checks = parts.iter().zip(&idents).zip(&types).filter_map(|(((part, _), ident), ty)| {
        let expected = part.reasoned.as_ref()?;
        Some(quote_spanned! {ty.span()=>
            let _: &::mattoni_rules_sdk::#expected = &self.#ident;
        })
    });
    let slots: Vec<_> = parts.iter().map(|(_, slot)| slot).collect();
    let answer = &item.ident;
    let marker = format_ident!("{}", world.marker);
    let Some(Assembled { declaration, answers }) = assembled else { return Ok(quote!()) };
    Ok(quote! {
        impl ::mattoni_rules_sdk::Answers for #answer {
            type World = ::mattoni_rules_sdk::world::#marker;
            type Reasons = #reasons;
            type Columns = (#(<#types as ::mattoni_rules_sdk::Part>::Column,)*);
            type Slots<'a> = (#(<#types as ::mattoni_rules_sdk::Part>::Slot<'a>,)*);

            fn declare() -> <Self::World as ::mattoni_rules_sdk::World>::Declaration {
                #declaration
            }

            fn columns(rows: usize) -> Self::Columns {
                (#(<#types as ::mattoni_rules_sdk::Part>::column(rows),)*)
            }

            #[inline(always)]
            fn slots((#(#slots,)*): &mut Self::Columns, rows: usize) -> Self::Slots<'_> {
                (#(<#types as ::mattoni_rules_sdk::Part>::slot(#slots, rows),)*)
            }

            #[inline(always)]
            fn write(self, (#(#slots,)*): &mut Self::Slots<'_>, row: usize) {
                #(#checks)*
                #(<#types as ::mattoni_rules_sdk::Part>::write(self.#idents, #slots, row);)*
            }

            fn finish(
                (#(#slots,)*): Self::Columns,
            ) -> <Self::World as ::mattoni_rules_sdk::World>::Answers {
                #answers
            }
        }
    })
}

/// The type given in `#[scores(reasons = Why)]`.
fn reasons(item: &DeriveInput, attribute: &str) -> Result<TokenStream> {
    let options = Options::find(&item.attrs, attribute, &["reasons"])?;
    Ok(match options.as_ref().and_then(|options| options.value("reasons")) {
        Some(path) => quote!(#path),
        None => quote!(::mattoni_rules_sdk::NoReasons),
    })
}

/// The one field of its kind, or what the author has to do.
fn only<'a, T>(struct_name: &Ident, found: &[&'a T], what: &str) -> Result<&'a T> {
    match found {
        [one] => Ok(one),
        _ => Err(Error::new(struct_name.span(), format!("an answer has exactly one {what}"))),
    }
}
