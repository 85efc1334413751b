//! Rankings (*graduatorie*): who comes first, who gets which place, and why.
//!
//! The brick takes facts that others have established: points with their reasons, values that
//! break ties, preferences. It returns a [`Run`]: an order, an outcome for every line, and
//! everything needed to derive each of them again. Pure: no clock, no random numbers, no I/O. The
//! draw comes out of a published string ([`draw`]).
//!
//! ```
//! use mattoni_ranking::{
//!     Applicant, Call, Criteria, Explainer, Facilities, Points, Preference, Prize, PublicList,
//!     Run, Score, italian,
//! };
//!
//! let criteria = Criteria::new(toml::from_str(r#"
//!     version = 1
//!     title = "Nido d'infanzia 2026/27"
//!     [[criterion]]
//!     code = "lavoro"
//!     label = "Lavoro dei genitori"
//!     max = 16
//!     [draw]
//!     kind = "single"
//!     seed = "Lotto, ruota di Roma, 12 giugno 2026: 4 27 61 80 90"
//! "#)?)?;
//! let facilities = Facilities::new(toml::from_str(r#"
//!     [[facility]]
//!     code = "girasole"
//!     label = "Nido Girasole"
//!     seats = [{ places = 1 }]
//! "#)?)?;
//! let call = Call { criteria, prize: Prize::Places(facilities) };
//!
//! let family = |code: &str, points| {
//!     let mut family = Applicant::new(code);
//!     family.points.push(Score::new("lavoro", Points::whole(points), "part-time"));
//!     family.preferences.push(Preference::new("girasole"));
//!     family
//! };
//! let run = Run::draw_up(&call, &[family("2026-17", 6), family("2026-18", 8)])?;
//!
//! assert_eq!(run.lines()[0].code(), "2026-18");
//! assert!(PublicList::of(&run, None).is_ok());
//! let explained = Explainer::new(&run).explain("2026-17").unwrap();
//! let text = italian::explanation(&explained, &italian::Words::default());
//! assert_eq!(
//!     text.last().unwrap(),
//!     "Preferenza 1, Nido Girasole: posto 2 su 2 nella lista della sede; \
//!      l'ultimo posto è andato a chi ha 8 punti: ne mancavano 2."
//! );
//! run.verify()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The life of a ranking
//! 1. The rules are written: [`Criteria`], and [`Facilities`] or a [`Fund`]; together a [`Call`].
//! 2. [`Entrants::check`] takes the applications in and gives the digest of the list, which is
//!    published **before** the string of the draw is known ([`Criteria::with_seed`]).
//!    What the office finds before that is kept as a [`Review`], beside what was declared.
//! 3. [`Run::draw_up`] puts them in order (class, points, tie-breaks, draw) and gives out the
//!    places by deferred acceptance ([`Assignment::deferred`]) or the fund.
//! 4. [`RankingRun`] carries the draft to publication, once, by somebody who may.
//! 5. Each [`Offer`] is accepted, refused, or lapses; [`next_in_line`] says who follows.
//! 6. [`compare`] shows what an exclusion on appeal changes for everybody else; a published run
//!    gives way to another by [`RankingRun::supersede`], with the reason.
//!
//! What the way of giving places costs, before it is written into a regulation:
//! [`Assignment::top_trading`] and [`Assignment::immediate`] are the alternatives,
//! [`Assignment::measures`] puts numbers beside each other, and [`Chances`] says how much hangs
//! on the draw.
//!
//! # What it guarantees, and what tests hold it to
//! - Nobody would rather have a place that went to somebody standing behind them, no quota is
//!   broken, and no other such outcome is better for anyone.
//! - Nobody gains by naming facilities in another order than the one they like; one applicant
//!   more never helps another.
//! - The same applications give the same run, byte for byte, in whatever order they come in.
//! - Budgets are kept to the cent.
//!
//! With brothers and sisters who ask to be together less can be promised: see [`Together`].
//!
//! # Deriving it again
//! Everything is plain JSON with a version, and nothing in it needs this crate to be checked:
//! - a [`Run`] holds the call, every application as it was, and for each [`Line`] its position,
//!   what parted it from the line above, its ticket, where it stands at each facility, and the
//!   outcome;
//! - an [`Explanation`] holds one line's reasons: points, ties, place in each facility's list, and
//!   for every kind of places it may take what decided against it and by how much ([`Gap`]).
//!
//! [`Run::verify`] derives a run again. `docs/scripts/rederive.py`, in Python with its standard
//! library alone, does the same from the two files and names whatever differs, family by family;
//! tests hand it the runs and the explanations of every line.
//!
//! # Public competitions
//! Written and oral tests are criteria with thresholds, reserved posts are pools, titles of
//! preference are tie-breaks in the order of the law. [`templates`] holds them as data.
//!
//! # Late applications
//! One entrant more changes every ticket of the draw, so a late application is not slipped into
//! a run that was drawn: draw up a run of the late ones alone, for what is left, or give them a
//! class of their own that comes last before the list of entrants is published. An exclusion
//! keeps the application on the list of entrants ([`Standing::Excluded`]) and so keeps the draw.
//!
//! # As records
//! [`brick`] hands [`RankingRun`], [`Offer`] and [`Review`] to the shell, each with its
//! [`Record`](mattoni_core::record::Record): lists, rights, personal data, retention, what the
//! clock does, what the person is told. Whatever the office writes about an applicant is marked as
//! their personal data.
//!
//! # What this crate does not do
//! - It computes no points: rules do (`mattoni-rules`).
//! - It knows neither practices nor people: whoever translates a practice into an [`Applicant`]
//!   gives it a public code and never a fiscal code. [`PublicList::of`] refuses what looks like
//!   one.
//! - It stores nothing (`mattoni-store`) and sends nothing: an offer orders a message, and another
//!   brick delivers it (`mattoni-message`).
//! - It reads no clock and draws no random number: the draw comes out of a published string.
#![forbid(unsafe_code)]

