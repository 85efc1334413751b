//! Points for a municipal nursery (*asilo nido*, children from 3 to 36 months), as an Italian
//! town regulates them: residence, the parents' work, the family, siblings, ISEE, disability.
//!
//! The articles named as sources are those of an example regulation; a town puts its own in and
//! sets the numbers as parameters. ISEE is the *indicatore della situazione economica
//! equivalente* (DPCM 159/2013, here the one for services to minors, art. 7); disability counts
//! as certified under L. 104/1992, art. 3.
//!
//! The rule sees no name and no fiscal code (Reg. (UE) 2016/679, art. 5, par. 1, lett. c): what
//! it did not declare it cannot see. Health data reaches it as yes or no.

use mattoni_rules_sdk::prelude::*;

/// What a parent does.
#[derive(Choice, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    /// Neither works nor looks for work nor studies.
    #[choice("Non lavora")]
    None,
    /// Works part time.
    #[choice("Lavora a tempo parziale")]
    PartTime,
    /// Works full time.
    #[choice("Lavora a tempo pieno")]
    FullTime,
    /// Registered as looking for work (DID, D.Lgs. 150/2015, art. 19).
    #[choice("In cerca di lavoro, con dichiarazione di disponibilità")]
    LookingForWork,
    /// Studies.
    #[choice("Studia")]
    Student,
}

/// One application.
#[derive(Inputs, Clone, Copy, PartialEq, Debug)]
pub struct Application {
    /// When the child was born.
    #[input(label = "Data di nascita del bambino", source = "anagrafe")]
    pub child_birth_date: Date,
    /// Whether the child lives in town.
    #[input(label = "Bambino residente nel comune", source = "anagrafe")]
    pub resident: bool,
    /// What the first parent does.
    #[input(
        label = "Occupazione del primo genitore",
        source = "domanda, autocertificazione DPR 445/2000"
    )]
    pub first_parent_work: Work,
    /// What the second parent does; missing where there is none.
    #[input(
        label = "Occupazione del secondo genitore",
        source = "domanda, autocertificazione DPR 445/2000"
    )]
    pub second_parent_work: Option<Work>,
    /// Whether one parent alone looks after the child.
    #[input(label = "Nucleo con un solo genitore", source = "anagrafe")]
    pub single_parent: bool,
    /// How many brothers and sisters are under 14.
    #[input(label = "Fratelli e sorelle minori di 14 anni", source = "anagrafe", max = 20)]
    pub siblings_under_14: u32,
    /// Whether a sibling goes to the same nursery.
    #[input(label = "Fratello o sorella già al nido", source = "iscrizioni")]
    pub sibling_enrolled: bool,
    /// The family's ISEE; missing where none was declared.
    #[input(label = "ISEE minorenni", source = "INPS, DPCM 159/2013", min = 0)]
    pub isee: Option<Money>,
    /// Whether the child has a certified disability.
    #[input(label = "Disabilità del bambino", source = "certificazione L. 104/1992, art. 3")]
    pub disability_child: bool,
    /// Whether somebody else in the family has.
    #[input(label = "Disabilità nel nucleo", source = "certificazione L. 104/1992, art. 3")]
    pub disability_family: bool,
    /// Whether the social services ask for a place.
    #[input(label = "Relazione dei servizi sociali", source = "servizi sociali, L. 328/2000")]
    pub social_services_report: bool,
}

