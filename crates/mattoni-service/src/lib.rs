//! What an ente offers: a service (*servizio*) with its sheet, form, opening window and rules.
//!
//! A service is written down in `service.toml`, read as [`ServiceSource`] and checked into a
//! [`Service`]: whoever holds one holds a sound one. Pure: no I/O, no clock. The caller reads the
//! file and says what time it is.
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use mattoni_core::RuleWorld;
//! use mattoni_service::{Service, ServiceSource, Setting, Sheet, Status, differences};
//!
//! let nursery = Service::new(toml::from_str::<ServiceSource>(r#"
//!     ente = "c_f051"
//!     code = "nido-2026"
//!     version = 1
//!     opens = "2026-04-01T09:00"
//!     closes = "2026-05-15T12:00"
//!     duplicate_key = ["child_fiscal_code"]
//!
//!     [procedure]
//!     nature = "competitive"
//!     term_days = 90
//!
//!     [sheet]
//!     title = "Iscrizione al nido"
//!
//!     [[steps]]
//!     name = "child"
//!     title = "Il bambino"
//!
//!     [[steps.fields]]
//!     name = "child_fiscal_code"
//!     label = "Codice fiscale del bambino"
//!     kind = "text"
//!     max_chars = 16
//!     format = "fiscal-code"
//!
//!     [[steps.fields]]
//!     name = "isee"
//!     label = "ISEE"
//!     kind = "money"
//!     min = "0"
//!     source = "inps-isee"
//!     optional = true
//!
//!     [ranking]
//!     criteria = "criteria.toml"
//!
//!     [rules]
//!     plugin = "nursery-points"
//! "#)?)?;
//!
//! // Everything that is wrong with an application, at once.
//! let given = serde_json::json!({ "isee": "12.500,50", "pets": 2 });
//! let problems = nursery.form().check(given.as_object().unwrap()).unwrap_err();
//! let codes: Vec<_> = problems.iter().map(|problem| problem.code.as_ref()).collect();
//! assert_eq!(codes, ["form.unknown-field", "form.missing", "value.decimal-comma"]);
//!
//! // A second service: duplicate, change, see what is different.
//! let sheet = Sheet { title: "Centro estivo".into(), ..nursery.source().sheet.clone() };
//! let camp = nursery.duplicate("centro-estivo-2026", [
//!     Setting::Sheet(Box::new(sheet)),
//!     Setting::Plugin {
//!         world: RuleWorld::Scoring,
//!         name: "summer-camp-points".into(),
//!         digest: None,
//!     },
//! ])?;
//! let changed: Vec<_> = differences(&nursery, &camp).into_iter().map(|d| d.place).collect();
//! assert_eq!(changed, ["closes", "code", "opens", "rules.plugin", "sheet.title"]);
//!
//! // It is a draft until its sheet is complete and it is published.
//! let noon: DateTime<Utc> = "2026-04-01T10:00:00Z".parse()?;
//! assert_eq!(camp.status(noon), Status::Draft);
//! assert_eq!(camp.source().sheet.lint()[0].field, "sheet.category");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The life of a service
//! - It is drafted, or [duplicated](Service::duplicate) from another one.
//! - [Settings](Setting) change it. Each belongs to the office or to technical staff.
//! - It is published, and opens and closes by itself at the stated [instants](Window). Its
//!   [`Status`] at any instant is computed; the clock records each change of it in a
//!   [`ServiceWatch`].
//! - A new version is a new `Service` with the next number. Practices stay under theirs
//!   ([`Versions`]).
//!
//! # What it is put together from
//! `bricks` and `[[then]]` of `service.toml` say which bricks a service uses and what each outcome
//! sets off: its [`Chain`]. [`Chain::check`] refuses what a desk cannot carry out;
//! [`Chain::text`], [`Chain::svg`] and [`Chain::mermaid`] show it to people.
//!
//! # What this crate does not do
//! It reads no files and no clock. It keeps no applications (`mattoni-practice`), runs no rules
//! (`mattoni-rules`), ranks nobody (`mattoni-ranking`) and carries no order out: whoever opens a
//! practice hands the chain to the bricks (`mattoni-office`).
//!
//! `docs/service.md` explains all of it to officials, with the national vocabularies.
#![forbid(unsafe_code)]

mod chain;
mod contacts;
mod differences;
mod ente_settings;
mod form;
mod need;
mod offered;
mod places;
mod rendering;
mod requirement;
mod rules;
mod schema;
mod service;
mod setting;
mod sheet;
mod source;
mod versions;
mod vocabulary;
mod watch;
mod window;

pub use chain::{BrickOutcome, Chain, Link, LinkOrder};
pub use contacts::{ContactList, Contacts, Responsible};
pub use differences::{Difference, differences};
pub use ente_settings::{CalendarSet, EnteEvent, EnteSettings, EnteVerb};
pub use form::{Condition, Field, FieldOption, FileField, Form, FormItem, FormStep};
pub use need::Need;
pub use offered::{
    ALL_SERVICES, CATALOGUE, CatalogueRow, Drafted, InCatalogue, LogEntry, OfferedService,
    Published, ServiceEvent, ServiceRefusal, ServiceVerb, SettingChanged, Suspension, WORDS,
};
pub use rendering::SheetItem;
pub use rules::{Moment, RuleSource, RulesSource, moments};
pub use schema::{CHAIN_SCHEMA_VERSION, FORM_SCHEMA_VERSION};
pub use service::{Service, Status};
pub use setting::{ChangeRefusal, Setting, Staff};
pub use sheet::{Category, SHORT_DESCRIPTION_MAX, Sheet, TITLE_MAX};
pub use source::{
    Access, ConditionSource, FieldSource, FilesSource, Flow, Format, Nature, OptionSource,
    ProcedureSource, Publication, RankingSource, RequirementSource, SecondApplication,
    ServiceSource, SiblingsSource, StepSource, TestSource, ThenSource,
};
pub use versions::Versions;
pub use vocabulary::{BUSINESS_EVENTS, LIFE_EVENTS, TOPICS, Vocabulary};
pub use watch::{ServiceWatch, StatusChange, WatchEvent, WatchVerb, WatchedStatus};
pub use window::{Window, rome_time};

/// The brick: services, the watch on them, and the ente's settings, for the desk's registry.
#[must_use]
pub fn brick() -> mattoni_core::record::Brick {
    mattoni_core::record::Brick::new("service")
        .with::<OfferedService>()
        .with::<ServiceWatch>()
        .with::<EnteSettings>()
}
