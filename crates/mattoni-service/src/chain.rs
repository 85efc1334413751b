//! What a service is put together from, and what follows what: the bricks of `service.toml` and
//! its `[[then]]` tables.
//!
//! ```toml
//! bricks = ["practice", "document"]
//!
//! [[then]]
//! on = "accepted"
//! order = "message.tell"
//! template = "permit.bring-a-photo"
//! to = "applicant"
//!
//! [[then]]
//! on = "accepted"
//! order = "document.issue"
//! brick = "document"
//! with = { document = "permit" }
//! ```

mod drawing;
mod outcome;

use std::collections::{BTreeMap, BTreeSet};

use mattoni_core::record::{Order as _, Recipient, RequestPayment, Tell};
use mattoni_core::text::is_blank;
use mattoni_core::{Money, Problem, Problems};

pub use outcome::BrickOutcome;

use crate::{ServiceSource, ThenSource};

/// What a service is put together from, and what follows each outcome. Whoever holds one holds
/// one whose orders are complete; whether a desk can carry it out says [`check`](Self::check).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    bricks: Vec<String>,
    links: Vec<Link>,
}

/// What follows an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Stable name of the outcome, e.g. `accepted`. The known ones are in [`BrickOutcome::ALL`].
    pub on: String,
    /// What is ordered.
    pub order: LinkOrder,
}

/// What a service orders when it comes to an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkOrder {
    /// `message.tell`: a message is sent to somebody.
    Tell {
        /// Code of the template.
        template: String,
        /// Whom.
        to: Recipient,
    },
    /// `payment.request`: a payment is requested.
    RequestPayment {
        /// How much.
        amount: Money,
        /// What for, in words.
        reason: String,
    },
    /// Any other order.
    Other {
        /// Its topic, e.g. `document.issue`.
        topic: String,
        /// The brick that takes it.
        brick: String,
        /// What that brick needs to know, by its own names.
        with: BTreeMap<String, String>,
    },
}

impl LinkOrder {
    /// The topic of the order.
    #[must_use]
    pub fn topic(&self) -> &str {
        match self {
            Self::Tell { .. } => Tell::TOPIC,
            Self::RequestPayment { .. } => RequestPayment::TOPIC,
            Self::Other { topic, .. } => topic,
        }
    }

    /// The brick that takes it: named by the order itself, or by the first word of its topic.
    #[must_use]
    pub fn brick(&self) -> &str {
        match self {
            Self::Other { brick, .. } => brick,
            Self::Tell { .. } | Self::RequestPayment { .. } => {
                self.topic().split('.').next().unwrap_or_default()
            }
        }
    }
}

impl Link {
    /// `None` where the source is incomplete; [`problems`] says why.
    fn of(source: &ThenSource) -> Option<Self> {
        let order = match source.order.as_str() {
            Tell::TOPIC => LinkOrder::Tell { template: source.template.clone()?, to: source.to? },
            RequestPayment::TOPIC => {
                LinkOrder::RequestPayment { amount: source.amount?, reason: source.reason.clone()? }
            }
            topic => LinkOrder::Other {
                topic: topic.to_owned(),
                brick: source.brick.clone()?,
                with: source.with.clone(),
            },
        };
        Some(Self { on: source.on.clone(), order })
    }
}

impl Chain {
    /// The chain of a source in which [`problems`] finds none.
    pub(crate) fn of(source: &ServiceSource) -> Self {
        let links = source.then.iter().filter_map(Link::of).collect();
        Self { bricks: bricks(source), links }
    }

    /// The bricks the service is put together from, by name.
    #[must_use]
    pub fn bricks(&self) -> &[String] {
        &self.bricks
    }

    /// What follows what, in written order.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// What follows this outcome, in written order.
    pub fn on<'a>(&'a self, outcome: &'a str) -> impl Iterator<Item = &'a LinkOrder> {
        self.links.iter().filter(move |link| link.on == outcome).map(|link| &link.order)
    }

    /// Whether a desk with these `bricks`, which takes orders of the topics in `takers`, can carry
    /// the chain out.
    ///
    /// # Errors
    /// Everything that is wrong at once: `service.chain.brick` for a brick that the desk lacks,
    /// `service.chain.outcome` for an outcome that none of the service's bricks has,
    /// `service.chain.order` for an order that no brick takes. The `n` of the field `then[n]`
    /// counts from 1.
    pub fn check(&self, bricks: &[&str], takers: &[&str]) -> Result<(), Problems> {
        let lacks = |brick: &str, field: String| {
            let rule = format!("must be a brick of the desk, and “{brick}” is none");
            let remedy = format!("add the brick to the desk, or use one of: {}", listed(bricks));
            Problem::new("service.chain.brick", field, rule, remedy)
        };
        let mut found = Vec::new();
        for brick in self.bricks.iter().filter(|brick| !bricks.contains(&brick.as_str())) {
            found.push(lacks(brick, "bricks".to_owned()));
        }
        let outcomes: Vec<&str> = self
            .bricks
            .iter()
            .flat_map(|brick| BrickOutcome::of_brick(brick))
            .map(|o| o.name)
            .collect();
        for (link, number) in self.links.iter().zip(1..) {
            if !outcomes.contains(&link.on.as_str()) {
                let rule = format!(
                    "must be an outcome of the service's bricks, and “{}” is none",
                    link.on
                );
                let remedy = match BrickOutcome::named(&link.on) {
                    Some(outcome) => {
                        format!(
                            "add “{}” to bricks, or use one of: {}",
                            outcome.brick,
                            listed(&outcomes)
                        )
                    }
                    None => format!("use one of: {}", listed(&outcomes)),
                };
                let field = format!("then[{number}].on");
                found.push(Problem::new("service.chain.outcome", field, rule, remedy));
            }
            let topic = link.order.topic();
            if !takers.contains(&topic) {
                let rule = format!("must be an order that a brick takes, and none takes “{topic}”");
                let remedy = format!(
                    "add the brick “{}” to the desk, or use one of: {}",
                    link.order.brick(),
                    listed(takers)
                );
                let field = format!("then[{number}].order");
                found.push(Problem::new("service.chain.order", field, rule, remedy));
            }
            if let LinkOrder::Other { brick, .. } = &link.order
                && !bricks.contains(&brick.as_str())
            {
                found.push(lacks(brick, format!("then[{number}].brick")));
            }
        }
        Problems::check(found)
    }
}

