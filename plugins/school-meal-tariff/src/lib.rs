//! What a family owes for a month of school meals (*refezione scolastica*).
//!
//! Individual-demand services are paid for in part by who uses them (D.M. 31 December 1983; D.L.
//! 55/1983, art. 6); how much follows from the ISEE (*indicatore della situazione economica
//! equivalente*, DPCM 159/2013, art. 7) on a straight line between two thresholds, as many towns
//! do, so that nobody loses more than they earn by crossing a band. The articles named as sources
//! are those of an example regulation.

use mattoni_rules_sdk::prelude::*;

/// A month of one child.
#[derive(Inputs, Clone, Copy, PartialEq, Debug)]
pub struct Month {
    /// Meals eaten.
    #[input(label = "Pasti consumati nel mese", source = "rilevazione presenze", max = 31)]
    pub meals: u32,
    /// Whether the child lives in town.
    #[input(label = "Bambino residente nel comune", source = "anagrafe")]
    pub resident: bool,
    /// The family's ISEE; missing where none was declared.
    #[input(label = "ISEE minorenni", source = "INPS, DPCM 159/2013", min = 0)]
    pub isee: Option<Money>,
    /// How many older siblings also eat at school.
    #[input(label = "Fratelli maggiori che usano la mensa", source = "iscrizioni", max = 10)]
    pub older_siblings: u32,
}

/// What the town sets each year.
#[derive(Parameters, Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    /// Price of a meal.
    #[parameter(
        label = "Prezzo pieno del pasto",
        default = 5.50,
        min = 0,
        max = 20,
        source = "Deliberazione tariffe, art. 2"
    )]
    pub full_price: Money,
    /// Price of a meal at the lower threshold.
    #[parameter(
        label = "Prezzo minimo del pasto",
        default = 1,
        min = 0,
        max = 20,
        source = "Deliberazione tariffe, art. 2"
    )]
    pub least_price: Money,
    /// ISEE up to which the least is paid.
    #[parameter(
        label = "Soglia ISEE inferiore",
        default = 6000,
        min = 0,
        source = "Deliberazione tariffe, art. 3"
    )]
    pub lower: Money,
    /// ISEE from which the full price is paid.
    #[parameter(
        label = "Soglia ISEE superiore",
        default = 24000,
        min = 0,
        source = "Deliberazione tariffe, art. 3"
    )]
    pub upper: Money,
    /// Taken off what is left, from the second child on.
    #[parameter(
        label = "Riduzione dal secondo figlio, in percentuale",
        default = 20,
        min = 0,
        max = 100,
        source = "Deliberazione tariffe, art. 4"
    )]
    pub sibling_percent: Decimal<2>,
}

/// Why.
#[derive(Reasons, Clone, Copy, PartialEq, Debug)]
pub enum Why {
    /// By the meals.
    #[reason("Pasti consumati nel mese, a prezzo pieno.")]
    Meals,
    /// By the ISEE.
    #[reason("Riduzione in base all'ISEE dichiarato.")]
    Isee,
    /// The greatest by ISEE.
    #[reason("ISEE entro la soglia inferiore: si paga il prezzo minimo.")]
    LeastPrice,
    /// Nothing, as there is no ISEE.
    #[reason("Nessuna riduzione: l'ISEE non è stato dichiarato.")]
    NoIsee,
    /// Nothing, as the child lives elsewhere.
    #[reason("Nessuna riduzione: le riduzioni sono per i residenti.")]
    NotResident,
    /// By siblings.
    #[reason("Riduzione dal secondo figlio che usa la mensa.")]
    Siblings,
}

/// What is owed.
#[derive(Dues, Clone, Copy, PartialEq, Debug)]
#[dues(reasons = Why)]
pub struct Answer {
    /// The meals at full price.
    #[charge(label = "Pasti", max = 1000, source = "Deliberazione tariffe, art. 2")]
    pub meals: Amount<Why>,
    /// Less by ISEE.
    #[reduction(label = "Riduzione ISEE", max = 1000, source = "Deliberazione tariffe, art. 3")]
    pub isee: Amount<Why>,
    /// Less by siblings.
    #[reduction(
        label = "Riduzione fratelli",
        max = 1000,
        source = "Deliberazione tariffe, art. 4"
    )]
    pub siblings: Amount<Why>,
}

/// The rule.
pub struct SchoolMealTariff(Settings);

impl SchoolMealTariff {
    /// Price of a meal by ISEE, to the cent in the family's favour.
    fn price(&self, isee: Money) -> Money {
        let Settings { full_price, least_price, lower, upper, .. } = self.0;
        if isee <= lower {
            return least_price.min(full_price);
        }
        if isee >= upper || least_price >= full_price {
            return full_price;
        }
        let above = i128::from((isee - lower).cents());
        let range = i128::from((upper - lower).cents());
        let step = i128::from((full_price - least_price).cents()) * above / range;
        // A part of a price fits where the price does.
        least_price + Money::from_cents(i64::try_from(step).unwrap_or(0))
    }
}

impl Biller for SchoolMealTariff {
    const NAME: &'static str = "school-meal-tariff";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Inputs = Month;
    type Parameters = Settings;
    type Dues = Answer;

    fn new(settings: Settings) -> Self {
        Self(settings)
    }

    fn bill(&self, month: &Month) -> Answer {
        let times = i64::from(month.meals);
        let full = self.0.full_price * times;
        let (due, isee) = match month.isee {
            _ if !month.resident => (full, Amount::because(Money::ZERO, Why::NotResident)),
            None => (full, Amount::because(Money::ZERO, Why::NoIsee)),
            Some(isee) => {
                let due = self.price(isee) * times;
                let why = if isee <= self.0.lower { Why::LeastPrice } else { Why::Isee };
                (due, Amount::when(due < full, full - due, why))
            }
        };
        let siblings = month.resident && month.older_siblings > 0;
        let less = due.percent(self.0.sibling_percent);
        Answer {
            meals: Amount::because(full, Why::Meals),
            isee,
            siblings: Amount::when(siblings, less, Why::Siblings),
        }
    }
}

mattoni_rules_sdk::export!(tariff: SchoolMealTariff);
