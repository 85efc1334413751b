//! Reading the attributes of types, variants and fields.

use syn::parse::ParseStream;
use syn::{Attribute, LitStr, Token};

use crate::case::Case;

/// What `serde` attributes say of a type, a variant or a field.
pub(crate) struct Serde {
    pub(crate) rename: Option<String>,
    pub(crate) rename_all: Case,
    pub(crate) rename_all_fields: Option<Case>,
    pub(crate) tag: Option<String>,
    pub(crate) content: Option<String>,
    pub(crate) untagged: bool,
    pub(crate) transparent: bool,
    pub(crate) flatten: bool,
    pub(crate) skip: bool,
    /// The JSON is made by other code, so that the fields say nothing about it.
    pub(crate) by_hand: bool,
}

impl Serde {
    pub(crate) fn read(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut read = Self {
            rename: None,
            rename_all: Case::AsIs,
            rename_all_fields: None,
            tag: None,
            content: None,
            untagged: false,
            transparent: false,
            flatten: false,
            skip: false,
            by_hand: false,
        };
        for attribute in attributes.iter().filter(|a| a.path().is_ident("serde")) {
            attribute.parse_nested_meta(|meta| {
                let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
                let text = |meta: &syn::meta::ParseNestedMeta<'_>| -> syn::Result<String> {
                    Ok(meta.value()?.parse::<LitStr>()?.value())
                };
                match name.as_str() {
                    "rename" => read.rename = Some(text(&meta)?),
                    "rename_all" => read.rename_all = Case::parse(&text(&meta)?)?,
                    "rename_all_fields" => {
                        read.rename_all_fields = Some(Case::parse(&text(&meta)?)?);
                    }
                    "tag" => read.tag = Some(text(&meta)?),
                    "content" => read.content = Some(text(&meta)?),
                    "untagged" => read.untagged = true,
                    "transparent" => read.transparent = true,
                    "flatten" => read.flatten = true,
                    "skip" | "skip_serializing" => read.skip = true,
                    "into" | "with" | "serialize_with" => {
                        read.by_hand = true;
                        skip_value(meta.input)?;
                    }
                    _ => skip_value(meta.input)?,
                }
                Ok(())
            })?;
        }
        Ok(read)
    }
}

fn skip_value(input: ParseStream<'_>) -> syn::Result<()> {
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        input.parse::<syn::Expr>()?;
    } else if input.peek(syn::token::Paren) {
        let inner;
        syn::parenthesized!(inner in input);
        inner.parse::<proc_macro2::TokenStream>()?;
    }
    Ok(())
}

/// What a field says of itself.
pub(crate) enum Mark {
    /// Nothing: its type does.
    None,
    /// Nothing in it is personal.
    NotPersonal,
    /// It is personal.
    Personal {
        of: Option<String>,
        erased: Option<String>,
        /// For a map: beginnings of keys, and whose their values are.
        keys: Vec<(String, String)>,
    },
}

impl Mark {
    pub(crate) fn read(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut mark = Self::None;
        for attribute in attributes {
            let found = if attribute.path().is_ident("not_personal") {
                attribute.meta.require_path_only()?;
                Self::NotPersonal
            } else if attribute.path().is_ident("personal") {
                personal(attribute)?
            } else {
                continue;
            };
            if !matches!(mark, Self::None) {
                return Err(syn::Error::new_spanned(attribute, "a field bears one mark"));
            }
            mark = found;
        }
        Ok(mark)
    }
}

fn personal(attribute: &Attribute) -> syn::Result<Mark> {
    let (mut of, mut erased, mut keys) = (None, None, Vec::new());
    if !matches!(attribute.meta, syn::Meta::Path(_)) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("of") {
                of = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if meta.path.is_ident("erased") {
                erased = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if meta.path.is_ident("keys") {
                let inner;
                syn::parenthesized!(inner in meta.input);
                while !inner.is_empty() {
                    let beginning = inner.parse::<LitStr>()?.value();
                    inner.parse::<Token![=]>()?;
                    keys.push((beginning, inner.parse::<LitStr>()?.value()));
                    if !inner.is_empty() {
                        inner.parse::<Token![,]>()?;
                    }
                }
            } else {
                return Err(meta.error("a mark says `of`, `erased` or `keys`"));
            }
            Ok(())
        })?;
    }
    Ok(Mark::Personal { of, erased, keys })
}
