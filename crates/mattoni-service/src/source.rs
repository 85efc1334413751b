//! A service as it is written down, in `service.toml` or JSON: read, not yet checked.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mattoni_core::calendar::Period;
use mattoni_core::record::Recipient;
use mattoni_core::{EnteId, Money, SignIn};
use serde::{Deserialize, Serialize};

use crate::{RulesSource, Sheet};

/// A service as it is written down. [`Service::new`](crate::Service::new) checks it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceSource {
    /// IPA code of the ente that offers it.
    pub ente: EnteId,
    /// Code within the ente: lower-case letters, digits and hyphens.
    pub code: String,
    /// Version, from 1. Practices stay under the version they were opened under.
    pub version: u32,
    /// First day this version holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<NaiveDate>,
    /// Last day this version holds, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// Whether citizens see it.
    #[serde(default)]
    pub publication: Publication,
    /// Why it is suspended, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<String>,
    /// When it opens, in Italian local time: `2026-04-01T09:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens: Option<String>,
    /// When it closes, in Italian local time; at this instant it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<String>,
    /// How a citizen must have signed in.
    #[serde(default)]
    pub access: Access,
    /// Fields whose answers together make two applications the same, e.g. the child's fiscal
    /// code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicate_key: Vec<String>,
    /// The bricks it is put together from; when empty, `practice`, and `ranking` where there is a
    /// ranking.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bricks: Vec<String>,
    /// How the ente deals with applications.
    #[serde(default)]
    pub procedure: ProcedureSource,
    /// What citizens read about it.
    pub sheet: Sheet,
    /// The form, step by step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepSource>,
    /// Who may have it at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<RequirementSource>,
    /// The ranking, when a ranking decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ranking: Option<RankingSource>,
    /// Its rules, world by world.
    #[serde(default, skip_serializing_if = "RulesSource::is_empty")]
    pub rules: RulesSource,
    /// What follows an outcome, beyond what each brick does by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<ThenSource>,
    /// Sections of single bricks, `[brick.NAME]`: each is read and checked by its brick.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub brick: BTreeMap<String, serde_json::Value>,
}

/// Whether citizens see a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Publication {
    /// Not yet: the office is preparing it.
    #[default]
    Draft,
    /// They do.
    Published,
}

/// How a citizen must have signed in, from the weakest to the strongest.
///
/// It is not [`SignIn`], which says how somebody *was* identified: nobody can be asked to have been
/// seen in person, and what a sheet asks for, SPID of level 3 or the card, is one level of assurance.
/// [`sign_in`](Self::sign_in) is the one place where the two meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Not at all; `none` is the same.
    #[serde(alias = "none")]
    Anonymous,
    /// SPID, level 1.
    Spid1,
    /// SPID, level 2.
    #[default]
    Spid2,
    /// SPID, level 3.
    Spid3,
    /// The electronic identity card (CIE).
    Cie,
}

impl Access {
    /// The weakest identification that is enough.
    ///
    /// ```
    /// use mattoni_core::SignIn;
    /// use mattoni_service::Access;
    ///
    /// assert_eq!(Access::Spid3.sign_in(), Access::Cie.sign_in());
    /// assert!(SignIn::Spid1 < Access::Spid2.sign_in());
    /// ```
    #[must_use]
    pub const fn sign_in(self) -> SignIn {
        match self {
            Self::Anonymous => SignIn::Anonymous,
            Self::Spid1 => SignIn::Spid1,
            Self::Spid2 => SignIn::Spid2,
            Self::Spid3 | Self::Cie => SignIn::Cie,
        }
    }
}

/// Whether applicants compete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nature {
    /// Each application is answered on its own.
    #[default]
    Individual,
    /// A ranking decides (*procedura concorsuale*): no notice before rejection.
    Competitive,
}

/// What the ente does with applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// It examines and answers (*approvazione*).
    #[default]
    Approval,
    /// It only takes them in (*inoltro*): once taken in charge they cannot be withdrawn.
    Forward,
}

impl Flow {
    fn is_approval(&self) -> bool {
        *self == Self::Approval
    }
}

/// What files of an application may be; what is not said is left to the software.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesSource {
    /// Greatest size of one file, in bytes; 10 MiB where nothing else is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
    /// Greatest size of all files of an application together, in bytes; 50 MiB where nothing else
    /// is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_bytes: Option<u64>,
    /// Greatest number of files of an application; as many as fit where nothing is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_files: Option<u32>,
    /// Media types (RFC 6838); PDF, JPEG, PNG and signed `.p7m` where nothing else is set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media_types: Vec<String>,
}

impl FilesSource {
    fn says_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// How the ente deals with applications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProcedureSource {
    /// Whether applicants compete.
    pub nature: Nature,
    /// Days for the answer: 30 where nothing else is set, 90 or 180 at most (L. 241/1990,
    /// art. 2, c. 2–4).
    pub term_days: u32,
    /// Whether applications get a number of the register first.
    pub registered: bool,
    /// Whether applicants may withdraw.
    pub withdrawal: bool,
    /// Whether the ente may re-open what it answered.
    pub reopening: bool,
    /// What is paid before submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee: Option<Money>,
    /// Whether the ente answers, or only takes in.
    #[serde(skip_serializing_if = "Flow::is_approval")]
    pub flow: Flow,
    /// For how long a draft is kept that nobody works on: a year at least, and where nothing else
    /// is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub draft_period: Option<Period>,
    /// What files may be.
    #[serde(skip_serializing_if = "FilesSource::says_nothing")]
    pub files: FilesSource,
}

