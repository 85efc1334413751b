//! Next in line (*scorrimento*): who gets the places that others have left.

mod fill;
mod situation;

use std::collections::BTreeMap;

use mattoni_core::{Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::{Entrants, Market, Offer, Place, Prize, Run};
use situation::Situation;

/// How freed places find the next in line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Each freed place goes to the first in its own list who waits for it, even if they hold a
    /// place they like less; that place is then free in turn. Nobody moves unless a place was
    /// freed, so as few people as possible are disturbed.
    FillFreed,
    /// The places are assigned anew among those who are still there, with the answers taken as
    /// given. It is the best result for every one of them that respects the order; it can move
    /// more people, because two of them may swap through a third.
    Reassign,
}

/// A place that now goes to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The application.
    pub code: String,
    /// The place it leaves, if it holds one.
    pub from: Option<Place>,
    /// The place it gets.
    pub to: Place,
}

impl Move {
    /// Whether the applicant stays at their facility and only its count of reserved and regular
    /// places changes: record it with [`Offer::reseat`], there is nothing to ask them.
    #[must_use]
    pub fn is_reseating(&self) -> bool {
        self.from.as_ref().is_some_and(|from| from.facility == self.to.facility)
    }
}

/// Who gets the places that are free, in the order of the ranking.
///
/// `offers` are the offers of this run as they stand. Whoever was placed by the run and has no
/// offer yet holds the place and waits for better ones. Both methods keep every place that is
/// held, move people only to places they like better, never pass over anyone who stands before
/// and still waits, and give the same answer in whatever order the offers are handed in.
///
/// # Brothers and sisters
/// Linked siblings go on being placed as they asked ([`Together`](crate::Together)), by the
/// answers of those who hold a place or wait for one: whoever has left no longer counts, and one
/// who is left alone is placed as everybody.
/// - Siblings who are together stay together: they move only to a facility that every one of
///   them likes better and that has room for all. One who is content keeps the others there.
/// - Siblings who asked to be together or not at all get no place one by one; those who hold none
///   may join the others where these are.
/// - Siblings who asked to be together if it can be go together where there is room for all when
///   it is their turn, and until then each alone, as everybody.
///
/// What fairness means then: nobody loses a place, nobody moves to a place they like less, no
/// quota is broken, and no place is given past anyone **without** linked siblings who waits for
/// it and stands before; a family that goes together stands where its last member stands. What
/// is no longer promised, as in the run itself: a family can be passed over when fewer places
/// fall free at once than it has children, for no place is kept empty until there are enough;
/// and neither method is better for everyone than the other.
///
/// # Errors
/// `ranking.next.no-places` when the run gives no places by preference,
/// `ranking.next.other-run` and `ranking.next.unknown` for offers that are not of this run,
/// `ranking.next.duplicate` for two offers to one application, `ranking.next.out-of-order` when
/// offers were made against the order.
pub fn next_in_line<'o>(
    run: &Run,
    offers: impl IntoIterator<Item = &'o Offer>,
    method: Method,
) -> Result<Vec<Move>, Problems> {
    let Prize::Places(facilities) = &run.call().prize else {
        return Err(Problem::new(
            "ranking.next.no-places",
            "run",
            "must give places by preference",
            "draw a new run up for what is left of the fund",
        )
        .into());
    };
    let offers = by_code(run, offers)?;
    let entrants = Entrants::check(&run.call().criteria, run.applicants())?;
    let ranked = entrants.rank()?;
    let market = Market::check(facilities, run.applicants())?;
    let situation = Situation::of(run, &offers, &market);
    let after = match method {
        Method::FillFreed => fill::freed(&situation, &market, &ranked),
        Method::Reassign => situation.reassign(&market, &ranked),
    };
    situation.check(run, &offers, &market, &after)?;
    Ok(situation.moves(&market, &ranked, &after))
}

fn by_code<'o>(
    run: &Run,
    offers: impl IntoIterator<Item = &'o Offer>,
) -> Result<BTreeMap<&'o str, &'o Offer>, Problems> {
    let mut found = Vec::new();
    let mut by_code = BTreeMap::new();
    for offer in offers {
        let field = format!("offer[{}]", offer.code());
        if offer.run() != run.digest() {
            found.push(Problem::new(
                "ranking.next.other-run",
                field,
                "must come from this run",
                "hand in the offers of this run",
            ));
        } else if !run.line(offer.code()).is_some_and(|line| offer.place().is_named_by(line)) {
            found.push(Problem::new(
                "ranking.next.unknown",
                field,
                "must be for an application of the run, at a place it named",
                "hand in the offers of this run",
            ));
        } else if by_code.insert(offer.code(), offer).is_some() {
            found.push(Problem::new(
                "ranking.next.duplicate",
                field,
                "must be one for each application",
                "hand in one",
            ));
        }
    }
    Problems::check(found)?;
    Ok(by_code)
}
