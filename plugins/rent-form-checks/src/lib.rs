//! What is wrong with an application for the rent contribution, beyond kinds and bounds: answers
//! that contradict each other. The decision is another rule's (`home-bonus`).

use mattoni_rules_sdk::prelude::*;

/// What was filled in.
#[derive(Inputs, Clone, Copy, PartialEq, Debug)]
pub struct Form {
    /// First day of the contract.
    #[input(label = "Inizio del contratto", source = "domanda, sezione B")]
    pub contract_from: Date,
    /// Last day of the contract.
    #[input(label = "Fine del contratto", source = "domanda, sezione B")]
    pub contract_until: Date,
    /// When it was registered; missing where it was not.
    #[input(label = "Data di registrazione", source = "domanda, sezione B")]
    pub registered_on: Option<Date>,
    /// People in the household.
    #[input(label = "Componenti del nucleo", source = "domanda, sezione A", min = 1, max = 30)]
    pub people: u32,
    /// Of them, minors.
    #[input(label = "Minori nel nucleo", source = "domanda, sezione A", max = 30)]
    pub minors: u32,
}

/// What is wrong.
#[derive(Reasons, Clone, Copy, PartialEq, Debug)]
pub enum Problem {
    /// The contract ends before it begins.
    #[reason("Il contratto finisce prima di cominciare.")]
    EndsBefore,
    /// The contract is shorter than the law allows.
    #[reason("Un contratto di locazione non transitorio dura almeno tre anni.")]
    TooShort,
    /// The contract is not registered.
    #[reason("Il contratto deve essere registrato.")]
    NotRegistered,
    /// Nobody of age.
    #[reason("Nel nucleo deve esserci almeno un maggiorenne.")]
    NobodyOfAge,
}

/// What was found.
#[derive(Report, Clone, Copy, PartialEq, Debug)]
#[report(reasons = Problem)]
pub struct Answer {
    /// The contract's dates.
    #[check(
        label = "Durata del contratto",
        field = "contract_until",
        source = "L. 431/1998, art. 2"
    )]
    pub duration: Checked<Problem>,
    /// The registration.
    #[check(label = "Registrazione", field = "registered_on", source = "DPR 131/1986, art. 5")]
    pub registration: Checked<Problem>,
    /// The household.
    #[check(label = "Nucleo", field = "minors")]
    pub household: Checked<Problem>,
}

/// The rule.
pub struct RentFormChecks;

impl Validator for RentFormChecks {
    const NAME: &'static str = "rent-form-checks";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Inputs = Form;
    type Parameters = ();
    type Report = Answer;

    fn new((): ()) -> Self {
        Self
    }

    fn validate(&self, form: &Form) -> Answer {
        let duration = if form.contract_until < form.contract_from {
            Checked::problem(Problem::EndsBefore)
        } else {
            // Three years from 1 March end on the last day of February.
            let third = form.contract_from.plus_months(36).days() - 1;
            Checked::unless(form.contract_until.days() >= third, Problem::TooShort)
        };
        Answer {
            duration,
            registration: Checked::unless(form.registered_on.is_some(), Problem::NotRegistered),
            household: Checked::unless(form.minors < form.people, Problem::NobodyOfAge),
        }
    }
}

mattoni_rules_sdk::export!(validation: RentFormChecks);