/// What the town sets each year.
#[derive(Parameters, Clone, Copy, PartialEq, Debug)]
pub struct Settings {
    /// The day on which ages count.
    #[parameter(
        label = "Data di riferimento per le età",
        default = "2026-09-01",
        source = "Regolamento comunale, art. 3"
    )]
    pub reference_date: Date,
    /// Points for living in town.
    #[parameter(
        label = "Punti per la residenza",
        default = 20,
        min = 0,
        max = 50,
        source = "Regolamento comunale, art. 5"
    )]
    pub resident: Decimal<2>,
    /// Points for each parent working full time.
    #[parameter(
        label = "Punti per genitore a tempo pieno",
        default = 10,
        min = 0,
        max = 25,
        source = "Regolamento comunale, art. 6, c. 1, lett. a"
    )]
    pub full_time: Decimal<2>,
    /// Points for each parent working part time.
    #[parameter(
        label = "Punti per genitore a tempo parziale",
        default = 7,
        min = 0,
        max = 25,
        source = "Regolamento comunale, art. 6, c. 1, lett. b"
    )]
    pub part_time: Decimal<2>,
    /// Points for each parent who studies.
    #[parameter(
        label = "Punti per genitore che studia",
        default = 6,
        min = 0,
        max = 25,
        source = "Regolamento comunale, art. 6, c. 1, lett. c"
    )]
    pub student: Decimal<2>,
    /// Points for each parent looking for work.
    #[parameter(
        label = "Punti per genitore in cerca di lavoro",
        default = 4,
        min = 0,
        max = 25,
        source = "Regolamento comunale, art. 6, c. 1, lett. d"
    )]
    pub looking_for_work: Decimal<2>,
    /// Points for a family with one parent.
    #[parameter(
        label = "Punti per nucleo con un solo genitore",
        default = 12,
        min = 0,
        max = 30,
        source = "Regolamento comunale, art. 7, c. 1"
    )]
    pub single_parent: Decimal<2>,
    /// Points where the social services ask for a place.
    #[parameter(
        label = "Punti per relazione dei servizi sociali",
        default = 15,
        min = 0,
        max = 30,
        source = "Regolamento comunale, art. 7, c. 2"
    )]
    pub social_services: Decimal<2>,
    /// Points for each sibling under 14.
    #[parameter(
        label = "Punti per fratello o sorella",
        default = 1.5,
        min = 0,
        max = 5,
        source = "Regolamento comunale, art. 8, c. 1"
    )]
    pub sibling: Decimal<2>,
    /// How many siblings count.
    #[parameter(
        label = "Fratelli e sorelle che contano al massimo",
        default = 4,
        min = 0,
        max = 10,
        source = "Regolamento comunale, art. 8, c. 1"
    )]
    pub siblings_counted: u32,
    /// Points for a sibling at the nursery.
    #[parameter(
        label = "Punti per fratello o sorella al nido",
        default = 3,
        min = 0,
        max = 10,
        source = "Regolamento comunale, art. 8, c. 2"
    )]
    pub sibling_enrolled: Decimal<2>,
    /// Upper end of the first ISEE band.
    #[parameter(
        label = "Prima fascia ISEE, fino a",
        default = 7000,
        min = 0,
        source = "Regolamento comunale, art. 9; DPCM 159/2013"
    )]
    pub isee_first_band: Money,
    /// Points in the first band.
    #[parameter(
        label = "Punti per la prima fascia",
        default = 10,
        min = 0,
        max = 20,
        source = "Regolamento comunale, art. 9"
    )]
    pub isee_first_points: Decimal<2>,
    /// Upper end of the second band.
    #[parameter(
        label = "Seconda fascia ISEE, fino a",
        default = 15000,
        min = 0,
        source = "Regolamento comunale, art. 9; DPCM 159/2013"
    )]
    pub isee_second_band: Money,
    /// Points in the second band.
    #[parameter(
        label = "Punti per la seconda fascia",
        default = 6,
        min = 0,
        max = 20,
        source = "Regolamento comunale, art. 9"
    )]
    pub isee_second_points: Decimal<2>,
    /// Upper end of the third band.
    #[parameter(
        label = "Terza fascia ISEE, fino a",
        default = 25000,
        min = 0,
        source = "Regolamento comunale, art. 9; DPCM 159/2013"
    )]
    pub isee_third_band: Money,
    /// Points in the third band.
    #[parameter(
        label = "Punti per la terza fascia",
        default = 3,
        min = 0,
        max = 20,
        source = "Regolamento comunale, art. 9"
    )]
    pub isee_third_points: Decimal<2>,
    /// Points for the child's disability.
    #[parameter(
        label = "Punti per la disabilità del bambino",
        default = 50,
        min = 0,
        max = 100,
        source = "Regolamento comunale, art. 10; L. 104/1992, art. 12"
    )]
    pub disability_child: Decimal<2>,
    /// Points for a disability in the family.
    #[parameter(
        label = "Punti per la disabilità nel nucleo",
        default = 8,
        min = 0,
        max = 30,
        source = "Regolamento comunale, art. 10; L. 104/1992, art. 3"
    )]
    pub disability_family: Decimal<2>,
}

