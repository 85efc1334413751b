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
#[derive(Dues)]
#[dues(reasons = Why)]
pub struct Answer {
    /// For each person.
    #[charge(label = "Quota", max = 3000, source = "Regolamento, art. 2")]
    pub share: Amount<Why>,
    /// Less by ISEE.
    #[reduction(label = "Riduzione ISEE", max = 3000, source = "Regolamento, art. 3")]
    pub isee: Amount<Why>,
}

/// The rule.
pub struct Rule(Settings);

impl Rule {
    fn low(&self, row: &Row) -> bool {
        row.isee.is_some_and(|isee| isee <= self.0.threshold)
    }
}

impl Biller for Rule {
    const NAME: &'static str = "RULE_NAME";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Inputs = Row;
    type Parameters = Settings;
    type Dues = Answer;

    fn new(settings: Settings) -> Self {
        Self(settings)
    }

    fn bill(&self, row: &Row) -> Answer {
        let share = Money::from_euro(100) * i64::from(row.people);
        let half = share.percent(Decimal::whole(50));
        Answer { share: Amount::of(share), isee: Amount::when(self.low(row), half, Why::LowIsee) }
    }
}

mattoni_rules_sdk::export!(tariff: Rule);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_table_agrees() {
        let cases = mattoni_rules_sdk::cases::check::<Tariff, Rule>(include_str!("../cases.csv"));
        assert!(matches!(cases, Ok(1..)), "{cases:?}");
    }
}
