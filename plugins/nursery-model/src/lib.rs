//! The decision model behind the UCI "Nursery" data set, as a hierarchy of rules.
//!
//! In the 1980s Ljubljana had more children than nursery places, and refusals had to be explained.
//! M. Olave, V. Rajkovič and M. Bohanec built a hierarchical model for it ("An application for
//! admission in public school systems", in *Expert Systems in Public Administration*, 1989); its
//! answers for all 12,960 combinations are the data set. The model asks for three pictures and
//! then combines them:
//!
//! ```text
//! class
//! ├── employment               parents, has_nurs
//! ├── structure and finances   structure (form, children), housing, finance
//! └── social and health        social, health
//! ```
//!
//! Each picture is a level of burden on the family. The rules below were read off the data: cases
//! that differ only within a picture and always share their class are at the same level. They are
//! rules, not a copy of the table; the test on the real file shows that they agree with it.

use mattoni_rules_sdk::prelude::*;

/// How the parents' work bears on the family.
#[derive(Choice, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Parents {
    /// Ordinary work.
    #[choice("Lavoro ordinario")]
    Usual,
    /// Demanding work.
    #[choice("Lavoro impegnativo")]
    Pretentious,
    /// Very demanding work.
    #[choice(code = "great_pret", label = "Lavoro molto impegnativo")]
    GreatPret,
}

/// How the child is looked after now.
#[derive(Choice, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Care {
    /// Well.
    #[choice("Adeguata")]
    Proper,
    /// Less well.
    #[choice(code = "less_proper", label = "Meno adeguata")]
    LessProper,
    /// Badly.
    #[choice("Inadeguata")]
    Improper,
    /// Critically.
    #[choice("Critica")]
    Critical,
    /// Very critically.
    #[choice(code = "very_crit", label = "Molto critica")]
    VeryCrit,
}

/// What family the child lives in.
#[derive(Choice, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// Both parents.
    #[choice("Completa")]
    Complete,
    /// A new couple.
    #[choice("Ricostituita")]
    Completed,
    /// One parent.
    #[choice("Incompleta")]
    Incomplete,
    /// Foster parents.
    #[choice("Affidataria")]
    Foster,
}

/// How many children there are.
#[derive(Choice, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Children {
    /// One.
    #[choice(code = "1", label = "Uno")]
    One,
    /// Two.
    #[choice(code = "2", label = "Due")]
    Two,
    /// Three.
    #[choice(code = "3", label = "Tre")]
    Three,
    /// Four or more.
    #[choice("Più di tre")]
    More,
}

/// How the family lives.
#[derive(Choice, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Housing {
    /// Well.
    #[choice("Adatta")]
    Convenient,
    /// Less well.
    #[choice(code = "less_conv", label = "Meno adatta")]
    LessConv,
    /// Critically.
    #[choice("Critica")]
    Critical,
}

/// What the family lives on.
#[derive(Choice, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Finance {
    /// Enough.
    #[choice("Adeguati")]
    Convenient,
    /// Not enough.
    #[choice("Inadeguati")]
    Inconv,
}

/// The social conditions of the family.
#[derive(Choice, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Social {
    /// No problem.
    #[choice("Senza problemi")]
    Nonprob,
    /// Slight problems.
    #[choice(code = "slightly_prob", label = "Lievi problemi")]
    SlightlyProb,
    /// Problems.
    #[choice("Problematica")]
    Problematic,
}

/// What the health record says about a place at the nursery.
#[derive(Choice, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Health {
    /// Recommended.
    #[choice("Inserimento consigliato")]
    Recommended,
    /// To be preferred.
    #[choice("Inserimento prioritario")]
    Priority,
    /// Advised against.
    #[choice(code = "not_recom", label = "Inserimento sconsigliato")]
    NotRecom,
}

