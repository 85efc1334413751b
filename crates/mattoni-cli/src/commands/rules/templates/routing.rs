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

/// The offices.
#[derive(Choice, Clone, Copy)]
pub enum Desk {
    /// Social services.
    #[choice("Servizi sociali")]
    Social,
    /// The public relations office.
    #[choice("URP")]
    PublicRelations,
}

/// How urgent.
#[derive(Choice, Clone, Copy)]
pub enum Urgency {
    /// At once.
    #[choice("Urgente")]
    Urgent,
    /// In time.
    #[choice("Ordinaria")]
    Ordinary,
}

/// The answer.
#[derive(Route)]
#[route(reasons = Why)]
pub struct Answer {
    /// The office.
    #[office]
    pub office: Office<Desk, Why>,
    /// How urgent.
    #[priority]
    pub priority: Priority<Urgency>,
    /// By when.
    #[term(min = 1, max = 30, working, source = "Carta dei servizi")]
    pub term: Days,
}

/// The rule.
pub struct Rule(Settings);

impl Rule {
    fn low(&self, row: &Row) -> bool {
        row.isee.is_some_and(|isee| isee <= self.0.threshold)
    }
}

impl Router for Rule {
    const NAME: &'static str = "RULE_NAME";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Inputs = Row;
    type Parameters = Settings;
    type Route = Answer;

    fn new(settings: Settings) -> Self {
        Self(settings)
    }

    fn route(&self, row: &Row) -> Answer {
        let urgency = if row.people > 2 { Urgency::Urgent } else { Urgency::Ordinary };
        let office = if self.low(row) {
            Office::because(Desk::Social, Why::LowIsee)
        } else {
            Office::because(Desk::PublicRelations, Why::HighIsee)
        };
        Answer { office, priority: Priority(urgency), term: Days(30) }
    }
}

mattoni_rules_sdk::export!(routing: Rule);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_table_agrees() {
        let cases = mattoni_rules_sdk::cases::check::<Routing, Rule>(include_str!("../cases.csv"));
        assert!(matches!(cases, Ok(1..)), "{cases:?}");
    }
}
