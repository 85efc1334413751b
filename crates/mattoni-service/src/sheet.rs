//! The sheet (*scheda servizio*): what citizens read about a service.

use mattoni_core::Problem;
use mattoni_core::text::is_blank;
use serde::{Deserialize, Serialize};

use crate::{BUSINESS_EVENTS, Contacts, LIFE_EVENTS, Responsible, TOPICS};

/// Longest short description, in characters.
pub const SHORT_DESCRIPTION_MAX: usize = 160;
/// Longest title, in characters.
pub const TITLE_MAX: usize = 255;

/// The national model's items for a service, in its order (*modello comuni*, criterion
/// C.SI.1.3). The status is not written but computed; see [`crate::Status`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sheet {
    /// *Categoria*: one of the fifteen national ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// *Titolo*.
    pub title: String,
    /// *Descrizione breve*, at most 160 characters.
    pub short_description: String,
    /// *A chi è rivolto*.
    pub who: String,
    /// *Come fare*.
    pub how: String,
    /// *Cosa serve*.
    pub needed: Vec<String>,
    /// *Cosa si ottiene*.
    pub obtained: String,
    /// *Tempi e scadenze*.
    pub times: String,
    /// *Costi*: wanted where something is paid.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub costs: String,
    /// *Accedi al servizio*: where and how.
    pub access: String,
    /// *Condizioni di servizio*: the document or its address.
    pub conditions: String,
    /// *Contatti*: the office in charge.
    pub contacts: Contacts,
    /// Who answers for the procedure (*responsabile del procedimento*).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub responsible: Option<Responsible>,
    /// *Argomenti*, from the national list.
    pub topics: Vec<String>,
    /// Life events it belongs to (*eventi della vita*), from the national vocabulary.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub life_events: Vec<String>,
    /// Events in the life of a business it belongs to (*eventi della vita di un'impresa*), from
    /// the national vocabulary.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub business_events: Vec<String>,
}

impl Sheet {
    /// Every item of the model with its content, in the model's order. `None` for the category
    /// stands as an empty text.
    pub(crate) fn items(&self) -> [(&'static str, &'static str, String); 12] {
        [
            (
                "category",
                "categoria",
                self.category.map(Category::italian).unwrap_or_default().to_owned(),
            ),
            ("title", "titolo", self.title.clone()),
            ("short_description", "descrizione breve", self.short_description.clone()),
            ("who", "a chi è rivolto", self.who.clone()),
            ("how", "come fare", self.how.clone()),
            ("needed", "cosa serve", self.needed.join("\n")),
            ("obtained", "cosa si ottiene", self.obtained.clone()),
            ("times", "tempi e scadenze", self.times.clone()),
            ("access", "accedi al servizio", self.access.clone()),
            ("conditions", "condizioni di servizio", self.conditions.clone()),
            ("contacts", "contatti", self.contacts.to_string()),
            ("topics", "argomenti", self.topics.join("\n")),
        ]
    }

    /// Everything the national model would find wanting: `service.sheet.missing` and
    /// `service.sheet.too-long`, in the model's order.
    ///
    /// A draft may have any number of these; a published service has none.
    #[must_use]
    pub fn lint(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        for (field, italian, content) in self.items() {
            if is_blank(&content) {
                found.push(Problem::new(
                    "service.sheet.missing",
                    format!("sheet.{field}"),
                    format!("must have the model's “{italian}” (C.SI.1.3)"),
                    "write it",
                ));
            }
        }
        for (field, text, max) in [
            ("title", &self.title, TITLE_MAX),
            ("short_description", &self.short_description, SHORT_DESCRIPTION_MAX),
        ] {
            let length = text.chars().count();
            if length > max {
                found.push(Problem::new(
                    "service.sheet.too-long",
                    format!("sheet.{field}"),
                    format!("must have at most {max} characters, has {length}"),
                    "shorten it",
                ));
            }
        }
        found
    }

    /// Terms that are in no [vocabulary](crate::Vocabulary): `service.sheet.unknown-topic`,
    /// `.unknown-life-event`, `.unknown-business-event`.
    ///
    /// They do not stand in the way of publication: a topic may be one of EuroVoc's, and the
    /// model asks for half of a site's topics only (C.SI.1.5).
    #[must_use]
    pub fn unknown_terms(&self) -> Vec<Problem> {
        [
            ("service.sheet.unknown-topic", "topics", &self.topics, TOPICS),
            ("service.sheet.unknown-life-event", "life_events", &self.life_events, LIFE_EVENTS),
            (
                "service.sheet.unknown-business-event",
                "business_events",
                &self.business_events,
                BUSINESS_EVENTS,
            ),
        ]
        .into_iter()
        .flat_map(|(code, field, terms, vocabulary)| {
            let unknown = terms.iter().filter(move |term| !vocabulary.contains(term));
            unknown.map(move |term| {
                let remedy = match vocabulary.nearly(term) {
                    Some(known) => format!("write “{known}”"),
                    None if field == "topics" => {
                        "use one of the list in docs/service.md, or a descriptor of EuroVoc".into()
                    }
                    None => "use one of the list in docs/service.md".into(),
                };
                let rule = format!("“{term}” must be among the “{}”", vocabulary.name);
                Problem::new(code, format!("sheet.{field}"), rule, remedy)
            })
        })
        .collect()
    }
}

macro_rules! categories {
    ($($name:ident = $code:literal, $italian:literal;)*) => {
        /// The fifteen national categories of services (*modello comuni*).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Category {
            $(#[doc = concat!("*", $italian, "*.")] #[serde(rename = $code)] $name,)*
        }

        impl Category {
            /// All of them, in the model's order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code it is written as.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The name citizens read.
            #[must_use]
            pub const fn italian(self) -> &'static str {
                match self { $(Self::$name => $italian,)* }
            }
        }
    };
}

categories! {
    Education = "educazione-e-formazione", "Educazione e formazione";
    Health = "salute-benessere-e-assistenza", "Salute, benessere e assistenza";
    Work = "vita-lavorativa", "Vita lavorativa";
    Mobility = "mobilita-e-trasporti", "Mobilità e trasporti";
    LandAndPlanning = "catasto-e-urbanistica", "Catasto e urbanistica";
    CivilStatus = "anagrafe-e-stato-civile", "Anagrafe e stato civile";
    Tourism = "turismo", "Turismo";
    Justice = "giustizia-e-sicurezza-pubblica", "Giustizia e sicurezza pubblica";
    Taxes = "tributi-finanze-e-contravvenzioni", "Tributi, finanze e contravvenzioni";
    Culture = "cultura-e-tempo-libero", "Cultura e tempo libero";
    Environment = "ambiente", "Ambiente";
    Business = "imprese-e-commercio", "Imprese e commercio";
    Permits = "autorizzazioni", "Autorizzazioni";
    Procurement = "appalti-pubblici", "Appalti pubblici";
    Agriculture = "agricoltura-e-pesca", "Agricoltura e pesca";
}
