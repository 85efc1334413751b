//! Reading attributes, with every mistake said at its place.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, ExprLit, Field, Fields, Ident, Lit, LitStr, Result,
    Token, Variant,
};

/// Collects errors, so that an author puts all of them right in one go.
#[derive(Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            none => *none = Some(error),
        }
    }

    /// The value, or its error kept for later.
    pub(crate) fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn finish<T>(self, value: T) -> Result<T> {
        self.0.map_or(Ok(value), Err)
    }
}

/// `name`, or `name = value`.
struct Entry {
    name: Ident,
    value: Option<Expr>,
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name = input.parse()?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Some(input.parse()?)
        } else {
            None
        };
        Ok(Self { name, value })
    }
}

/// The options of one attribute.
pub(crate) struct Options {
    entries: Vec<Entry>,
    pub(crate) span: Span,
}

impl Options {
    /// The options of the attribute `name` among `attributes`, none of them outside `known`;
    /// `None` without such an attribute.
    pub(crate) fn find(
        attributes: &[Attribute],
        name: &str,
        known: &[&str],
    ) -> Result<Option<Self>> {
        let mut found = attributes.iter().filter(|attribute| attribute.path().is_ident(name));
        let Some(attribute) = found.next() else { return Ok(None) };
        if let Some(second) = found.next() {
            return Err(Error::new(second.span(), format!("only one #[{name}] is allowed here")));
        }
        let entries = if matches!(attribute.meta, syn::Meta::Path(_)) {
            Vec::new()
        } else {
            attribute
                .parse_args_with(Punctuated::<Entry, Token![,]>::parse_terminated)?
                .into_iter()
                .collect()
        };
        let mut errors = Errors::default();
        for (at, Entry { name: option, .. }) in entries.iter().enumerate() {
            if !known.iter().any(|known| option == known) {
                let known = known.join("`, `");
                errors.push(Error::new(
                    option.span(),
                    format!("unknown option `{option}` of #[{name}]; known are `{known}`"),
                ));
            }
            if entries[..at].iter().any(|earlier| earlier.name == *option) {
                errors.push(Error::new(option.span(), format!("`{option}` is given twice")));
            }
        }
        errors.finish(Some(Self { entries, span: attribute.span() }))
    }

    pub(crate) fn value(&self, name: &str) -> Option<&Expr> {
        self.entries.iter().find(|entry| entry.name == name)?.value.as_ref()
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name == name && entry.value.is_none())
    }

    /// The text given for `name`.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>> {
        match self.value(name) {
            None => Ok(None),
            Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => Ok(Some(text.value())),
            Some(other) => {
                Err(Error::new(other.span(), format!("`{name}` is a text: {name} = \"…\"")))
            }
        }
    }

    /// The text given for `name`, which must be given and not be empty; `whose` says of what.
    pub(crate) fn required(&self, name: &str, whose: &str) -> Result<String> {
        match self.text(name)? {
            Some(text) if !text.trim().is_empty() => Ok(text),
            _ => {
                Err(Error::new(self.span, format!("every {whose} needs a {name}: {name} = \"…\"")))
            }
        }
    }
}

/// A label or sentence: `#[name("…")]`, or `#[name(code = "…", label = "…")]`.
pub(crate) struct Said {
    pub(crate) code: String,
    pub(crate) text: String,
}

impl Said {
    pub(crate) fn of(variant: &Variant, name: &str, text: &str) -> Result<Self> {
        let mut code = kebab(&variant.ident.to_string());
        let attribute = variant.attrs.iter().find(|attribute| attribute.path().is_ident(name));
        let missing = || {
            Error::new(
                variant.span(),
                format!("every variant needs its {text} in Italian: #[{name}(\"…\")]"),
            )
        };
        let attribute = attribute.ok_or_else(missing)?;
        if let Ok(only) = attribute.parse_args::<LitStr>() {
            return Ok(Self { code, text: only.value() });
        }
        let options = Options::find(&variant.attrs, name, &["code", text])?.ok_or_else(missing)?;
        if let Some(given) = options.text("code")? {
            code = given;
        }
        Ok(Self { code, text: options.required(text, "variant")? })
    }
}

/// The named fields of a struct without type parameters.
pub(crate) fn fields(item: &DeriveInput) -> Result<impl Iterator<Item = (Ident, &Field)>> {
    if !item.generics.params.is_empty() {
        return Err(Error::new(item.generics.span(), "no type parameters or lifetimes here"));
    }
    match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) => Ok(named
                .named
                .iter()
                .filter_map(|field| field.ident.clone().map(|ident| (ident, field)))),
            _ => Err(Error::new(item.ident.span(), "a struct with named fields is needed here")),
        },
        _ => Err(Error::new(item.ident.span(), "a struct is needed here")),
    }
}

/// The variants of an enum without fields.
pub(crate) fn variants(item: &DeriveInput) -> Result<Vec<&Variant>> {
    let Data::Enum(data) = &item.data else {
        return Err(Error::new(item.ident.span(), "an enum is needed here"));
    };
    let mut errors = Errors::default();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors.push(Error::new(variant.fields.span(), "a variant carries no fields here"));
        }
    }
    if data.variants.is_empty() || data.variants.len() >= usize::from(u16::MAX) {
        errors.push(Error::new(item.ident.span(), "between 1 and 65,534 variants are needed here"));
    }
    errors.finish(data.variants.iter().collect())
}

/// The name of a field as the contract has it.
pub(crate) fn name(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

/// `BothParentsWork` as `both-parents-work`.
fn kebab(ident: &str) -> String {
    let mut code = String::new();
    for (at, letter) in ident.trim_start_matches("r#").char_indices() {
        if letter.is_uppercase() && at > 0 {
            code.push('-');
        }
        code.extend(letter.to_lowercase());
    }
    code
}
