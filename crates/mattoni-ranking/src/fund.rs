//! Limits without preferences: the first so many, a budget to the cent, a percentage, what is
//! left.

use std::collections::BTreeMap;

use mattoni_core::{Money, Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::{Applicant, Ranked, codes};

/// What there is to give, as it is written, not checked yet.
///
/// Categories are served in written order; within one, people are served in the order of the
/// ranking.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FundSource {
    /// All the money there is; needed for shares of it and for what is left of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// The same amount for everyone, instead of what each asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<Money>,
    /// The categories, first served first.
    pub category: Vec<CategorySource>,
}

/// One category and its limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategorySource {
    /// The group of applicants it is for; everyone when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// How much there is.
    pub limit: Limit,
    /// What happens when the next amount is greater than what is left.
    #[serde(default)]
    pub when_short: WhenShort,
    /// What becomes of what is left at the end.
    #[serde(default)]
    pub leftover: Leftover,
}

/// How much there is for a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// Everyone of the category who is in the order (*ammissione*). It has as many places as there
    /// are people in it: what an earlier category left to it stays whole, and goes on to the next
    /// one where [`Leftover::ToNext`] says so.
    Everyone,
    /// The first so many.
    Places(i64),
    /// The first so many hundredths of a percent of the category, rounded down.
    ShareOfApplicants(i64),
    /// Amounts until this much is spent.
    Budget(Money),
    /// Amounts until so many hundredths of a percent of the total are spent, rounded down to
    /// the cent.
    ShareOfTotal(i64),
    /// Amounts until nothing is left of the total.
    Residual,
}

impl Limit {
    const fn is_money(self) -> bool {
        matches!(self, Self::Budget(_) | Self::ShareOfTotal(_) | Self::Residual)
    }
}

/// What happens when the next amount is greater than what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenShort {
    /// Nobody after gets anything: the order is never jumped.
    #[default]
    Stop,
    /// The next one gets what is left.
    Partial,
    /// Whoever asks for little enough gets it, further down the order.
    Skip,
    /// Nobody is served before another (*riparto proporzionale*): when the money does not suffice
    /// for all, each gets the part of what they ask for that the money is of all that is asked
    /// for. Parts are rounded down to the cent; the cents that are left go, one each, to the
    /// largest parts of a cent that were cut off, and among equal ones in the order of the
    /// ranking. What is granted is then the money that there is, to the cent, and nobody gets
    /// more than they ask for.
    ProRata,
}

/// What becomes of what a category leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leftover {
    /// It stays with the ente.
    #[default]
    Kept,
    /// It is added to the next category, money to money and places to places.
    ToNext,
}

/// A fund that has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FundSource", into = "FundSource")]
pub struct Fund(FundSource);

/// What one applicant gets out of a fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    Admitted,
    Granted { amount: Money, asked: Money },
    NoPlaceLeft,
    BudgetEnded { left: Money },
}

impl Fund {
    /// Checks the fund.
    ///
    /// # Errors
    /// Everything at once: no category or the same twice, numbers that are zero, negative or
    /// beyond 100 percent, shares of a total that is not given.
    pub fn new(source: FundSource) -> Result<Self, Problems> {
        let mut found = Vec::new();
        if source.category.is_empty() {
            found.push(Problem::new(
                "ranking.fund.empty",
                "category",
                "must have a category",
                "list at least one",
            ));
        }
        let positive = |amount: Option<Money>, field: &str, found: &mut Vec<Problem>| {
            if amount.is_some_and(|amount| amount <= Money::ZERO) {
                found.push(range(field, "must be an amount greater than zero"));
            }
        };
        positive(source.total, "total", &mut found);
        positive(source.each, "each", &mut found);
        for (i, category) in source.category.iter().enumerate() {
            let field = format!("category[{i}]");
            if let Some(group) = &category.group {
                codes::check(group, &field, &mut found);
            }
            let same = |other: &CategorySource| {
                other.group == category.group || other.group.is_none() || category.group.is_none()
            };
            if source.category[..i].iter().any(same) {
                found.push(Problem::new(
                    "ranking.category.overlap",
                    field.clone(),
                    "must not take the applicants of an earlier category",
                    "give each category a group of its own",
                ));
            }
            match category.limit {
                Limit::Everyone => {}
                Limit::Places(places) if places < 1 => {
                    found.push(range(&field, "must be at least one place"));
                }
                Limit::ShareOfApplicants(share) | Limit::ShareOfTotal(share)
                    if !(1..=10_000).contains(&share) =>
                {
                    found.push(range(
                        &field,
                        "must be a share of 1 to 10000 hundredths of a percent",
                    ));
                }
                Limit::Budget(amount) if amount <= Money::ZERO => {
                    found.push(range(&field, "must be a budget greater than zero"));
                }
                Limit::ShareOfTotal(_) | Limit::Residual if source.total.is_none() => {
                    found.push(Problem::new(
                        "ranking.fund.total",
                        field,
                        "must come with the total, on which the limit depends",
                        "give the total",
                    ));
                }
                _ => {}
            }
        }
        Problems::check(found)?;
        Ok(Self(source))
    }