/// One application.
#[derive(Inputs, Clone, Copy, PartialEq, Debug)]
pub struct Application {
    /// The parents' work.
    #[input(label = "Occupazione dei genitori", source = "domanda")]
    pub parents: Parents,
    /// Who looks after the child.
    #[input(label = "Cura attuale del bambino", source = "domanda")]
    pub has_nurs: Care,
    /// The family's form.
    #[input(label = "Forma della famiglia", source = "anagrafe")]
    pub form: Form,
    /// The number of children.
    #[input(label = "Numero di figli", source = "anagrafe")]
    pub children: Children,
    /// The home.
    #[input(label = "Abitazione", source = "domanda")]
    pub housing: Housing,
    /// The means.
    #[input(label = "Mezzi economici", source = "domanda")]
    pub finance: Finance,
    /// The social picture.
    #[input(label = "Condizioni sociali", source = "servizi sociali")]
    pub social: Social,
    /// The health picture.
    #[input(label = "Parere sanitario", source = "azienda sanitaria")]
    pub health: Health,
}

/// How a picture burdens the family, from nothing to most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Burden {
    /// Nothing.
    None,
    /// Something.
    Light,
    /// Much.
    Heavy,
    /// Most; only work and care get here.
    Extreme,
}

/// Where the application stands; the first has precedence over all others.
#[derive(Choice, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Priority {
    /// A place before everybody else.
    #[choice(code = "spec_prior", label = "Precedenza assoluta")]
    SpecPrior,
    /// A place with precedence.
    #[choice("Precedenza")]
    Priority,
    /// A place is much advised.
    #[choice(code = "very_recom", label = "Molto consigliato")]
    VeryRecom,
    /// A place is advised.
    #[choice("Consigliato")]
    Recommend,
    /// No place.
    #[choice(code = "not_recom", label = "Non ammesso")]
    NotRecom,
}

/// What was found in each picture.
#[derive(Reasons, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Finding {
    /// Work and care: no burden.
    #[reason("Il lavoro dei genitori lascia tempo e il bambino è ben accudito.")]
    CareIsSecured,
    /// Work and care: light.
    #[reason("Il lavoro dei genitori o la cura del bambino pongono qualche difficoltà.")]
    CareIsUneasy,
    /// Work and care: heavy.
    #[reason("Il lavoro dei genitori e la cura del bambino pongono serie difficoltà.")]
    CareIsHard,
    /// Work and care: extreme.
    #[reason("Con il lavoro dei genitori la cura del bambino non è assicurata.")]
    CareIsNotSecured,
    /// Family and means: no burden.
    #[reason("La famiglia ha casa e mezzi adeguati e un solo figlio.")]
    HomeIsSound,
    /// Family and means: light.
    #[reason("Composizione della famiglia, casa o mezzi pongono qualche difficoltà.")]
    HomeIsStrained,
    /// Family and means: heavy.
    #[reason("Composizione della famiglia, casa e mezzi pongono serie difficoltà.")]
    HomeIsInNeed,
    /// Social and health: no burden.
    #[reason("Condizioni sociali e salute non chiedono precedenze.")]
    NothingUrgent,
    /// Social and health: precedence.
    #[reason("Condizioni sociali o salute chiedono una precedenza.")]
    Urgent,
    /// Health: against.
    #[reason("Il parere sanitario sconsiglia l'inserimento.")]
    HealthAdvisesAgainst,
}

/// The class, and what was found in each picture. The pictures carry no points: the model ranks
/// by class alone.
#[derive(Scores, Clone, Copy, PartialEq, Debug)]
#[scores(reasons = Finding)]
pub struct Answer {
    /// The picture of work and care.
    #[criterion(label = "Lavoro dei genitori e cura del bambino", max = 0)]
    pub employment: Score<Finding>,
    /// The picture of family and means.
    #[criterion(label = "Composizione della famiglia, casa e mezzi", max = 0)]
    pub structure_finance: Score<Finding>,
    /// The picture of social conditions and health.
    #[criterion(label = "Condizioni sociali e salute", max = 0)]
    pub social_health: Score<Finding>,
    /// The class.
    #[class]
    pub class: Class<Priority>,
}

