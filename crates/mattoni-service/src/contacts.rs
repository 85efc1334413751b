//! Who answers for a service, and how to reach them.

use std::fmt;

use mattoni_core::text::is_blank;
use mattoni_core::{EmailAddress, Problem};
use serde::{Deserialize, Serialize};

/// Who answers for a service's procedure (*responsabile del procedimento*, L. 241/1990, art. 4–6).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Responsible {
    /// The office (*unità organizzativa responsabile*, art. 4).
    pub office: String,
    /// The person; as long as nobody is named, the head of the office (art. 5, c. 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// What that person is, e.g. *Responsabile del Servizio Nidi*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

impl fmt::Display for Responsible {
    /// As citizens read it: person, role, office.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = [self.person.as_deref(), self.role.as_deref(), Some(self.office.as_str())];
        let known: Vec<_> = known.into_iter().flatten().filter(|text| !is_blank(text)).collect();
        f.write_str(&known.join(", "))
    }
}

impl Responsible {
    pub(crate) fn problem(&self) -> Option<Problem> {
        let said = [Some(&self.office), self.person.as_ref(), self.role.as_ref()];
        let whole = said.into_iter().flatten().all(|text| !is_blank(text));
        (!whole).then(|| {
            Problem::new(
                "service.sheet.responsible",
                "sheet.responsible",
                "must name the office, and have no empty items (L. 241/1990, art. 4 and 5)",
                "write office = \"…\", and person and role where they are known",
            )
        })
    }
}

/// How to reach the office in charge (*contatti*): a text, or item by item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Contacts {
    /// A text.
    Text(String),
    /// Item by item.
    Listed(Box<ContactList>),
}

/// How to reach an office, item by item.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContactList {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Certified e-mail address (*PEC*).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pec: Option<String>,
    /// When it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

impl Default for Contacts {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl From<&str> for Contacts {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<ContactList> for Contacts {
    fn from(list: ContactList) -> Self {
        Self::Listed(Box::new(list))
    }
}

impl fmt::Display for Contacts {
    /// As citizens read them, one item a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Listed(list) => {
                let lines = list.items().into_iter().filter_map(|(_, label, text)| match label {
                    "" => text.map(str::to_owned),
                    label => Some(format!("{label}: {}", text?)),
                });
                f.write_str(&lines.collect::<Vec<_>>().join("\n"))
            }
        }
    }
}

impl ContactList {
    /// Name in the file, label and content of each item, in the order in which they are read.
    fn items(&self) -> [(&'static str, &'static str, Option<&str>); 6] {
        [
            ("office", "", self.office.as_deref()),
            ("address", "", self.address.as_deref()),
            ("hours", "Orari", self.hours.as_deref()),
            ("phone", "Telefono", self.phone.as_deref()),
            ("email", "E-mail", self.email.as_deref()),
            ("pec", "PEC", self.pec.as_deref()),
        ]
    }
}

impl Contacts {
    /// What cannot be what it is said to be: an address, a telephone number.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let Self::Listed(list) = self else { return Vec::new() };
        let wrong = |(name, _, text): (&str, &str, Option<&str>)| {
            let text = text?;
            let (fits, rule, remedy) = match name {
                "phone" => (is_phone(text), "must be a telephone number", "write e.g. 0522 456111"),
                "email" | "pec" => (
                    text.parse::<EmailAddress>().is_ok(),
                    "must be an e-mail address",
                    "write e.g. nidi@comune.re.it",
                ),
                _ => (!is_blank(text), "must have a text", "write it, or leave it out"),
            };
            let place = format!("sheet.contacts.{name}");
            (!fits).then(|| Problem::new("service.sheet.contact", place, rule, remedy))
        };
        list.items().into_iter().filter_map(wrong).collect()
    }

    /// Whether somebody can be reached without going there, as far as items say it.
    pub(crate) fn reach_somebody(&self) -> bool {
        match self {
            Self::Text(_) => true,
            Self::Listed(list) => list.phone.is_some() || list.email.is_some(),
        }
    }
}

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (5..=15).contains(&digits) && text.chars().all(|c| c.is_ascii_digit() || "+ ./-()".contains(c))
}
