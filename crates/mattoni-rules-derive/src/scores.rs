//! `#[derive(Scores)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Error, Field, Ident, Result};

use crate::attribute::{Errors, Options, fields, name};
use crate::literal::scaled;

#[derive(Default)]
struct Parts {
    criteria: Vec<TokenStream>,
    ties: Vec<TokenStream>,
    classes: Vec<TokenStream>,
    criterion_slots: Vec<Ident>,
    tie_slots: Vec<Ident>,
    class_slots: Vec<Ident>,
    checks: Vec<TokenStream>,
}

pub(crate) fn derive(item: &DeriveInput) -> Result<TokenStream> {
    let mut errors = Errors::default();
    let reasons = errors.keep(reasons(item));
    let mut parts = Parts::default();
    let mut idents = Vec::new();
    let mut types = Vec::new();
    let mut slots = Vec::new();
    for (at, (ident, field)) in fields(item)?.enumerate() {
        let slot = format_ident!("column{at}");
        errors.keep(part(&ident, field, &slot, &mut parts));
        idents.push(ident);
        types.push(&field.ty);
        slots.push(slot);
    }
    if parts.class_slots.len() > 1 {
        errors.push(Error::new(item.ident.span(), "an answer has at most one class"));
    }
    errors.finish(())?;
    let answer = &item.ident;
    let Parts { criteria, ties, classes, criterion_slots, tie_slots, class_slots, checks } = parts;
    let classes = classes.first().cloned().unwrap_or_else(|| quote!(::std::vec::Vec::new()));
    let class =
        class_slots.first().map_or_else(|| quote!(::std::vec::Vec::new()), |slot| quote!(#slot));
    Ok(quote! {
        impl ::mattoni_rules_sdk::Scores for #answer {
            type Reasons = #reasons;
            type Columns = (#(<#types as ::mattoni_rules_sdk::Answer>::Column,)*);
            type Slots<'a> = (#(<#types as ::mattoni_rules_sdk::Answer>::Slot<'a>,)*);

            fn declare() -> ::mattoni_rules_sdk::contract::Declaration {
                ::mattoni_rules_sdk::contract::Declaration {
                    criteria: ::std::vec![#(#criteria),*],
                    ties: ::std::vec![#(#ties),*],
                    classes: #classes,
                }
            }

            fn columns(rows: usize) -> Self::Columns {
                (#(<#types as ::mattoni_rules_sdk::Answer>::column(rows),)*)
            }

            #[inline(always)]
            fn slots((#(#slots,)*): &mut Self::Columns, rows: usize) -> Self::Slots<'_> {
                (#(<#types as ::mattoni_rules_sdk::Answer>::slot(#slots, rows),)*)
            }

            #[inline(always)]
            fn write(self, (#(#slots,)*): &mut Self::Slots<'_>, row: usize) {
                #(#checks)*
                #(<#types as ::mattoni_rules_sdk::Answer>::write(self.#idents, #slots, row);)*
            }

            fn finish((#(#slots,)*): Self::Columns) -> ::mattoni_rules_sdk::contract::Scores {
                ::mattoni_rules_sdk::contract::Scores {
                    criteria: ::std::vec![#(#criterion_slots),*],
                    ties: ::std::vec![#(#tie_slots),*],
                    classes: #class,
                }
            }
        }
    })
}

/// The type given in `#[scores(reasons = Why)]`.
fn reasons(item: &DeriveInput) -> Result<TokenStream> {
    let options = Options::find(&item.attrs, "scores", &["reasons"])?;
    Ok(match options.as_ref().and_then(|options| options.value("reasons")) {
        Some(path) => quote!(#path),
        None => quote!(::mattoni_rules_sdk::NoReasons),
    })
}

/// What one field is, declared.
fn part(ident: &Ident, field: &Field, slot: &Ident, parts: &mut Parts) -> Result<()> {
    let criterion = Options::find(&field.attrs, "criterion", &["label", "min", "max", "source"])?;
    let tie = Options::find(&field.attrs, "tie", &["label", "lower_first", "higher_first"])?;
    let class = Options::find(&field.attrs, "class", &[])?;
    let name = name(ident);
    match (criterion, tie, class) {
        (Some(options), None, None) => {
            let label = options.required("label", "criterion")?;
            let source = options.text("source")?.unwrap_or_default();
            let Some(max) = options.value("max") else {
                return Err(Error::new(options.span, "every criterion needs a max: max = 10"));
            };
            let points = |expr| {
                i32::try_from(scaled(expr, 2)?)
                    .map_err(|_| Error::new(options.span, "points are below 21 million"))
            };
            let max = points(max)?;
            let min = options.value("min").map_or(Ok(0), points)?;
            parts.criteria.push(quote! {
                ::mattoni_rules_sdk::contract::Criterion {
                    code: ::std::string::String::from(#name),
                    label: ::std::string::String::from(#label),
                    min: #min,
                    max: #max,
                    source: ::std::string::String::from(#source),
                }
            });
            parts.criterion_slots.push(slot.clone());
            // Reasons are numbers in the contract: another list's would be read as this one's.
            parts.checks.push(quote_spanned! {field.ty.span()=>
                let _: &::mattoni_rules_sdk::Points<Self::Reasons> = &self.#ident;
            });
        }
        (None, Some(options), None) => {
            let label = options.required("label", "tie key")?;
            let order = match (options.flag("lower_first"), options.flag("higher_first")) {
                (true, false) => quote!(LowerFirst),
                (false, true) => quote!(HigherFirst),
                _ => {
                    return Err(Error::new(
                        options.span,
                        "say which comes first: `lower_first` or `higher_first`",
                    ));
                }
            };
            parts.ties.push(quote! {
                ::mattoni_rules_sdk::contract::Tie {
                    name: ::std::string::String::from(#name),
                    label: ::std::string::String::from(#label),
                    order: ::mattoni_rules_sdk::contract::Order::#order,
                }
            });
            parts.tie_slots.push(slot.clone());
        }
        (None, None, Some(_)) => {
            let ty = &field.ty;
            parts.classes.push(quote!(<#ty>::declare()));
            parts.class_slots.push(slot.clone());
        }
        _ => {
            return Err(Error::new(
                ident.span(),
                "say what the field is: one of #[criterion(label = \"…\", max = 10)], \
                 #[tie(label = \"…\", lower_first)] or #[class]",
            ));
        }
    }
    Ok(())
}