fn listed(names: &[&str]) -> String {
    let names: BTreeSet<_> = names.iter().copied().collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.into_iter().collect::<Vec<_>>().join(", ")
    }
}

/// The bricks that are written, or those that follow from the rest.
fn bricks(source: &ServiceSource) -> Vec<String> {
    if !source.bricks.is_empty() {
        return source.bricks.clone();
    }
    let ranking = source.ranking.is_some().then_some("ranking");
    ["practice"].into_iter().chain(ranking).map(str::to_owned).collect()
}

/// What is wrong with the chain of a source, whatever the desk: `service.chain.name`,
/// `service.chain.twice`, `service.chain.ranking`, and `service.chain.then` for an order that
/// lacks what it needs or has what it does not take.
pub(crate) fn problems(source: &ServiceSource) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for brick in &source.bricks {
        if !is_word(brick) {
            let rule = format!("must be lower-case letters and hyphens, and “{brick}” is not");
            found.push(Problem::new("service.chain.name", "bricks", rule, "write e.g. practice"));
        }
        if !seen.insert(brick) {
            let rule = format!("must name each brick once, and “{brick}” comes twice");
            found.push(Problem::new("service.chain.twice", "bricks", rule, "leave one out"));
        }
    }
    let ranks = source.bricks.iter().any(|brick| brick == "ranking");
    if !source.bricks.is_empty() && ranks != source.ranking.is_some() {
        let (rule, remedy) = if ranks {
            ("must come with criteria where “ranking” is used", "add a [ranking] section")
        } else {
            ("must have “ranking” where a ranking decides", "add “ranking” to bricks")
        };
        found.push(Problem::new("service.chain.ranking", "bricks", rule, remedy));
    }
    for (then, number) in source.then.iter().zip(1..) {
        found.extend(then_problems(then, number));
    }
    found
}

fn then_problems(then: &ThenSource, number: usize) -> Vec<Problem> {
    let wrong = |field: &str, rule: String, remedy: &str| {
        Problem::new("service.chain.then", format!("then[{number}].{field}"), rule, remedy)
    };
    let mut found = Vec::new();
    if is_blank(&then.on) {
        found.push(wrong("on", "must name an outcome".to_owned(), "write e.g. accepted"));
    }
    if !(then.order.contains('.') && then.order.split('.').all(is_word)) {
        let rule = "must be a topic: two words with a dot between".to_owned();
        found.push(wrong("order", rule, "write e.g. message.tell"));
        return found;
    }
    let text = |text: &Option<String>| text.as_ref().is_some_and(|text| !is_blank(text));
    let needs: &[&str] = match then.order.as_str() {
        Tell::TOPIC => &["template", "to"],
        RequestPayment::TOPIC => &["amount", "reason"],
        _ => &["brick"],
    };
    let takes_more = !matches!(then.order.as_str(), Tell::TOPIC | RequestPayment::TOPIC);
    for (field, given, sound, remedy) in [
        ("template", then.template.is_some(), text(&then.template), "write the template's code"),
        ("to", then.to.is_some(), then.to.is_some(), "write applicant or office"),
        (
            "amount",
            then.amount.is_some(),
            then.amount.is_some_and(|amount| amount > Money::ZERO),
            "write an amount above zero, e.g. \"16.00\"",
        ),
        ("reason", then.reason.is_some(), text(&then.reason), "write what is paid for"),
        ("brick", then.brick.is_some(), text(&then.brick), "write which brick takes the order"),
    ] {
        if needs.contains(&field) && !sound {
            found.push(wrong(field, format!("must be given for {}", then.order), remedy));
        } else if !needs.contains(&field) && given {
            let rule = format!("must be left out for {}", then.order);
            found.push(wrong(field, rule, "leave it out, or check the order"));
        }
    }
    if !takes_more && !then.with.is_empty() {
        let rule = format!("must be left out for {}", then.order);
        found.push(wrong("with", rule, "leave it out, or check the order"));
    }
    found
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '-')
}