/// Work asks for more where care is worse: each step of one adds to the other, and very demanding
/// work counts as two.
#[must_use]
pub fn employment(parents: Parents, care: Care) -> Burden {
    use Burden::{Extreme, Heavy, Light, None};
    match (parents, care) {
        (Parents::Usual, Care::Proper) => None,
        (Parents::Usual, care) if care <= Care::Improper => Light,
        (Parents::Usual, Care::Critical) => Heavy,
        (Parents::Pretentious, care) if care <= Care::LessProper => Light,
        (Parents::Pretentious, Care::Improper) => Heavy,
        (Parents::GreatPret, care) if care <= Care::LessProper => Heavy,
        _ => Extreme,
    }
}

/// Many children, one parent alone with more than one, and foster families carry most.
#[must_use]
pub fn structure(form: Form, children: Children) -> Burden {
    match (form, children) {
        (Form::Complete, Children::One) => Burden::None,
        (Form::Foster, _) => Burden::Heavy,
        (_, children) if children >= Children::Three => Burden::Heavy,
        (Form::Incomplete, Children::Two) => Burden::Heavy,
        _ => Burden::Light,
    }
}

/// A small complete family is hard pressed by nothing else; a middling one by a critical home
/// only; a burdened one by anything short of a good home and good means.
#[must_use]
pub fn structure_finance(structure: Burden, housing: Housing, finance: Finance) -> Burden {
    let comfortable = housing == Housing::Convenient && finance == Finance::Convenient;
    match structure {
        Burden::None if comfortable => Burden::None,
        Burden::None => Burden::Light,
        Burden::Light if housing == Housing::Critical => Burden::Heavy,
        Burden::Light => Burden::Light,
        _ if comfortable => Burden::Light,
        _ => Burden::Heavy,
    }
}

/// `None` as an answer means that the health record advises against a place.
#[must_use]
pub fn social_health(social: Social, health: Health) -> Option<Burden> {
    match (social, health) {
        (_, Health::NotRecom) => None,
        (Social::Problematic, _) | (_, Health::Priority) => Some(Burden::Light),
        _ => Some(Burden::None),
    }
}

/// Health advice decides first. Then burdens of work and of family add up, and an urgent social or
/// health picture lowers what it takes to come before everybody else.
#[must_use]
pub fn class(employment: Burden, home: Burden, social_health: Option<Burden>) -> Priority {
    let Some(social_health) = social_health else { return Priority::NotRecom };
    let urgent = social_health > Burden::None;
    match (employment, home) {
        (Burden::Extreme, Burden::Heavy) => Priority::SpecPrior,
        (Burden::Extreme, Burden::Light) | (Burden::Heavy, Burden::Heavy) if urgent => {
            Priority::SpecPrior
        }
        _ if urgent => Priority::Priority,
        (Burden::Heavy | Burden::Extreme, _) | (_, Burden::Heavy) => Priority::Priority,
        (Burden::None, Burden::None) => Priority::Recommend,
        _ => Priority::VeryRecom,
    }
}

/// The plugin. It has nothing to set.
#[derive(Debug)]
pub struct NurseryModel;

impl Scorer for NurseryModel {
    const NAME: &'static str = "nursery-model";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Inputs = Application;
    type Parameters = ();
    type Scores = Answer;

    fn new((): ()) -> Self {
        Self
    }

    fn score(&self, row: &Application) -> Answer {
        let employment = employment(row.parents, row.has_nurs);
        let structure = structure(row.form, row.children);
        let home = structure_finance(structure, row.housing, row.finance);
        let social_health = social_health(row.social, row.health);
        Answer {
            employment: Score::noting(match employment {
                Burden::None => Finding::CareIsSecured,
                Burden::Light => Finding::CareIsUneasy,
                Burden::Heavy => Finding::CareIsHard,
                Burden::Extreme => Finding::CareIsNotSecured,
            }),
            structure_finance: Score::noting(match home {
                Burden::None => Finding::HomeIsSound,
                Burden::Light => Finding::HomeIsStrained,
                Burden::Heavy | Burden::Extreme => Finding::HomeIsInNeed,
            }),
            social_health: Score::noting(match social_health {
                Some(Burden::None) => Finding::NothingUrgent,
                Some(_) => Finding::Urgent,
                None => Finding::HealthAdvisesAgainst,
            }),
            class: Class(class(employment, home, social_health)),
        }
    }
}

mattoni_rules_sdk::export!(scoring: NurseryModel);
