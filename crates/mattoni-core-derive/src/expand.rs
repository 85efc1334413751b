//! The code that the derive writes.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Field, Fields, Type, Variant};

use crate::attributes::{Mark, Serde};
use crate::case::Case;

pub(crate) fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    let serde = Serde::read(&input.attrs)?;
    let body = match Mark::read(&input.attrs)? {
        Mark::NotPersonal => TokenStream::new(),
        Mark::Personal { .. } => {
            return Err(syn::Error::new_spanned(
                &input.ident,
                "a type is marked field by field; implement `Personal` by hand to mark it whole",
            ));
        }
        Mark::None if serde.by_hand => {
            return Err(syn::Error::new_spanned(
                &input.ident,
                "its JSON is made by other code: mark it `#[not_personal]`, or implement \
                 `Personal` by hand",
            ));
        }
        Mark::None => match &input.data {
            Data::Struct(data) => structure(&serde, &data.fields)?,
            Data::Enum(data) => {
                let variants = data
                    .variants
                    .iter()
                    .map(|v| variant(&serde, v))
                    .collect::<Result<Vec<_>, _>>()?;
                quote!(#(#variants)*)
            }
            Data::Union(_) => {
                return Err(syn::Error::new_spanned(&input.ident, "a union has no JSON"));
            }
        },
    };
    let name = &input.ident;
    let (generics, arguments, bounds) = input.generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #generics ::mattoni_core::record::Personal for #name #arguments #bounds {
            fn mark(marks: &mut ::mattoni_core::record::Marks) {
                let _ = &marks;
                #body
            }
        }
    })
}

fn structure(serde: &Serde, fields: &Fields) -> syn::Result<TokenStream> {
    match fields {
        Fields::Named(named) if serde.transparent => named.named.iter().map(value).collect(),
        Fields::Named(named) => named.named.iter().map(|f| member(f, serde.rename_all)).collect(),
        Fields::Unnamed(unnamed) if unnamed.unnamed.len() == 1 => {
            unnamed.unnamed.iter().map(value).collect()
        }
        Fields::Unnamed(unnamed) => Err(syn::Error::new_spanned(
            unnamed,
            "fields without names cannot be told apart: give them names",
        )),
        Fields::Unit => Ok(TokenStream::new()),
    }
}

fn variant(of: &Serde, variant: &Variant) -> syn::Result<TokenStream> {
    let serde = Serde::read(&variant.attrs)?;
    if serde.skip {
        return Ok(TokenStream::new());
    }
    let name =
        serde.rename.clone().unwrap_or_else(|| of.rename_all.variant(&variant.ident.to_string()));
    let case = match (serde.rename_all, of.rename_all_fields) {
        (Case::AsIs, Some(fields)) => fields,
        (own, _) => own,
    };
    let inner = match &variant.fields {
        Fields::Named(named) => {
            named.named.iter().map(|f| member(f, case)).collect::<syn::Result<TokenStream>>()?
        }
        fields => structure(&serde, fields)?,
    };
    if inner.is_empty() {
        return Ok(TokenStream::new());
    }
    Ok(match (&of.tag, &of.content) {
        _ if of.untagged => inner,
        (Some(tag), None) => quote! {
            marks.at(
                ::mattoni_core::record::Step::Tag { key: #tag, value: #name },
                |marks| { #inner },
            );
        },
        (Some(tag), Some(content)) => quote! {
            marks.at(
                ::mattoni_core::record::Step::Tag { key: #tag, value: #name },
                |marks| marks.at(::mattoni_core::record::Step::Key(#content), |marks| { #inner }),
            );
        },
        (None, _) => quote! {
            marks.at(::mattoni_core::record::Step::Key(#name), |marks| { #inner });
        },
    })
}

/// A field under its key.
fn member(field: &Field, case: Case) -> syn::Result<TokenStream> {
    let serde = Serde::read(&field.attrs)?;
    if serde.skip {
        return Ok(TokenStream::new());
    }
    let inner = value(field)?;
    if inner.is_empty() || serde.flatten {
        return Ok(inner);
    }
    let ident = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    let name = serde.rename.unwrap_or_else(|| case.field(ident.trim_start_matches("r#")));
    Ok(quote! {
        marks.at(::mattoni_core::record::Step::Key(#name), |marks| { #inner });
    })
}

/// A field's value, wherever it stands.
fn value(field: &Field) -> syn::Result<TokenStream> {
    let ty = &field.ty;
    let mark = Mark::read(&field.attrs)?;
    if Serde::read(&field.attrs)?.by_hand && matches!(mark, Mark::None) {
        return Err(syn::Error::new_spanned(
            field,
            "its JSON is made by other code: mark it `#[personal]` or `#[not_personal]`",
        ));
    }
    Ok(match mark {
        Mark::NotPersonal => TokenStream::new(),
        Mark::None => quote!(<#ty as ::mattoni_core::record::Personal>::mark(marks);),
        Mark::Personal { of, erased, keys } if keys.is_empty() => {
            let placeholder = placeholder(ty, erased.as_deref(), false);
            let owner = owner(of.as_deref());
            quote!(marks.personal(#owner, #placeholder);)
        }
        Mark::Personal { of, erased, keys } => {
            let placeholder = placeholder(ty, erased.as_deref(), true);
            let others = owner(of.as_deref());
            let named = keys.iter().map(|(beginning, role)| {
                let role = owner(Some(role));
                quote! {
                    marks.at(
                        ::mattoni_core::record::Step::Keys(#beginning),
                        |marks| marks.personal(#role, #placeholder),
                    );
                }
            });
            quote! {
                #(#named)*
                marks.at(
                    ::mattoni_core::record::Step::Keys(""),
                    |marks| marks.personal(#others, #placeholder),
                );
            }
        }
    })
}

fn owner(of: Option<&str>) -> TokenStream {
    match of {
        None => quote!(::mattoni_core::record::Owner::Subject),
        Some(role) => quote!(::mattoni_core::record::Owner::Named(#role)),
    }
}

fn placeholder(ty: &Type, erased: Option<&str>, of_values: bool) -> TokenStream {
    match erased {
        Some(json) => quote! {
            ::mattoni_core::record::Placeholder { shape: #json, json: #json }
        },
        None if of_values => quote!(<#ty as ::mattoni_core::record::ErasableValues>::PLACEHOLDER),
        None => quote!(<#ty as ::mattoni_core::record::Erasable>::PLACEHOLDER),
    }
}