    /// The fund as it was written.
    #[must_use]
    pub fn source(&self) -> &FundSource {
        &self.0
    }

    /// Checks that every applicant has a category and, where money is given, an amount.
    pub(crate) fn check<'a>(
        &self,
        applicants: impl IntoIterator<Item = &'a Applicant>,
    ) -> Result<(), Problems> {
        let mut found = Vec::new();
        for applicant in applicants {
            let field = |what| format!("applicant[{}].{what}", applicant.code);
            if applicant.siblings.is_some() {
                found.push(Problem::new(
                    "ranking.siblings.no-places",
                    field("siblings"),
                    "must be left out where there are no facilities to be together at",
                    "leave the siblings out",
                ));
            }
            let Some(category) = self.category(applicant) else {
                found.push(Problem::new(
                    "ranking.group.unknown",
                    field("group"),
                    "must be the group of a category",
                    "give it the group of a category",
                ));
                continue;
            };
            if !self.0.category[category].limit.is_money() || self.0.each.is_some() {
                continue;
            }
            match applicant.amount {
                Some(amount) if amount > Money::ZERO => {}
                Some(_) => {
                    found.push(range(&field("amount"), "must be an amount greater than zero"))
                }
                None => found.push(Problem::new(
                    "ranking.amount.missing",
                    field("amount"),
                    "must be given, since money is granted",
                    "give the amount, or grant the same to each",
                )),
            }
        }
        Problems::check(found)
    }

    fn category(&self, applicant: &Applicant) -> Option<usize> {
        self.0
            .category
            .iter()
            .position(|category| category.group.is_none() || category.group == applicant.group)
    }

    /// What everyone in the order gets, by applicant.
    pub(crate) fn share_out(&self, ranked: &Ranked<'_>) -> BTreeMap<u32, Share> {
        let mut people: Vec<Vec<u32>> = vec![Vec::new(); self.0.category.len()];
        for &who in &ranked.order {
            if let Some(category) = self.category(ranked.entrants.applicants[who as usize]) {
                people[category].push(who);
            }
        }
        let mut shares = BTreeMap::new();
        let mut total_left = self.0.total.map(Money::cents);
        let (mut carried_cents, mut carried_places) = (0_i64, 0_i64);
        for (category, people) in self.0.category.iter().zip(&people) {
            let carry = category.leftover == Leftover::ToNext;
            if category.limit.is_money() {
                let own = match category.limit {
                    Limit::Budget(amount) => amount.cents(),
                    Limit::ShareOfTotal(share) => part(self.0.total.map_or(0, Money::cents), share),
                    _ => i64::MAX,
                };
                let purse = own.saturating_add(carried_cents).min(total_left.unwrap_or(i64::MAX));
                let left = self.grant(category, people, purse, ranked, &mut shares);
                if let Some(total) = &mut total_left {
                    *total -= purse - left;
                }
                carried_cents = if carry { left } else { 0 };
            } else {
                let own = match category.limit {
                    Limit::Places(places) => places,
                    Limit::ShareOfApplicants(share) => part(people.len() as i64, share),
                    _ => people.len() as i64,
                };
                let places = own.saturating_add(carried_places);
                for (who, taken) in people.iter().zip(0..) {
                    let share = if taken < places { Share::Admitted } else { Share::NoPlaceLeft };
                    shares.insert(*who, share);
                }
                let left = (places - people.len() as i64).max(0);
                carried_places = if carry { left } else { 0 };
            }
        }
        shares
    }

    /// What an applicant asks for; nothing where no money is given.
    pub(crate) fn asked(&self, applicant: &Applicant) -> Money {
        self.0.each.or(applicant.amount).unwrap_or(Money::ZERO)
    }

    /// The category an applicant is served in, where it shares its money out in proportion.
    pub(crate) fn pro_rata(&self, applicant: &Applicant) -> Option<&CategorySource> {
        let category = &self.0.category[self.category(applicant)?];
        let shares = category.limit.is_money() && category.when_short == WhenShort::ProRata;
        shares.then_some(category)
    }

    fn grant(
        &self,
        category: &CategorySource,
        people: &[u32],
        purse: i64,
        ranked: &Ranked<'_>,
        shares: &mut BTreeMap<u32, Share>,
    ) -> i64 {
        let asked = |who: u32| self.asked(ranked.entrants.applicants[who as usize]);
        if category.when_short == WhenShort::ProRata {
            let amounts: Vec<i64> = people.iter().map(|&who| asked(who).cents()).collect();
            let parts = pro_rata(&amounts, purse);
            for (&who, &part) in people.iter().zip(&parts) {
                let share = match part {
                    // Not even a cent.
                    0 => Share::BudgetEnded { left: Money::ZERO },
                    _ => Share::Granted { amount: Money::from_cents(part), asked: asked(who) },
                };
                shares.insert(who, share);
            }
            return purse - parts.iter().sum::<i64>();
        }
        let mut left = purse;
        let mut stopped = false;
        for &who in people {
            let asked = asked(who);
            let fits = asked.cents() <= left && !stopped;
            let partial =
                !fits && !stopped && left > 0 && category.when_short == WhenShort::Partial;
            let share = if fits || partial {
                let amount = asked.cents().min(left);
                left -= amount;
                Share::Granted { amount: Money::from_cents(amount), asked }
            } else {
                Share::BudgetEnded { left: Money::from_cents(left) }
            };
            stopped |= !fits && category.when_short != WhenShort::Skip;
            shares.insert(who, share);
        }
        left
    }
}

