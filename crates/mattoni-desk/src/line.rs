//! What a list tells of a practice.

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::{Id, Person};
use mattoni_practice::{Assignee, Practice, State};
use serde::{Deserialize, Serialize};

use crate::practices::{due_on, since};
use crate::privacy::ERASED;

/// The longest name a line tells, in characters: it has to fit a row of an index.
const LONGEST: usize = 120;

/// A practice as a list shows it: a row of a table, read off the list without the practice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PracticeLine {
    /// Which.
    pub id: Id<Practice>,
    /// Code of the service.
    pub service: String,
    /// Where it stands.
    pub state: State,
    /// Its number of the register (*numero di protocollo*), once it has one.
    pub number: Option<String>,
    /// Whose.
    pub applicant: Applicant,
    /// Code of the office that has it in charge.
    pub office: Option<String>,
    /// When it was submitted; as long as it is a draft, when it was last touched.
    pub since: DateTime<Utc>,
    /// Last day for the answer, as long as there is one to be given.
    pub due: Option<NaiveDate>,
}

/// The applicant as a list shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    /// Who.
    pub id: Id<Person>,
    /// Given name and family name, the first 120 characters of them.
    pub name: String,
}

impl PracticeLine {
    /// The line of a practice.
    #[must_use]
    pub fn of(practice: &Practice) -> Self {
        let person = practice.applicant();
        let name = match &*person.given_name {
            // Not once for each name.
            ERASED => ERASED.to_owned(),
            given_name => format!("{given_name} {}", person.family_name),
        };
        Self {
            id: practice.id(),
            service: practice.service().code.clone(),
            state: practice.state(),
            number: practice.protocol_number().map(str::to_owned),
            applicant: Applicant { id: person.id, name: name.chars().take(LONGEST).collect() },
            office: practice.assignee().map(Assignee::office_code).map(str::to_owned),
            since: since(practice),
            due: due_on(practice),
        }
    }

    /// As lists keep it: in short, because they keep it two or three times and read it by the page.
    pub(crate) fn written(self) -> String {
        let Self { service, state, number, applicant, office, since, due, id: _ } = self;
        // Texts, dates and a unit enum, which JSON always takes.
        serde_json::to_string(&Short { service, state, number, applicant, office, since, due })
            .unwrap_or_default()
    }

    /// What a list keeps of a practice.
    pub(crate) fn read(id: Id<Practice>, text: &str) -> serde_json::Result<Self> {
        let Short { service, state, number, applicant, office, since, due } =
            serde_json::from_str(text)?;
        Ok(Self { id, service, state, number, applicant, office, since, due })
    }
}

/// The stored form. The place knows the practice's id.
#[derive(Serialize, Deserialize)]
struct Short {
    #[serde(rename = "f")]
    service: String,
    #[serde(rename = "s")]
    state: State,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(rename = "a")]
    applicant: Applicant,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    office: Option<String>,
    #[serde(rename = "t")]
    since: DateTime<Utc>,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    due: Option<NaiveDate>,
}
