//! `#[derive(Scores)]`.

use quote::quote;
use syn::{Error, Field, Ident, Result};

use super::{Assembled, Lists, Part, World};
use crate::attribute::{Options, name};
use crate::literal::scaled;

pub(crate) const SCORES: World = World {
    attribute: "scores",
    marker: "Scoring",
    possible: "#[criterion(label = \"…\", max = 10)], #[tie(label = \"…\", lower_first)] or #[class]",
    part,
    assemble,
};

const CRITERIA: usize = 0;
const TIES: usize = 1;
const CLASSES: usize = 2;

fn part(ident: &Ident, field: &Field) -> Result<Option<Part>> {
    let criterion = Options::find(&field.attrs, "criterion", &["label", "min", "max", "source"])?;
    let tie = Options::find(&field.attrs, "tie", &["label", "lower_first", "higher_first"])?;
    let class = Options::find(&field.attrs, "class", &[])?;
    let name = name(ident);
    Ok(Some(match (criterion, tie, class) {
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
            let declared = quote! {
                ::mattoni_rules_sdk::contract::scoring::Criterion {
                    code: ::std::string::String::from(#name),
                    label: ::std::string::String::from(#label),
                    min: #min,
                    max: #max,
                    source: ::std::string::String::from(#source),
                }
            };
            Part { list: CRITERIA, declared, reasoned: Some(quote!(Score<Self::Reasons>)) }
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
            let declared = quote! {
                ::mattoni_rules_sdk::contract::scoring::Tie {
                    name: ::std::string::String::from(#name),
                    label: ::std::string::String::from(#label),
                    order: ::mattoni_rules_sdk::contract::scoring::Order::#order,
                }
            };
            Part { list: TIES, declared, reasoned: None }
        }
        (None, None, Some(_)) => {
            let ty = &field.ty;
            Part { list: CLASSES, declared: quote!(<#ty>::declare()), reasoned: None }
        }
        _ => return Ok(None),
    }))
}

fn assemble(answer: &Ident, lists: Lists<'_>) -> Result<Assembled> {
    let [criteria, ties, classes] = lists.declared;
    let [criterion_columns, tie_columns, class_columns] = lists.columns;
    if classes.len() > 1 {
        return Err(Error::new(answer.span(), "an answer has at most one class"));
    }
    let none = || quote!(::std::vec::Vec::new());
    let declared = classes.first().map_or_else(none, |declared| quote!(#declared));
    let class = class_columns.first().map_or_else(none, |column| quote!(#column));
    Ok(Assembled {
        declaration: quote! {
            ::mattoni_rules_sdk::contract::scoring::Declaration {
                criteria: ::std::vec![#(#criteria),*],
                ties: ::std::vec![#(#ties),*],
                classes: #declared,
            }
        },
        answers: quote! {
            ::mattoni_rules_sdk::contract::scoring::Scores {
                criteria: ::std::vec![#(#criterion_columns.into()),*],
                ties: ::std::vec![#(#tie_columns),*],
                classes: #class,
            }
        },
    })
}
