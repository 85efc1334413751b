//! RULE_NAME: say here what the rule decides and from which articles it follows.

use mattoni_rules_sdk::prelude::*;

/// What the rule looks at. It sees nothing else.
#[derive(Inputs)]
pub struct Row {
    /// People in the household.
    #[input(label = "Componenti del nucleo", source = "anagrafe", min = 1, max = 30)]
    pub people: u32,
    /// ISEE; missing where none was declared.
    #[input(label = "ISEE", source = "INPS, DPCM 159/2013", min = 0)]
    pub isee: Option<Money>,
}

/// What the ente sets each year.
#[derive(Parameters)]
pub struct Settings {
    /// ISEE up to which the rule is generous.
    #[parameter(label = "Soglia ISEE", default = 10000, min = 0, source = "Regolamento, art. 1")]
    pub threshold: Money,
}

/// Why.
#[derive(Reasons)]
pub enum Why {
    /// Low ISEE.
    #[reason("L'ISEE è entro la soglia.")]
    LowIsee,
    /// High ISEE, or none.
    #[reason("L'ISEE supera la soglia o non è stato dichiarato.")]
    HighIsee,
}

/// The answer.
#[derive(Scores)]
#[scores(reasons = Why)]
pub struct Answer {
    /// By ISEE.
    #[criterion(label = "ISEE", max = 10, source = "Regolamento, art. 1")]
    pub isee: Score<Why>,
    /// Of equal points, more people come first.
    #[tie(label = "Nucleo più numeroso", higher_first)]
    pub people: Tie,
}

/// The rule.
pub struct Rule(Settings);

impl Rule {
    fn low(&self, row: &Row) -> bool {
        row.isee.is_some_and(|isee| isee <= self.0.threshold)
    }
}

impl Scorer for Rule {
    const NAME: &'static str = "RULE_NAME";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Inputs = Row;
    type Parameters = Settings;
    type Scores = Answer;

    fn new(settings: Settings) -> Self {
        Self(settings)
    }

    fn score(&self, row: &Row) -> Answer {
        let isee = if self.low(row) {
            Score::because(Decimal::whole(10), Why::LowIsee)
        } else {
            Score::noting(Why::HighIsee)
        };
        Answer { isee, people: Tie(i64::from(row.people)) }
    }
}

mattoni_rules_sdk::export!(scoring: Rule);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_table_agrees() {
        let cases = mattoni_rules_sdk::cases::check::<Scoring, Rule>(include_str!("../cases.csv"));
        assert!(matches!(cases, Ok(1..)), "{cases:?}");
    }
}