mod access;
mod applicant;
mod assign;
mod codes;
mod criteria;
pub mod draw;
mod entrants;
mod facility;
mod fund;
pub mod italian;
mod lists;
mod next_in_line;
mod offer;
mod order;
mod points;
pub mod posting;
mod ranking_run;
mod review;
mod run;
pub mod templates;
mod views;

pub use applicant::{
    Applicant, Correction, Preference, Score, Siblings, Standing, TieKey, TieValue, Together,
};
pub use assign::{Assignment, Chances, Market, Measures};
pub use criteria::{
    ClassSource, Criteria, CriteriaSource, CriterionSource, DrawKind, DrawRule, Duplicates,
    KeyKind, Missing, Prefer, ThresholdSource, TieBreak, TieBreakSource, TieOn,
};
pub use entrants::Entrants;
pub use facility::{
    Facilities, FacilitiesSource, FacilitySource, GroupSource, Members, PoolSource, ReservedSeats,
    Seats, Unfilled,
};
pub use fund::{CategorySource, Fund, FundSource, Leftover, Limit, WhenShort};
pub use lists::{RUN, SERVICE};
pub use next_in_line::{Method, Move, next_in_line};
pub use offer::{
    AcceptRefusal, Afterwards, DeclineRefusal, ImproveRefusal, LapseRefusal, MakeRefusal,
    NotTheFamilys, Offer, OfferEvent, OfferOrder, OfferStatus, OfferVerb, Place, ReseatRefusal,
    RevokeRefusal, WithdrawRefusal,
};
pub use order::{Parted, Ranked};
pub use points::Points;
pub use ranking_run::{
    MayPublish, PublishRefusal, RankingRun, RankingRunEvent, RankingRunVerb, RedrawRefusal,
    SupersedeRefusal, Superseded,
};
pub use review::{Flag, Resolution, Review, ReviewEvent, ReviewRefusal, ReviewVerb};
pub use run::{Call, Choice, Line, LineChange, Outcome, Prize, Run, Waiting, compare};
pub use views::{
    ChoiceExplained, Cutoff, Explainer, Explanation, Gap, Here, OfficialList, OfficialRow,
    PointsExplained, PublicEntry, PublicList, PublicOutcome, SharedOut, SupersededBy, TieExplained,
    WhatDecided,
};

/// The brick: runs, offers and reviews, for the desk's registry.
#[must_use]
pub fn brick() -> mattoni_core::record::Brick {
    mattoni_core::record::Brick::new("ranking")
        .with::<RankingRun>()
        .with::<Offer>()
        .with::<Review>()
}
