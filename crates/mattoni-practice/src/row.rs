//! The row that lists show of a practice.

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::record::{ERASED, Marks, Owner, Personal, Placeholder};
use mattoni_core::{Id, Person};
use serde::{Deserialize, Serialize};

use crate::{Assignee, Practice, State};

/// The longest name a row holds, in characters: it has to fit a row of an index.
const LONGEST: usize = 120;

/// A practice as a list shows it, read off the list without the practice. The list knows its id.
///
/// Its keys are short because lists keep it two or three times and read it by the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Personal)]
#[non_exhaustive]
pub struct PracticeRow {
    /// Code of the service.
    #[serde(rename = "f")]
    #[not_personal]
    pub service: String,
    /// Where it stands.
    #[serde(rename = "s")]
    pub state: State,
    /// Its number of the register (*numero di protocollo*), once it has one.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    #[not_personal]
    pub number: Option<String>,
    /// Whose.
    #[serde(rename = "a")]
    pub applicant: RowApplicant,
    /// Code of the office that has it in charge.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    #[not_personal]
    pub office: Option<String>,
    /// When it was submitted; while it is a draft, when it was last touched.
    #[serde(rename = "t")]
    pub since: DateTime<Utc>,
    /// Last day for the answer, while there is one to be given.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub due: Option<NaiveDate>,
}

/// The applicant as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowApplicant {
    /// Who.
    pub id: Id<Person>,
    /// Given name and family name, the first 120 characters of them.
    pub name: String,
}

impl Personal for RowApplicant {
    fn mark(marks: &mut Marks) {
        let placeholder = Placeholder {
            shape: "line-applicant",
            json: r#"{"id":"$person","name":"[dati cancellati]"}"#,
        };
        marks.personal(Owner::Itself("id"), placeholder);
    }
}

impl PracticeRow {
    /// The row of a practice.
    #[must_use]
    pub fn of(practice: &Practice) -> Self {
        let person = &practice.applicant;
        let name = match &*person.given_name {
            // Once, not for each of the two names.
            ERASED => ERASED.to_owned(),
            given_name => format!("{given_name} {}", person.family_name),
        };
        Self {
            service: practice.service.code.clone(),
            state: practice.state,
            number: practice.protocol_number().map(str::to_owned),
            applicant: RowApplicant { id: person.id, name: name.chars().take(LONGEST).collect() },
            office: practice.assignee.as_ref().map(Assignee::office_code).map(str::to_owned),
            since: practice.since(),
            due: practice.open_until(),
        }
    }
}