/// What each gets of `purse` in proportion to what they ask for, in the same order: never more than
/// they ask for, and together the purse, unless they ask for less.
fn pro_rata(asked: &[i64], purse: i64) -> Vec<i64> {
    let all: i128 = asked.iter().copied().map(i128::from).sum();
    if all <= i128::from(purse) {
        return asked.to_vec();
    }
    let exact = |cents: i64| i128::from(cents) * i128::from(purse);
    let mut parts: Vec<i64> =
        // At most `cents`, since the purse is less than all that is asked for.
        asked.iter().map(|&cents| i64::try_from(exact(cents) / all).unwrap_or(cents)).collect();
    let mut by_rest: Vec<usize> = (0..asked.len()).collect();
    by_rest.sort_by_key(|&i| std::cmp::Reverse(exact(asked[i]) % all));
    let left = purse - parts.iter().sum::<i64>();
    // Fewer cents are left than parts were cut.
    for (i, _) in by_rest.into_iter().zip(0..left) {
        parts[i] += 1;
    }
    parts
}

/// `share` hundredths of a percent of `whole`, rounded down.
fn part(whole: i64, share: i64) -> i64 {
    let part = i128::from(whole) * i128::from(share) / 10_000;
    i64::try_from(part).unwrap_or(i64::MAX)
}

fn range(field: &str, rule: &str) -> Problem {
    Problem::new("ranking.fund.range", field, rule, "correct the number")
}

impl TryFrom<FundSource> for Fund {
    type Error = Problems;

    fn try_from(source: FundSource) -> Result<Self, Self::Error> {
        Self::new(source)
    }
}

impl From<Fund> for FundSource {
    fn from(fund: Fund) -> Self {
        fund.0
    }
}
