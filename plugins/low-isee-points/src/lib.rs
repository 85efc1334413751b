//! The smallest rule there is: points for a low ISEE, larger households first.
//!
//! It decides nothing real. It is the shortest way to see the parts of a rule together, and what
//! the benches measure where the rule itself should cost next to nothing.

use mattoni_rules_sdk::prelude::*;

/// A household.
#[derive(Inputs, Clone, Copy, PartialEq, Debug)]
pub struct Household {
    /// People in it.
    #[input(label = "Componenti del nucleo", source = "anagrafe", min = 1, max = 30)]
    pub people: u32,
    /// Its ISEE.
    #[input(label = "ISEE", source = "INPS, DPCM 159/2013", min = 0)]
    pub isee: Money,
}

/// What the ente sets.
#[derive(Parameters, Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    /// ISEE up to which there are points.
    #[parameter(label = "Soglia ISEE", default = 10000, min = 0, source = "Regolamento, art. 1")]
    pub threshold: Money,
}

/// The answer.
#[derive(Scores, Clone, Copy, PartialEq, Debug)]
pub struct Answer {
    /// For a low ISEE.
    #[criterion(label = "ISEE entro la soglia", max = 10, source = "Regolamento, art. 1")]
    pub points: Score<NoReasons>,
    /// Of equal points, more people come first.
    #[tie(label = "Nucleo più numeroso", higher_first)]
    pub people: Tie,
}

/// The rule.
#[derive(Clone, Copy, Debug)]
pub struct LowIseePoints(Settings);

impl Scorer for LowIseePoints {
    const NAME: &'static str = "low-isee-points";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Inputs = Household;
    type Parameters = Settings;
    type Scores = Answer;

    fn new(settings: Settings) -> Self {
        Self(settings)
    }

    fn score(&self, row: &Household) -> Answer {
        let low = row.isee <= self.0.threshold;
        let points = if low { Decimal::whole(10) } else { Decimal::ZERO };
        Answer { points: Score::plain(points), people: Tie(i64::from(row.people)) }
    }
}

mattoni_rules_sdk::export!(scoring: LowIseePoints);