impl Default for ProcedureSource {
    fn default() -> Self {
        Self {
            nature: Nature::Individual,
            term_days: 30,
            registered: true,
            withdrawal: true,
            reopening: false,
            fee: None,
            flow: Flow::Approval,
            draft_period: None,
            files: FilesSource::default(),
        }
    }
}

/// One step of the form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSource {
    /// Name, unique within the form.
    pub name: String,
    /// Title the citizen reads.
    pub title: String,
    /// Its fields, in order.
    #[serde(default)]
    pub fields: Vec<FieldSource>,
}

/// One field of the form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldSource {
    /// Name, unique within the form: lower-case letters, digits and underscores.
    pub name: String,
    /// Label the citizen reads.
    pub label: String,
    /// Help the citizen reads.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// Whether it may be left empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// When it must be answered; otherwise it may be left empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_if: Option<ConditionSource>,
    /// Where the ente has the answer already (once only): `anpr`, `inps-isee`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What the text must be beyond text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// `kind` and its bounds, as in [`Kind`](mattoni_core::value::Kind); for `file`, those of
    /// [`FileField`](crate::FileField).
    #[serde(flatten)]
    pub kind: BTreeMap<String, serde_json::Value>,
}

/// An option of a choice, among the `options` of a field: `"alone"`, or
/// `{ value = "alone", label = "Ciascuno per sé" }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum OptionSource {
    /// A code that is its own label.
    Plain(String),
    /// A code with a label.
    Labelled {
        /// The code that is stored, and that rules and criteria know.
        value: String,
        /// What the citizen reads.
        label: String,
    },
}

/// When a field must be answered: `required_if = { field = "employed", equals = true }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionSource {
    /// A yes-or-no, choice, whole number or date that is asked before.
    pub field: String,
    /// The answer to it.
    pub equals: serde_json::Value,
}

/// What a text must be beyond text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Format {
    /// A fiscal code of a person (*codice fiscale*), of sixteen characters.
    FiscalCode,
    /// A fiscal code of a person or a body: sixteen characters or eleven digits. For people who
    /// have only a provisional one yet (*codice fiscale provvisorio*), as newborns and those who
    /// ask for asylum do (D.M. 23 December 1976, n. 13813).
    TaxCode,
}

/// A requirement: what answers must be for the service to be had.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RequirementSource {
    /// What the citizen reads, e.g. *il bambino ha meno di 36 mesi*.
    pub text: String,
    /// Whether an application that does not meet it is refused; otherwise it is only told.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub enforce: bool,
    /// What answers must be.
    #[serde(flatten)]
    pub test: TestSource,
}

fn yes() -> bool {
    true
}

/// What answers must be: that of one field, or several such tests together.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TestSource {
    /// The field it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Instead of a field: each of these holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<TestSource>,
    /// Instead of a field: one of these holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<TestSource>,
    /// Instead of a field: this does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<TestSource>>,
    /// `is` for one answer, `min` and `max` for a range, `options` for some of a choice,
    /// `answered` for whether there is an answer. With `is`, `min` and `max` stands a value,
    /// `{ field = … }` for the answer to another field, or
    /// `{ cases = [{ when = …, is = … }], otherwise = … }`.
    #[serde(flatten)]
    pub bounds: BTreeMap<String, serde_json::Value>,
}

/// That a ranking decides, and by which criteria.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankingSource {
    /// File with the criteria, beside `service.toml`.
    pub criteria: String,
    /// File with the places, beside `service.toml`, where places are given out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places: Option<String>,
    /// File with the fund, beside `service.toml`, where money is given out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fund: Option<String>,
    /// The field with the amount that an applicant asks for; none where the fund gives everyone
    /// the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// What becomes of a second application with the same duplicate key.
    #[serde(default, skip_serializing_if = "SecondApplication::is_refused")]
    pub duplicates: SecondApplication,
    /// The criterion of the rules whose reason is the group an applicant competes in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The criterion of the rules whose reason is the class an applicant is in, where the rules
    /// name none themselves: residents before all others, say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Reasons of the rules that keep an applicant out of the order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
    /// Fields that hold the preferences, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preferences: Vec<String>,
    /// Pools of reserved places, each with the yes-or-no field that gives access to it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reserves: BTreeMap<String, String>,
    /// How brothers and sisters ask for places together, where the ente's rules let them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub siblings: Option<SiblingsSource>,
}

/// What becomes of a second application for the same thing (*domanda doppia*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SecondApplication {
    /// It is not taken.
    #[default]
    Refuse,
    /// It is taken, and the ranking keeps the one that came first.
    KeepFirst,
    /// It is taken, and the ranking keeps the one that came last.
    KeepLast,
}

impl SecondApplication {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
    fn is_refused(&self) -> bool {
        *self == Self::Refuse
    }
}

/// How brothers and sisters (*fratelli*) ask to be placed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiblingsSource {
    /// The field that says what the family asks for: a choice among `alone`, `preferred` (at one
    /// facility if it can be) and `or-not-at-all`. Left empty, it is `alone`.
    pub ask: String,
    /// Fields whose answers together identify a family; the applicant, without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub family: Vec<String>,
}

impl SiblingsSource {
    /// What can be asked for.
    pub const ASKS: [&str; 3] = ["alone", "preferred", "or-not-at-all"];
}

/// What follows an outcome: `on = "accepted"`, `order = "message.tell"`, and what the order needs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThenSource {
    /// The outcome, e.g. `accepted` or `published`.
    pub on: String,
    /// The topic of the order, e.g. `message.tell`.
    pub order: String,
    /// For `message.tell`: the code of the template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// For `message.tell`: to whom the message goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Recipient>,
    /// For `payment.request`: how much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// For `payment.request`: what for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For any other order: the brick that takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brick: Option<String>,
    /// For any other order: what that brick needs to know, by its own names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, String>,
}