/// Why there are points, or none.
#[derive(Reasons, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// Three months to a year.
    #[reason("Sezione lattanti: da 3 a 12 mesi alla data di riferimento.")]
    Infants,
    /// One to two years.
    #[reason("Sezione medi: da 12 a 24 mesi alla data di riferimento.")]
    Toddlers,
    /// Two to three years.
    #[reason("Sezione grandi: da 24 a 36 mesi alla data di riferimento.")]
    Older,
    /// Too young or too old.
    #[reason("Fuori dall'età del nido: da 3 a 36 mesi alla data di riferimento.")]
    OutsideAges,
    /// Lives in town.
    #[reason("Il bambino è residente nel comune.")]
    Resident,
    /// Does not.
    #[reason("Il bambino non è residente nel comune.")]
    NotResident,
    /// Both parents work.
    #[reason("Entrambi i genitori lavorano.")]
    BothWork,
    /// One works and the other studies or looks for work, or both do.
    #[reason("I genitori lavorano, studiano o cercano lavoro.")]
    BothEngaged,
    /// One of two.
    #[reason("Uno dei genitori lavora, studia o cerca lavoro.")]
    OneEngaged,
    /// The only parent works, studies or looks for work.
    #[reason("Il solo genitore lavora, studia o cerca lavoro.")]
    OnlyParentEngaged,
    /// Nobody.
    #[reason("Nessun genitore lavora, studia o cerca lavoro.")]
    NobodyEngaged,
    /// One parent.
    #[reason("Nel nucleo c'è un solo genitore.")]
    SingleParent,
    /// The social services ask for a place.
    #[reason("I servizi sociali chiedono l'inserimento.")]
    SocialServices,
    /// Both.
    #[reason("Nel nucleo c'è un solo genitore e i servizi sociali chiedono l'inserimento.")]
    SingleParentAndSocialServices,
    /// Siblings.
    #[reason("Ci sono fratelli o sorelle minori di 14 anni.")]
    Siblings,
    /// Siblings, one at the nursery.
    #[reason("Un fratello o una sorella frequenta già il nido.")]
    SiblingEnrolled,
    /// First band.
    #[reason("L'ISEE è nella prima fascia.")]
    IseeFirstBand,
    /// Second band.
    #[reason("L'ISEE è nella seconda fascia.")]
    IseeSecondBand,
    /// Third band.
    #[reason("L'ISEE è nella terza fascia.")]
    IseeThirdBand,
    /// Beyond the bands.
    #[reason("L'ISEE supera l'ultima fascia.")]
    IseeBeyondBands,
    /// No ISEE.
    #[reason("L'ISEE non è stato presentato.")]
    IseeMissing,
    /// The child's disability.
    #[reason("Il bambino ha una disabilità certificata.")]
    DisabilityChild,
    /// Somebody else's.
    #[reason("Nel nucleo c'è una persona con disabilità certificata.")]
    DisabilityFamily,
}

/// The answer.
#[derive(Scores, Clone, Copy, PartialEq, Debug)]
#[scores(reasons = Why)]
pub struct Answer {
    /// The section the child belongs to; carries no points.
    #[criterion(label = "Sezione", max = 0, source = "Regolamento comunale, art. 3")]
    pub age_group: Score<Why>,
    /// Living in town.
    #[criterion(label = "Residenza", max = 50, source = "Regolamento comunale, art. 5")]
    pub residence: Score<Why>,
    /// The parents' work.
    #[criterion(label = "Lavoro dei genitori", max = 50, source = "Regolamento comunale, art. 6")]
    pub work: Score<Why>,
    /// The family's situation.
    #[criterion(
        label = "Situazione del nucleo",
        max = 60,
        source = "Regolamento comunale, art. 7"
    )]
    pub family: Score<Why>,
    /// Brothers and sisters.
    #[criterion(label = "Fratelli e sorelle", max = 60, source = "Regolamento comunale, art. 8")]
    pub siblings: Score<Why>,
    /// ISEE bands.
    #[criterion(label = "ISEE", max = 20, source = "Regolamento comunale, art. 9; DPCM 159/2013")]
    pub isee: Score<Why>,
    /// Disability.
    #[criterion(
        label = "Disabilità",
        max = 130,
        source = "Regolamento comunale, art. 10; L. 104/1992"
    )]
    pub disability: Score<Why>,
    /// Breaks ties first: the lower ISEE in cents; families without one come last.
    #[tie(label = "ISEE più basso", lower_first)]
    pub lower_isee: Tie,
    /// Breaks ties then: the later day of birth.
    #[tie(label = "Bambino più piccolo", higher_first)]
    pub younger_child: Tie,
}

/// The plugin, ready for a batch: the settings, and the birthdays between sections that follow
/// from them.
#[derive(Clone, Copy, Debug)]
pub struct NurseryPoints {
    settings: Settings,
    three_months: Date,
    one_year: Date,
    two_years: Date,
    three_years: Date,
}

