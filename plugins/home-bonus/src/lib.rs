//! Contribution to the rent (*contributo affitto*, L. 431/1998, art. 11), with the requirements
//! and bounds of the D.M. 7 June 1999: up to two minimum pensions a year a household is brought
//! down to paying 14% of its income (band A), otherwise to 24% (band B); frail households get up
//! to a quarter more; and nobody gets more than the rent.
//!
//! The income limit of band B is the region's, a parameter here; the year's minimum pension is
//! published by INPS.

use mattoni_rules_sdk::prelude::*;

/// One household's year.
#[derive(Inputs, Clone, Copy, PartialEq, Debug)]
pub struct Household {
    /// Taxable income of the year.
    #[input(
        label = "Reddito annuo imponibile",
        source = "dichiarazione dei redditi",
        min = 0,
        max = 10000000
    )]
    pub income: Money,
    /// Rent of the year, without charges.
    #[input(label = "Canone annuo", source = "contratto registrato", min = 0, max = 1000000)]
    pub rent: Money,
    /// Somebody over 65, with a disability, or otherwise frail.
    #[input(
        label = "Ultrasessantacinquenni, disabili o altre fragilità",
        source = "anagrafe, certificazione"
    )]
    pub frail: bool,
}

/// What the year and the region set.
#[derive(Parameters, Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    /// Minimum pension of a year.
    #[parameter(
        label = "Pensione minima annua INPS",
        default = 7781.93,
        min = 0,
        source = "Circolare INPS sul rinnovo delle pensioni"
    )]
    pub minimum_pension: Money,
    /// Income beyond which nothing is granted.
    #[parameter(
        label = "Limite di reddito fascia B",
        default = 20000,
        min = 0,
        source = "Deliberazione regionale"
    )]
    pub income_limit: Money,
    /// More for frail households.
    #[parameter(
        label = "Maggiorazione per fragilità, in percentuale",
        default = 25,
        min = 0,
        max = 25,
        source = "D.M. 7 giugno 1999, art. 2, c. 4"
    )]
    pub frail_percent: Decimal<2>,
}

/// Why.
#[derive(Reasons, Clone, Copy, PartialEq, Debug)]
pub enum Why {
    /// Band A.
    #[reason("Fascia A: il canone supera il 14% del reddito.")]
    BandA,
    /// Band B.
    #[reason("Fascia B: il canone supera il 24% del reddito.")]
    BandB,
    /// The rent is a small part of the income.
    #[reason("Il canone incide sul reddito meno di quanto richiesto.")]
    LowIncidence,
    /// The income is too high.
    #[reason("Il reddito supera il limite.")]
    Income,
    /// More for the frail.
    #[reason("Maggiorazione per la presenza di persone fragili.")]
    Frail,
    /// Never more than the rent.
    #[reason("Il contributo non supera il canone.")]
    Rent,
}

/// What is granted.
#[derive(Grant, Clone, Copy, PartialEq, Debug)]
#[grant(reasons = Why)]
pub struct Answer {
    /// By band.
    #[component(label = "Contributo", max = 3098.74, source = "D.M. 7 giugno 1999, art. 2, c. 3")]
    pub base: Amount<Why>,
    /// For the frail.
    #[component(
        label = "Maggiorazione",
        max = 774.69,
        source = "D.M. 7 giugno 1999, art. 2, c. 4"
    )]
    pub frail: Amount<Why>,
    /// What is beyond the rent, taken away.
    #[component(label = "Tetto del canone", min = -3873.43, max = 0, source = "L. 431/1998, art. 11")]
    pub cap: Amount<Why>,
}

const MOST_A: Money = Money::from_cents(309_874);
const MOST_B: Money = Money::from_cents(232_406);

/// The rule.
pub struct HomeBonus(Settings);

impl HomeBonus {
    fn base(&self, household: &Household) -> Amount<Why> {
        let Household { income, rent, .. } = *household;
        let (share, most, why) = if income <= self.0.minimum_pension * 2 {
            (Decimal::whole(14), MOST_A, Why::BandA)
        } else if income <= self.0.income_limit {
            (Decimal::whole(24), MOST_B, Why::BandB)
        } else {
            return Amount::because(Money::ZERO, Why::Income);
        };
        let bearable = income.percent(share);
        if rent <= bearable {
            return Amount::because(Money::ZERO, Why::LowIncidence);
        }
        Amount::because((rent - bearable).min(most), why)
    }
}

impl Grantor for HomeBonus {
    const NAME: &'static str = "home-bonus";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Inputs = Household;
    type Parameters = Settings;
    type Grant = Answer;

    fn new(settings: Settings) -> Self {
        Self(settings)
    }

    fn grant(&self, household: &Household) -> Answer {
        let base = self.base(household);
        let more = base.money().percent(self.0.frail_percent);
        let more = if household.frail { more } else { Money::ZERO };
        let beyond = base.money() + more - household.rent;
        let over = beyond > Money::ZERO;
        Answer {
            base,
            frail: Amount::when(more > Money::ZERO, more, Why::Frail),
            cap: Amount::when(over, Money::ZERO - beyond, Why::Rent),
        }
    }
}

mattoni_rules_sdk::export!(benefit: HomeBonus);
