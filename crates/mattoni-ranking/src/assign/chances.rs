//! How much of an outcome depends on the draw.

use mattoni_core::Problems;

use super::{Assignment, Market, NONE};
use crate::Entrants;

/// How often each applicant gets each of their preferences, over many draws: exact counts, no
/// estimates, the same for the same seeds.
///
/// ```
/// # use mattoni_ranking::*;
/// # let criteria = Criteria::new(toml::from_str(r#"
/// #     version = 1
/// #     title = ""
/// #     draw = { kind = "single" }
/// # "#)?)?;
/// # let facilities = Facilities::new(toml::from_str(r#"
/// #     facility = [{ code = "girasole", seats = [{ places = 1 }] }]
/// # "#)?)?;
/// # let applicants: Vec<Applicant> = ["N-1", "N-2"].map(|code| {
/// #     let mut family = Applicant::new(code);
/// #     family.preferences.push(Preference::new("girasole"));
/// #     family
/// # }).into();
/// let entrants = Entrants::check(&criteria, &applicants)?;
/// let market = Market::check(&facilities, &applicants)?;
/// let seeds = (0..1000).map(|n| format!("prova {n}"));
/// let chances = Chances::over(&entrants, &market, seeds)?;
///
/// // Two equal families and one place.
/// let (one, other) = (chances.of("N-1").unwrap()[0], chances.of("N-2").unwrap()[0]);
/// assert_eq!((one + other, chances.draws()), (1000, 1000));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Chances<'a> {
    entrants: &'a Entrants<'a>,
    draws: u32,
    edge_start: Vec<u32>,
    counts: Vec<u32>,
}

impl<'a> Chances<'a> {
    /// Draws once for each of `seeds` and assigns the places by [`Assignment::deferred`].
    ///
    /// # Errors
    /// None in practice; the signature is that of [`Entrants::rank_with_seed`].
    ///
    /// # Panics
    /// When `market` and `entrants` were made from different lists of applicants.
    pub fn over<S: AsRef<str>>(
        entrants: &'a Entrants<'a>,
        market: &Market<'_>,
        seeds: impl IntoIterator<Item = S>,
    ) -> Result<Self, Problems> {
        let mut chances = Self {
            entrants,
            draws: 0,
            edge_start: market.edge_start.clone(),
            counts: vec![0; market.edge_section.len()],
        };
        let mut ranked = None;
        for seed in seeds {
            let again = match ranked.take() {
                None => entrants.rank_with_seed(seed.as_ref())?,
                Some(before) => crate::Ranked::drawn_again(before, seed.as_ref()),
            };
            for edge in Assignment::deferred(market, &again).edge {
                if edge != NONE {
                    chances.counts[edge as usize] += 1;
                }
            }
            chances.draws += 1;
            ranked = Some(again);
        }
        Ok(chances)
    }

    /// How many draws there were.
    #[must_use]
    pub fn draws(&self) -> u32 {
        self.draws
    }

    /// In how many draws the application `code` got each of its preferences, best first; `None`
    /// when there is no such application.
    #[must_use]
    pub fn of(&self, code: &str) -> Option<&[u32]> {
        let who = self.entrants.number(code)? as usize;
        Some(&self.counts[self.edge_start[who] as usize..self.edge_start[who + 1] as usize])
    }

    /// In how many draws the application `code` got any place.
    #[must_use]
    pub fn placed(&self, code: &str) -> Option<u32> {
        self.of(code).map(|counts| counts.iter().sum())
    }
}
