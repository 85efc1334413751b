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
#[derive(Verdict)]
#[verdict(reasons = Why)]
pub struct Answer {
    /// By ISEE.
    #[requirement(label = "ISEE", source = "Regolamento, art. 1")]
    pub isee: Met<Why>,
}

/// The rule.
pub struct Rule(Settings);

impl Rule {
    fn low(&self, row: &Row) -> bool {
        row.isee.is_some_and(|isee| isee <= self.0.threshold)
    }
}

impl Examiner for Rule {
    const NAME: &'static str = "RULE_NAME";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Inputs = Row;
    type Parameters = Settings;
    type Verdict = Answer;

    fn new(settings: Settings) -> Self {
        Self(settings)
    }

    fn examine(&self, row: &Row) -> Answer {
        Answer { isee: Met::unless(self.low(row), Why::HighIsee) }
    }
}

mattoni_rules_sdk::export!(eligibility: Rule);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_table_agrees() {
        let cases = mattoni_rules_sdk::cases::check::<Eligibility, Rule>(include_str!("../cases.csv"));
        assert!(matches!(cases, Ok(1..)), "{cases:?}");
    }
}
