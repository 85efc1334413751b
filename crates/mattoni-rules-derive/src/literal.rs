//! Numbers in attributes, read exactly and checked where they stand.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned as _;
use syn::{
    Error, Expr, ExprLit, ExprUnary, GenericArgument, Lit, PathArguments, Result, Type, UnOp,
};

/// The types whose literals the derives can read, told by their names.
pub(crate) enum Known {
    Boolean,
    Integer,
    Money,
    Date,
    /// Decimals, when they are written as a number.
    Decimal(Option<u32>),
    /// A choice, or a mistake that the type check will name.
    Other,
}

impl Known {
    pub(crate) fn of(field: &Type) -> Self {
        let Type::Path(path) = field else { return Self::Other };
        let Some(last) = path.path.segments.last() else { return Self::Other };
        let argument = match &last.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.first(),
            _ => None,
        };
        match (last.ident.to_string().as_str(), argument) {
            ("Option", Some(GenericArgument::Type(inner))) => Self::of(inner),
            ("bool", _) => Self::Boolean,
            ("i64" | "u32", _) => Self::Integer,
            ("Money", _) => Self::Money,
            ("Date", _) => Self::Date,
            (
                "Decimal",
                Some(GenericArgument::Const(Expr::Lit(ExprLit { lit: Lit::Int(scale), .. }))),
            ) => Self::Decimal(scale.base10_parse().ok()),
            ("Decimal", _) => Self::Decimal(None),
            _ => Self::Other,
        }
    }

    /// A bound as the contract's number.
    pub(crate) fn bound(&self, expr: &Expr) -> Result<TokenStream> {
        match self {
            Self::Date => {
                let days = date(expr)?;
                Ok(
                    quote!(<::core::primitive::i64 as ::core::convert::From<::core::primitive::i32>>::from(#days.days())),
                )
            }
            Self::Boolean | Self::Other => {
                Err(Error::new(expr.span(), "only numbers, amounts and dates have bounds"))
            }
            _ => {
                let units = self.units(expr)?;
                Ok(quote!(#units))
            }
        }
    }

    /// A default as a value of the field's type.
    pub(crate) fn default(&self, field: &Type, expr: &Expr) -> Result<TokenStream> {
        Ok(match self {
            Self::Boolean => quote!(#expr),
            Self::Integer => {
                let units = proc_macro2::Literal::i64_unsuffixed(self.units(expr)?);
                quote!(#units)
            }
            Self::Money => {
                let units = self.units(expr)?;
                quote!(<#field>::from_cents(#units))
            }
            Self::Decimal(_) => {
                let units = self.units(expr)?;
                quote!(<#field>::scaled(#units))
            }
            Self::Date => date(expr)?,
            Self::Other => quote!(#expr),
        })
    }

    /// The number in its smallest unit; `None` for what is not a number.
    pub(crate) fn number(&self, expr: &Expr) -> Option<i64> {
        match self {
            Self::Integer | Self::Money | Self::Decimal(_) => self.units(expr).ok(),
            _ => None,
        }
    }

    fn units(&self, expr: &Expr) -> Result<i64> {
        match self {
            Self::Money => scaled(expr, 2),
            Self::Decimal(Some(scale)) => scaled(expr, *scale),
            Self::Decimal(None) => {
                Err(Error::new(expr.span(), "write the decimals as a number: Decimal<2>"))
            }
            _ => scaled(expr, 0),
        }
    }
}

/// Reads `12`, `12.5` or `-3` in units of `10^-scale`, from the digits as they are written.
pub(crate) fn scaled(expr: &Expr, scale: u32) -> Result<i64> {
    let (negative, literal) = match expr {
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => (true, expr.as_ref()),
        other => (false, other),
    };
    let digits = match literal {
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) if int.suffix().is_empty() => {
            int.base10_digits().to_owned()
        }
        Expr::Lit(ExprLit { lit: Lit::Float(float), .. }) if float.suffix().is_empty() => {
            float.base10_digits().to_owned()
        }
        other => return Err(Error::new(other.span(), "a number is needed here, e.g. 12 or 12.5")),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((&digits, ""));
    let wanted = scale as usize;
    if decimals.len() > wanted {
        return Err(Error::new(expr.span(), format!("at most {scale} decimals are possible here")));
    }
    let units: i64 = format!("{whole}{decimals:0<wanted$}")
        .parse()
        .map_err(|_| Error::new(expr.span(), "the number is too large, or not plainly written"))?;
    Ok(if negative { -units } else { units })
}

fn date(expr: &Expr) -> Result<TokenStream> {
    let wrong = || Error::new(expr.span(), "a date that exists is needed here: \"2026-09-01\"");
    let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = expr else { return Err(wrong()) };
    let text = text.value();
    let mut parts = text.split('-');
    let mut part = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits)?;
        part.parse::<u32>().ok()
    };
    let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else {
        return Err(wrong());
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 0,
    };
    if parts.next().is_some() || !(1..=last).contains(&day) {
        return Err(wrong());
    }
    let year = i32::try_from(year).map_err(|_| wrong())?;
    Ok(quote!(::mattoni_rules_sdk::Date::ymd(#year, #month, #day)))
}