impl Scorer for NurseryPoints {
    const NAME: &'static str = "nursery-points";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Inputs = Application;
    type Parameters = Settings;
    type Scores = Answer;

    fn new(settings: Settings) -> Self {
        let born = |months: i32| settings.reference_date.plus_months(-months);
        Self {
            settings,
            three_months: born(3),
            one_year: born(12),
            two_years: born(24),
            three_years: born(36),
        }
    }

    fn score(&self, row: &Application) -> Answer {
        Answer {
            age_group: Score::noting(self.age_group(row.child_birth_date)),
            residence: if row.resident {
                Score::because(self.settings.resident, Why::Resident)
            } else {
                Score::noting(Why::NotResident)
            },
            work: self.work(row),
            family: self.family(row),
            siblings: self.siblings(row),
            isee: self.isee(row.isee),
            disability: self.disability(row),
            lower_isee: Tie(row.isee.map_or(i64::MAX, Money::cents)),
            younger_child: Tie(i64::from(row.child_birth_date.days())),
        }
    }
}

impl NurseryPoints {
    /// On the birthday itself a child has the age: 12 months to the day is in the older section.
    fn age_group(&self, born: Date) -> Why {
        if born > self.three_months {
            Why::OutsideAges
        } else if born > self.one_year {
            Why::Infants
        } else if born > self.two_years {
            Why::Toddlers
        } else if born > self.three_years {
            Why::Older
        } else {
            Why::OutsideAges
        }
    }

    fn work(&self, row: &Application) -> Score<Why> {
        let points = |work: Work| match work {
            Work::None => Decimal::ZERO,
            Work::PartTime => self.settings.part_time,
            Work::FullTime => self.settings.full_time,
            Work::LookingForWork => self.settings.looking_for_work,
            Work::Student => self.settings.student,
        };
        let engaged = |work: Work| work != Work::None;
        let works = |work: Work| matches!(work, Work::PartTime | Work::FullTime);
        let first = row.first_parent_work;
        match row.second_parent_work {
            Some(second) => {
                let reason = if works(first) && works(second) {
                    Why::BothWork
                } else if engaged(first) && engaged(second) {
                    Why::BothEngaged
                } else if engaged(first) || engaged(second) {
                    Why::OneEngaged
                } else {
                    Why::NobodyEngaged
                };
                Score::because(points(first) + points(second), reason)
            }
            None if engaged(first) => Score::because(points(first), Why::OnlyParentEngaged),
            None => Score::noting(Why::NobodyEngaged),
        }
    }

    fn family(&self, row: &Application) -> Score<Why> {
        let Settings { single_parent, social_services, .. } = self.settings;
        match (row.single_parent, row.social_services_report) {
            (true, true) => {
                Score::because(single_parent + social_services, Why::SingleParentAndSocialServices)
            }
            (true, false) => Score::because(single_parent, Why::SingleParent),
            (false, true) => Score::because(social_services, Why::SocialServices),
            (false, false) => Score::none(),
        }
    }

    fn siblings(&self, row: &Application) -> Score<Why> {
        let counted = row.siblings_under_14.min(self.settings.siblings_counted);
        let siblings = self.settings.sibling * i64::from(counted);
        if row.sibling_enrolled {
            Score::because(siblings + self.settings.sibling_enrolled, Why::SiblingEnrolled)
        } else {
            Score::when(counted > 0, siblings, Why::Siblings)
        }
    }

    fn isee(&self, isee: Option<Money>) -> Score<Why> {
        let settings = &self.settings;
        match isee {
            None => Score::noting(Why::IseeMissing),
            Some(isee) if isee <= settings.isee_first_band => {
                Score::because(settings.isee_first_points, Why::IseeFirstBand)
            }
            Some(isee) if isee <= settings.isee_second_band => {
                Score::because(settings.isee_second_points, Why::IseeSecondBand)
            }
            Some(isee) if isee <= settings.isee_third_band => {
                Score::because(settings.isee_third_points, Why::IseeThirdBand)
            }
            Some(_) => Score::noting(Why::IseeBeyondBands),
        }
    }

    /// The child's disability is the reason where there are both; the points add up.
    fn disability(&self, row: &Application) -> Score<Why> {
        let family =
            if row.disability_family { self.settings.disability_family } else { Decimal::ZERO };
        if row.disability_child {
            Score::because(self.settings.disability_child + family, Why::DisabilityChild)
        } else {
            Score::when(row.disability_family, family, Why::DisabilityFamily)
        }
    }
}

mattoni_rules_sdk::export!(scoring: NurseryPoints);
