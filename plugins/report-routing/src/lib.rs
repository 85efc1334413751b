//! Which office takes care of a citizen's report (*segnalazione*), how urgently and by when.
//!
//! Danger comes before everything: whoever answers for roads, light, water or trees has to secure
//! them at once (*Codice della strada*, art. 14). Otherwise the term is that of the town's charter
//! of services (*carta dei servizi*). The same rule is written in JavaScript in
//! `report-routing-js`, against the same case table.

use mattoni_rules_sdk::prelude::*;

/// What a report is about.
#[derive(Choice, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Category {
    /// A hole in a road.
    #[choice("Buca nella strada")]
    Pothole,
    /// A lamp that is out.
    #[choice("Lampione spento")]
    StreetLight,
    /// Waste left in the street.
    #[choice("Rifiuti abbandonati")]
    Waste,
    /// Water leaking.
    #[choice("Perdita d'acqua")]
    WaterLeak,
    /// A tree about to fall, or in the way.
    #[choice("Albero pericolante o ingombrante")]
    Tree,
    /// Anything else.
    #[choice("Altro")]
    Other,
}

/// The offices.
#[derive(Choice, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Desk {
    /// Roads.
    #[choice("Manutenzione strade")]
    Roads,
    /// Public light.
    #[choice("Illuminazione pubblica")]
    Lighting,
    /// Waste.
    #[choice("Igiene urbana")]
    Waste,
    /// Water.
    #[choice("Servizio idrico")]
    Water,
    /// Green.
    #[choice("Verde pubblico")]
    Parks,
    /// The office that sorts what is left.
    #[choice("Ufficio relazioni con il pubblico")]
    PublicRelations,
}

/// How urgent.
#[derive(Choice, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Urgency {
    /// People are in danger.
    #[choice("Pericolo")]
    Danger,
    /// It gets worse by the day.
    #[choice("Urgente")]
    Urgent,
    /// Anything else.
    #[choice("Ordinaria")]
    Ordinary,
}

/// One report.
#[derive(Inputs, Clone, Copy, PartialEq, Debug)]
pub struct Report {
    /// What it is about.
    #[input(label = "Categoria", source = "segnalazione")]
    pub category: Category,
    /// Whether somebody may get hurt.
    #[input(label = "Pericolo per le persone", source = "segnalazione")]
    pub danger: bool,
    /// Whether it is on a road with much traffic.
    #[input(label = "Strada principale", source = "grafo stradale")]
    pub main_road: bool,
    /// How many others reported the same.
    #[input(label = "Segnalazioni uguali", source = "segnalazioni aperte", max = 10000)]
    pub duplicates: u32,
}

/// What the charter of services promises.
#[derive(Parameters, Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    /// Days for what is urgent.
    #[parameter(
        label = "Giorni per le urgenti",
        default = 5,
        min = 1,
        max = 60,
        source = "Carta dei servizi, par. 3"
    )]
    pub urgent_days: u32,
    /// Days for anything else.
    #[parameter(
        label = "Giorni per le ordinarie",
        default = 30,
        min = 1,
        max = 60,
        source = "Carta dei servizi, par. 3"
    )]
    pub ordinary_days: u32,
    /// Equal reports that make one urgent.
    #[parameter(
        label = "Segnalazioni uguali che rendono urgente",
        default = 5,
        min = 1,
        source = "Carta dei servizi, par. 4"
    )]
    pub many: u32,
}

/// Why this office.
#[derive(Reasons, Clone, Copy, PartialEq, Debug)]
pub enum Why {
    /// By what it is about.
    #[reason("Per competenza.")]
    Competence,
    /// Nobody in particular.
    #[reason("Categoria da attribuire: provvede l'URP.")]
    ToBeSorted,
}

/// Where it goes.
#[derive(Route, Clone, Copy, PartialEq, Debug)]
#[route(reasons = Why)]
pub struct Answer {
    /// The office.
    #[office]
    pub office: Office<Desk, Why>,
    /// How urgent.
    #[priority]
    pub priority: Priority<Urgency>,
    /// By when.
    #[term(min = 1, max = 60, working, source = "Carta dei servizi, par. 3")]
    pub term: Days,
}

/// The rule.
pub struct ReportRouting(Settings);

impl Router for ReportRouting {
    const NAME: &'static str = "report-routing";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Inputs = Report;
    type Parameters = Settings;
    type Route = Answer;

    fn new(settings: Settings) -> Self {
        Self(settings)
    }

    fn route(&self, report: &Report) -> Answer {
        let office = match report.category {
            Category::Pothole => Office::because(Desk::Roads, Why::Competence),
            Category::StreetLight => Office::because(Desk::Lighting, Why::Competence),
            Category::Waste => Office::because(Desk::Waste, Why::Competence),
            Category::WaterLeak => Office::because(Desk::Water, Why::Competence),
            Category::Tree => Office::because(Desk::Parks, Why::Competence),
            Category::Other => Office::because(Desk::PublicRelations, Why::ToBeSorted),
        };
        let worsens = report.category == Category::WaterLeak
            || (report.main_road
                && matches!(report.category, Category::Pothole | Category::StreetLight));
        let (urgency, days) = if report.danger {
            (Urgency::Danger, 1)
        } else if worsens || report.duplicates >= self.0.many {
            (Urgency::Urgent, self.0.urgent_days)
        } else {
            (Urgency::Ordinary, self.0.ordinary_days)
        };
        // Days are within the bounds of the parameters, at most 60.
        Answer { office, priority: Priority(urgency), term: Days(days.min(60) as u16) }
    }
}

mattoni_rules_sdk::export!(routing: ReportRouting);
